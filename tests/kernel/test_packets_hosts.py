"""Hosts that are not plain: published container ports, two mail servers on two addresses, one interface of several."""

import pytest

from tests.kernel.lab import Lab, Layout, Verdict, find_disagreements
from tests.kernel.lab.foreign import admit_everything
from tests.kernel.product import GUARD, INSIDE, IPSET, MIXED, OUTSIDE, PLAIN, ROOT, Way, install

# What Docker does for `ports: ["993:1993"]`, and the same over IPv6: the packet has another port before it reaches the input hook.
PUBLISHED = """
table inet docker {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local tcp dport 993 redirect to :1993
	}
}
"""
SALES, BILLING = ("192.0.2.25", "2001:db8::25"), ("192.0.2.26", "2001:db8::26")
SITES = ROOT / "profiles/sites"


@pytest.mark.parametrize(("hook", "outsiders"), [("prerouting", Verdict.DROPPED), ("input", Verdict.ACCEPTED)])
def test_the_prerouting_hook_closes_a_published_port_that_the_input_hook_never_sees(small_lab: Lab, hook: str, outsiders: Verdict) -> None:
    small_lab.run("nft", "-f", "-", stdin=PUBLISHED)
    small_lab.listen(1993)
    site = install(small_lab, GUARD, MIXED, options=f"hook: {hook}")

    site.load()

    verdicts = small_lab.probe([(source, 993) for source in (*INSIDE, *OUTSIDE)])
    assert verdicts == [Verdict.ACCEPTED, Verdict.ACCEPTED, outsiders, outsiders]


def test_the_prerouting_hook_admits_exactly_the_plan(small_lab: Lab) -> None:
    small_lab.run("nft", "-f", "-", stdin=PUBLISHED)
    small_lab.listen(1993)
    site = install(small_lab, GUARD, MIXED, options="hook: prerouting")

    site.load()

    assert find_disagreements(small_lab, site.plan, Layout.GUARD, admit_everything) == []


def test_changing_the_hook_leaves_no_rule_behind(lab: Lab) -> None:
    lab.listen(993)
    install(lab, GUARD, MIXED, options="hook: prerouting").load()

    install(lab, GUARD, MIXED, version="later").load()

    assert "prerouting" not in lab.run("nft", "list", "ruleset").stdout


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
@pytest.mark.parametrize("first", ["sales", "billing"])
def test_two_sites_on_one_host_do_not_meet(way: Way, first: str) -> None:
    with Lab(addresses=(*SALES, *BILLING)) as lab:
        sites = {name: install(lab, way, SITES / f"two-servers-{name}.yaml", version=name) for name in ("sales", "billing")}
        sites[first].load()
        for site in sites.values():
            site.load()

        sources = ["198.51.100.10", "203.0.113.25", "23.101.161.142"]
        for name, addresses in (("sales", SALES), ("billing", BILLING)):
            assert find_disagreements(lab, sites[name].plan, way.layout, admit_everything, sources=sources, to=addresses) == []


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
def test_removing_one_site_leaves_the_other(way: Way) -> None:
    with Lab(addresses=(*SALES, *BILLING)) as lab:
        sales, billing = (install(lab, way, SITES / f"two-servers-{name}.yaml", version=name) for name in ("sales", "billing"))
        sales.load()
        billing.load()

        sales.remove()

        assert lab.probe([("10.0.0.1", 993, SALES[0])]) == [Verdict.REFUSED]
        assert find_disagreements(lab, billing.plan, way.layout, admit_everything, to=BILLING) == []


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
@pytest.mark.parametrize(("interface", "outsiders"), [("wire", Verdict.DROPPED), ("eth7", Verdict.ACCEPTED)])
def test_only_the_named_interface_is_guarded(lab: Lab, way: Way, interface: str, outsiders: Verdict) -> None:
    lab.listen(993)

    install(lab, way, MIXED, options=f"interface: [{interface}]").load()

    assert lab.probe([(source, 993) for source in (*INSIDE, *OUTSIDE)]) == [Verdict.ACCEPTED] * 2 + [outsiders] * 2


@pytest.mark.parametrize("way", [pytest.param(way, id=way.name) for way in (GUARD, PLAIN, IPSET)])
def test_outsiders_are_reset_when_the_site_says_so(lab: Lab, way: Way) -> None:
    lab.listen(993)

    install(lab, way, MIXED, options="refuse: reject").load()

    assert lab.probe([(source, 993) for source in OUTSIDE]) == [Verdict.REFUSED] * 2
