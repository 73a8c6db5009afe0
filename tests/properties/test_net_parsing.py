"""The grammar against netaddr and the standard library, and the bulk paths against the single ones."""

import ipaddress
import re
from itertools import pairwise

import netaddr
from hypothesis import example, given
from hypothesis import strategies as st

from generator import codes
from generator.net import (
    Family,
    PortError,
    PortRange,
    Prefix,
    PrefixError,
    classify,
    make_prefix,
    merge_ports,
    merge_prefixes,
    merge_texts,
    parse_bulk,
    parse_networks,
    parse_ports,
    parse_prefix,
    prefix_texts,
    touches_special,
)

ALPHABET = "0123456789abcdefxg.:/-%* \n\t[]_+,;#'\u200b\uff12\u0661\u2013\0\ud800"

v4_texts = st.integers(0, (1 << 32) - 1).map(lambda number: str(ipaddress.IPv4Address(number)))
v6_texts = st.one_of(
    st.integers(0, (1 << 128) - 1).map(lambda number: str(ipaddress.IPv6Address(number))),
    st.integers(0, (1 << 128) - 1).map(lambda number: ipaddress.IPv6Address(number).exploded.upper()),
    st.lists(st.sampled_from(["0", "00", "1", "ffff", "0db8", "", "192.0.2.1", "12345", "g"]), min_size=2, max_size=9).map(":".join),
)
addresses = st.one_of(v4_texts, v6_texts, st.sampled_from(["", "10", "010.0.0.1", "192.0.2.256", "::ffff:192.0.2.1", "localhost"]))
lengths = st.one_of(
    st.integers(0, 130).map(lambda number: f"/{number}"),
    st.sampled_from(["", "/", "/024", "/+24", "/ 24", "/255.255.255.0", "/0.0.0.255", "/0.0.0.0", "/-1", "/2_4", "/\uff124", "/24\n"]),
)
networks = st.tuples(addresses, lengths).map("".join)
ranges = st.tuples(addresses, st.sampled_from(["-", " - ", "\u2013"]), addresses).map("".join)
texts = st.one_of(networks, ranges, st.text(ALPHABET, max_size=30), st.text(max_size=30))


@st.composite
def valid_prefixes(draw: st.DrawFn) -> Prefix:
    """Any prefix that the grammar can say: not one inside ::ffff:0:0/96."""
    family = draw(st.sampled_from(Family))
    length = draw(st.integers(0, family.bits))
    address = draw(st.one_of(st.integers(0, (1 << family.bits) - 1), st.integers(0, (1 << 32) - 1)))
    return make_prefix(family, address, length)


def refusal(text: str) -> PrefixError | None:
    """Why the grammar refuses a text."""
    try:
        parse_networks(text)
    except PrefixError as error:
        return error
    return None


@given(valid_prefixes())
def test_every_prefix_reads_back_from_its_texts(prefix: Prefix) -> None:
    assert [parse_prefix(text) for text in (str(prefix), prefix.host_text)] == [prefix, prefix]


@given(valid_prefixes())
def test_texts_are_those_of_the_standard_library(prefix: Prefix) -> None:
    network = ipaddress.IPv4Network if prefix.family is Family.V4 else ipaddress.IPv6Network

    assert str(prefix) == str(network((prefix.first, prefix.length)))


@given(networks)
def test_what_the_grammar_takes_netaddr_and_the_standard_library_read_alike(text: str) -> None:
    try:
        prefix = parse_prefix(text)
    except PrefixError:
        return
    read = netaddr.IPNetwork(text)

    assert (read.version, read.first, read.prefixlen) == prefix
    assert str(ipaddress.ip_network(text)) == str(prefix)


@given(networks)
def test_what_the_standard_library_refuses_the_grammar_refuses(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        prefixes, _, failures = parse_bulk([text])
        assert (prefixes, len(failures)) == ([], 1)


@given(st.tuples(addresses, addresses).map("-".join))
def test_a_range_is_what_netaddr_makes_of_it(text: str) -> None:
    try:
        prefixes = parse_networks(text)
    except PrefixError:
        return
    low, high = text.split("-")

    read = [(network.version, network.first, network.prefixlen) for network in netaddr.iprange_to_cidrs(low, high)]

    assert list(prefixes) == read


@given(texts)
@example("9" * 5000)
@example("a" * 100_000 + "!")  # minutes, if the time grew with the square of the length
@example("1.2:" * 50_000 + "-" + "1.2:" * 50_000 + "!")
@example("192.0.2.0/" + "0" * 5000)
@example("010.0.0.1/" + "x" * 5000)
@example("2001:" * 1000)
def test_every_refusal_is_one_short_printable_line_with_a_known_code(text: str) -> None:
    error = refusal(text)

    if error:
        assert codes.lookup(error.code).severity == "error"
        assert (str(error) + error.hint).isprintable()
        assert 0 < len(str(error)) < 200
        assert 0 < len(error.hint) < 140


@given(texts)
def test_what_a_hint_says_to_write_is_a_network(text: str) -> None:
    error = refusal(text)

    written = re.findall(r"write ([0-9a-fA-F]*[.:][0-9a-fA-F.:/-]*[0-9a-fA-F:])", error.hint if error else "")

    assert [network for network in written if refusal(network)] == []


@given(st.lists(texts, max_size=40))
def test_a_list_is_read_like_its_texts_one_by_one(several: list[str]) -> None:
    expected: list[tuple[int, Prefix]] = []
    refused: list[tuple[int, str, str, str]] = []
    for position, text in enumerate(several):
        try:
            expected += [(position, prefix) for prefix in parse_networks(text)]
        except PrefixError as error:
            refused.append((position, error.code, str(error), error.hint))

    prefixes, positions, failures = parse_bulk(several)

    assert list(zip(positions, prefixes, strict=True)) == expected
    assert [(position, error.code, str(error), error.hint) for position, error in failures] == refused


@given(st.lists(texts, max_size=40))
def test_merging_texts_is_parsing_merging_and_printing(several: list[str]) -> None:
    prefixes, _, failures = parse_bulk(several)

    merged, refused = merge_texts(several)

    assert merged == prefix_texts(merge_prefixes(prefixes))
    assert [(position, str(error)) for position, error in refused] == [(position, str(error)) for position, error in failures]


@given(st.lists(valid_prefixes(), max_size=20))
def test_texts_of_a_list_are_those_of_its_prefixes(several: list[Prefix]) -> None:
    assert prefix_texts(several) == [prefix.host_text for prefix in several]


@given(valid_prefixes())
def test_what_python_does_not_call_global_is_special(prefix: Prefix) -> None:
    address = prefix._replace(length=prefix.family.bits)

    if not ipaddress.ip_address(address.host_text).is_global:
        assert classify(address) is not None
        assert touches_special([prefix])


@given(st.lists(valid_prefixes(), max_size=20))
def test_a_list_that_touches_no_special_space_has_nothing_in_it(several: list[Prefix]) -> None:
    if not touches_special(several):
        assert [prefix for prefix in several if classify(prefix)] == []


@given(st.text("0123456789-+ :,.\uff12x", max_size=12))
def test_ports_that_are_read_print_as_they_were_written(text: str) -> None:
    try:
        ports = parse_ports(text)
    except PortError:
        return

    assert parse_ports(str(ports)) == ports
    assert 0 < ports.first <= ports.last < 65536
    assert text in (str(ports), f"{ports.first}-{ports.last}")


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda pair: PortRange(pair[0], sum(pair)))))
def test_merging_ports_never_gains_or_loses_one(several: list[PortRange]) -> None:
    merged = merge_ports(several)
    numbers = {number for ports in several for number in range(ports.first, ports.last + 1)}

    assert [number for ports in merged for number in range(ports.first, ports.last + 1)] == sorted(numbers)
    assert [pair for pair in pairwise(merged) if pair[0].last + 1 >= pair[1].first] == []
