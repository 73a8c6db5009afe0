"""What becomes of the verdict when changes of several kinds come together."""

import pytest

from generator.net import Family, PortRange
from generator.net.runs import Run
from generator.review.diff import Change, Difference, Verdict, smaller_part
from generator.review.picture import State

WIDER, NARROWER = (State.CLOSED, State.OPEN), (State.OPEN, State.CLOSED)
DOUBTED, MOVED = (State.OPEN, State.UNKNOWN), (State.OPEN, State.OPEN)


def difference(*steps: tuple[State, State], left_out: tuple[str, ...] = ()) -> Difference:
    changes = (Change("imaps", "tcp", (PortRange(993, 993),), Family.V4, *step, "", (Run(0, 0),)) for step in steps)
    return Difference("old", "new", tuple(changes), (), left_out)


@pytest.mark.parametrize(
    ("steps", "verdict", "may"),
    [
        ((), Verdict.SAME, (False, False)),
        ((MOVED,), Verdict.SAME, (False, False)),
        ((MOVED, WIDER), Verdict.WIDER, (True, False)),
        ((NARROWER, MOVED), Verdict.NARROWER, (False, True)),
        ((WIDER, NARROWER), Verdict.BOTH, (True, True)),
        ((WIDER, NARROWER, DOUBTED), Verdict.BOTH, (True, True)),
        ((WIDER, DOUBTED), Verdict.UNKNOWN, (True, True)),
        ((NARROWER, DOUBTED), Verdict.UNKNOWN, (False, True)),
        (((State.UNTOUCHED, State.OPEN),), Verdict.WIDER, (True, False)),
        (((State.CLOSED, State.UNTOUCHED),), Verdict.WIDER, (True, False)),
        (((State.UNTOUCHED, State.UNKNOWN),), Verdict.UNKNOWN, (True, True)),
        (((State.UNKNOWN, State.UNTOUCHED),), Verdict.UNKNOWN, (True, True)),
    ],
)
def test_the_verdict_of_several_changes(steps: tuple[tuple[State, State], ...], verdict: Verdict, may: tuple[bool, bool]) -> None:
    found = difference(*steps)

    assert (found.verdict, (found.may_widen, found.may_narrow)) == (verdict, may)


@pytest.mark.parametrize(("steps", "verdict"), [((), Verdict.UNKNOWN), ((MOVED,), Verdict.UNKNOWN), ((WIDER,), Verdict.WIDER)])
def test_a_part_that_was_left_out_may_hide_anybody(steps: tuple[tuple[State, State], ...], verdict: Verdict) -> None:
    found = difference(*steps, left_out=("`one` is in old alone",))

    assert (found.verdict, found.may_widen, found.may_narrow, found.is_same) == (verdict, True, True, False)


def test_half_of_the_world_is_told_as_itself() -> None:
    assert smaller_part((Run(0, (1 << 31) - 1),), Family.V4) == (False, (Run(0, (1 << 31) - 1),))
    assert smaller_part((Run(0, 1 << 31),), Family.V4) == (True, (Run((1 << 31) + 1, (1 << 32) - 1),))
