"""What is different between two sides: who gained and who lost what, by address, port and party, not by line."""

from enum import StrEnum
from typing import Final, NamedTuple

from generator.diagnostics import Span
from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Runs, count_numbers, subtract_runs
from generator.review.picture import State

EVERYBODY_ELSE: Final = ""
_LEVELS: Final = {State.CLOSED: 0, State.UNTOUCHED: 1, State.OPEN: 2}


class Verdict(StrEnum):
    """What became of the set of those who get in. `UNKNOWN`: rules that could not be understood decide it, or were not compared."""

    SAME = "same"
    NARROWER = "narrower"
    WIDER = "wider"
    BOTH = "both"
    UNKNOWN = "unknown"


class Change(NamedTuple):
    """Sources of one party and family to whom something else happens at some ports than before.

    `party` is '' where they are nobody's in particular. Both states open: they are let in as before, as that party now (`joined`) or no
    longer. `why` are the rules that decide on the side that lets them in, `doubts` what is not known. `where` are the parts of the two
    sides that say so, empty for all of them.
    """

    service: str
    protocol: str
    ports: tuple[PortRange, ...]
    family: Family
    before: State
    after: State
    party: str
    sources: Runs
    joined: bool | None = None
    doubts: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    where: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What this change alone would make of the whole."""
        if State.UNKNOWN in (self.before, self.after):
            return Verdict.UNKNOWN
        step = _LEVELS[self.after] - _LEVELS[self.before]
        return Verdict.SAME if step == 0 else Verdict.WIDER if step > 0 else Verdict.NARROWER

    @property
    def may_widen(self) -> bool:
        """Whether somebody may get in who did not."""
        unknown = self.verdict is Verdict.UNKNOWN and self.before is not State.OPEN and self.after is not State.CLOSED
        return self.verdict is Verdict.WIDER or unknown

    @property
    def may_narrow(self) -> bool:
        """Whether somebody may be kept out who was not."""
        unknown = self.verdict is Verdict.UNKNOWN and self.before is not State.CLOSED and self.after is not State.OPEN
        return self.verdict is Verdict.NARROWER or unknown


class Setting(NamedTuple):
    """A setting that changed. None: there is no such thing on that side."""

    subject: str
    name: str
    before: str | None
    after: str | None
    place: Span | None = None
    where: tuple[str, ...] = ()


class Difference(NamedTuple):
    """All that is different between two sides. `left_out` are, in words, the parts that could not be compared."""

    old: str
    new: str
    changes: tuple[Change, ...]
    settings: tuple[Setting, ...]
    left_out: tuple[str, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """What became of the set of those who get in, all changes together. A part that was not compared may have changed it."""
        found = {change.verdict for change in self.changes} - {Verdict.SAME}
        if self.left_out and not found:
            return Verdict.UNKNOWN
        if {Verdict.WIDER, Verdict.NARROWER} <= found:
            return Verdict.BOTH
        return Verdict.UNKNOWN if Verdict.UNKNOWN in found else found.pop() if found else Verdict.SAME

    @property
    def is_same(self) -> bool:
        """Whether nothing at all is different."""
        return not (self.changes or self.settings or self.left_out)

    @property
    def may_widen(self) -> bool:
        """Whether somebody gets in, or may, who did not. What could not be compared may hide anybody."""
        return bool(self.left_out) or any(change.may_widen for change in self.changes)

    @property
    def may_narrow(self) -> bool:
        """Whether somebody is kept out, or may be, who was not."""
        return bool(self.left_out) or any(change.may_narrow for change in self.changes)


def smaller_part(sources: Runs, family: Family) -> tuple[bool, Runs]:
    """Sources as a person wants to read them: themselves, or, of most of the world, (True and) everybody else."""
    if count_numbers(sources) * 2 <= 1 << family.bits:
        return False, sources
    return True, subtract_runs(EVERYTHING[family], sources)
