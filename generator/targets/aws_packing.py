"""Which security group holds which sources: within the quota of each group and of an interface, and so that a small change stays small."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from generator.net import Family, Prefix
from generator.targets.aws_sources import Grant
from generator.targets.options import Options
from generator.targets.packing import spread

# Every further group has to be attached by hand, so there are few; still, a change of one prefix moves less than a group of others.
_FILLED_PERCENT: Final = 80


class Quota(NamedTuple):
    """What AWS holds: rules of one family in a group, groups of the site on an interface, entries of a prefix list, prefix lists."""

    rules: int
    groups: int
    entries: int
    lists: int


class Placed(NamedTuple):
    """Sources of one grant that one group holds. `part` tells apart prefix lists that one would be too long for."""

    group: int
    part: int
    grant: Grant
    sources: tuple[Prefix, ...]

    @property
    def weight(self) -> int:
        """How many rules of the group's quota they take."""
        return self.grant.weight * len(self.sources)


def read_quota(options: Options, limits: Mapping[str, int]) -> Quota:
    """The quota of the site: the options where AWS has raised something, else the limits of the manifest."""
    rules, groups, lists = (
        limits[name] if options.number(name) is None else options.number(name) or 0
        for name in ("rules_per_group", "groups_per_interface", "prefix_lists")
    )
    return Quota(
        rules=rules,
        groups=1 if options.text("security_group") else max(1, min(groups, limits["rules_per_interface"] // rules)),
        entries=min(limits["prefix_list_entries"], limits["entries_per_call"]),
        lists=lists,
    )


def place_grants(grants: Sequence[Grant], quota: Quota) -> tuple[Placed, ...] | None:
    """Every source of every grant in a group; None where the quota has no room. Families count apart, and groups hold both."""
    placed: list[Placed] = []
    for family in Family:
        items = [(grant, source) for grant in grants if grant.family is family for source in grant.sources]
        chunks = spread(
            items, capacity=quota.rules, most=quota.groups, filled_percent=_FILLED_PERCENT, key=_key, weight=lambda item: item[0].weight
        )
        if chunks is None:
            return None
        for chunk in chunks:
            placed += _gather(chunk.number, chunk.items, quota)
    lists = sum(not one.grant.plain for one in placed)
    return None if lists > quota.lists else tuple(placed)


def count_rules(placed: Iterable[Placed], group: int, family: Family) -> int:
    """How many rules a group has in one family, the way AWS counts."""
    return sum(one.weight for one in placed if one.group == group and one.grant.family is family)


def _gather(group: int, items: Iterable[tuple[Grant, Prefix]], quota: Quota) -> list[Placed]:
    """The sources of one group, grant by grant; those of a list that would be too long in parts."""
    held: dict[int, tuple[Grant, list[Prefix]]] = {}
    for grant, source in items:
        held.setdefault(id(grant), (grant, []))[1].append(source)
    return [
        Placed(group, chunk.number, grant, chunk.items)
        for grant, sources in held.values()
        for chunk in spread(sources, capacity=quota.entries) or ()
    ]


def _key(item: tuple[Grant, Prefix]) -> str:
    """What no two sources share: a plain one has one use, and the sources of a list stay together whatever services they reach."""
    grant, source = item
    return f"{grant.owner} {grant.uses[0].label if grant.plain else ''} {source}"
