"""The lab tells what became of a connection, quickly, and never takes its own failure for a verdict."""

import time

import pytest

from tests.kernel.handmade import load
from tests.kernel.lab import Lab, LabError, Verdict

INSIDE, INSIDE6 = "198.51.100.7", "2001:db8:100::7"
BOTH = [INSIDE, INSIDE6]


def filtered(rule: str) -> str:
    return f"table inet t {{ chain c {{ type filter hook input priority 0; policy accept; {rule}; }}\n}}\n"


@pytest.mark.parametrize("source", BOTH)
@pytest.mark.parametrize(
    ("rule", "verdict"),
    [
        ("accept", Verdict.ACCEPTED),
        ("tcp dport 993 drop", Verdict.DROPPED),
        ("tcp dport 993 reject with tcp reset", Verdict.REFUSED),
        ("tcp dport 993 reject with icmpx type admin-prohibited", Verdict.UNREACHABLE),
        ("tcp sport 1-65535 tcp dport 993 tcp flags != syn drop", Verdict.MUTE),
    ],
)
def test_each_verdict_is_told_apart(lab: Lab, source: str, rule: str, verdict: Verdict) -> None:
    lab.listen(993)
    load(lab, filtered(rule))

    assert lab.probe([(source, 993)]) == [verdict]


def test_a_port_without_listener_refuses(lab: Lab) -> None:
    assert lab.probe([(source, 994) for source in BOTH]) == [Verdict.REFUSED] * 2


def test_a_thousand_probes_take_seconds_when_half_are_dropped(lab: Lab) -> None:
    lab.listen(143, 587, 993)
    load(lab, filtered("tcp dport { 143, 993 } drop"))
    probes = [(f"198.51.100.{number}", port) for number in range(250) for port in (22, 143, 587, 993)]
    start = time.monotonic()

    verdicts = lab.probe(probes)

    assert time.monotonic() - start < 10
    assert verdicts == [Verdict.DROPPED if port in (143, 993) else Verdict.ACCEPTED for _, port in probes]


def test_no_verdict_when_the_control_port_is_closed(lab: Lab) -> None:
    load(lab, filtered("tcp dport 22 reject with tcp reset"))

    with pytest.raises(LabError, match="control connection"):
        lab.probe([(INSIDE, 993)])


def test_held_connections_notice_a_ruleset_that_cuts_them(lab: Lab) -> None:
    held = lab.hold(INSIDE, 22)
    alive_before = held.alive()
    load(lab, filtered("tcp dport 22 drop"))

    assert (alive_before, held.alive()) == (True, False)


def test_a_connection_that_is_not_accepted_cannot_be_held(lab: Lab) -> None:
    with pytest.raises(LabError, match="refused"):
        lab.hold(INSIDE, 994)


@pytest.mark.parametrize("source", BOTH)
def test_datagrams_and_pings_are_answered_until_a_ruleset_forbids(lab: Lab, source: str) -> None:
    lab.listen(53)
    before = (lab.answers_datagram(source, 53), lab.answers_ping(source))
    load(lab, filtered("meta l4proto { udp, icmp, icmpv6 } drop"))

    assert (before, lab.answers_datagram(source, 53), lab.answers_ping(source)) == ((True, True), False, False)


def test_the_server_reaches_itself_and_the_world(lab: Lab) -> None:
    lab.listen(993)
    lab.listen_outside(25)

    verdicts = lab.probe_inside(
        [("127.0.0.1", 993, "127.0.0.1"), ("::1", 993, "::1"), ("192.0.2.25", 25, "203.0.113.5"), ("2001:db8::25", 25, "2001:db8:5::5")]
    )

    assert verdicts == [Verdict.ACCEPTED] * 4
    assert lab.hold_outward("203.0.113.5", 25).alive()
