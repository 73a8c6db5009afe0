"""The values of the net layer: families, prefixes, port ranges, and the two exceptions that say why a text is none."""

from enum import IntEnum
from socket import AF_INET, AF_INET6, inet_ntop
from typing import Final, NamedTuple


class Family(IntEnum):
    """An address family."""

    V4 = 4
    V6 = 6

    @property
    def bits(self) -> int:
        """How many bits an address has."""
        return 32 if self is V4 else 128


# Looking a member up in its class costs as much as reading a prefix; the bulk paths use these names.
V4: Final = Family.V4
V6: Final = Family.V6

# The bits behind a prefix, by prefix length: 198.51.100.0/24 has 0xff.
HOST_BITS_V4: Final = tuple((1 << 32 - length) - 1 for length in range(33))
HOST_BITS_V6: Final = tuple((1 << 128 - length) - 1 for length in range(129))


class Prefix(NamedTuple):
    """A network: `first` is its lowest address as an integer, `length` its prefix length.

    Sorts IPv4 first, then by address, then wide first.
    """

    family: Family
    first: int
    length: int

    @property
    def last(self) -> int:
        """The highest address."""
        return self.first | (HOST_BITS_V4 if self.family is V4 else HOST_BITS_V6)[self.length]

    @property
    def size(self) -> int:
        """How many addresses there are in it."""
        return 1 << self.family.bits - self.length

    @property
    def is_host(self) -> bool:
        """Whether it is one address."""
        return self.length == self.family.bits

    @property
    def host_text(self) -> str:
        """The bare address of one host (`192.0.2.7`), otherwise the same as `str()`."""
        return address_text(self.family, self.first) if self.is_host else str(self)

    def __str__(self) -> str:
        """Canonical CIDR text, always with the prefix length: `192.0.2.7/32`."""
        return f"{address_text(self.family, self.first)}/{self.length}"

    def covers(self, other: "Prefix") -> bool:
        """Whether every address of `other` lies in this prefix."""
        return self.family is other.family and self.first <= other.first and other.last <= self.last


def make_prefix(family: Family, address: int, length: int) -> Prefix:
    """The prefix of that length around an address."""
    return Prefix(family, address & ~(HOST_BITS_V4 if family is V4 else HOST_BITS_V6)[length], length)


class PortRange(NamedTuple):
    """Ports from `first` to `last`, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


class TextError(ValueError):
    """A text that the grammar refuses. `str()` is the finding's message, `hint` the cure, `code` the NET code."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


class PrefixError(TextError):
    """A text is no network."""


class PortError(TextError):
    """A text is no port or range of ports."""


def address_text(family: Family, address: int) -> str:
    """The canonical text of one address (RFC 5952 for IPv6)."""
    if family is V4:
        return inet_ntop(AF_INET, address.to_bytes(4, "big"))
    text = inet_ntop(AF_INET6, address.to_bytes(16, "big"))
    if "." not in text:
        return text
    # C libraries disagree about ::102:304 (glibc: ::1.2.3.4, musl: as here); output is the same bytes everywhere.
    mapped = "ffff:" if address >> 32 else ""
    return f"::{mapped}{address >> 16 & 0xFFFF:x}:{address & 0xFFFF:x}"
