"""What a plan says about one source address and one service: the single place that decides it for expectations and explanations."""

from enum import StrEnum
from typing import NamedTuple

from generator.net import Prefix, find_covering
from generator.plan import Access, Plan, Rule, Service


class Verdict(StrEnum):
    """`UNTOUCHED`: gatepost neither opens nor closes it, so the host's own rules decide."""

    ALLOW = "allow"
    DENY = "deny"
    UNTOUCHED = "untouched"


class Decision(NamedTuple):
    """A verdict with every rule that lets the address in, each with the merged prefix that holds it."""

    verdict: Verdict
    matches: tuple[tuple[Rule, Prefix], ...]


def find_service(plan: Plan, wanted: str | int) -> Service | None:
    """The service of the plan by its name or by one of its ports."""
    for service in plan.services:
        if service.name == wanted or any(port.first <= int(wanted) <= port.last for port in service.ports if str(wanted).isdecimal()):
            return service
    return None


def decide(plan: Plan, address: Prefix, service: Service) -> Decision:
    """Judge a new connection from `address` (a single address) to a service of the plan."""
    matches = tuple(
        (rule, prefix)
        for rule in plan.rules
        if rule.service == service.name and rule.family is address.family
        if (prefix := find_covering(rule.sources, address)) is not None
    )
    if matches or service.access is Access.PUBLIC:
        return Decision(Verdict.ALLOW, matches)
    return Decision(Verdict.DENY if service.access is Access.ALLOWLIST else Verdict.UNTOUCHED, ())
