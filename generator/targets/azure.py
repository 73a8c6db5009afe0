"""Plan → Azure: security rules of one family each in a block of priorities of an NSG, and a rule at its end that closes.

Facts: learn.microsoft.com, "Network security groups" and "Azure subscription and service limits"; REST reference of securityRules. An NSG
takes the first rule that matches, by number; it sees addresses behind the public address, so a destination is a private one. A rule of the
user's own with a smaller number than the block goes first: no rule of ours can take back what it allows.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.net import Family, PortRange, Prefix, merge_prefixes, parse_prefix
from generator.plan import Access, Plan
from generator.targets.azure_priorities import assign_priorities, writing_order
from generator.targets.azure_quota import Block, Demand, check_block, check_quota
from generator.targets.azure_view import AzureRule, AzureView, Tag
from generator.targets.naming import SHORTEST_FIT, fit, joined_id, printable
from generator.targets.options import Options
from generator.targets.ordered import Grant, closed_ports, cut_name, find_grants, own_names

OPTIONS: Final[Mapping[str, str]] = {
    "resource_group": "text",
    "nsg": "text",
    "create_nsg": "boolean",
    "location": "text",
    "tags": "list",
    "name_prefix": "text",
    "priority_first": "integer",
    "priority_size": "integer",
    "destination": "list",
    "rules_per_nsg": "integer",
    "addresses_per_nsg": "integer",
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {}
LIMITS: Final[Mapping[str, int]] = {
    "rules_per_nsg": 1,
    "addresses_per_nsg": 1,
    "name_letters": 64,
    "description_letters": SHORTEST_FIT,
    "priority_highest": 100,
}
_ANY: Final = "*"
_PLAIN: Final = re.compile("[A-Za-z0-9_-]+")


class _Maker(NamedTuple):
    """What every rule is made from. `destinations` is empty for any."""

    site: str
    own: str
    destinations: tuple[Prefix, ...]
    limits: Mapping[str, int]

    def name(self, label: str) -> str:
        return cut_name(self.own + label, self.limits["name_letters"])

    def slot(self, priority: int) -> str:
        return f"{self.own}{priority}"

    def describe(self, rule_id: str) -> str:
        return fit(printable(f"gatepost {rule_id}"), self.limits["description_letters"], joint=" ")

    def reaches(self, family: Family) -> tuple[str, ...]:
        """The destinations of a family, as texts."""
        return tuple(str(prefix) for prefix in self.destinations if prefix.family is family)


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> AzureView | None:
    """Make the view of one site; None after a quota or an option that can't be, which is reported."""
    _check_group(options, report)
    tags = _read_tags(options, report)
    block = check_block(options, limits, report)
    maker = _Maker(
        plan.site, own_names(options.text("name_prefix"), plan.site, limits["name_letters"]), _read_destinations(options, report), limits
    )
    grants = tuple(grant for grant in find_grants(plan) if not maker.destinations or maker.reaches(grant.family))
    if block is None:
        return None
    closing = _deny(plan, block, maker)
    usage = check_quota(
        Demand(grants, len(closing), _count_reached(grants, closing, maker)), block, plan.services[0].origin, limits, options, report
    )
    if usage is None or report.has_errors:
        return None
    allow, deny = _arrange(grants, closing, block, maker)
    create = options.flag("create_nsg")
    return AzureView(
        site=plan.site,
        own=maker.own,
        symbol=_symbol(maker.own.rstrip("-")),
        resource_group=options.text("resource_group"),
        group=options.text("nsg") or (maker.own.rstrip("-") if create else ""),
        created=create,
        existing=not create,
        location=options.text("location"),
        tags=tags,
        allow=allow,
        deny=deny,
        rules=allow + deny,
        lines=len(allow + deny),
        first=block.first,
        last=block.last,
        usage=usage,
    )


def _arrange(
    grants: tuple[Grant, ...], closing: list[AzureRule], block: Block, maker: _Maker
) -> tuple[tuple[AzureRule, ...], tuple[AzureRule, ...]]:
    """The rules that allow, with their priorities, and those that deny, each told which one is written before it."""
    numbers = assign_priorities((maker.name(grant.label) for grant in grants), block.grants)
    letting = {rule.name: rule for rule in (_allow(grant, numbers, maker) for grant in grants)}
    order = [*(letting[name] for name in writing_order(numbers)), *closing]
    before = dict(zip((rule.name for rule in order), [None, *order], strict=False))
    return _chain(list(letting.values()), before), _chain(closing, before)


def _count_reached(grants: tuple[Grant, ...], closing: list[AzureRule], maker: _Maker) -> int:
    """The destinations of all rules together."""
    return sum(len(maker.reaches(grant.family)) for grant in grants) + sum(len(rule.destinations) for rule in closing)


def _check_group(options: Options, report: Report) -> None:
    """Options of a new group mean nothing for one that is there: say so rather than leave them out."""
    if options.flag("create_nsg"):
        return
    for name in ("location", "tags"):
        if options.values[name]:
            hint = "write `create_nsg: true` for a group of its own, or leave the option out: a security rule has neither"
            report.add("TGT224", options.spans[name], f"`{name}` is of a new group, and the rules go into one that exists", hint=hint)


def _read_destinations(options: Options, report: Report) -> tuple[Prefix, ...]:
    """The destinations, or none for any. A family without one is left as it is, which is told."""
    texts = options.texts("destination")
    if texts == ("any",):
        return ()
    found = merge_prefixes(parse_prefix(text) for text in texts)
    for family in Family:
        if all(prefix.family is not family for prefix in found):
            message = f"no destination address is IPv{family.value}: the services stay over IPv{family.value} as they are"
            report.add("TGT022", options.spans["destination"], message, hint="if the machine has such an address, list it too")
    return found


def _allow(grant: Grant, numbers: Mapping[str, int], maker: _Maker) -> AzureRule:
    name, everybody = maker.name(grant.label), grant.sources[0].length == 0
    sources = tuple(str(prefix) for prefix in grant.sources)
    return _spell(
        AzureRule(
            name=name,
            description=maker.describe(grant.rule_id),
            priority=numbers[name],
            access="Allow",
            protocol="Tcp",
            source=sources[0] if everybody else "",
            sources=() if everybody else sources,
            destination="" if maker.destinations else _ANY,
            destinations=maker.reaches(grant.family),
            ports=_ports(grant.ports),
            after="",
            symbol="",
            after_symbol="",
            slot=maker.slot(numbers[name]),
            line="",
        )
    )


def _deny(plan: Plan, block: Block, maker: _Maker) -> list[AzureRule]:
    """The last rules of the block. One for both families, or, because a rule holds addresses of one, one for each with destinations."""
    ports = _ports(closed_ports(plan))
    if not ports:
        return []
    services = "+".join(service.name for service in plan.services if service.access is Access.ALLOWLIST)
    ends: list[tuple[str, int, tuple[str, ...]]] = [("deny", block.last, ())]
    if maker.destinations:
        every = [(f"deny-v{family.value}", block.last - 1 + index, maker.reaches(family)) for index, family in enumerate(Family)]
        ends = [end for end in every if end[2]]
    return [
        _spell(
            AzureRule(
                name=maker.name(label),
                description=maker.describe(joined_id(plan.site, ("deny",), services)),
                priority=priority,
                access="Deny",
                protocol="Tcp",
                source=_ANY,
                sources=(),
                destination="" if destinations else _ANY,
                destinations=destinations,
                ports=ports,
                after="",
                symbol="",
                after_symbol="",
                slot=maker.slot(priority),
                line="",
            )
        )
        for label, priority, destinations in ends
    ]


def _spell(rule: AzureRule) -> AzureRule:
    """The rule with what is made of its other parts."""
    sources, destinations, ports = (
        ",".join(sorted(texts)) for texts in (rule.sources or (rule.source,), rule.destinations or (rule.destination,), rule.ports)
    )
    cells = (rule.name, str(rule.priority), "Inbound", rule.access, rule.protocol, "*", sources, destinations, ports, rule.description)
    return rule._replace(symbol=_symbol(rule.name), line="\t".join(cells))


def _chain(rules: list[AzureRule], before: Mapping[str, AzureRule | None]) -> tuple[AzureRule, ...]:
    """The rules, each told which one is written before it."""
    found = [(rule, before[rule.name]) for rule in rules]
    return tuple(rule._replace(after=last.slot, after_symbol=last.symbol) if last else rule for rule, last in found)


def _symbol(name: str) -> str:
    """A name as an identifier. Names hold no `_`, so no two of them meet."""
    return name.replace("-", "_")


def _ports(ports: tuple[PortRange, ...]) -> tuple[str, ...]:
    return tuple(str(port) for port in ports)


def _read_tags(options: Options, report: Report) -> tuple[Tag, ...]:
    """The tags, sorted; Azure tells their names apart without regard to upper and lower case."""
    pairs = sorted(tuple(text.partition("=")[::2]) for text in options.texts("tags"))
    names = [name for name, _ in pairs]
    if len({"gatepost", *(name.lower() for name in names)}) < len(names) + 1:
        hint = "write each name once, in one spelling; `gatepost` is gatepost's own, by which `undo.sh` knows the group that it may delete"
        report.add("TGT225", options.spans["tags"], f"a tag has two values: {', '.join(names)}", hint=hint)
    widest = max((len(name) for name, _ in pairs), default=0)
    return tuple(Tag(name, value, f'"{name}"'.ljust(widest + len('""')), _tag_word(name, value)) for name, value in pairs)


def _tag_word(name: str, value: str) -> str:
    """A tag as one word of `az`, which wants quotes around what is more than a plain word, and around nothing."""
    plain = _PLAIN.fullmatch(name) and _PLAIN.fullmatch(value) and value != "null"
    return f"{name}={value}" if plain else f"'{name}'='{value}'"
