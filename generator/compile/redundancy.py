"""Tells what merging does to the lists of one party: entries listed twice, inside another one, or joined with a neighbour."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final

from generator.compile.lists import SourceList
from generator.diagnostics import Related, Report
from generator.net import Prefix, find_redundant, merge_prefixes

_SHOWN: Final = 10  # notes of one kind; the last one says how many more there are


def merge_lists(lists: Sequence[SourceList], report: Report) -> tuple[Prefix, ...]:
    """The prefixes of all lists, merged, with a note for whatever that changed; not between networks that a feed wrote."""
    prefixes = [prefix for listed in lists for prefix in listed.prefixes]
    merged = merge_prefixes(prefixes)
    # Looking for the reasons costs more than merging, and a long list of a vendor rarely has any. Inside "everybody", an error of its
    # own, lies everything.
    written = not all(listed.pinned for listed in lists)
    if written and len(merged) < len(prefixes) and not any(prefix.length == 0 for prefix in merged):
        _note_redundancy(lists, prefixes, report)
    return merged


def _note_redundancy(lists: Sequence[SourceList], prefixes: Sequence[Prefix], report: Report) -> None:
    found = find_redundant(prefixes)
    _note_pairs("NET070", "is listed twice", "first here", lists, prefixes, found.duplicates, report)
    _note_pairs("NET071", "lies inside another prefix", "this one holds it", lists, prefixes, found.nested, report)
    joined = [(right, left) for left, right, _ in found.adjacent]
    _note_pairs("NET072", "is joined with its neighbour", "the neighbour", lists, prefixes, joined, report)


def _note_pairs(
    code: str,
    what: str,
    other: str,
    lists: Sequence[SourceList],
    prefixes: Sequence[Prefix],
    pairs: Iterable[Sequence[int]],
    report: Report,
) -> None:
    """One note for each pair of positions in the joined lists, except those that one range was split into."""
    ends = list(accumulate(len(listed.prefixes) for listed in lists))
    places = [tuple(_locate(lists, ends, position) for position in pair) for pair in pairs]
    told = [(pair, place) for pair, place in zip(pairs, places, strict=True) if place[0] != place[1] and _is_written(lists, place)]
    for count, ((position, partner), ((number, entry), (other_number, other_entry))) in enumerate(told[:_SHOWN], start=1):
        more = f"; {len(told) - _SHOWN:,} more like it" if count == _SHOWN < len(told) else ""
        related = (Related(lists[other_number].places.span(other_entry), f"{other}: {prefixes[partner].host_text}"),)
        report.add(code, lists[number].places.span(entry), f"`{prefixes[position].host_text}` {what}{more}", related=related)


def _is_written(lists: Sequence[SourceList], place: Sequence[tuple[int, int]]) -> bool:
    """Whether somebody wrote one of the entries, and can write it in another way."""
    return not all(lists[number].pinned for number, _ in place)


def _locate(lists: Sequence[SourceList], ends: Sequence[int], position: int) -> tuple[int, int]:
    """Which list holds a position of the joined lists, and from which of its entries the prefix was read."""
    number = bisect_right(ends, position)
    listed = lists[number]
    return number, listed.entries[position - (ends[number] - len(listed.prefixes))]
