"""Sets of addresses as runs behave as sets of numbers do."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from generator.net import Family, parse_prefix
from generator.net.runs import (
    EVERYTHING,
    Run,
    Runs,
    count_numbers,
    has_number,
    intersect_runs,
    join_runs,
    prefix_runs,
    run_prefixes,
    subtract_runs,
    unite_runs,
)

SPACE = range(40)
PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9)).map(lambda pair: (pair[0], sum(pair))), max_size=8)


def numbers(runs: Runs) -> set[int]:
    return {number for first, last in runs for number in range(first, last + 1)}


@given(PAIRS)
def test_joined_runs_are_the_numbers_of_the_pairs_in_the_only_way_to_write_them(pairs: list[tuple[int, int]]) -> None:
    runs = join_runs(pairs)

    assert numbers(runs) == {number for first, last in pairs for number in range(first, last + 1)}
    assert all(one.last + 1 < other.first for one, other in pairwise(runs))
    assert count_numbers(runs) == len(numbers(runs))


@given(PAIRS, PAIRS)
def test_uniting_cutting_and_subtracting_are_those_of_sets(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    left, right = join_runs(one), join_runs(other)

    assert numbers(unite_runs(left, right)) == numbers(left) | numbers(right)
    assert intersect_runs(left, right) == join_runs((number, number) for number in numbers(left) & numbers(right))
    assert subtract_runs(left, right) == join_runs((number, number) for number in numbers(left) - numbers(right))


@given(PAIRS)
def test_a_number_is_found_where_it_is(pairs: list[tuple[int, int]]) -> None:
    runs = join_runs(pairs)

    assert {number for number in SPACE if has_number(runs, number)} == numbers(runs)


@given(PAIRS, st.sampled_from(Family))
def test_runs_as_prefixes_are_the_same_addresses(pairs: list[tuple[int, int]], family: Family) -> None:
    runs = join_runs(pairs)

    assert prefix_runs(run_prefixes(runs, family), family) == runs


def test_everything_is_one_prefix() -> None:
    assert [str(prefix) for family in Family for prefix in run_prefixes(EVERYTHING[family], family)] == ["0.0.0.0/0", "::/0"]


def test_prefixes_of_the_other_family_are_left_out() -> None:
    prefixes = [parse_prefix("192.0.2.0/31"), parse_prefix("2001:db8::/32")]

    assert prefix_runs(prefixes, Family.V4) == (Run(0xC0000200, 0xC0000201),)
