"""Hosts that the iptables target meets: rules above and below ours, no IPv6, counters."""

from typing import Final

import pytest

from tests.kernel.iptables_loaded import BACKENDS, Site
from tests.kernel.lab import Lab, Verdict, save
from tests.support.iptables import make_plan, render_iptables

SITE: Final = render_iptables(make_plan(services={"imaps": (993, 993)}), layout="ipset", connection_limit=9)
INSIDE: Final = ("192.0.2.7", "2001:db8:100::7")
OUTSIDE: Final = ("192.0.2.8", "2001:db8:101::7")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("verdict", ["ACCEPT", "DROP"])
def test_a_host_rule_for_the_same_port_comes_too_late(lab: Lab, backend: str, verdict: str) -> None:
    lab.listen(993)
    for tool in ("iptables", "ip6tables"):
        lab.run(f"{tool}-{backend}", "-A", "INPUT", "-p", "tcp", "--dport", "993", "-j", verdict)

    Site(lab, SITE, backend=backend).apply()

    assert lab.probe([(source, 993) for source in (*INSIDE, *OUTSIDE)]) == [Verdict.ACCEPTED] * 2 + [Verdict.DROPPED] * 2


def test_a_host_without_ipv6_gets_the_rules_of_ipv4_and_loses_them_again(lab: Lab) -> None:
    """An empty /proc is what a kernel without IPv6 looks like to the scripts; ip6tables could only fail there."""
    lab.listen(993)
    Site(lab, SITE)

    lab.run("unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc && IP6TABLES=false sh acme/apply.sh")
    verdicts = lab.probe([(INSIDE[0], 993), (OUTSIDE[0], 993)])
    lab.run("unshare", "-m", "sh", "-c", "mount -t tmpfs none /proc && IP6TABLES=false sh acme/undo.sh")

    assert verdicts == [Verdict.ACCEPTED, Verdict.DROPPED]
    assert [line for line in save(lab) if "gatepost" in line.lower()] == []


def test_a_failed_load_keeps_what_the_rules_have_counted(lab: Lab, backend: str) -> None:
    lab.listen(993)
    Site(lab, SITE, backend=backend).apply()
    lab.probe([(source, 993) for source in (*INSIDE, *OUTSIDE)])
    counted = count(lab, backend)

    failed = Site(lab, {**SITE, "v6.rules": "no rules"}, backend=backend).apply(check=False)

    assert failed.returncode == 1
    assert count(lab, backend) == counted
    assert [line for line in counted if "-j DROP" in line and "[0:0]" not in line] != []


def count(lab: Lab, backend: str) -> list[str]:
    """Our rules of IPv4 with their counters; ip6tables-nft-restore 1.8.9 restores none."""
    saved = lab.run(f"iptables-{backend}-save", "-c").stdout
    return [line for line in saved.splitlines() if " GATEPOST-ACME_" in line and line.startswith("[")]
