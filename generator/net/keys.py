"""Prefixes as plain integers, for long lists.

The key of a prefix is `first << 8 | length`. Keys of one family sort like their prefixes, by address and wide ones first; they take a third
of the memory of a Prefix, and the garbage collector never walks over them, which with 100,000 objects is half of the time.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from operator import and_, rshift
from socket import AF_INET6, inet_ntop
from typing import Final, cast

from generator.net.values import V4, Family, Prefix, address_text

LENGTH_BITS: Final = 8
_LENGTH_MASK: Final = (1 << LENGTH_BITS) - 1
_NEXT: Final = 1 << LENGTH_BITS  # from the key of one address to that of the next

# By prefix length: how far the keys of a prefix reach, and what its text has behind the address.
_REACH_V4: Final = tuple(_NEXT << 32 - length for length in range(33))
_REACH_V6: Final = tuple(_NEXT << 128 - length for length in range(129))
_TAILS_V6: Final = (*(f"/{length}" for length in range(128)), "")

# For each byte of an IPv4 key what it says in the text.
_NUMBERS: Final = tuple(map(str, range(256)))
_DOTTED: Final = tuple(f"{number}." for number in range(256))
_PARTS_V4: Final = (_DOTTED, _DOTTED, _DOTTED, _NUMBERS, (*(f"/{length}" for length in range(32)), ""))


def pack_prefixes(prefixes: Iterable[Prefix], family: Family) -> list[int]:
    """The keys of the prefixes of one family, in the given order."""
    return [prefix[1] << LENGTH_BITS | prefix[2] for prefix in prefixes if prefix[0] is family]


def unpack_keys(keys: Sequence[int], family: Family) -> list[Prefix]:
    """The prefix of each key."""
    fields = zip(repeat(family), map(rshift, keys, repeat(LENGTH_BITS)), map(and_, keys, repeat(_LENGTH_MASK)), strict=False)
    # tuple.__new__ is what Prefix._make() calls, without a Python frame around it: half the time.
    return cast(list[Prefix], list(map(tuple.__new__, repeat(Prefix), fields)))


def merge_keys(keys: Iterable[int], family: Family) -> list[int]:
    """The keys of the largest aligned blocks that hold exactly the addresses of the given ones, sorted."""
    reach = _REACH_V4 if family is V4 else _REACH_V6
    merged: list[int] = []
    start = end = -1  # the key that the present run of addresses begins with; keys below `end` lie inside the run
    alone = False  # the run is one prefix
    for key in sorted(keys):
        if key < end:
            continue
        length = key & _LENGTH_MASK
        first = key - length
        if first == end:
            alone = False
        else:
            if alone:
                merged.append(start)
            else:
                merged += cover_keys(start >> LENGTH_BITS, end >> LENGTH_BITS, family)
            start, alone = key, True
        end = first + reach[length]
    merged += cover_keys(start >> LENGTH_BITS, end >> LENGTH_BITS, family)
    return merged


def cover_keys(first: int, end: int, family: Family) -> Iterator[int]:
    """The keys of the largest aligned blocks that make up the addresses from `first` up to, but not including, `end`."""
    bits = family.bits
    while first < end:
        room = (end - first).bit_length() - 1
        aligned = (first & -first).bit_length() - 1 if first else bits
        free_bits = min(room, aligned)
        yield first << LENGTH_BITS | bits - free_bits
        first += 1 << free_bits


def key_texts(keys: Sequence[int], family: Family) -> list[str]:
    """The canonical text of each key: the bare address of a host, otherwise with the prefix length."""
    if family is V4:
        octets = b"".join(map(int.to_bytes, keys, repeat(5)))
        columns = [map(texts.__getitem__, octets[place::5]) for place, texts in enumerate(_PARTS_V4)]
        return list(map("".join, zip(*columns, strict=True)))
    return [
        # Addresses below 2^48 may come out dotted: see address_text().
        (inet_ntop(AF_INET6, (key >> LENGTH_BITS).to_bytes(16)) if key >> 56 else address_text(family, key >> LENGTH_BITS))
        + _TAILS_V6[key & _LENGTH_MASK]
        for key in keys
    ]
