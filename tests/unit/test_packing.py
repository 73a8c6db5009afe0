"""Long lists in chunks: nothing lost, nothing above the limit, and a small change of the list stays small."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.targets.packing import count_chunks, spread

NAMES = [f"198.51.{index // 256}.{index % 256}/32" for index in range(1200)]
LISTS = st.lists(st.sampled_from(NAMES), unique=True, max_size=400)


def places(items: Iterable[str], capacity: int, most: int | None = None, filled_percent: int = 75) -> dict[str, int]:
    """The number of the chunk that each item is in."""
    chunks = spread(items, capacity=capacity, most=most, filled_percent=filled_percent)
    assert chunks is not None
    return {item: chunk.number for chunk in chunks for item in chunk.items}


def moved(before: dict[str, int], after: dict[str, int]) -> list[str]:
    """The items of both that are not where they were."""
    return [item for item in before if item in after and before[item] != after[item]]


@given(items=LISTS, capacity=st.integers(1, 80))
def test_every_item_is_in_one_chunk_and_no_chunk_is_too_long_or_empty(items: list[str], capacity: int) -> None:
    chunks = spread(items, capacity=capacity)

    assert chunks is not None
    assert sorted(item for chunk in chunks for item in chunk.items) == sorted(items)
    assert [chunk for chunk in chunks if not 1 <= len(chunk.items) <= capacity] == []


@given(items=LISTS, capacity=st.integers(1, 80), most=st.integers(1, 6))
def test_a_list_is_refused_only_if_no_split_would_hold_it(items: list[str], capacity: int, most: int) -> None:
    chunks = spread(items, capacity=capacity, most=most)

    assert (chunks is None) is (len(items) > capacity * most)
    assert max((chunk.number for chunk in chunks or ()), default=1) <= most


@given(items=LISTS, capacity=st.integers(1, 80), seed=st.integers(0, 99))
def test_the_order_of_the_list_changes_no_place(items: list[str], capacity: int, seed: int) -> None:
    mixed = Random(seed).sample(items, len(items))

    assert places(mixed, capacity) == places(items, capacity)


@given(items=st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=400), capacity=st.integers(1, 80))
def test_the_order_within_a_chunk_is_that_of_the_list(items: list[str], capacity: int) -> None:
    chunks = spread(items, capacity=capacity)

    assert chunks is not None
    assert [items.index(a) < items.index(b) for chunk in chunks for a, b in pairwise(chunk.items)].count(False) == 0


@given(items=st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=300), most=st.integers(1, 6))
def test_one_item_more_moves_at_most_one_out_of_each_full_chunk(items: list[str], most: int) -> None:
    capacity = -(-len(items) // most)  # the tightest that fits
    before, after = places(items[:-1], capacity, most), places(items, capacity, most)
    same_count = count_chunks(len(items) - 1, capacity, most) == count_chunks(len(items), capacity, most)

    left = [before[item] for item in moved(before, after)]

    assert not same_count or len(left) == len(set(left))


@given(items=st.lists(st.sampled_from(NAMES), unique=True, min_size=1, max_size=300))
def test_one_item_more_moves_nothing_where_every_chunk_has_room(items: list[str]) -> None:
    before, after = places(items[:-1], 1000), places(items, 1000)

    assert moved(before, after) == []


@pytest.mark.parametrize(
    ("capacity", "most", "filled"), [(60, 5, 75), (60, None, 75), (60, 5, 80), (60, 16, 80), (1000, 1, 80), (100, 4, 75), (12, 5, 75)]
)
def test_a_list_that_grows_by_one_item_at_a_time_never_moves_more_than_one_chunk(capacity: int, most: int | None, filled: int) -> None:
    sizes = range(1, min(len(NAMES), capacity * (most or 6)) + 1)
    grown = [places(NAMES[:size], capacity, most, filled) for size in sizes]

    moves = [len(moved(before, after)) for before, after in pairwise(grown)]

    assert max(moves) <= capacity
    assert sum(map(bool, moves)) < len(moves) / 3  # most steps move nothing at all


@given(weights=st.lists(st.integers(1, 5), max_size=200), capacity=st.integers(5, 60))
def test_weights_add_up_to_no_more_than_the_capacity(weights: list[int], capacity: int) -> None:
    sizes = dict(zip(NAMES, weights, strict=False))

    chunks = spread(sizes, capacity=capacity, weight=sizes.__getitem__)

    assert chunks is not None
    assert sorted(item for chunk in chunks for item in chunk.items) == sorted(sizes)
    assert [chunk for chunk in chunks if sum(sizes[item] for item in chunk.items) > capacity] == []


@pytest.mark.parametrize(("weights", "most"), [([6], 9), ([5, 5, 5], 2), ([3, 3, 3], 2)])
def test_weights_that_do_not_fit_are_refused(weights: Sequence[int], most: int) -> None:
    sizes = dict(zip(NAMES, weights, strict=False))

    assert spread(sizes, capacity=5, most=most, weight=sizes.__getitem__) is None


@pytest.mark.parametrize(
    ("total", "most", "count"), [(0, None, 1), (60, None, 1), (61, None, 2), (90, None, 2), (91, None, 3), (290, 5, 5)]
)
def test_chunks_are_filled_to_three_quarters_while_there_may_be_more(total: int, most: int | None, count: int) -> None:
    assert count_chunks(total, 60, most) == count


def test_fuller_chunks_are_fewer() -> None:
    assert [count_chunks(total, 60, filled_percent=80) for total in (60, 61, 96, 97)] == [1, 2, 2, 3]


@pytest.mark.parametrize(("capacity", "most"), [(0, 5), (60, 0)])
def test_chunks_that_hold_nothing_are_a_mistake(capacity: int, most: int) -> None:
    with pytest.raises(ValueError, match="hold nothing"):
        spread(NAMES, capacity=capacity, most=most)
