"""Sources in their groups → the lists, rules, groups and tags that the templates print."""

from collections.abc import Iterable, Iterator, Sequence

from generator.diagnostics import Report
from generator.net import Family
from generator.plan import Plan
from generator.targets.aws_names import FAMILIES, AwsNames, list_key, logical_id
from generator.targets.aws_packing import Placed, Quota, count_rules
from generator.targets.aws_sources import Use, rule_id
from generator.targets.aws_view import Group, IngressRule, Permission, PrefixList, Source, Tag
from generator.targets.naming import printable
from generator.targets.options import Options

OWNER_TAG = "gatepost"


def spell_lists(placed: Iterable[Placed], names: AwsNames) -> tuple[PrefixList, ...]:
    """The prefix lists, by key."""
    lists = []
    for one in placed:
        if not one.grant.plain:
            family, entries = FAMILIES[one.grant.family], tuple(map(str, one.sources))
            description = names.describe(f"{names.site}/{'+'.join(one.grant.who)}/v{one.grant.family.value}")
            key = _key_of_list(one)
            lists.append(PrefixList(key, names.prefix_list(key), family, entries, description, len(entries)))
    return tuple(sorted(lists))


def spell_rules(plan: Plan, placed: Iterable[Placed], names: AwsNames) -> tuple[IngressRule, ...]:
    """The rules, by port; those of a port in the order of the sources."""
    rules = [rule for one in placed for use in one.grant.uses for rule in _rules(plan, one, use, names)]
    return tuple(sorted(rules, key=lambda rule: (rule.group, rule.first)))


def spell_groups(placed: Sequence[Placed], rules: Sequence[IngressRule], names: AwsNames, quota: Quota, existing: str) -> tuple[Group, ...]:
    """The security groups, the first of which is there even if nothing is in it."""
    groups = []
    for number in sorted({1, *(one.group for one in placed)}):
        name = names.group(number)
        used = (f"{count_rules(placed, number, family)} of {quota.rules} rules for {FAMILIES[family]}" for family in Family)
        held = [rule for rule in rules if rule.group == name and not rule.prefix_list]
        groups.append(Group(existing or name, f"Group{number}", ", ".join(used), tuple(_permissions(held))))
    return tuple(groups)


def spell_tags(options: Options, names: AwsNames, most: int, report: Report) -> tuple[Tag, ...] | None:
    """The tags of the site, and the one that tells whose our objects are; None after an error that was reported."""
    pairs = {OWNER_TAG: names.owner}
    for text in options.texts("tags"):
        key, _, value = text.partition("=")
        if key in pairs:
            hint = f"`{OWNER_TAG}` is gatepost's own tag" if key == OWNER_TAG else "an object has one value for each tag"
            report.add("TGT204", options.spans["tags"], f"the tag `{key}` twice", hint=hint)
            return None
        pairs[key] = value
    if len(pairs) > most:
        hint = f"leave {len(pairs) - most} out; `{OWNER_TAG}`, by which the scripts know their own objects again, counts too"
        report.add("TGT205", options.spans["tags"], f"{len(pairs)} tags, and an object has at most {most}", hint=hint)
        return None
    width = max(len(f'"{key}"') for key in pairs)
    return tuple(Tag(printable(key), printable(value), f'"{printable(key)}"'.ljust(width)) for key, value in sorted(pairs.items()))


def _rules(plan: Plan, one: Placed, use: Use, names: AwsNames) -> Iterator[IngressRule]:
    """The rules for one use of some sources: one for each source, or one for their list."""
    grant, held = one.grant, "" if one.grant.plain else _key_of_list(one)
    for source in map(str, one.sources) if grant.plain else ("",):
        key = f"{use.label} {held or source}"
        yield IngressRule(
            key=key,
            logical_id=logical_id("Rule", key),
            group=names.group(one.group),
            group_id=f"Group{one.group}",
            protocol=use.protocol,
            first=use.port.first,
            last=use.port.last,
            cidr_ipv4=source if grant.family is Family.V4 else "",
            cidr_ipv6=source if grant.family is Family.V6 else "",
            prefix_list=held,
            list_name=names.prefix_list(held) if held else "",
            description=names.describe(rule_id(plan, grant, use)),
        )


def _key_of_list(one: Placed) -> str:
    return list_key(one.grant.owner, one.grant.family, one.group, one.part)


def _permissions(rules: Iterable[IngressRule]) -> Iterator[Permission]:
    """The rules of one group by port, as one call of the API takes them."""
    by_port: dict[tuple[int, int, str], list[IngressRule]] = {}
    for rule in rules:
        by_port.setdefault((rule.first, rule.last, rule.protocol), []).append(rule)
    for (first, last, protocol), held in by_port.items():
        v4 = tuple(Source(rule.cidr_ipv4, rule.description) for rule in held if rule.cidr_ipv4)
        v6 = tuple(Source(rule.cidr_ipv6, rule.description) for rule in held if rule.cidr_ipv6)
        yield Permission(protocol, first, last, v4, v6)
