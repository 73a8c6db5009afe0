"""Priorities inside a block: each once, whatever the order, and few move when rules come and go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.targets.azure_priorities import assign_priorities, writing_order

NAMES = st.sets(st.text(alphabet="abcdef-", min_size=1, max_size=8), max_size=60)
BLOCK = range(1000, 1098)


@given(names=NAMES)
def test_every_name_has_a_number_of_the_block_of_its_own(names: set[str]) -> None:
    found = assign_priorities(names, BLOCK)

    assert set(found) == names
    assert len(set(found.values()) & set(BLOCK)) == len(names)


@given(names=NAMES.flatmap(lambda every: st.tuples(st.permutations(sorted(every)), st.permutations(sorted(every)))))
def test_the_order_does_not_matter(names: tuple[list[str], list[str]]) -> None:
    one, other = names

    assert assign_priorities(one, BLOCK) == assign_priorities(other, BLOCK)


@given(names=NAMES.filter(len), size=st.integers(60, 100))
def test_written_in_order_no_number_is_given_before_it_is_free(names: set[str], size: int) -> None:
    *old, new = sorted(names)
    placed, wanted = assign_priorities(old, range(size)), assign_priorities(names, range(size))

    for name in writing_order(names):
        assert wanted[name] not in {number for other, number in placed.items() if other != name}, new
        placed[name] = wanted[name]


def test_a_new_name_seldom_displaces_another() -> None:
    names = [f"gatepost-acme--allow-connector{number}-v4" for number in range(20)]
    moved = 0
    for name in names:
        others = [other for other in names if other != name]
        before, after = assign_priorities(others, BLOCK), assign_priorities(names, BLOCK)
        moved += sum(before[other] != after[other] for other in others)

    assert moved <= len(names) // 2


def test_a_full_block_is_filled() -> None:
    assert set(assign_priorities([f"n{number}" for number in range(98)], BLOCK).values()) == set(BLOCK)


def test_more_names_than_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="3 names for 2 priorities"):
        assign_priorities("abc", range(2))
