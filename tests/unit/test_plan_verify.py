"""`verify` stops every plan that breaks one of the invariants that the targets rely on."""

from collections.abc import Callable
from typing import Any, Final

import pytest

from generator.net import Family, PortRange, parse_prefix
from generator.plan import Access, Plan, Rule, verify
from tests.support.plans import make_plan, service

PLAN: Final = make_plan(
    [service("imaps"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)],
    {
        "hubspot": dict.fromkeys(("imaps", "smtp"), ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48")),
        "nylas": {"imaps": ["203.0.113.9"]},
    },
    trusted=["203.0.113.0/28"],
)
IMAPS: Final = next(index for index, item in enumerate(PLAN.services) if item.name == "imaps")


def with_rule(**changes: Any) -> Callable[[Plan], Plan]:
    """Change the first rule, hubspot's for port 25 over IPv4."""
    return lambda plan: plan._replace(rules=(plan.rules[0]._replace(**changes), *plan.rules[1:]))


def with_imaps(**changes: Any) -> Callable[[Plan], Plan]:
    """Change the service `imaps`, and its rules with it."""

    def change(plan: Plan) -> Plan:
        services = list(plan.services)
        services[IMAPS] = services[IMAPS]._replace(**changes)
        given = {key: value for key, value in changes.items() if key in ("ports", "protocol")}
        rules = [rule._replace(**given) if rule.service == "imaps" else rule for rule in plan.rules]
        return plan._replace(services=tuple(services), rules=tuple(rules))

    return change


def sources(*texts: str) -> tuple[object, ...]:
    return tuple(map(parse_prefix, texts))


def trust(plan: Plan) -> Plan:
    """Trusted networks beside port 25, which is closed to nobody."""
    trusted = next(rule for rule in plan.rules if rule.trusted)
    smtp = next(item for item in plan.services if item.name == "smtp")
    added: Rule = trusted._replace(id="acme/trusted/smtp/v4", service="smtp", ports=smtp.ports)
    return plan._replace(rules=(*plan.rules, added))


def test_a_plan_in_order_passes() -> None:
    verify(PLAN)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda plan: plan._replace(services=plan.services * 2), "service names are unique"),
        (lambda plan: plan._replace(services=plan.services[::-1]), "services are sorted by port"),
        (lambda plan: plan._replace(rules=plan.rules * 2), "rule ids are unique"),
        (lambda plan: plan._replace(connections_needed=4), "hubspot: its connections fit"),
        (with_rule(id="acme/1"), "acme/1: the id is made of names"),
        (with_rule(family=Family.V6, id="acme/hubspot/smtp/v6x"), "the id is made of names"),
        (with_rule(service="pop3", id="acme/hubspot/pop3/v4"), "its service is in the plan"),
        (with_rule(ports=(PortRange(26, 26),)), "ports are the service's"),
        (with_rule(protocol="udp"), "protocol is the service's"),
        (with_rule(sources=()), "no rule without a source"),
        (with_rule(sources=sources("192.0.2.7", "2001:db8::1")), "one family per rule"),
        (with_rule(sources=sources("2001:db8::1")), "one family per rule"),
        (with_rule(sources=sources("198.51.100.0/25", "192.0.2.7")), "canonical, merged and sorted"),
        (with_rule(sources=sources("192.0.2.6", "192.0.2.7")), "canonical, merged and sorted"),
        (with_rule(sources=sources("192.0.2.0/24", "192.0.2.7")), "canonical, merged and sorted"),
        (with_rule(origins=()), "every rule has an origin"),
        (with_rule(connector="zendesk", id="acme/zendesk/smtp/v4"), "its connector's requirements are in the plan"),
        (trust, "trusted only where others are closed"),
        (with_imaps(access=Access.ADDITIVE), "only port 25 is additive"),
        (with_imaps(ports=()), "a service has a port"),
        (with_imaps(ports=(PortRange(0, 993),)), "ports are in 1..65535"),
        (with_imaps(ports=(PortRange(993, 65536),)), "ports are in 1..65535"),
        (with_imaps(ports=(PortRange(995, 993),)), "ports are in 1..65535"),
        (with_imaps(ports=(PortRange(993, 993), PortRange(994, 994))), "ports are sorted, disjoint and merged"),
        (with_imaps(ports=(PortRange(20, 30),)), "port 25 is smtp's"),
        (with_imaps(ports=(PortRange(587, 600),)), "no port belongs to two services"),
    ],
)
def test_a_broken_invariant_stops_the_plan(broken: Callable[[Plan], Plan], told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        verify(broken(PLAN))
