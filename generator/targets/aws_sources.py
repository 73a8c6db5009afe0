"""Plan → who may reach what on AWS, in the two ways to write it: a prefix list for each connector, or a rule for each prefix."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import NamedTuple

from generator.diagnostics import Span
from generator.net import Family, PortRange, Prefix, find_covering, make_prefix, merge_prefixes
from generator.plan import Access, Plan, Rule, Service
from generator.targets.naming import joined_id

EVERYBODY = "everybody"


class Use(NamedTuple):
    """Ports of one service. `label` is the service's name, with the ports where it has several ranges."""

    service: str
    label: str
    protocol: str
    port: PortRange


class Grant(NamedTuple):
    """Sources of one family and everything that they may reach.

    `owner` names them: a connector (with services where its sources differ between them), the trusted networks, or everybody. `who` are the
    names in a rule id. `plain`: each source has a rule of its own, and there is one use.
    """

    owner: str
    who: tuple[str, ...]
    family: Family
    sources: tuple[Prefix, ...]
    uses: tuple[Use, ...]
    plain: bool
    origin: Span

    @property
    def weight(self) -> int:
        """How many rules one source counts as."""
        return len(self.uses)


def find_grants(plan: Plan) -> tuple[Grant, ...]:
    """Who may reach what, a grant for each connector and family (of its own, so that another connector's changes leave it alone)."""
    together: dict[tuple[str | None, Family, tuple[Prefix, ...]], list[Rule]] = {}
    for rule in _closed_rules(plan):
        together.setdefault((rule.connector, rule.family, rule.sources), []).append(rule)
    split = [(connector, family) for connector, family, _ in together]
    grants = [_join(plan, rules, alone=split.count(key[:2]) == 1) for key, rules in together.items()]
    return (*grants, *_public(plan))


def merge_grants(plan: Plan) -> tuple[Grant, ...]:
    """Who may reach what, as few prefixes as there can be: a grant for each prefix of a service, whoever it is of."""
    rules = _closed_rules(plan)
    merged: list[Grant] = []
    for service in plan.services:
        for family in Family:
            merged += _merge(plan, service, [rule for rule in rules if rule.service == service.name and rule.family is family])
    return (*merged, *_public(plan))


def rule_id(plan: Plan, grant: Grant, use: Use) -> str:
    """The id of the plan's rule that a rule on AWS stands for."""
    return joined_id(plan.site, grant.who, f"{use.service}/v{grant.family.value}")


def _closed_rules(plan: Plan) -> list[Rule]:
    """The rules of services that are not open to everybody anyway."""
    public = {service.name for service in plan.services if service.access is Access.PUBLIC}
    return [rule for rule in plan.rules if rule.service not in public]


def _join(plan: Plan, rules: Sequence[Rule], *, alone: bool) -> Grant:
    first = rules[0]
    name = first.connector or "trusted"
    owner = name if alone else " ".join((name, *(rule.service for rule in rules)))
    uses = tuple(use for rule in rules for use in _uses(_service(plan, rule.service)))
    return Grant(owner, (name,), first.family, first.sources, uses, False, first.origins[0])


def _merge(plan: Plan, service: Service, rules: Sequence[Rule]) -> Iterator[Grant]:
    """A grant for each port of each prefix that the sources of some rules merge to, so that no gap in a group is too small for it."""
    merged = merge_prefixes(source for rule in rules for source in rule.sources)
    owners: dict[Prefix, list[Rule]] = {prefix: [] for prefix in merged}
    for rule in rules:
        for source in rule.sources:
            prefix = find_covering(merged, source)
            if prefix is not None and rule not in owners[prefix][-1:]:
                owners[prefix].append(rule)
    for prefix, held in owners.items():
        names = tuple(rule.connector or "trusted" for rule in held)
        for use in _uses(service):
            yield Grant(str(prefix), names, prefix.family, (prefix,), (use,), True, held[0].origins[0])


def _public(plan: Plan) -> Iterator[Grant]:
    """Everybody, in so many words, for the services that the site itself calls public."""
    for service in plan.services:
        if service.access is Access.PUBLIC:
            for use, family in product(_uses(service), Family):
                yield Grant(EVERYBODY, ("public",), family, (make_prefix(family, 0, 0),), (use,), True, service.decided)


def _service(plan: Plan, name: str) -> Service:
    return next(service for service in plan.services if service.name == name)


def _uses(service: Service) -> tuple[Use, ...]:
    alone = len(service.ports) == 1
    return tuple(Use(service.name, service.name if alone else f"{service.name} {port}", service.protocol, port) for port in service.ports)
