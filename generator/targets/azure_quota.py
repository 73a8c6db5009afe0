"""The block of priorities of a site on Azure, and whether its rules fit into that and into the group."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.diagnostics import Report, Span
from generator.targets.options import Options
from generator.targets.ordered import Grant

_LOWEST = 100  # learn.microsoft.com, "Network security groups": a number between 100 and 4096
_ENDS = 2  # the last numbers of the block: the rules that close, one for each family where there are destinations


class Block(NamedTuple):
    """The priorities of one site; those of `grants` are for rules that allow, the last ones for those that deny."""

    first: int
    last: int
    grants: range

    @property
    def size(self) -> int:
        """How many priorities there are."""
        return self.last - self.first + 1


class Demand(NamedTuple):
    """What a site asks of a group: its grants, how many rules that deny, and destinations, each as often as a rule has it."""

    grants: Sequence[Grant]
    denies: int
    destinations: int

    @property
    def rules(self) -> int:
        """All rules."""
        return len(self.grants) + self.denies

    @property
    def sources(self) -> int:
        """Source prefixes of all rules; everybody, in a rule that denies, is one."""
        return sum(len(grant.sources) for grant in self.grants) + self.denies


class Quota(NamedTuple):
    """What a group holds: rules, and of each, sources and destinations, so many addresses."""

    rules: int
    addresses: int


def check_block(options: Options, limits: Mapping[str, int], report: Report) -> Block | None:
    """The block of the options; None where it leaves what Azure has, which is reported."""
    first, size = options.number("priority_first") or _LOWEST, options.number("priority_size") or _ENDS + 1
    last, highest = first + size - 1, limits["priority_highest"]
    if last > highest:
        message = f"the priorities {first} to {last} are not all there: the largest is {highest}"
        hint = f"{first} + {size} - 1 = {last}: begin at {highest - size + 1} or below"
        report.add("TGT220", options.spans["priority_first"], message, hint=hint)
        return None
    return Block(first, last, range(first, last + 1 - _ENDS))


def check_quota(
    demand: Demand, block: Block, place: Span, limits: Mapping[str, int], options: Options, report: Report
) -> tuple[str, ...] | None:
    """What the site uses of each quota, in words; None where something does not fit, which is reported, at `place` or at the option."""
    quota = Quota(
        options.number("rules_per_nsg") or limits["rules_per_nsg"], options.number("addresses_per_nsg") or limits["addresses_per_nsg"]
    )
    worst = max(demand.grants, key=lambda grant: len(grant.sources), default=None)
    mistakes = list(_find_too_much(demand, block, quota))
    for code, option, message, hint in mistakes:
        span = options.spans[option] if option else place if worst is None else worst.origin
        report.add(code, span, message, hint=f"{hint}, or a host firewall (nftables)")
    if mistakes:
        return None
    usage = [f"{demand.rules} of {quota.rules} rules", f"{demand.rules} of {block.size} priorities"]
    usage += [f"{demand.sources} of {quota.addresses} source prefixes"]
    usage += [f"{demand.destinations} of {quota.addresses} destination prefixes"] if demand.destinations else []
    if not report.has_errors:
        message = f"network security group: {', '.join(usage)}"
        report.add("TGT260", options.spans["rules_per_nsg"], message, hint="what other rules the group has comes on top")
    return tuple(usage)


def _find_too_much(demand: Demand, block: Block, quota: Quota) -> Iterator[tuple[str, str, str, str]]:
    """What does not fit: a code, the option to blame or none, the fact, and the arithmetic with two of the three ways out."""
    wanted, room = len(demand.grants), len(block.grants)
    raised = "where Azure has raised it for you"
    if wanted > room:
        message = f"{wanted} security rules that allow: the block of {block.size} priorities has room for {room}"
        hint = f"{block.size} - {_ENDS} at its end for rules that deny = {room}; three ways out: `priority_size: {wanted + _ENDS}` or more"
        yield "TGT221", "", message, f"{hint}, fewer connectors in this site"
    elif demand.rules > quota.rules:
        hint = f"{wanted} that allow + {demand.denies} that deny = {demand.rules}; three ways out: fewer connectors in this site"
        message = f"{demand.rules} security rules: a network security group holds {quota.rules}"
        yield "TGT221", "", message, f"{hint}, `rules_per_nsg` {raised}"
    if demand.sources > quota.addresses:
        message = f"{demand.sources} source prefixes: all rules of a network security group together hold {quota.addresses}"
        hint = f"{_sum_sources(demand.grants, demand.denies)}; three ways out: fewer prefixes (a `region`, fewer connectors)"
        yield "TGT222", "", message, f"{hint}, `addresses_per_nsg` {raised}"
    if demand.destinations > quota.addresses:
        message = f"{demand.destinations} destination prefixes: all rules of a network security group together hold {quota.addresses}"
        hint = f"each counts in every rule of its family, {demand.rules} rules in all; three ways out: one prefix around them"
        yield "TGT222", "destination", message, f"{hint}, `addresses_per_nsg` {raised}"


def _sum_sources(grants: Sequence[Grant], denies: int) -> str:
    """`allow-hubspot-v4 3000 + … + 1 that deny = 4001`: the five longest lists by name."""
    longest = sorted(grants, key=lambda grant: (-len(grant.sources), grant.label))
    parts = [f"{grant.label} {len(grant.sources)}" for grant in longest[:5]]
    rest = sum(len(grant.sources) for grant in longest[5:])
    parts += [f"{len(longest) - 5} more {rest}"] * bool(rest)
    return f"{' + '.join(parts)} + {denies} that deny = {sum(len(grant.sources) for grant in grants) + denies}"
