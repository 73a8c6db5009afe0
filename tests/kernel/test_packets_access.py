"""Rendered, applied as the user is told to, beside other people's rules: exactly those of the plan get in, and nothing else changes."""

import pytest

from tests.kernel.lab import Lab, Verdict, find_disagreements, save, without_ours
from tests.kernel.lab.foreign import REDIRECTED_PORT, admit_everything
from tests.kernel.product import GUARD, INSIDE, IPSET, LEGACY, MIXED, MIXED_LATER, OUTSIDE, PLAIN, ROOT, WAYS, Way, install

EVERY_WAY = pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in WAYS])

# As on many an old server: a port is opened for all packets, and everything else is dropped.
STATELESS = """*filter
:INPUT DROP [0:0]
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""


@EVERY_WAY
def test_exactly_the_plan_gets_in(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    site = install(small_lab, way, MIXED)

    site.load()

    assert find_disagreements(small_lab, site.plan, way.layout, way.foreign.admits, sources=way.foreign.banned, ports=[80]) == []


def test_exactly_the_plan_gets_in_with_the_legacy_iptables(lab: Lab) -> None:
    LEGACY.foreign.load(lab)
    site = install(lab, LEGACY, MIXED)

    site.load()

    assert find_disagreements(lab, site.plan, LEGACY.layout, LEGACY.foreign.admits) == []


@EVERY_WAY
def test_hubspot_with_two_addresses_gets_in_and_nobody_else(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    site = install(small_lab, way, ROOT / "profiles/sites/hubspot-two-addresses.yaml")

    site.load()

    assert find_disagreements(small_lab, site.plan, way.layout, way.foreign.admits, ports=[25, 80]) == []


@EVERY_WAY
def test_a_later_version_replaces_an_earlier_one(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    before = install(small_lab, way, MIXED, version="before")
    after = install(small_lab, way, MIXED_LATER, version="after")
    before.load()

    after.load()

    sources = [source for rule in before.plan["rules"] for source in rule["sources"]]
    addresses = [source.partition("/")[0] for source in sources]
    ports = [25, 465, 4190, 10005]
    assert find_disagreements(small_lab, after.plan, way.layout, way.foreign.admits, sources=addresses, ports=ports) == []


@EVERY_WAY
def test_a_later_version_leaves_nothing_of_the_earlier_one(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    before = install(small_lab, way, MIXED, version="before")
    after = install(small_lab, way, MIXED_LATER, version="after")
    after.load()
    fresh = save(small_lab)
    after.remove()
    before.load()

    after.load()

    assert save(small_lab) == fresh


@EVERY_WAY
def test_loading_twice_equals_loading_once(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    site = install(small_lab, way, MIXED)
    site.load()
    once = save(small_lab)

    site.load()

    assert save(small_lab) == once


@EVERY_WAY
def test_foreign_rules_are_untouched(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    before = save(small_lab)
    site = install(small_lab, way, MIXED)

    site.load()
    loaded = save(small_lab)
    site.remove()

    assert loaded != before
    assert without_ours(loaded) == before
    assert save(small_lab) == before


def test_a_foreign_redirect_still_works(small_lab: Lab) -> None:
    GUARD.foreign.load(small_lab)
    site = install(small_lab, GUARD, MIXED)
    small_lab.listen(25)

    site.load()

    assert small_lab.probe([(source, REDIRECTED_PORT) for source in (*INSIDE, *OUTSIDE)]) == [Verdict.ACCEPTED] * 4


@EVERY_WAY
def test_what_is_no_mail_passes_as_before(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    site = install(small_lab, way, MIXED)
    small_lab.listen(53, 143, 993)
    small_lab.listen_outside(993)
    loopback = [
        ("127.0.0.1", 993, "127.0.0.1"),
        ("::1", 993, "::1"),
        ("192.0.2.25", 993, "192.0.2.25"),
        ("2001:db8::25", 993, "2001:db8::25"),
    ]
    outward = [("192.0.2.25", 993, OUTSIDE[0]), ("2001:db8::25", 993, OUTSIDE[1])]
    datagrams = small_lab.answers_datagram(OUTSIDE[0], 53)

    site.load()

    assert small_lab.probe_inside([*loopback, *outward]) == [Verdict.ACCEPTED] * 6
    assert [small_lab.answers_ping(source) for source in OUTSIDE] == [True, True]
    assert small_lab.answers_datagram(OUTSIDE[0], 53) == datagrams


@EVERY_WAY
def test_open_connections_survive_load_reload_and_removal(small_lab: Lab, way: Way) -> None:
    way.foreign.load(small_lab)
    small_lab.listen(993)
    small_lab.listen_outside(993)
    open_before = 993 if way.foreign.admits(OUTSIDE[0], 993) else 22
    earlier = [small_lab.hold(source, open_before) for source in (*INSIDE, *OUTSIDE)]
    earlier += [small_lab.hold_outward(source, 993) for source in OUTSIDE]
    site = install(small_lab, way, MIXED)
    site.load()
    held = [*earlier, *(small_lab.hold(source, 993) for source in INSIDE)]

    alive = []
    for step in (site.load, install(small_lab, way, MIXED_LATER, version="later").load, site.remove):
        step()
        alive.append([connection.alive() for connection in held])

    assert alive == [[True] * 8] * 3


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
def test_a_server_without_rules_of_its_own_is_closed(small_lab: Lab, way: Way) -> None:
    site = install(small_lab, way, MIXED)

    site.load()

    assert find_disagreements(small_lab, site.plan, way.layout, admit_everything) == []


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
def test_connectors_stay_connected_when_the_first_rules_of_a_server_are_loaded(small_lab: Lab, way: Way) -> None:
    small_lab.listen(993)
    small_lab.listen_outside(993)
    held = [*(small_lab.hold(source, 993) for source in INSIDE), *(small_lab.hold_outward(source, 993) for source in OUTSIDE)]
    site = install(small_lab, way, MIXED)

    site.load()

    assert [connection.alive() for connection in held] == [True] * 4


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (PLAIN, IPSET)])
def test_connectors_get_in_on_a_host_whose_rules_keep_no_state(lab: Lab, way: Way) -> None:
    for command in ("iptables-restore", "ip6tables-restore"):
        lab.run(command, stdin=STATELESS)
    site = install(lab, way, ROOT / "profiles/sites/hubspot-two-addresses.yaml")

    site.load()

    assert find_disagreements(lab, site.plan, way.layout, lambda _, port: port == 22) == []
