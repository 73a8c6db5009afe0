"""Sets of addresses of one family as sorted, disjoint runs of integers, for evaluating rulesets, which would cut prefixes too often.

Runs never touch each other, so equal sets are equal tuples. Both ends belong to a run.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Final, NamedTuple

from generator.net.keys import cover_keys, unpack_keys
from generator.net.values import V4, V6, Family, Prefix


class Run(NamedTuple):
    """Addresses, or ports, from `first` to `last`."""

    first: int
    last: int


Runs = tuple[Run, ...]

_LONG: Final = 64  # runs from which on looking for equal ones first pays

EVERYTHING: Final[dict[Family, Runs]] = {family: (Run(0, (1 << family.bits) - 1),) for family in (V4, V6)}


def join_runs(pairs: Iterable[tuple[int, int]]) -> Runs:
    """The runs of every number in any of the pairs, in whatever order they come."""
    merged: list[Run] = []
    first = last = -2
    for start, end in sorted(pairs):
        if start > last + 1:
            if last >= 0:
                merged.append(Run(first, last))
            first, last = start, end
        elif end > last:
            last = end
    if last >= 0:
        merged.append(Run(first, last))
    return tuple(merged)


def unite_runs(*sets: Runs) -> Runs:
    """Every number that is in any of the sets."""
    if len(sets) == 1:
        return sets[0]
    return join_runs(chain.from_iterable(sets))


def intersect_runs(one: Runs, other: Runs) -> Runs:
    """Every number that is in both. A set that lies within the other comes back as it is."""
    if not one or not other:
        return ()
    if len(one) > len(other):
        one, other = other, one
    if len(one) == 1 and one[0].first <= other[0].first and other[-1].last <= one[0].last:
        return other
    if len(one) < _LONG:
        return tuple(_overlaps(one, other))
    # Long sets that are asked about are mostly alike, and a run that is in both is met by no other run of either.
    known = set(other)
    apart = [run for run in one if run not in known]
    if not apart:
        return one
    return tuple(sorted([*(run for run in one if run in known), *_overlaps(apart, other)]))


def _overlaps(one: Iterable[Run], other: Runs) -> Iterator[Run]:
    position, end = 0, len(other)
    for first, last in one:
        position = max(position, bisect_right(other, (first, -1)) - 1, 0)
        while position < end:
            low, high = other[position]
            if low > last:
                break
            if high >= first:
                yield Run(max(first, low), min(last, high))
            if high >= last:
                break  # it may reach into the next run as well
            position += 1


def subtract_runs(minuend: Runs, subtrahend: Runs) -> Runs:
    """Every number of `minuend` that is not in `subtrahend`."""
    if not minuend or not subtrahend:
        return minuend
    if len(minuend) == 1 and minuend[0].first <= subtrahend[0].first and subtrahend[-1].last <= minuend[0].last:
        return _gaps(minuend[0], subtrahend)
    if len(minuend) < _LONG or len(subtrahend) < _LONG:
        return tuple(_rests(minuend, subtrahend))
    known = set(subtrahend)  # as above: a run that is in both is gone, and nothing else of it is left
    return tuple(_rests([run for run in minuend if run not in known], subtrahend))


def _gaps(whole: Run, within: Runs) -> Runs:
    """What is left of a run without runs that lie in it. As no two runs touch, there is something between any two."""
    ends = [first - 1 for first, _ in within]
    starts = [last + 1 for _, last in within]
    # `Run._make` without its check of the length, which takes most of its time.
    between: map[Run] = map(partial(tuple.__new__, Run), zip([whole.first, *starts], [*ends, whole.last], strict=True))
    return tuple(between)[ends[0] < whole.first : len(within) + (starts[-1] <= whole.last)]


def _rests(minuend: Iterable[Run], subtrahend: Runs) -> Iterator[Run]:
    position, end = 0, len(subtrahend)
    for first, last in minuend:
        position = max(position, bisect_right(subtrahend, (first, -1)) - 1, 0)
        while position < end:
            low, high = subtrahend[position]
            if low > last:
                break
            if high >= first:
                if low > first:
                    yield Run(first, low - 1)
                first = high + 1
            if high >= last:
                break
            position += 1
        if first <= last:
            yield Run(first, last)


def has_number(runs: Runs, number: int) -> bool:
    """Whether the number is in the set, in logarithmic time."""
    position = bisect_right(runs, (number, 1 << 128)) - 1
    return position >= 0 and runs[position].last >= number


def count_numbers(runs: Runs) -> int:
    """How many numbers there are in the set."""
    return sum(last - first + 1 for first, last in runs)


def prefix_runs(prefixes: Iterable[Prefix], family: Family) -> Runs:
    """The addresses of the prefixes of that family."""
    return join_runs([(prefix.first, prefix.last) for prefix in prefixes if prefix.family is family])


def run_prefixes(runs: Runs, family: Family) -> tuple[Prefix, ...]:
    """The fewest prefixes that hold exactly these addresses, sorted."""
    return tuple(prefix for first, last in runs for prefix in unpack_keys(cover_keys(first, last, family), family))
