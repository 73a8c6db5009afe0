"""Several sites on one host: no two may decide about the same destination address and port."""

from collections.abc import Sequence
from itertools import combinations

from generator.compile import Compiled
from generator.diagnostics import Related, Report, Span
from generator.net import PortRange, Prefix, intersect_prefixes
from generator.plan import Access, Plan

Destinations = tuple[Prefix, ...] | None  # None: every address of the host


def check_names(sites: Sequence[Compiled], report: Report) -> None:
    """Report sites that would write over each other because they share a name."""
    for first, second in combinations(sites, 2):
        if first.plan.site == second.plan.site:
            there = Related(first.site.spans.at("name"), "the other one")
            hint = "give each site a name of its own"
            report.add("PLN061", second.site.spans.at("name"), f"two sites are called `{first.plan.site}`", hint=hint, related=(there,))


def check_disjoint(sites: Sequence[tuple[Compiled, Destinations]], report: Report) -> None:
    """Report pairs of sites that one host can't hold; `sites` says what one of its firewalls matches for each."""
    for (first, there), (second, here) in combinations(sites, 2):
        if first.plan.site == second.plan.site or not _share(there, here):
            continue
        for name, other in _contested(first.plan, second.plan):
            related = Related(_place(first, other), f"`{first.plan.site}` decides about the same port as `{other}`")
            report.add(
                "PLN060",
                _place(second, name),
                f"`{second.plan.site}` and `{first.plan.site}` both decide about `{name}` on the same addresses",
                hint="make them one site with both connectors, or give both `destination: server` and different `server.addresses`",
                related=(related,),
            )


def _share(first: Destinations, second: Destinations) -> bool:
    return first is None or second is None or bool(intersect_prefixes(first, second))


def _contested(first: Plan, second: Plan) -> list[tuple[str, str]]:
    """Pairs of services (of the second, of the first) on one port of which at least one is closed to others."""
    return [
        (mine.name, other.name)
        for mine in second.services
        for other in first.services
        if Access.ALLOWLIST in (mine.access, other.access) and _ports_meet(mine.ports, other.ports)
    ]


def _ports_meet(first: tuple[PortRange, ...], second: tuple[PortRange, ...]) -> bool:
    return any(a.first <= b.last and b.first <= a.last for a in first for b in second)


def _place(compiled: Compiled, service: str) -> Span:
    spans = compiled.site.spans
    return spans.at("access", service) if service in compiled.site.model.access else spans.key("connectors")
