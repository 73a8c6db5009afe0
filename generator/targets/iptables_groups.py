"""Rules of a plan that iptables can say as one: services that the same sources reach share one multiport rule, or one ipset."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from generator.net import Family, PortRange, Prefix, merge_ports, merge_prefixes
from generator.plan import Access, Plan, Rule

_Key = tuple[bool, tuple[tuple[str | None, tuple[Prefix, ...]], ...]]


class Group(NamedTuple):
    """Sources of one family and all services that exactly they reach. Without connectors the sources are the site's trusted networks.

    `limited`: the connection limit counts here. Port 25, where it is only opened, and trusted networks are exempt.
    """

    services: tuple[str, ...]
    connectors: tuple[str, ...]
    ports: tuple[PortRange, ...]
    sources: tuple[Prefix, ...]
    limited: bool


def group_rules(plan: Plan, family: Family, *, union: bool) -> tuple[Group, ...]:
    """Group the rules of one family; trusted networks come first. Services that are public need no sources, so they are left out.

    `union`: a group holds all connectors of its services together, as one set; else each group is of one connector.
    """
    access = {service.name: service.access for service in plan.services}
    rules = [rule for rule in plan.rules if rule.family is family and access[rule.service] is not Access.PUBLIC]
    found: dict[_Key, list[tuple[Rule, ...]]] = {}
    for bundle in _bundle_rules(rules, union=union):
        limited = not bundle[0].trusted and access[bundle[0].service] is Access.ALLOWLIST
        key = (limited, tuple((rule.connector, rule.sources) for rule in bundle))
        found.setdefault(key, []).append(bundle)
    groups = [_make_group(bundles, limited=key[0]) for key, bundles in found.items()]
    return tuple(sorted(groups, key=lambda group: bool(group.connectors)))


def _bundle_rules(rules: Iterable[Rule], *, union: bool) -> Iterator[tuple[Rule, ...]]:
    """Each rule alone; or, of each service, its connectors' rules together."""
    if not union:
        yield from ((rule,) for rule in rules)
        return
    bundles: dict[tuple[str, bool], list[Rule]] = {}
    for rule in rules:
        bundles.setdefault((rule.service, rule.trusted), []).append(rule)
    yield from (tuple(bundle) for bundle in bundles.values())


def _make_group(bundles: list[tuple[Rule, ...]], *, limited: bool) -> Group:
    first = bundles[0]
    return Group(
        services=tuple(bundle[0].service for bundle in bundles),
        connectors=tuple(rule.connector for rule in first if rule.connector is not None),
        ports=merge_ports(port for bundle in bundles for port in bundle[0].ports),
        sources=first[0].sources if len(first) == 1 else merge_prefixes(source for rule in first for source in rule.sources),
        limited=limited,
    )
