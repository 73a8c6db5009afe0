"""Real packets at a host that the iptables target guards."""

from collections.abc import Callable

import pytest

from generator.plan import Access, Plan
from generator.plan_json import plan_document
from tests.kernel.iptables_loaded import BACKENDS, Site
from tests.kernel.lab import Lab, Layout, Verdict, find_disagreements
from tests.kernel.lab.foreign import admit_everything, iptables_closed
from tests.scale import scaled
from tests.support.iptables import HUBSPOT, OFFICE, make_plan, render_iptables

LAYOUTS = ("plain", "ipset")
SERVICES = {"smtp": (25, 25), "submission": (587, 587), "imaps": (993, 993), "sieve": (4190, 4192)}
ACCESS = {"smtp": Access.ADDITIVE, "submission": Access.PUBLIC}
GRANTS = {"hubspot": (("smtp", "submission", "imaps"), HUBSPOT), "nylas": (("imaps", "sieve"), ("198.51.100.128/30", "2001:db8:77::7"))}
ALLOWED = [("192.0.2.7", 993), ("2001:db8:100::7", 993)]
OUTSIDE = [("192.0.2.8", 993), ("2001:db8:101::7", 993)]


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def closed_host(lab: Lab, backend: str) -> Lab:
    iptables_closed(f"-{backend}").load(lab)
    return lab


def plan_of(*sources: str) -> Plan:
    return make_plan(services={"imaps": (993, 993)}, grants={"hubspot": (("imaps",), sources)})


@pytest.mark.parametrize("layout", LAYOUTS)
def test_on_a_closed_host_exactly_those_whom_the_plan_lets_in_get_in(closed_host: Lab, backend: str, layout: str) -> None:
    plan = make_plan(services=SERVICES, grants=GRANTS, trusted=OFFICE, access=ACCESS)
    Site(closed_host, render_iptables(plan, layout=layout), backend=backend).apply()

    wrong = find_disagreements(closed_host, plan_document(plan), Layout.CHAIN, iptables_closed().admits)

    assert wrong == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_on_an_open_host_exactly_the_others_are_kept_out(lab: Lab, backend: str, layout: str) -> None:
    plan = make_plan(services=SERVICES, grants=GRANTS, trusted=OFFICE, access=ACCESS)
    Site(lab, render_iptables(plan, layout=layout), backend=backend).apply()

    wrong = find_disagreements(lab, plan_document(plan), Layout.CHAIN, admit_everything)

    assert wrong == []


def test_refused_connections_get_a_reset_where_the_site_says_so(lab: Lab, backend: str) -> None:
    lab.listen(993)
    Site(lab, render_iptables(plan_of("192.0.2.7"), refuse="reject"), backend=backend).apply()

    verdicts = lab.probe([*OUTSIDE, ("192.0.2.7", 993)])

    assert verdicts == [Verdict.REFUSED, Verdict.REFUSED, Verdict.ACCEPTED]


def test_the_limit_counts_one_source_over_all_services_and_spares_the_trusted(lab: Lab, backend: str) -> None:
    lab.listen(587, 993)
    plan = make_plan(grants={"hubspot": (("imaps", "submission"), ("192.0.2.7", "2001:db8:100::/48"))}, trusted=OFFICE)
    Site(lab, render_iptables(plan, connection_limit=5), backend=backend).apply()

    for source in ("192.0.2.7", "2001:db8:100::7"):
        _open(lab, source, 993, 3)
        _open(lab, source, 587, 2)
    _open(lab, "203.0.113.1", 993, 6)

    beyond = lab.probe([("192.0.2.7", 993), ("2001:db8:100::8", 587), ("2001:db8:100:1::7", 993)])
    assert beyond == [Verdict.REFUSED, Verdict.REFUSED, Verdict.ACCEPTED]


def test_only_connections_to_the_listed_destinations_are_guarded(lab: Lab, backend: str) -> None:
    lab.listen(993)
    guarded, unguarded = lab.addresses[0], lab.addresses[-1]
    Site(lab, render_iptables(plan_of("192.0.2.7"), destination=(f"{guarded}/32",)), backend=backend).apply()

    verdicts = lab.probe([(OUTSIDE[0][0], 993, guarded), (OUTSIDE[1][0], 993, unguarded)])

    assert verdicts == [Verdict.DROPPED, Verdict.ACCEPTED]


def test_only_connections_on_the_listed_interfaces_are_guarded(lab: Lab, backend: str) -> None:
    lab.listen(993)
    elsewhere, here = (render_iptables(plan_of("192.0.2.7"), interface=(name,)) for name in ("no-such", "wir+"))
    Site(lab, elsewhere, backend=backend).apply()
    unguarded = lab.probe([OUTSIDE[0]])
    Site(lab, here, backend=backend).apply()

    guarded = lab.probe([OUTSIDE[0]])

    assert (unguarded, guarded) == ([Verdict.ACCEPTED], [Verdict.DROPPED])


def test_open_connections_survive_the_first_load_and_a_reload_without_them(closed_host: Lab, backend: str) -> None:
    closed_host.run(f"iptables-{backend}", "-A", "INPUT", "-p", "tcp", "--dport", "993", "-j", "ACCEPT")
    closed_host.listen(993)
    stranger = closed_host.hold("192.0.2.99", 993)
    Site(closed_host, render_iptables(plan_of("192.0.2.7")), backend=backend).apply()
    connector = closed_host.hold("192.0.2.7", 993)

    Site(closed_host, render_iptables(plan_of("192.0.2.8")), backend=backend).apply()

    assert (stranger.alive(), connector.alive()) == (True, True)


@pytest.mark.parametrize(("first", "second"), [("plain", "plain"), ("plain", "ipset")])  # ipset to ipset: test_packets_reload
def test_reloads_refuse_nobody_and_admit_nobody(lab: Lab, backend: str, first: str, second: str) -> None:
    lab.listen(993)
    common = ("192.0.2.7", "2001:db8:100::/48")
    versions = [
        Site(
            lab, render_iptables(plan_of(*common, *others), layout=layout, refuse="reject"), backend=backend, folder=layout + others[0][:3]
        )
        for layout, others in ((first, ("198.51.100.7",)), (second, ("203.0.113.0/25", "2001:db8:300::/48")))
    ]
    versions[0].apply()

    counts = lab.hammer(allowed=ALLOWED, outside=OUTSIDE, during=_repeat(versions))

    assert (counts.refused, counts.admitted) == (0, 0)


def test_regrouping_services_refuses_nobody_and_admits_nobody(lab: Lab, backend: str) -> None:
    lab.listen(587, 993)
    shared = make_plan(grants={"hubspot": (("imaps", "submission"), ("192.0.2.7",))})
    apart = make_plan(grants={"hubspot": (("imaps", "submission"), ("192.0.2.7",)), "nylas": (("imaps",), ("192.0.2.9",))})
    versions = [
        Site(lab, render_iptables(plan, layout="ipset", refuse="reject"), backend=backend, folder=f"version{number}")
        for number, plan in enumerate((shared, apart))
    ]
    versions[0].apply()

    counts = lab.hammer(allowed=[("192.0.2.7", 993), ("192.0.2.7", 587)], outside=[("192.0.2.9", 587)], during=_repeat(versions))

    assert (counts.refused, counts.admitted) == (0, 0)


def _repeat(versions: list[Site]) -> Callable[[], None]:
    def during() -> None:
        for _ in range(scaled(200)):
            for version in versions:
                version.apply()

    return during


def _open(lab: Lab, source: str, port: int, count: int) -> None:
    for _ in range(count):
        lab.hold(source, port)
