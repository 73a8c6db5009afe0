"""Plan → grants and closed ports: what the firewalls that go through rules by number (Azure, GCP) are told, before either spells it."""

from hashlib import sha256
from typing import Final, NamedTuple

from generator.diagnostics import Span
from generator.net import Family, PortRange, Prefix, make_prefix, merge_ports
from generator.plan import Access, Plan, Rule
from generator.targets.naming import DIGEST_LETTERS, joined_id

# Slugs never hold it, so neither two sites nor two labels can meet, and a site's own objects are those whose names begin `gatepost-SITE--`.
JOINT: Final = "--"


class Grant(NamedTuple):
    """Sources of one family that may reach some services; everybody is the whole family as one prefix.

    `label` names it within the site and does not depend on its sources; `rule_id` is for people; `origin` is where the site says it.
    """

    label: str
    family: Family
    ports: tuple[PortRange, ...]
    sources: tuple[Prefix, ...]
    rule_id: str
    origin: Span


def find_grants(plan: Plan) -> tuple[Grant, ...]:
    """Everything that the plan allows, sorted by label: a connector's services share one grant where the same sources reach them.

    Clouds count addresses rule by rule, so a list that is written once counts once.
    """
    together: dict[tuple[str, Family, tuple[Prefix, ...]], list[Rule]] = {}
    for rule in plan.rules:
        together.setdefault((rule.connector or "", rule.family, rule.sources), []).append(rule)
    split = [(connector, family) for connector, family, _ in together]
    grants = [_join_rules(plan.site, rules, alone=split.count(key[:2]) == 1) for key, rules in together.items()]
    return tuple(sorted([*grants, *_open_to_everybody(plan)], key=lambda grant: grant.label))


def closed_ports(plan: Plan) -> tuple[PortRange, ...]:
    """The ports that are shut to everybody else, over both families; port 25 is among them only where the plan closes it in words."""
    return merge_ports(port for service in plan.services if service.access is Access.ALLOWLIST for port in service.ports)


def own_names(prefix: str, site: str, longest: int) -> str:
    """What the names of a site's objects begin with; no other site's begin so."""
    return cut_name(f"{prefix}-{site}", longest // 2) + JOINT


def cut_name(text: str, longest: int) -> str:
    """A name of letters, digits and hyphens, or, above the limit, its beginning and a digest; neither then ends or is joined by `--`."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1 - DIGEST_LETTERS].rstrip("-")
    return f"{head}-{sha256(text.encode()).hexdigest()[:DIGEST_LETTERS]}"


def _join_rules(site: str, rules: list[Rule], *, alone: bool) -> Grant:
    """The grant of rules with one connector (or the trusted networks), one family and one list of sources."""
    first, services = rules[0], [rule.service for rule in rules]
    who = "trusted" if first.connector is None else f"allow-{first.connector}"
    label = who if alone else JOINT.join((who, *services))
    return Grant(
        label=f"{label}-v{first.family.value}",
        family=first.family,
        ports=merge_ports(port for rule in rules for port in rule.ports),
        sources=first.sources,
        rule_id=joined_id(site, (first.connector or "trusted",), f"{'+'.join(services)}/v{first.family.value}"),
        origin=first.origins[0],
    )


def _open_to_everybody(plan: Plan) -> list[Grant]:
    """A grant for each family that says in words what the site says: these services are public."""
    public = [service for service in plan.services if service.access is Access.PUBLIC]
    names, ports = "+".join(service.name for service in public), merge_ports(port for service in public for port in service.ports)
    return [
        Grant(
            label=f"public-v{family.value}",
            family=family,
            ports=ports,
            sources=(make_prefix(family, 0, 0),),
            rule_id=joined_id(plan.site, ("public",), f"{names}/v{family.value}"),
            origin=public[0].origin,
        )
        for family in Family
        if public
    ]
