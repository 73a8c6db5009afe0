"""Prefixes as plain integers, for long lists.

The key of a prefix is `first << 8 | length`. Keys of one family sort like their prefixes, by address and wide ones first; they take a third
of the memory of a Prefix, and the garbage collector never walks over them, which with 100,000 objects is half of the time.
"""

from collections.abc import Iterable, Sequence
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
_MAYBE_DOTTED: Final = bytes(10) + b"\xff" * 7

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
    start = end = -1  # the present run of addresses: the key of its first prefix, and the first key behind it
    alone = True  # the run is that one prefix
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
                merged += _cover(start - (start & _LENGTH_MASK), end, family)
            start, alone = key, True
        end = first + reach[length]
    merged += (start,) if alone else _cover(start - (start & _LENGTH_MASK), end, family)
    return merged[1:]  # without the run that was before the first


def cover_keys(first: int, last: int, family: Family) -> list[int]:
    """The keys of the largest aligned blocks that make up the addresses from `first` to `last`; none if `last` is the smaller one."""
    return [] if last < first else _cover(first << LENGTH_BITS, last + 1 << LENGTH_BITS, family)


def _cover(start: int, end: int, family: Family) -> list[int]:
    """The same from one key without a length up to, but not including, a larger one."""
    bits = family.bits + LENGTH_BITS
    size = end - start
    if not (size & size - 1 or start & size - 1):
        return [start | bits + 1 - size.bit_length()]  # one block, as most runs are: a power of two, at a multiple of itself
    keys: list[int] = []
    while start < end:
        room = (end - start).bit_length() - 1
        aligned = (start & -start).bit_length() - 1 if start else bits
        free_bits = min(room, aligned)
        keys.append(start | bits - free_bits)
        start += 1 << free_bits
    return keys


def key_texts(keys: Sequence[int], family: Family) -> list[str]:
    """The canonical text of each key: the bare address of a host, otherwise with the prefix length."""
    if family is V4:
        octets = b"".join(map(int.to_bytes, keys, repeat(5)))
        columns = [map(texts.__getitem__, octets[place::5]) for place, texts in enumerate(_PARTS_V4)]
        return list(map("".join, zip(*columns, strict=True)))
    return [
        # Addresses below 2^48 may come out dotted: see address_text().
        (inet_ntop(AF_INET6, packed[:16]) if packed > _MAYBE_DOTTED else address_text(family, int.from_bytes(packed[:16])))
        + _TAILS_V6[packed[16]]
        for packed in map(int.to_bytes, keys, repeat(17))
    ]
