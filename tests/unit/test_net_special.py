"""Special-purpose addresses, after the IANA registries (RFC 6890, RFC 8190) and the standards that each entry names."""

import ipaddress

import pytest

from generator.net import classify, overlapping_specials, parse_prefix, touches_special

INSIDE = [
    ("0.0.0.0/0", "unspecified", "RFC 4632"),
    ("::/0", "unspecified", "RFC 4291"),
    ("0.0.0.0", "unspecified", "RFC 1122"),
    ("0.1.2.3", "unspecified", "RFC 791"),
    ("::", "unspecified", "RFC 4291"),
    ("127.0.0.1", "loopback", "RFC 1122"),
    ("127.0.0.0/8", "loopback", "RFC 1122"),
    ("::1", "loopback", "RFC 4291"),
    ("169.254.7.7", "link-local", "RFC 3927"),
    ("fe80::1", "link-local", "RFC 4291"),
    ("224.0.0.1", "multicast", "RFC 5771"),
    ("ff02::1", "multicast", "RFC 4291"),
    ("10.0.0.0/8", "private", "RFC 1918"),
    ("172.31.255.255", "private", "RFC 1918"),
    ("192.168.0.0/24", "private", "RFC 1918"),
    ("100.64.0.0/10", "shared", "RFC 6598"),
    ("fd00:20::/48", "unique-local", "RFC 4193"),
    ("192.0.2.7", "documentation", "RFC 5737"),
    ("198.51.100.0/24", "documentation", "RFC 5737"),
    ("203.0.113.255", "documentation", "RFC 5737"),
    ("2001:db8::/32", "documentation", "RFC 3849"),
    ("3fff::/20", "documentation", "RFC 9637"),
    ("198.19.255.255", "benchmarking", "RFC 2544"),
    ("2001:2::/48", "benchmarking", "RFC 5180"),
    ("240.0.0.1", "reserved", "RFC 1112"),
    ("255.255.255.255", "reserved", "RFC 919"),
    ("192.0.0.1", "transition", "RFC 7335"),
    ("192.0.0.255", "special", "RFC 6890"),
    ("192.88.99.1", "transition", "RFC 7526"),
    ("64:ff9b::192.0.2.1", "transition", "RFC 6052"),
    ("2001::7", "transition", "RFC 4380"),
    ("2001:1:7::", "special", "RFC 2928"),
    ("2002:c000:201::/48", "transition", "RFC 3056"),
    ("100::1", "special", "RFC 6666"),
    ("fec0::1", "reserved", "RFC 3879"),
    ("4000::1", "reserved", "RFC 4291"),
    ("::192.0.2.1", "transition", "RFC 4291"),
]

OUTSIDE = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0/8",
    "172.32.0.0/11",
    "100.128.0.0",
    "169.253.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2001:200::",
    "2001:db7:ffff::",
    "2001:db9::",
    "2003::/16",
    "2600::/12",
]

# Each contains special space without lying in it.
AROUND = ["8.0.0.0/6", "192.0.0.0/8", "0.0.0.0/1", "2001::/16", "2000::/3", "::/1"]


@pytest.mark.parametrize(("text", "kind", "source"), INSIDE)
def test_a_prefix_inside_special_space_is_classified(text: str, kind: str, source: str) -> None:
    special = classify(parse_prefix(text))

    assert special is not None
    assert (special.kind, special.source) == (kind, source)


@pytest.mark.parametrize("text", OUTSIDE)
def test_other_prefixes_are_not_special(text: str) -> None:
    prefix = parse_prefix(text)

    assert (classify(prefix), overlapping_specials(prefix), touches_special([prefix])) == (None, (), False)


@pytest.mark.parametrize("text", AROUND)
def test_a_prefix_around_special_space_touches_it(text: str) -> None:
    prefix = parse_prefix(text)

    assert classify(prefix) is None
    assert overlapping_specials(prefix) != ()
    assert touches_special([parse_prefix("1.1.1.1"), prefix])


@pytest.mark.parametrize(("text", "kind", "source"), INSIDE)
def test_a_prefix_inside_special_space_touches_it(text: str, kind: str, source: str) -> None:
    prefix = parse_prefix(text)

    assert touches_special([prefix])
    assert prefix.length == 0 or (kind, source) in [(special.kind, special.source) for special in overlapping_specials(prefix)]


def test_nothing_touches_no_special_space() -> None:
    assert not touches_special([])


def test_every_block_is_found_at_its_first_and_last_address() -> None:
    blocks = [special.network for text in ("0.0.0.0/0", "::/0") for special in overlapping_specials(parse_prefix(text))]
    edges = [edge._replace(length=edge.family.bits) for block in blocks for edge in (block, block._replace(first=block.last))]

    assert len(blocks) > 60
    assert [edge.host_text for edge in edges if classify(edge) is None] == []


@pytest.mark.parametrize("block", ["10.0.0.0/8", "192.168.0.0/16", "198.18.0.0/15", "2001:db8::/32", "fc00::/7", "fe80::/10"])
def test_the_neighbours_of_a_block_are_outside_of_it(block: str) -> None:
    network = ipaddress.ip_network(block)
    neighbours = [parse_prefix(str(network[0] - 1)), parse_prefix(str(network[-1] + 1))]

    found = [special.network for neighbour in neighbours if (special := classify(neighbour))]

    assert parse_prefix(block) not in found
