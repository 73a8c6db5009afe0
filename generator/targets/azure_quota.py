"""The block of priorities of a site on Azure, and whether its rules fit into that and into the group."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.options import Options
from generator.targets.ordered import Grant

_LOWEST = 100  # learn.microsoft.com, "Network security groups": a number between 100 and 4096
_ENDS = 2  # the last numbers of the block: the rules that close, one for each family where there are destinations


class Block(NamedTuple):
    """The priorities of one site; those of `grants` are for rules that allow, the last ones for those that deny."""

    first: int
    last: int
    grants: range


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
    plan: Plan, grants: Sequence[Grant], denies: int, block: Block, limits: Mapping[str, int], options: Options, report: Report
) -> tuple[str, ...] | None:
    """What the site uses of each quota, in words; None where something does not fit, which is reported."""
    rules = len(grants) + denies
    most = options.number("rules_per_nsg") or limits["rules_per_nsg"]
    addresses = sum(len(grant.sources) for grant in grants) + denies
    room = options.number("addresses_per_nsg") or limits["addresses_per_nsg"]
    worst = max(grants, key=lambda grant: len(grant.sources), default=None)
    place = plan.services[0].origin if worst is None else worst.origin
    if len(grants) > len(block.grants) or rules > most:
        message = f"{rules} security rules: the block of priorities has room for {len(block.grants) + _ENDS}, the group for {most}"
        hint = (
            f"{len(grants)} that allow + {denies} that deny; three ways out: a larger `priority_size`, fewer connectors in this site, "
            "or a host firewall (nftables)"
        )
        report.add("TGT221", place, message, hint=hint)
        return None
    if addresses > room:
        message = f"{addresses} source prefixes: all rules of a network security group together hold {room}"
        hint = (
            f"{_sum_sources(grants, denies)}; three ways out: fewer prefixes (a `region`, fewer connectors), "
            f"`addresses_per_nsg` where Azure has raised it for you, or a host firewall (nftables)"
        )
        report.add("TGT222", place, message, hint=hint)
        return None
    usage = (f"{rules} of {most} rules", f"{rules} of {block.last - block.first + 1} priorities", f"{addresses} of {room} source prefixes")
    message = f"network security group: {', '.join(usage)}"
    if not report.has_errors:
        report.add("TGT260", options.spans["rules_per_nsg"], message, hint="what other rules the group has comes on top")
    return usage


def _sum_sources(grants: Sequence[Grant], denies: int) -> str:
    """`allow-hubspot-v4 3000 + … + 1 that deny = 4001`: the five longest lists by name."""
    longest = sorted(grants, key=lambda grant: (-len(grant.sources), grant.label))
    parts = [f"{grant.label} {len(grant.sources)}" for grant in longest[:5]]
    rest = sum(len(grant.sources) for grant in longest[5:])
    parts += [f"{len(longest) - 5} more {rest}"] * bool(rest)
    return f"{' + '.join(parts)} + {denies} that deny = {sum(len(grant.sources) for grant in grants) + denies}"
