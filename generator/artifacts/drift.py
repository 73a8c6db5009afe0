"""Tells how the output folder differs from what the sites render, without writing anything."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from generator.artifacts.artifact import Artifact
from generator.artifacts.survey import Place, State, survey
from generator.diagnostics import Report

_FINDINGS = {
    State.MISSING: ("TGT060", "is missing"),
    State.OUTDATED: ("TGT061", "is what an earlier run wrote; its inputs or templates have changed since"),
    State.EDITED: ("TGT062", "was edited by hand since gatepost wrote it"),
    State.STALE: ("TGT063", "is left from an earlier run and rendered no more"),
    State.FOREIGN: ("TGT052", "is in the way: it is not what gatepost writes, and no earlier run wrote it"),
}
_HINTS = {
    State.FOREIGN: "move it away, or choose another folder with -o; it is never overwritten",
    State.EDITED: "carry the edits into the site file or into a template of your own; the same command without --check replaces the file",
}
_HINT = "the same command without --check puts it right"


class Drift(NamedTuple):
    """One file that differs. `kind` is a `State`, or `mode`; `diff` leads from what is there to what belongs there."""

    path: str
    kind: str
    diff: str


def check_artifacts(artifacts: Sequence[Artifact], directory: Path, report: Report) -> tuple[Drift, ...]:
    """Compare a folder with the artifacts. Every difference is an error in the report, and a `Drift` with a unified diff."""
    places = [place for folder in survey(artifacts, directory, report) for place in folder.places]
    return tuple(drift for place in places for drift in _find_drift(place, directory, report))


def _find_drift(place: Place, directory: Path, report: Report) -> Iterator[Drift]:
    path = directory / place.shown
    if place.state in _FINDINGS:
        code, says = _FINDINGS[place.state]
        report.add(code, None, f"`{path}` {says}", hint=_HINTS.get(place.state, _HINT))
        yield Drift(place.shown, place.state.value, _unified(place))
    elif place.state is State.ABANDONED:
        hint = "remove it yourself if nothing loads it any more"
        report.add("TGT058", None, f"`{path}` is rendered no more, but was edited by hand: it stays", hint=hint)
    if place.mode_differs and place.artifact is not None:
        modes = f"{place.found_mode:04o}", f"{place.artifact.mode:04o}"
        report.add("TGT064", None, f"`{path}` has mode {modes[0]} and should have {modes[1]}", hint=_HINT)
        yield Drift(place.shown, "mode", f"--- a/{place.shown}\n+++ b/{place.shown}\nold mode {modes[0]}\nnew mode {modes[1]}\n")


def _unified(place: Place) -> str:
    from difflib import unified_diff

    before = "" if place.found is None else place.found.decode(errors="backslashreplace")
    after = "" if place.artifact is None else place.artifact.content
    old = "/dev/null" if place.found is None else f"a/{place.shown}"
    new = "/dev/null" if place.artifact is None else f"b/{place.shown}"
    lines = unified_diff(_lines(before), _lines(after), old, new)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """Lines with their ends; unlike `str.splitlines` only a newline ends one."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
