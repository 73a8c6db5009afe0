"""Which lines of a list a merged prefix comes from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from generator.compile.lists import SourceList
from generator.models import NetworkEntry
from generator.net import Family, Prefix


class Written(NamedTuple):
    """One list, in order: `first` has the lowest addresses of its prefixes, and `numbers` the positions of those in the list."""

    listed: SourceList
    first: tuple[int, ...]
    numbers: tuple[int, ...]
    lengths: tuple[int, ...]  # every prefix length that is in the list
    networks: Sequence[str | NetworkEntry]  # the list as the document has it; empty for files, which have no room for notes


def sort_written(listed: SourceList, networks: Sequence[str | NetworkEntry], family: Family) -> Written:
    """The prefixes of one family of a list; `networks` are its entries, as `Written` has them."""
    numbers = sorted((number for number, prefix in enumerate(listed.prefixes) if prefix.family is family), key=listed.prefixes.__getitem__)
    prefixes = [listed.prefixes[number] for number in numbers]
    lengths = tuple(sorted({prefix.length for prefix in prefixes}))
    return Written(listed, tuple(prefix.first for prefix in prefixes), tuple(numbers), lengths, networks)


def find_written(prefix: Prefix, written: Written) -> Iterator[int]:
    """The positions of the prefixes of a list that share addresses with a merged one: they hold it, or lie in it."""
    for length in written.lengths:
        if length < prefix.length:
            first = prefix.first >> prefix.family.bits - length << prefix.family.bits - length
            for place in range(bisect_left(written.first, first), bisect_right(written.first, first)):
                if written.listed.prefixes[written.numbers[place]].length == length:
                    yield written.numbers[place]
    for place in range(bisect_left(written.first, prefix.first), bisect_right(written.first, prefix.last)):
        if written.listed.prefixes[written.numbers[place]].length >= prefix.length:
            yield written.numbers[place]
