"""What rules that are gone through by number mean, and what a plan means, in the same terms: for each port and family, who gets in."""

from collections.abc import Iterable
from random import Random
from typing import NamedTuple

from generator.net import Family, Prefix, make_prefix, merge_prefixes
from generator.plan import Access, Plan
from tests.support.plans import make_plan, service

# For each family and port: the sources that are let in, and whether everybody else is shut out.
Meaning = dict[tuple[Family, int], tuple[tuple[Prefix, ...], bool]]
Port = tuple[int, int]


class Row(NamedTuple):
    """One rule as read back. `sources` is empty for every source of either family."""

    name: str
    priority: int
    allows: bool
    ports: tuple[Port, ...]
    sources: tuple[Prefix, ...]


def read_ports(texts: Iterable[str]) -> tuple[Port, ...]:
    """`993` and `100-200` as pairs."""
    pairs = [text.partition("-")[::2] for text in texts]
    return tuple((int(first), int(last or first)) for first, last in pairs)


def meaning_of_rows(rows: Iterable[Row], plan: Plan) -> Meaning:
    """Who gets in by the rules, at every port of the plan and beside it."""
    ordered = sorted(rows, key=lambda row: (row.priority, row.allows))
    return {(family, port): _judge(ordered, family, port) for family in Family for port in _ports_to_try(plan)}


def meaning_of_plan(plan: Plan) -> Meaning:
    """Who gets in by the plan, at the same places."""
    found: Meaning = {(family, port): ((), False) for family in Family for port in _ports_to_try(plan)}
    for one in plan.services:
        for family in Family:
            everybody = (make_prefix(family, 0, 0),) if one.access is Access.PUBLIC else ()
            rules = [rule for rule in plan.rules if rule.service == one.name and rule.family is family]
            sources = merge_prefixes([*everybody, *(source for rule in rules for source in rule.sources)])
            for port in {number for ends in one.ports for number in ends}:
                found[family, port] = (sources, one.access is Access.ALLOWLIST)
    return found


def random_plan(seed: int, size: int) -> Plan:
    """A plan with up to `size` prefixes for each connector; most connectors have one list for all their services, some do not."""
    random = Random(seed)
    names = random.sample(["smtp", "imap", "submissions", "submission", "imaps"], random.randint(1, 5))
    access = {name: random.choice([Access.ALLOWLIST, Access.ALLOWLIST, Access.PUBLIC]) for name in names}
    access |= {"smtp": random.choice([Access.ADDITIVE, Access.ALLOWLIST])} if "smtp" in names else {}
    connectors = {}
    for who in random.sample(["crm", "make", "sync-v4", "x"], random.randint(1, 3)):
        used, networks = random.sample(names, random.randint(1, len(names))), random_networks(random, size)
        alike = random.random() < 0.8
        connectors[who] = {name: networks if alike else random_networks(random, min(size, 3)) for name in used}
    trusted = random_networks(random, 2) if random.random() < 0.5 else []
    return make_plan([service(name, access[name]) for name in names], connectors, trusted=trusted, site=random.choice(["acme", "a-b"]))


def random_networks(random: Random, size: int) -> list[str]:
    """Networks of both families that mostly do not merge."""
    count = random.randint(1, size)
    v4 = [f"198.18.{index >> 7}.{(index & 127) * 2}/32" for index in random.sample(range(32768), count)]
    v6 = [f"2001:db8:{index * 2:x}::/{random.choice([48, 64])}" for index in random.sample(range(32768), count)]
    return random.choice([v4, v4, [*v4[: count // 2], *v6[: count // 2]] or v4, v6])


def _judge(rows: Iterable[Row], family: Family, port: int) -> tuple[tuple[Prefix, ...], bool]:
    allowed: list[Prefix] = []
    for row in rows:
        if not any(first <= port <= last for first, last in row.ports):
            continue
        sources = [source for source in row.sources if source.family is family]
        if row.allows:
            allowed += sources
        elif not row.sources or any(source.length == 0 for source in sources):
            return merge_prefixes(allowed), True
    return merge_prefixes(allowed), False


def _ports_to_try(plan: Plan) -> set[int]:
    return {port + step for one in plan.services for ends in one.ports for port in ends for step in (-1, 0, 1)}
