"""What the grammar takes, and what it makes of it."""

import gc
import subprocess
import sys

import pytest

from generator.net import Family, Prefix, PrefixError, make_prefix, merge_texts, parse_bulk, parse_networks, parse_prefix

V4, V6 = Family.V4, Family.V6


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("192.0.2.7", Prefix(V4, 0xC0000207, 32)),
        ("192.0.2.7/32", Prefix(V4, 0xC0000207, 32)),
        ("198.51.100.0/24", Prefix(V4, 0xC6336400, 24)),
        ("0.0.0.0/0", Prefix(V4, 0, 0)),
        ("0.0.0.0", Prefix(V4, 0, 32)),
        ("255.255.255.255", Prefix(V4, 0xFFFFFFFF, 32)),
        ("2001:db8::/32", Prefix(V6, 0x20010DB8 << 96, 32)),
        ("2001:DB8:0:0:0:0:0:1", Prefix(V6, 0x20010DB8 << 96 | 1, 128)),
        ("64:ff9b::192.0.2.1", Prefix(V6, 0x64FF9B << 96 | 0xC0000201, 128)),
        ("::", Prefix(V6, 0, 128)),
        ("::/0", Prefix(V6, 0, 0)),
        ("::1:0:0:0", Prefix(V6, 1 << 48, 128)),
    ],
)
def test_addresses_and_prefixes_are_read(text: str, prefix: Prefix) -> None:
    assert parse_prefix(text) == prefix


@pytest.mark.parametrize(
    ("text", "prefixes"),
    [
        ("192.0.2.0-192.0.2.255", ["192.0.2.0/24"]),
        ("192.0.2.7-192.0.2.7", ["192.0.2.7/32"]),
        ("192.0.2.1-192.0.2.9", ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/30", "192.0.2.8/31"]),
        ("0.0.0.0-255.255.255.255", ["0.0.0.0/0"]),
        ("255.255.255.254-255.255.255.255", ["255.255.255.254/31"]),
        ("2001:db8::-2001:db8::2", ["2001:db8::/127", "2001:db8::2/128"]),
        ("::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["::/0"]),
    ],
)
def test_a_range_becomes_the_prefixes_that_cover_it_exactly(text: str, prefixes: list[str]) -> None:
    assert [str(prefix) for prefix in parse_networks(text)] == prefixes


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("192.0.2.0-192.0.2.255", "write 192.0.2.0/24"),
        ("192.0.2.7-192.0.2.7", "write 192.0.2.7"),
        ("192.0.2.1-192.0.2.9", "write its 4 prefixes, 192.0.2.1 to 192.0.2.8/31, one by one"),
    ],
)
def test_a_range_is_refused_where_one_prefix_is_needed(text: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_prefix(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (
        "NET026",
        f"`{text}` is a range, and only one prefix fits here",
        hint,
    )


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_prefix("9" * 5000)

    assert str(refusal.value) == f"`{'9' * 57}...` has the number `{'9' * 57}...`"


@pytest.mark.parametrize(
    ("text", "canonical", "bare"),
    [
        ("192.0.2.7", "192.0.2.7/32", "192.0.2.7"),
        ("192.0.2.0/24", "192.0.2.0/24", "192.0.2.0/24"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1/128", "2001:db8::1:0:0:1"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1"),
        ("::192.0.2.1", "::c000:201/128", "::c000:201"),
        ("::/0", "::/0", "::/0"),
    ],
)
def test_prefixes_print_canonically(text: str, canonical: str, bare: str) -> None:
    prefix = parse_prefix(text)

    assert (str(prefix), prefix.host_text) == (canonical, bare)


def test_a_prefix_knows_its_last_address_and_its_size() -> None:
    prefix = parse_prefix("198.51.100.0/22")

    assert (prefix.last, prefix.size) == (0xC63367FF, 1024)


def test_prefixes_sort_by_family_address_and_width() -> None:
    texts = ["2001:db8::/32", "10.0.0.1", "10.0.0.0/9", "::/0", "10.0.0.0/8", "0.0.0.0/0"]

    ordered = sorted(parse_prefix(text) for text in texts)

    assert [prefix.host_text for prefix in ordered] == ["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/9", "10.0.0.1", "::/0", "2001:db8::/32"]


def test_a_prefix_can_be_made_around_an_address() -> None:
    address = parse_prefix("2001:db8:0:1::7")

    assert make_prefix(address.family, address.first, 64) == parse_prefix("2001:db8:0:1::/64")


def test_a_list_keeps_its_order_and_tells_the_text_of_every_prefix() -> None:
    texts = ["2001:db8::/32", "10/8", "192.0.2.1-192.0.2.2", "192.0.2.7", "", "2001:db8::7"]

    prefixes, positions, failures = parse_bulk(texts)

    assert [prefix.host_text for prefix in prefixes] == ["2001:db8::/32", "192.0.2.1", "192.0.2.2", "192.0.2.7", "2001:db8::7"]
    assert positions == [0, 2, 2, 3, 5]
    assert [(position, error.code) for position, error in failures] == [(1, "NET004"), (4, "NET015")]


def test_every_mistake_of_a_long_list_is_found_at_its_place() -> None:
    texts = [f"10.{number >> 8 & 255}.{number & 255}.0/24" for number in range(3000)]
    texts[0] = texts[511] = texts[512] = texts[2999] = "192.0.2.1/24"

    prefixes, positions, failures = parse_bulk(texts)

    assert [position for position, _ in failures] == [0, 511, 512, 2999]
    assert (len(prefixes), positions) == (2996, [place for place in range(3000) if place not in (0, 511, 512, 2999)])


@pytest.mark.parametrize(
    "texts",
    [
        ["10.0.0.0", "24/10.1.0.0/16"],
        ["10.0.0.0\n10.1.0.0/16", "10.2.0.0"],
        ["10.0.0.0/8\n10.1.0.0/16", "10.2.0.0", "10.3.0.0"],
        ["10.0.0.0", "/8"],
        ["10.0.0.0\n/8", "10.2.0.0/16"],
        ["10.0.0.0/8/8", "10.2.0.0"],
        ["", "10.0.0.0/8\n10.1.0.0/16"],
    ],
)
def test_texts_never_borrow_from_their_neighbours(texts: list[str]) -> None:
    _, _, failures = parse_bulk(texts)

    assert failures != []


def test_a_list_of_nothing_is_nothing() -> None:
    assert parse_bulk([]) == ([], [], [])


def test_reading_a_list_leaves_the_garbage_collector_as_it_was() -> None:
    parse_bulk(["192.0.2.7", "no network"])

    assert gc.isenabled()


def test_merged_texts_are_canonical_and_mistakes_are_told() -> None:
    texts, failures = merge_texts(["2001:DB8::/33", "192.0.2.0/25", "192.0.2.128-192.0.2.255", "2001:db8:8000::/33", "10/8"])

    assert texts == ["192.0.2.0/24", "2001:db8::/32"]
    assert [(position, error.code) for position, error in failures] == [(4, "NET004")]


def test_clean_input_does_not_load_netaddr() -> None:
    program = (
        "import sys; from generator.net import parse_bulk; parse_bulk(['192.0.2.1-192.0.2.9', '::1']); sys.exit('netaddr' in sys.modules)"
    )

    status = subprocess.run([sys.executable, "-c", program], check=False).returncode

    assert status == 0
