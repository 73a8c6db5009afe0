"""The strict grammar of networks, which the package's docstring spells out, without a word about what it refuses."""

from collections.abc import Sequence
from itertools import compress, repeat
from operator import add, not_
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

from generator.net.keys import unpack_keys
from generator.net.merging import cover_run
from generator.net.values import HOST_BITS_V4, HOST_BITS_V6, V4, V6, Family, Prefix

# How a text is refused: a length that is in no table; inet_pton(3) says no; NUL or surrogates in the text, host bits and all the rest.
REFUSALS: Final = (KeyError, OSError, ValueError)

# The only spellings of a prefix length, with the byte that it is in a key. A table is stricter than int(), which takes `+24`, ` 24`, `2_4`
# and full-width digits.
_LENGTH_BYTES: Final = {f"/{length}": bytes([length]) for length in range(129)}

# The bits of a key that must be zero for each prefix length.
_HOST_BITS_V4: Final = {f"/{length}": bits.to_bytes(4) + b"\0" for length, bits in enumerate(HOST_BITS_V4)}
_HOST_BITS_V6: Final = {f"/{length}": bits.to_bytes(16) + b"\0" for length, bits in enumerate(HOST_BITS_V6)}


class Run(NamedTuple):
    """Texts that were read together: the keys of their prefixes by family, and for each text in order whether it is IPv6."""

    v4: list[int]
    v6: list[int]
    is_v6: list[bool]

    def prefixes(self) -> list[Prefix]:
        """The prefixes in the order of their texts."""
        v4, v6 = unpack_keys(self.v4, V4), unpack_keys(self.v6, V6)
        if not (v4 and v6):
            return v4 or v6
        both = (iter(v4), iter(v6))
        return [next(both[is_v6]) for is_v6 in self.is_v6]


def read_networks(text: str) -> list[Prefix]:
    """The prefix of an address or a prefix, or the prefixes that cover a range `low-high` exactly.

    Raises:
        KeyError, OSError, ValueError: the grammar refuses the text (`REFUSALS`).
    """
    ends = text.split("-")
    prefixes = read_run(ends).prefixes()
    if len(ends) == 1:
        return prefixes
    low, high = prefixes
    if low.family is not high.family or low.first > high.first or "/" in text:
        raise ValueError("no range")
    return cover_run(low.family, low.first, high.first)


def read_run(texts: Sequence[str]) -> Run:
    """Read texts that are all addresses or prefixes; one other text among them is enough to refuse the run.

    Raises:
        KeyError, OSError, ValueError: see `REFUSALS`.
    """
    is_v6 = [":" in text for text in texts]
    v4 = _read_keys(list(compress(texts, map(not_, is_v6))), V4)
    v6 = _read_keys(list(compress(texts, is_v6)), V6)
    return Run(v4, v6, is_v6)


def _read_keys(texts: Sequence[str], family: Family) -> list[int]:
    """The keys of texts of one family. Every step is one call for all of them: a loop in Python would cost more than the work in it."""
    if not texts:
        return []
    joined = _join(texts)
    tokens = joined.split("\n")
    if len(tokens) != 2 * len(texts):
        joined = _join([text if "/" in text else f"{text}/{family.bits}" for text in texts])
        tokens = joined.split("\n")
    # Addresses and lengths must alternate, one pair a text. A text with a line break or two slashes can't pass: it makes another number of
    # tokens, or puts an address where only a length will do.
    addresses, lengths = tokens[::2], tokens[1::2]
    if len(tokens) != 2 * len(texts):
        raise ValueError("a text is not one address with one length")
    socket_family, host_bits = (AF_INET, _HOST_BITS_V4) if family is V4 else (AF_INET6, _HOST_BITS_V6)
    keys = list(map(add, map(inet_pton, repeat(socket_family), addresses), map(_LENGTH_BYTES.__getitem__, lengths)))
    # One AND of two numbers as long as the run is cheaper than one for each text.
    if int.from_bytes(b"".join(keys)) & int.from_bytes(b"".join(map(host_bits.__getitem__, lengths))):
        raise ValueError("host bits")
    if family is V6 and _may_be_mapped(joined) and any(map(_is_mapped, keys)):
        raise ValueError("IPv4-mapped")
    return list(map(int.from_bytes, keys))


def _join(texts: Sequence[str]) -> str:
    return "\n".join(texts).replace("/", "\n/")


def _may_be_mapped(joined: str) -> bool:
    """Whether an address starts like those below 2^48: all of ::ffff:0:0/96 do, and hardly any other."""
    return joined.startswith((":", "0")) or "\n:" in joined or "\n0" in joined


def _is_mapped(key: bytes) -> bool:
    """Whether an IPv6 key lies in ::ffff:0:0/96, the IPv6 spelling of IPv4 addresses that no packet carries (RFC 4291 §2.5.5.2)."""
    return key.startswith(bytes(10) + b"\xff\xff")
