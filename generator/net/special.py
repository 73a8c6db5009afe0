"""Addresses with a meaning of their own: the IANA special-purpose registries, multicast, and what is outside IPv6 global unicast.

Registries: iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry (RFC 6890, RFC 8190).
"""

from bisect import bisect_right
from collections.abc import Iterable
from socket import AF_INET, AF_INET6, inet_pton
from typing import Final, NamedTuple

from generator.net.values import V4, V6, Family, Prefix


class Special(NamedTuple):
    """A block of addresses that is not somebody's on the public internet.

    `kind` groups blocks that deserve the same finding, `name` reads well after "is", `source` is the standard that says so.
    """

    kind: str
    name: str
    source: str
    network: Prefix


# network, kind, name, source; an inner block may follow an outer one.
_REGISTRY: Final = (
    ("0.0.0.0/8", "unspecified", "the unspecified network", "RFC 791"),
    ("0.0.0.0/32", "unspecified", "the unspecified address", "RFC 1122"),
    ("10.0.0.0/8", "private", "private space", "RFC 1918"),
    ("100.64.0.0/10", "shared", "carrier-grade NAT space", "RFC 6598"),
    ("127.0.0.0/8", "loopback", "loopback space", "RFC 1122"),
    ("169.254.0.0/16", "link-local", "link-local space", "RFC 3927"),
    ("172.16.0.0/12", "private", "private space", "RFC 1918"),
    ("192.0.0.0/24", "special", "space for IETF protocols", "RFC 6890"),
    ("192.0.0.0/29", "transition", "IPv4 service continuity space", "RFC 7335"),
    ("192.0.0.8/32", "special", "the IPv4 dummy address", "RFC 7600"),
    ("192.0.0.9/32", "special", "the port control anycast address", "RFC 7723"),
    ("192.0.0.10/32", "special", "the TURN anycast address", "RFC 8155"),
    ("192.0.0.170/31", "transition", "NAT64 discovery space", "RFC 7050"),
    ("192.0.2.0/24", "documentation", "documentation space", "RFC 5737"),
    ("192.31.196.0/24", "special", "AS112 name server space", "RFC 7535"),
    ("192.52.193.0/24", "special", "multicast tunnel space", "RFC 7450"),
    ("192.88.99.0/24", "transition", "6to4 relay space", "RFC 7526"),
    ("192.168.0.0/16", "private", "private space", "RFC 1918"),
    ("192.175.48.0/24", "special", "AS112 name server space", "RFC 7534"),
    ("198.18.0.0/15", "benchmarking", "benchmarking space", "RFC 2544"),
    ("198.51.100.0/24", "documentation", "documentation space", "RFC 5737"),
    ("203.0.113.0/24", "documentation", "documentation space", "RFC 5737"),
    ("224.0.0.0/4", "multicast", "multicast space", "RFC 5771"),
    ("240.0.0.0/4", "reserved", "reserved space", "RFC 1112"),
    ("255.255.255.255/32", "reserved", "the broadcast address", "RFC 919"),
    ("::/8", "reserved", "outside the global unicast space", "RFC 4291"),
    ("::/96", "transition", "IPv4-compatible space, which nobody uses any more", "RFC 4291"),
    ("::/128", "unspecified", "the unspecified address", "RFC 4291"),
    ("::1/128", "loopback", "loopback space", "RFC 4291"),
    ("::ffff:0:0/96", "mapped", "IPv4-mapped space, which no packet carries", "RFC 4291"),
    ("64:ff9b::/96", "transition", "NAT64 space", "RFC 6052"),
    ("64:ff9b:1::/48", "transition", "local NAT64 space", "RFC 8215"),
    ("100::/8", "reserved", "outside the global unicast space", "RFC 4291"),
    ("100::/64", "special", "discard-only space", "RFC 6666"),
    ("100:0:0:1::/64", "special", "the IPv6 dummy prefix", "RFC 9780"),
    ("200::/7", "reserved", "outside the global unicast space", "RFC 4291"),
    ("400::/6", "reserved", "outside the global unicast space", "RFC 4291"),
    ("800::/5", "reserved", "outside the global unicast space", "RFC 4291"),
    ("1000::/4", "reserved", "outside the global unicast space", "RFC 4291"),
    ("2001::/23", "special", "space for IETF protocols", "RFC 2928"),
    ("2001::/32", "transition", "Teredo tunnel space", "RFC 4380"),
    ("2001:1::1/128", "special", "the port control anycast address", "RFC 7723"),
    ("2001:1::2/128", "special", "the TURN anycast address", "RFC 8155"),
    ("2001:1::3/128", "special", "the service registration anycast address", "RFC 9665"),
    ("2001:2::/48", "benchmarking", "benchmarking space", "RFC 5180"),
    ("2001:3::/32", "special", "multicast tunnel space", "RFC 7450"),
    ("2001:4:112::/48", "special", "AS112 name server space", "RFC 7535"),
    ("2001:10::/28", "special", "ORCHID identifier space", "RFC 4843"),
    ("2001:20::/28", "special", "ORCHID identifier space", "RFC 7343"),
    ("2001:30::/28", "special", "drone identifier space", "RFC 9374"),
    ("2001:db8::/32", "documentation", "documentation space", "RFC 3849"),
    ("2002::/16", "transition", "6to4 tunnel space", "RFC 3056"),
    ("2620:4f:8000::/48", "special", "AS112 name server space", "RFC 7534"),
    ("3fff::/20", "documentation", "documentation space", "RFC 9637"),
    ("4000::/3", "reserved", "outside the global unicast space", "RFC 4291"),
    ("5f00::/16", "special", "segment routing space", "RFC 9602"),
    ("6000::/3", "reserved", "outside the global unicast space", "RFC 4291"),
    ("8000::/3", "reserved", "outside the global unicast space", "RFC 4291"),
    ("a000::/3", "reserved", "outside the global unicast space", "RFC 4291"),
    ("c000::/3", "reserved", "outside the global unicast space", "RFC 4291"),
    ("e000::/4", "reserved", "outside the global unicast space", "RFC 4291"),
    ("f000::/5", "reserved", "outside the global unicast space", "RFC 4291"),
    ("f800::/6", "reserved", "outside the global unicast space", "RFC 4291"),
    ("fc00::/7", "unique-local", "unique local space", "RFC 4193"),
    ("fe00::/9", "reserved", "outside the global unicast space", "RFC 4291"),
    ("fe80::/10", "link-local", "link-local space", "RFC 4291"),
    ("fec0::/10", "reserved", "site-local space, which nobody uses any more", "RFC 3879"),
    ("ff00::/8", "multicast", "multicast space", "RFC 4291"),
)


def _read_special(network: str, kind: str, name: str, source: str) -> Special:
    # Not parse_prefix(): it refuses IPv4-mapped addresses, which the registry has.
    address, _, length = network.partition("/")
    family = V6 if ":" in address else V4
    first = int.from_bytes(inet_pton(AF_INET6 if family is V6 else AF_INET, address), "big")
    return Special(kind, name, source, Prefix(family, first, int(length)))


_SPECIALS: Final = tuple(_read_special(*entry) for entry in _REGISTRY)
_EVERYTHING_V4: Final = Special("unspecified", "every address", "RFC 4632", Prefix(V4, 0, 0))
_EVERYTHING_V6: Final = Special("unspecified", "every address", "RFC 4291", Prefix(V6, 0, 0))


def _index_family(family: Family) -> tuple[list[int], list[tuple[Special, ...]]]:
    """Where the answer changes along the address line, and for each stretch from there on its blocks, narrow ones first."""
    own = [special for special in _SPECIALS if special.network.family is family]
    edges = {edge for special in own for edge in (special.network.first, special.network.last + 1)}
    starts = sorted(edges | {0})
    around = [[special for special in own if special.network.first <= start <= special.network.last] for start in starts]
    return starts, [tuple(sorted(blocks, key=lambda special: -special.network.length)) for blocks in around]


_INDEX_V4: Final = _index_family(V4)
_INDEX_V6: Final = _index_family(V6)


def classify(prefix: Prefix) -> Special | None:
    """The narrowest special block that all of `prefix` lies in; `0.0.0.0/0` and `::/0` are "every address"."""
    if prefix.length == 0:
        return _EVERYTHING_V4 if prefix.family is V4 else _EVERYTHING_V6
    starts, stretches = _INDEX_V4 if prefix.family is V4 else _INDEX_V6
    for special in stretches[bisect_right(starts, prefix.first) - 1]:
        if special.network.length <= prefix.length:
            return special
    return None


def overlapping_specials(prefix: Prefix) -> tuple[Special, ...]:
    """Every special block that shares an address with `prefix`, by address and wide ones first."""
    touching = (special for special in _SPECIALS if special.network.covers(prefix) or prefix.covers(special.network))
    return tuple(sorted(touching, key=lambda special: special.network))


def touches_special(prefixes: Iterable[Prefix]) -> bool:
    """Whether any prefix shares an address with a special block: where not, none of a long list needs to be classified."""
    every = list(prefixes)
    for family, (starts, stretches) in ((V4, _INDEX_V4), (V6, _INDEX_V6)):
        at_first = [bisect_right(starts, prefix.first) for prefix in every if prefix.family is family]
        at_last = [bisect_right(starts, prefix.last) for prefix in every if prefix.family is family]
        # A prefix from one stretch to another has an edge inside; in one stretch, the blocks around the stretch decide.
        if at_first != at_last or any(stretches[position - 1] for position in set(at_first)):
            return True
    return False
