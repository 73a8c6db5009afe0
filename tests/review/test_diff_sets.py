"""Long sets, which are compared by what they have in common first, behave as short ones do."""

from random import Random

import pytest

from generator.net.runs import Runs, intersect_runs, join_runs, subtract_runs, unite_runs
from generator.review.sets import Sets


def numbers(runs: Runs) -> set[int]:
    return {number for first, last in runs for number in range(first, last + 1)}


def joined(chosen: set[int]) -> Runs:
    return join_runs((number, number) for number in chosen)


def long_sets(seed: int) -> tuple[Runs, Runs]:
    """Two sets of hundreds of runs that are mostly alike."""
    chance = Random(seed)
    common = [(start, start + chance.randint(0, 6)) for start in range(0, 4000, 10)]
    changes = [[(start, start + chance.randint(0, 40)) for start in chance.sample(range(4000), 12)] for _ in range(4)]
    one, other = (subtract_runs(join_runs([*common, *changes[index]]), join_runs(changes[index + 2])) for index in (0, 1))
    return one, other


@pytest.mark.parametrize("seed", range(12))
def test_what_two_long_sets_have_in_common_and_not_is_that_of_their_numbers(seed: int) -> None:
    one, other = long_sets(seed)
    assert min(len(one), len(other)) > 200

    assert intersect_runs(one, other) == joined(numbers(one) & numbers(other))
    assert subtract_runs(one, other) == joined(numbers(one) - numbers(other))
    assert subtract_runs(other, one) == joined(numbers(other) - numbers(one))


@pytest.mark.parametrize(("first", "last"), [(0, 5000), (0, 4100), (9, 5000), (200, 300)])
def test_a_long_set_cut_out_of_one_run_leaves_its_gaps(first: int, last: int) -> None:
    whole, cut = join_runs([(first, last)]), long_sets(1)[0]

    assert subtract_runs(whole, cut) == joined(numbers(whole) - numbers(cut))
    assert intersect_runs(whole, cut) == intersect_runs(cut, whole) == joined(numbers(whole) & numbers(cut))


def test_the_same_question_gives_the_same_object() -> None:
    sets, (one, other) = Sets(), long_sets(2)

    assert sets.but(one, other) is sets.but(one, other)
    assert sets.but(one, other) == subtract_runs(one, other)
    assert sets.both(one, other) == intersect_runs(one, other)
    assert sets.union(one, other) == unite_runs(one, other)


def test_nothing_and_one_s_self_need_no_work() -> None:
    sets, (one, other) = Sets(), long_sets(3)

    assert (sets.but(one, ()), sets.both(one, one), sets.union(one, (), one)) == (one, one, one)
    assert (sets.but((), other), sets.both((), other), sets.union()) == ((), (), ())
    assert sets.but(one, tuple(one)) == ()
