"""Sets of prefixes: union, difference, intersection, look-up. Integers all the way: one sort, one sweep.

A merged tuple holds the largest aligned blocks that fit into the set, IPv4 first, by address. Equal sets have equal merged tuples.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from generator.net.keys import cover_keys, key_texts, merge_keys, pack_prefixes, unpack_keys
from generator.net.values import V4, V6, Family, Prefix


def split_families(prefixes: Iterable[Prefix]) -> tuple[tuple[Prefix, ...], tuple[Prefix, ...]]:
    """The IPv4 and the IPv6 prefixes, each in the given order."""
    every = tuple(prefixes)
    return tuple(prefix for prefix in every if prefix.family is V4), tuple(prefix for prefix in every if prefix.family is V6)


def prefix_texts(prefixes: Iterable[Prefix]) -> list[str]:
    """The `host_text` of each prefix, for long lists: several times as fast as one by one."""
    runs = groupby(prefixes, key=itemgetter(0))
    return [text for family, run in runs for text in key_texts(pack_prefixes(run, family), family)]


def merge_prefixes(prefixes: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The fewest prefixes that hold exactly the addresses of the given ones, sorted, IPv4 first."""
    every = list(prefixes)
    v4, v6 = (merge_keys(pack_prefixes(every, family), family) for family in (V4, V6))
    return (*unpack_keys(v4, V4), *unpack_keys(v6, V6))


def cover_run(family: Family, first: int, last: int) -> list[Prefix]:
    """The fewest prefixes that hold exactly the addresses from `first` to `last`, in order."""
    return unpack_keys(cover_keys(first, last, family), family)


def subtract_prefixes(minuend: Iterable[Prefix], subtrahend: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The merged prefixes of every address that is in `minuend` and not in `subtrahend`."""
    # A block of the result lies inside one block of the merged minuend, so what is left of each is already merged.
    left: list[Prefix] = []
    for prefix, cuts in _pair_overlaps(merge_prefixes(minuend), merge_prefixes(subtrahend)):
        first = prefix.first
        for cut in cuts:
            left += cover_run(prefix.family, first, cut.first - 1)
            first = cut.last + 1
        left += cover_run(prefix.family, first, prefix.last) if cuts else (prefix,)
    return tuple(left)


def intersect_prefixes(one: Iterable[Prefix], other: Iterable[Prefix]) -> tuple[Prefix, ...]:
    """The merged prefixes of every address that is in both."""
    # Two prefixes are nested or disjoint, so the common part of two blocks is the narrower one.
    pairs = _pair_overlaps(merge_prefixes(one), merge_prefixes(other))
    return tuple(max(prefix, overlap, key=itemgetter(2)) for prefix, overlaps in pairs for overlap in overlaps)


def _pair_overlaps(blocks: Sequence[Prefix], others: Sequence[Prefix]) -> Iterator[tuple[Prefix, list[Prefix]]]:
    """Yield each block with those of `others` that touch it; both are merged."""
    position = 0
    for block in blocks:
        overlaps = []
        end = (block.family, block.last)
        while position < len(others) and (others[position].family, others[position].first) <= end:
            other = others[position]
            if (other.family, other.last) >= (block.family, block.first):
                overlaps.append(other)
            if (other.family, other.last) > end:
                break  # it reaches into the next block as well
            position += 1
        yield block, overlaps


def find_covering(merged: Sequence[Prefix], address: Prefix) -> Prefix | None:
    """The prefix of a merged, sorted sequence that holds all of `address`, in logarithmic time."""
    position = bisect_right(merged, (address.family, address.first, address.family.bits))
    if position and merged[position - 1].covers(address):
        return merged[position - 1]
    return None
