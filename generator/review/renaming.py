"""Paths of a scratch folder as the user knows them, in plans and findings."""

from generator.diagnostics import Diagnostic, Span
from generator.plan import Plan


def rename_plan(plan: Plan, here: str, there: str) -> Plan:
    """A plan whose places are `there` instead of `here`."""
    services = tuple(
        service._replace(origin=rename_span(service.origin, here, there), decided=rename_span(service.decided, here, there))
        for service in plan.services
    )
    rules = tuple(rule._replace(origins=tuple(rename_span(span, here, there) for span in rule.origins)) for rule in plan.rules)
    return plan._replace(services=services, rules=rules)


def rename_finding(finding: Diagnostic, here: str, there: str) -> Diagnostic:
    """A finding whose places and words are `there` instead of `here`."""
    return finding._replace(
        span=finding.span and rename_span(finding.span, here, there),
        message=finding.message.replace(here, there),
        hint=finding.hint.replace(here, there),
        related=tuple(
            related._replace(span=rename_span(related.span, here, there), message=related.message.replace(here, there))
            for related in finding.related
        ),
    )


def rename_span(span: Span, here: str, there: str) -> Span:
    """A place `there` instead of `here`, which may be that folder itself; any other as it is."""
    if f"{span.path}/" == here:
        return span._replace(path=f"{there}.")
    return span._replace(path=there + span.path.removeprefix(here)) if span.path.startswith(here) else span
