"""Sets of prefixes against a naive oracle: every address of a small universe, and the standard library for large ones."""

import ipaddress
from collections.abc import Iterable
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from generator.net import (
    Family,
    Prefix,
    find_covering,
    find_redundant,
    intersect_prefixes,
    make_prefix,
    merge_prefixes,
    split_families,
    subtract_prefixes,
)

# Small universes: the last 64 addresses of each family and, because of the carry at the bottom, the first 64.
EDGES = {Family.V4: (0, (1 << 32) - 64), Family.V6: (0, (1 << 128) - 64)}


@st.composite
def small_prefixes(draw: st.DrawFn) -> Prefix:
    """A prefix of up to 64 addresses at an end of the address space."""
    family = draw(st.sampled_from(Family))
    start = draw(st.sampled_from(EDGES[family]))
    return make_prefix(family, start + draw(st.integers(0, 63)), family.bits - draw(st.integers(0, 6)))


@st.composite
def prefixes(draw: st.DrawFn) -> Prefix:
    """Any prefix; short lengths and few bits, so that some of them meet."""
    family = draw(st.sampled_from(Family))
    length = draw(st.integers(0, family.bits))
    return make_prefix(family, draw(st.integers(0, 255)) << family.bits - 8 | draw(st.integers(0, 255)), length)


small_lists = st.lists(small_prefixes(), max_size=20)
lists = st.lists(prefixes(), max_size=20)


def addresses(several: Iterable[Prefix]) -> set[tuple[Family, int]]:
    return {(prefix.family, address) for prefix in several for address in range(prefix.first, prefix.last + 1)}


def collapsed(several: Iterable[Prefix]) -> list[str]:
    """What the standard library merges the prefixes to."""
    v4, v6 = split_families(several)
    v4_networks = ipaddress.collapse_addresses(ipaddress.IPv4Network((prefix.first, prefix.length)) for prefix in v4)
    v6_networks = ipaddress.collapse_addresses(ipaddress.IPv6Network((prefix.first, prefix.length)) for prefix in v6)
    return [*map(str, v4_networks), *map(str, v6_networks)]


@given(small_lists)
def test_merging_never_gains_or_loses_an_address(several: list[Prefix]) -> None:
    assert addresses(merge_prefixes(several)) == addresses(several)


@given(lists)
def test_merging_agrees_with_the_standard_library(several: list[Prefix]) -> None:
    assert [str(prefix) for prefix in merge_prefixes(several)] == collapsed(several)


@given(st.one_of(lists, small_lists), st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order(several: list[Prefix], random: Random) -> None:
    shuffled = random.sample(several, len(several))

    assert merge_prefixes(shuffled) == merge_prefixes(several)


@given(st.one_of(lists, small_lists))
def test_merging_twice_is_merging_once(several: list[Prefix]) -> None:
    merged = merge_prefixes(several)

    assert merge_prefixes(merged) == merged


@given(st.one_of(lists, small_lists))
def test_merged_prefixes_are_sorted_and_apart(several: list[Prefix]) -> None:
    merged = merge_prefixes(several)

    assert list(merged) == sorted(merged)
    assert [pair for pair in pairwise(merged) if pair[0].family is pair[1].family and pair[0].last >= pair[1].first] == []


@given(st.one_of(lists, small_lists))
def test_no_two_merged_prefixes_make_a_larger_one(several: list[Prefix]) -> None:
    merged = merge_prefixes(several)
    parents = [make_prefix(prefix.family, prefix.first, prefix.length - 1) for prefix in merged if prefix.length]

    assert len(set(parents)) == len(parents)


@given(small_lists, small_lists)
def test_subtracting_takes_away_exactly_the_others(minuend: list[Prefix], subtrahend: list[Prefix]) -> None:
    left = subtract_prefixes(minuend, subtrahend)

    assert addresses(left) == addresses(minuend) - addresses(subtrahend)
    assert left == merge_prefixes(left)


@given(lists, lists)
def test_what_is_left_and_what_is_common_make_the_whole(one: list[Prefix], other: list[Prefix]) -> None:
    left, common = subtract_prefixes(one, other), intersect_prefixes(one, other)

    assert merge_prefixes(left + common) == merge_prefixes(one)
    assert intersect_prefixes(left, other) == ()
    assert (left, common) == (merge_prefixes(left), merge_prefixes(common))


@given(small_lists, small_lists)
def test_intersecting_keeps_exactly_what_both_have(one: list[Prefix], other: list[Prefix]) -> None:
    common = intersect_prefixes(one, other)

    assert addresses(common) == addresses(one) & addresses(other)
    assert common == merge_prefixes(common)


@given(lists, prefixes())
def test_the_covering_prefix_is_the_one_that_a_linear_search_finds(several: list[Prefix], asked: Prefix) -> None:
    merged = merge_prefixes(several)
    linear = [prefix for prefix in merged if prefix.covers(asked)]

    assert find_covering(merged, asked) == (linear[0] if linear else None)


@given(st.one_of(lists, small_lists))
def test_duplicates_and_nested_prefixes_are_all_found(several: list[Prefix]) -> None:
    places = range(len(several))
    firsts = [several.index(prefix) for prefix in several]
    widest = [
        min((place for place in places if several[place].covers(prefix)), key=lambda place: several[place].length) for prefix in several
    ]

    found = find_redundant(several)

    assert found.duplicates == [(place, firsts[place]) for place in places if firsts[place] != place]
    assert found.nested == [
        (place, widest[place]) for place in places if firsts[place] == place and several[widest[place]] != several[place]
    ]


@given(st.one_of(lists, small_lists))
def test_every_prefix_that_only_merging_makes_is_found(several: list[Prefix]) -> None:
    made = [block for block in merge_prefixes(several) if block not in several]

    found = find_redundant(several)

    assert [joined for _, _, joined in found.adjacent] == made
    assert [several[left].first for left, _, _ in found.adjacent] == [block.first for block in made]
    assert [several[right].last for _, right, _ in found.adjacent] == [block.last for block in made]
    assert [pair for *pair, joined in found.adjacent if pair[0] == pair[1]] == []
