"""The strict grammar of networks, which the package's docstring spells out, without a word about what it refuses."""

from collections.abc import Sequence
from itertools import repeat
from operator import add
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

from generator.net.keys import unpack_keys
from generator.net.merging import cover_run
from generator.net.values import HOST_BITS_V4, HOST_BITS_V6, V4, V6, Family, Prefix

# How a text is refused: a length that is in no table; inet_pton(3) says no; NUL or surrogates in the text, host bits and all the rest.
REFUSALS: Final = (KeyError, OSError, ValueError)

# The only spellings of a prefix length, with the line end that marks the end of a text, and the byte that each is in a key. A table is
# stricter than int(), which takes `+24`, ` 24`, `2_4` and full-width digits.
_LENGTH_BYTES: Final = {f"{length}\n": bytes([length]) for length in range(129)}

# The bits of a key that must be zero for each prefix length.
_HOST_BITS_V4: Final = {f"{length}\n": bits.to_bytes(4) + b"\0" for length, bits in enumerate(HOST_BITS_V4)}
_HOST_BITS_V6: Final = {f"{length}\n": bits.to_bytes(16) + b"\0" for length, bits in enumerate(HOST_BITS_V6)}

# What addresses in ::ffff:0:0/96 begin with: the IPv6 spelling of IPv4 addresses, which no packet carries (RFC 4291 §2.5.5.2).
_MAPPED: Final = bytes(10) + b"\xff\xff"


class Run(NamedTuple):
    """Texts that were read together, and the keys of their prefixes by family, each in the order of the texts."""

    texts: Sequence[str]
    v4: list[int]
    v6: list[int]

    def prefixes(self) -> list[Prefix]:
        """The prefixes in the order of the texts."""
        v4, v6 = unpack_keys(self.v4, V4), unpack_keys(self.v6, V6)
        if not (v4 and v6):
            return v4 or v6
        both = (iter(v4), iter(v6))
        return [next(both[":" in text]) for text in self.texts]


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
    v6 = [text for text in texts if ":" in text]
    v4 = [text for text in texts if ":" not in text] if len(v6) < len(texts) else []
    return Run(texts, _read_keys(v4, V4), _read_keys(v6, V6))


def _read_keys(texts: Sequence[str], family: Family) -> list[int]:
    """The keys of texts of one family. Every step is one call for all of them: a loop in Python would cost more than the work in it."""
    if not texts:
        return []
    tokens = _split(texts)
    if len(tokens) != 2 * len(texts):
        tokens = _split([text if "/" in text else f"{text}/{family.bits}" for text in texts])
    # Addresses and lengths must alternate, one pair for each text. Nothing else gets through: where a text ends there is a line end, which
    # inet_pton refuses, so each text ends with a length; a line end or a slash too many makes too many tokens.
    if len(tokens) != 2 * len(texts):
        raise ValueError("a text is not one address with one length")
    addresses, lengths = tokens[::2], tokens[1::2]
    socket_family, host_bits = (AF_INET, _HOST_BITS_V4) if family is V4 else (AF_INET6, _HOST_BITS_V6)
    keys = list(map(add, map(inet_pton, repeat(socket_family), addresses), map(_LENGTH_BYTES.__getitem__, lengths)))
    # One AND of two numbers as long as the run, and one search for all keys, are cheaper than one for each.
    packed = b"".join(keys)
    if int.from_bytes(packed) & int.from_bytes(b"".join(map(host_bits.__getitem__, lengths))):
        raise ValueError("host bits")
    if family is V6 and _MAPPED in packed and any(key.startswith(_MAPPED) for key in keys):
        raise ValueError("IPv4-mapped")
    return list(map(int.from_bytes, keys))


def _split(texts: Sequence[str]) -> list[str]:
    """The texts cut at their slashes, with a line end behind each text."""
    return ("\n/".join(texts) + "\n").split("/")
