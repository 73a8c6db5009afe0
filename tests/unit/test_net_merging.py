"""Sets of prefixes: union, difference, intersection, look-up."""

from collections.abc import Iterable

import pytest

from generator.net import (
    Prefix,
    find_covering,
    find_redundant,
    intersect_prefixes,
    merge_prefixes,
    parse_prefix,
    prefix_texts,
    split_families,
    subtract_prefixes,
)


def read(texts: str) -> list[Prefix]:
    return [parse_prefix(text) for text in texts.split()]


def show(prefixes: Iterable[Prefix]) -> str:
    return " ".join(prefix_texts(tuple(prefixes)))


@pytest.mark.parametrize(
    ("texts", "merged"),
    [
        ("", ""),
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7 192.0.2.7", "192.0.2.7"),
        ("198.51.100.0/24 198.51.100.128/25 198.51.100.7", "198.51.100.0/24"),
        ("198.51.100.7 198.51.100.0/25 198.51.100.0/24", "198.51.100.0/24"),
        ("192.0.2.0/25 192.0.2.128/25", "192.0.2.0/24"),
        ("192.0.2.192/26 192.0.2.0/25 192.0.2.128/26", "192.0.2.0/24"),
        ("192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2"),
        ("192.0.2.1 192.0.2.2 192.0.2.3", "192.0.2.1 192.0.2.2/31"),
        ("0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0"),
        ("0.0.0.0/0 10.0.0.0/8", "0.0.0.0/0"),
        ("0.0.0.0 255.255.255.255", "0.0.0.0 255.255.255.255"),
        ("255.255.255.254 255.255.255.255", "255.255.255.254/31"),
        ("2001:db8::/33 192.0.2.7 2001:db8:8000::/33", "192.0.2.7 2001:db8::/32"),
        ("::/1 8000::/1", "::/0"),
        ("255.255.255.255 ::", "255.255.255.255 ::"),
    ],
)
def test_merging_gives_the_fewest_prefixes(texts: str, merged: str) -> None:
    assert show(merge_prefixes(read(texts))) == merged


@pytest.mark.parametrize(
    ("minuend", "subtrahend", "left"),
    [
        ("192.0.2.0/24", "", "192.0.2.0/24"),
        ("192.0.2.0/24", "198.51.100.0/24", "192.0.2.0/24"),
        ("192.0.2.0/24", "192.0.2.0/24", ""),
        ("192.0.2.0/24", "192.0.0.0/16", ""),
        ("192.0.2.0/30", "192.0.2.1", "192.0.2.0 192.0.2.2/31"),
        ("192.0.2.0/24", "192.0.2.0/25 192.0.2.128/26", "192.0.2.192/26"),
        ("192.0.2.0/25 192.0.2.128/25 198.51.100.0/24", "192.0.2.64/26", "192.0.2.0/26 192.0.2.128/25 198.51.100.0/24"),
        ("10.0.0.0/8 192.0.2.7 203.0.113.0/24", "0.0.0.0/1", "192.0.2.7 203.0.113.0/24"),
        ("0.0.0.0/0 ::/0", "0.0.0.0/0", "::/0"),
        ("2001:db8::/126", "2001:db8::3 192.0.2.0/24", "2001:db8::/127 2001:db8::2"),
    ],
)
def test_subtracting_is_exact(minuend: str, subtrahend: str, left: str) -> None:
    assert show(subtract_prefixes(read(minuend), read(subtrahend))) == left


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("192.0.2.0/24", "", ""),
        ("192.0.2.0/24", "192.0.2.7 198.51.100.0/24", "192.0.2.7"),
        ("192.0.2.0/25 192.0.2.128/25", "192.0.0.0/16", "192.0.2.0/24"),
        ("192.0.2.0/26 192.0.2.128/26", "192.0.2.0/24", "192.0.2.0/26 192.0.2.128/26"),
        ("0.0.0.0/0", "2001:db8::/32", ""),
        ("0.0.0.0/0 ::/0", "2001:db8::/32 192.0.2.7", "192.0.2.7 2001:db8::/32"),
    ],
)
def test_intersecting_gives_what_both_have(one: str, other: str, common: str) -> None:
    assert show(intersect_prefixes(read(one), read(other))) == common


@pytest.mark.parametrize(
    ("address", "covering"),
    [
        ("192.0.2.0", "192.0.2.0/24"),
        ("192.0.2.255", "192.0.2.0/24"),
        ("192.0.2.0/24", "192.0.2.0/24"),
        ("192.0.1.255", None),
        ("192.0.3.0", None),
        ("192.0.2.0/23", None),
        ("0.0.0.0", None),
        ("255.255.255.255", None),
        ("2001:db8::7", "2001:db8::7/128"),
        ("2001:db8::6", None),
        ("::c000:200", None),
    ],
)
def test_the_covering_prefix_is_found(address: str, covering: str | None) -> None:
    merged = merge_prefixes(read("192.0.2.0/24 198.51.100.7 2001:db8::7"))

    found = find_covering(merged, parse_prefix(address))

    assert found == (parse_prefix(covering) if covering else None)


def test_families_are_split_in_their_order() -> None:
    v4, v6 = split_families(read("2001:db8::7 198.51.100.7 192.0.2.7 2001:db8::/64"))

    assert (show(v4), show(v6)) == ("198.51.100.7 192.0.2.7", "2001:db8::7 2001:db8::/64")


def test_texts_keep_the_order_of_mixed_families() -> None:
    texts = "2001:db8::7 198.51.100.0/24 ::c000:201 0.0.0.0/0 ::/0 192.0.2.7"

    assert show(read(texts)) == texts


@pytest.mark.parametrize(
    ("texts", "duplicates", "nested", "adjacent"),
    [
        ("192.0.2.7 198.51.100.0/24 2001:db8::/32", [], [], []),
        ("192.0.2.7 192.0.2.7/32 192.0.2.7", [(1, 0), (2, 0)], [], []),
        ("192.0.2.7 192.0.2.0/24 192.0.0.0/16", [], [(0, 2), (1, 2)], []),
        ("192.0.2.7 192.0.2.0/24 192.0.2.7", [(2, 0)], [(0, 1)], []),
        ("192.0.2.128/25 192.0.2.0/25", [], [], [(1, 0, "192.0.2.0/24")]),
        ("192.0.2.128/26 192.0.2.192/26 192.0.2.0/25", [], [], [(2, 1, "192.0.2.0/24")]),
        ("192.0.2.1 192.0.2.2", [], [], []),
        ("192.0.2.1 192.0.2.2 192.0.2.3", [], [], [(1, 2, "192.0.2.2/31")]),
        ("::/1 8000::/1 2001:db8::7", [], [(2, 0)], [(0, 1, "::/0")]),
        ("255.255.255.255 ::", [], [], []),
    ],
)
def test_redundant_entries_are_found(
    texts: str, duplicates: list[tuple[int, int]], nested: list[tuple[int, int]], adjacent: list[tuple[int, int, str]]
) -> None:
    found = find_redundant(read(texts))

    assert found == (duplicates, nested, [(left, right, parse_prefix(joined)) for left, right, joined in adjacent])
