"""Splitting a list that is longer than what one group, prefix list or rule holds, so that a small change of the list stays small.

Cutting a sorted list after every 60th entry would shift everything behind a new one. Here a digest of the entry itself picks its chunk, so
the others stay where they are:

- one entry more or less, with as many chunks as before, moves at most one entry out of each chunk, and none where the chunk had room;
- with one chunk more, the entries that move are those that go into it, and those that had found no room where they belong;
- the number of a chunk is part of its identity, not a position: chunk 2 stays chunk 2 when others come and go.

Chunks are filled to three quarters (or another share) while there may be more of them, and to the brim when there may not.
"""

from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Final, Generic, NamedTuple, TypeVar

T = TypeVar("T")

SLACK: Final = 75  # percent of a chunk's capacity
_WORD: Final = 1 << 64


class Chunk(NamedTuple, Generic[T]):
    """A part of a list. `number` counts from 1 and names the part; a number may be missing, because no chunk is empty."""

    number: int
    items: tuple[T, ...]


def spread(
    items: Iterable[T],
    *,
    capacity: int,
    most: int | None = None,
    filled_percent: int = SLACK,
    key: Callable[[T], str] = str,
    weight: Callable[[T], int] | None = None,
) -> tuple[Chunk[T], ...] | None:
    """Split a list into chunks of at most `capacity`; None where `most` chunks can't hold it. The order within a chunk is that given.

    `key` is a text that no two items share; the result does not depend on the order of the items. `weight` is what an item takes of the
    capacity, 1 if left out. Items of one weight are always placed where that is possible; of mixed weights, some capacity may stay unused.
    `filled_percent` is how full chunks are on average: more makes fewer chunks, less makes changes smaller.

    Raises:
        ValueError: the capacity or the number of chunks is below 1.
    """
    if capacity < 1 or (most is not None and most < 1):
        raise ValueError(f"{most} chunks of {capacity} hold nothing")
    every = [(key(item), weight(item) if weight else 1, item) for item in items]
    total = sum(size for _, size, _ in every)
    if most is not None and total > capacity * most:
        return None
    count = count_chunks(total, capacity, most, filled_percent=filled_percent)
    places = _place([(text, size) for text, size, _ in every], capacity, count, most)
    if places is None:
        return None
    held: dict[int, list[T]] = {}
    for text, _, item in every:
        held.setdefault(places[text], []).append(item)
    return tuple(Chunk(number, tuple(held[number])) for number in sorted(held))


def count_chunks(total: int, capacity: int, most: int | None = None, *, filled_percent: int = SLACK) -> int:
    """How many chunks a list of this weight is split into: one if that is enough, else with room to spare where there may be more."""
    if total <= capacity:
        return 1
    wanted = -(-total * 100 // (capacity * filled_percent))
    return wanted if most is None else min(wanted, most)


def _place(sizes: list[tuple[str, int]], capacity: int, count: int, most: int | None) -> dict[str, int] | None:
    """The number of the chunk of each key. Heavy ones choose first, then the order is by digest: nobody's choice depends on a later one."""
    drawn = sorted((-size, _draw(text), text) for text, size in sizes)
    if any(size > capacity for _, size in sizes):
        return None
    while most is None or count <= most:
        places = _choose(drawn, capacity, count)
        if places is not None:
            return places
        count += 1  # mixed weights leave gaps, and each may be too small
    return None


def _choose(drawn: list[tuple[int, int, str]], capacity: int, count: int) -> dict[str, int] | None:
    room = [capacity] * count
    places = {}
    for negative, draw, text in drawn:
        for number in _preferences(draw, count):
            if room[number] >= -negative:
                room[number] += negative
                places[text] = number + 1
                break
        else:
            return None
    return places


def _preferences(draw: int, count: int) -> Iterator[int]:
    """The chunks in the order in which an item wants them: its own, then every one that may have room."""
    own = _jump(draw, count)
    yield own
    yield from (number for number in range(count) if number != own)


def _draw(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _jump(draw: int, count: int) -> int:
    """One of `count` numbers from 0; with one number more, an item stays or goes to the new one.

    Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm", arxiv.org/abs/1406.2294.
    """
    number, following = -1, 0
    while following < count:
        number = following
        draw = (draw * 2862933555777941757 + 1) % _WORD
        following = (number + 1 << 31) // ((draw >> 33) + 1)
    return number
