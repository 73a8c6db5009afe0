"""What in a list of networks could be left out or written shorter: duplicates, nested prefixes, neighbours that join."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.net.keys import LENGTH_BITS, pack_prefixes
from generator.net.merging import cover_run
from generator.net.values import V4, V6, Prefix


class Redundancy(NamedTuple):
    """Positions in the list that was given.

    `duplicates` are (position, position of the first equal one). `nested` are (inner, outer): `outer` is the widest prefix around `inner`,
    and duplicates are left out. `adjacent` are (left, right, joined): the lowest and the highest of the prefixes that fill `joined`.
    """

    duplicates: list[tuple[int, int]]
    nested: list[tuple[int, int]]
    adjacent: list[tuple[int, int, Prefix]]


def find_redundant(prefixes: Sequence[Prefix]) -> Redundancy:
    """Find what merging drops or joins: duplicates and nested ones by position in the list, joined ones by address."""
    found = Redundancy([], [], [])
    for family in (V4, V6):
        positions = [position for position, prefix in enumerate(prefixes) if prefix[0] is family]
        for run in _sweep(prefixes, positions, pack_prefixes(prefixes, family), found):
            if len(run) > 1:
                found.adjacent.extend(_find_joined(prefixes, run))
    found.duplicates.sort()
    found.nested.sort()
    return found


def _sweep(prefixes: Sequence[Prefix], positions: list[int], keys: list[int], found: Redundancy) -> Iterator[list[int]]:
    """Note duplicates and nested prefixes of one family; yield the positions of the others by address, run by run without a gap."""
    run: list[int] = []
    seen_key = seen = outer = end = -1
    # Sorting keeps equal keys in the order of the list, and has a wide prefix before those inside it.
    for index in sorted(range(len(keys)), key=keys.__getitem__):
        if keys[index] == seen_key:
            found.duplicates.append((positions[index], seen))
            continue
        seen_key, seen = keys[index], positions[index]
        first = seen_key >> LENGTH_BITS
        if first < end:
            found.nested.append((seen, outer))
            continue
        if run and first > end:
            yield run
            run = []
        run.append(seen)
        outer, end = seen, prefixes[seen].last + 1
    if run:
        yield run


def _find_joined(prefixes: Sequence[Prefix], run: list[int]) -> Iterator[tuple[int, int, Prefix]]:
    """Match neighbours, given by address, with the blocks that they merge into."""
    start = 0
    for block in cover_run(prefixes[run[0]].family, prefixes[run[0]].first, prefixes[run[-1]].last):
        end = start
        while end < len(run) and prefixes[run[end]].last <= block.last:
            end += 1
        if end - start > 1:
            yield run[start], run[end - 1], block
        start = end
