"""Whether what a feed says may be taken without asking: not empty, not suddenly another list, no prefix that a vendor would not have."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from generator.codes import lookup
from generator.compile.judge import OTHER_SPECIAL, SPECIAL_CODES, WIDEST, Allowances
from generator.models import Updates
from generator.net import Family, Prefix, classify, merge_prefixes, split_families, subtract_prefixes, touches_special

_SHOWN: Final = 3
_LOOK: Final = "look at the feed and at the vendor's notices"

Networks = Mapping[str, Sequence[Prefix]]
"""Prefixes by region; those of no region under an empty name."""


class Refusal(NamedTuple):
    """A reason not to take what a feed says; only an `acceptable` one can be accepted by name."""

    code: str
    message: str
    hint: str
    acceptable: bool = True


class Rules(NamedTuple):
    """What a site takes without asking: its thresholds, the warnings that it allows, and the regions that it names (none: all)."""

    updates: Updates
    allowances: Allowances
    regions: tuple[str, ...]


def judge_networks(name: str, new: Networks, old: Networks | None, rules: Rules) -> list[Refusal]:
    """What speaks against the networks of a feed. `old` are those in the lock; a feed that is new to it is judged by itself."""
    prefixes = [prefix for networks in new.values() for prefix in networks]
    if not prefixes:
        return [Refusal("LCK050", f"the feed of `{name}` names no network", "look at the feed: an empty list would lock the connector out")]
    known = frozenset(prefix for networks in (old or {}).values() for prefix in networks)
    refusals = [*_judge_prefixes(name, prefixes, known, rules), *_judge_regions(name, new, rules)]
    if old is None:
        return refusals
    refusals += _judge_change(name, "", _merge(new), _merge(old), rules.updates)
    if rules.regions and not any(refusal.code in ("LCK051", "LCK052") for refusal in refusals):
        where = f" of {', '.join(rules.regions)}"
        refusals += _judge_change(name, where, _merge(new, rules.regions), _merge(old, rules.regions), rules.updates)
    return refusals


def _merge(networks: Networks, regions: Iterable[str] | None = None) -> tuple[Prefix, ...]:
    """The merged prefixes of some regions and of none, or of all."""
    chosen = networks if regions is None else ["", *regions]
    return merge_prefixes(prefix for region in chosen for prefix in networks.get(region, ()))


def _judge_prefixes(name: str, prefixes: Sequence[Prefix], known: frozenset[Prefix], rules: Rules) -> list[Refusal]:
    """What no vendor on the Internet has, and what is wider than the site takes; what the lock has already was accepted once."""
    never = [prefix for prefix in merge_prefixes(prefixes) if prefix.length < WIDEST[prefix.family][0]]
    odd: list[Prefix] = []
    for prefix in prefixes if touches_special(prefixes) else ():
        special = classify(prefix)
        code = SPECIAL_CODES.get(special.kind, OTHER_SPECIAL) if special else ""
        if code and lookup(code).severity == "error":
            never.append(prefix)
        elif code and prefix not in known and not rules.allowances.covers(code, prefix):
            odd.append(prefix)
    widest = {Family.V4: rules.updates.widest.ipv4, Family.V6: rules.updates.widest.ipv6}
    wide = [prefix for prefix in prefixes if prefix.length < widest[prefix.family] and prefix not in known and prefix not in never]
    found = []
    if never:
        message = f"the feed of `{name}` has what never is let in: {_shown(never)}"
        found.append(Refusal("LCK055", message, "ask the vendor; this can't be accepted", acceptable=False))
    if wide:
        message = f"the feed of `{name}` has prefixes wider than /{widest[wide[0].family]}: {_shown(wide)}"
        found.append(Refusal("LCK053", message, "ask the vendor, or raise `updates.widest` in the site"))
    if odd:
        message = f"the feed of `{name}` has addresses that are not public: {_shown(odd)}"
        found.append(Refusal("LCK054", message, "ask the vendor; private and reserved addresses reach nobody"))
    return found


def _shown(prefixes: Iterable[Prefix]) -> str:
    texts = [str(prefix) for prefix in dict.fromkeys(prefixes)]
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return ", ".join(texts[:_SHOWN]) + more


def _judge_regions(name: str, new: Networks, rules: Rules) -> list[Refusal]:
    gone = [region for region in rules.regions if region not in new]
    there = ", ".join(sorted(region for region in new if region)) or "none"
    named = ", ".join(f"`{region}`" for region in gone)
    return [Refusal("LCK057", f"the feed of `{name}` has no region {named}", f"there are: {there}")] if gone else []


def _judge_change(name: str, where: str, new: Sequence[Prefix], old: Sequence[Prefix], updates: Updates) -> list[Refusal]:
    """Addresses lost and gained, each against what there was, for each family."""
    found: list[Refusal] = []
    if new == old:
        return found
    for after, before in zip(split_families(new), split_families(old), strict=True):
        had = _count(before)
        lost, gained = _count(subtract_prefixes(before, after)), _count(subtract_prefixes(after, before))
        family = f"IPv{(after or before)[0].family.value}" if after or before else ""
        if had and lost * 100 > updates.shrink_percent * had:
            share = f"{lost * 100 // had} % of the {family} addresses{where}, more than {updates.shrink_percent} %"
            found.append(Refusal("LCK051", f"`{name}` would lose {share}", _LOOK))
        if gained * 100 > updates.growth_percent * had and old:
            share = f"{gained * 100 // had:,} %" if had and gained <= 10 * had else "over 1,000 %"
            what = f"{share} more {family} addresses{where}, more than {updates.growth_percent} %"
            found.append(Refusal("LCK052", f"`{name}` would gain {what if had else f'its first {family} addresses{where}'}", _LOOK))
    return found


def _count(prefixes: Iterable[Prefix]) -> int:
    return sum(prefix.size for prefix in prefixes)


def judge_version(name: str, new: str, old: str) -> list[Refusal]:
    """Whether a feed's version, which only grows, went backwards. Versions are numbers, or dates in a form that sorts."""
    if not old or new == old:
        return []
    if not new:
        message = f"the feed of `{name}` has no version any more; the lock has {old}"
        return [Refusal("LCK056", message, "see what the vendor changed")]
    numbers, former = _numbers(new), _numbers(old)
    if numbers and numbers >= former:
        return []
    hint = "an old copy was served: try again later, or from another network"
    return [Refusal("LCK056", f"the version of the feed of `{name}` is {new}, the lock has {old}", hint)]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"[0-9]{1,40}", version))
