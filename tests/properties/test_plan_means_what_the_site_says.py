"""The plan of random sites against a naive reading of the same data."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.net import parse_prefix
from generator.pipeline import compile_sites
from generator.plan import Plan, verify
from generator.verdict import Verdict, decide
from tests.support.sites import RandomSite, edges, sites


def compile_random(site: RandomSite, *, shuffle: int | None = None) -> Plan:
    """The plan of a random site, which has no error."""
    report = Report()
    with TemporaryDirectory() as folder:
        compiled = compile_sites([str(site.write(Path(folder), shuffle=shuffle))], (), report)
    errors = [finding for finding in report.findings if finding.severity == "error"]
    assert errors == []
    return compiled[0].plan


def meaning(plan: Plan) -> object:
    """The plan without the places it came from."""
    rules = tuple(rule._replace(origins=()) for rule in plan.rules)
    services = tuple((service.name, service.ports, service.tls, service.access) for service in plan.services)
    return services, rules, plan.requirements, plan.connections_needed


@given(sites())
def test_exactly_the_addresses_that_the_site_lists_get_in(site: RandomSite) -> None:
    plan = compile_random(site)
    asked = [(address, service) for address in edges(site) for service in plan.services]
    verdicts = {(address, service.name): decide(plan, parse_prefix(address), service).verdict for address, service in asked}

    expected = {
        (address, name): Verdict.ALLOW if site.allows(address, name) else Verdict.DENY if site.closes(name) else Verdict.UNTOUCHED
        for address, name in verdicts
    }

    assert verdicts == expected


@given(sites())
def test_the_plan_holds_the_services_in_use_and_no_other(site: RandomSite) -> None:
    plan = compile_random(site)

    assert {service.name for service in plan.services} == site.services


@given(sites(), st.integers(0, 1000))
def test_the_plan_is_the_same_in_any_order_of_the_yaml(site: RandomSite, seed: int) -> None:
    plain, shuffled = compile_random(site), compile_random(site, shuffle=seed)

    assert meaning(shuffled) == meaning(plain)


@given(sites())
def test_every_plan_keeps_its_invariants(site: RandomSite) -> None:
    verify(compile_random(site))


@given(sites())
def test_a_source_may_need_no_fewer_connections_than_its_connectors_together(site: RandomSite) -> None:
    plan = compile_random(site)
    by_address = [
        sum(5 * connector.mailboxes for connector in site.connectors if site_has(connector.networks, connector.excluded, address))
        for address in edges(site)
    ]

    assert plan.connections_needed >= max(by_address, default=0)


def site_has(networks: tuple[str, ...], excluded: str | None, address: str) -> bool:
    """Whether an address is in a connector's networks and not excluded."""
    from tests.support.sites import holds

    return any(holds(network, address) for network in networks) and not (excluded and holds(excluded, address))
