"""A figure is a ratio to something that ran beside it, with the bound it has to keep; the table shows them all."""

from collections.abc import Iterable
from typing import NamedTuple

from benchmarks.measure import Cost


class Figure(NamedTuple):
    """`ours` and `theirs` are texts with their unit; `ratio` is what the bound speaks of. No bound: told, not judged."""

    what: str
    ours: str
    theirs: str
    ratio: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.ratio <= (self.at_most or self.ratio) and self.ratio >= (self.at_least or 0)

    @property
    def bound(self) -> str:
        """The bound as the table shows it."""
        return f"<= {self.at_most:g}" if self.at_most else f">= {self.at_least:g}" if self.at_least else ""


def slowdown(what: str, ours: Cost, theirs: Cost, at_most: float | None = None) -> Figure:
    """How many times their CPU time ours is."""
    return Figure(what, show_time(ours), show_time(theirs), ours.cpu / theirs.cpu, at_most=at_most)


def speedup(what: str, ours: Cost, theirs: Cost, at_least: float) -> Figure:
    """How many times faster ours is, by the less flattering of CPU time and the clock."""
    return Figure(what, show_time(ours), show_time(theirs), min(theirs.cpu / ours.cpu, theirs.wall / ours.wall), at_least=at_least)


def memory(what: str, ours: Cost, theirs: Cost, at_most: float) -> Figure:
    """How many times their peak memory ours is."""
    return Figure(what, f"{ours.peak:.0f} MiB", f"{theirs.peak:.0f} MiB", ours.peak / theirs.peak, at_most=at_most)


def show_time(cost: Cost) -> str:
    """CPU seconds, and the clock's."""
    return f"{cost.cpu:.3f} s ({cost.wall:.3f})"


def print_table(figures: Iterable[Figure]) -> bool:
    """Print the figures as a Markdown table while they come in; tell whether every bound was kept."""
    kept = True
    print("| what | ours | beside it | ratio | bound | |")
    print("|---|--:|--:|--:|--:|---|")
    for figure in figures:
        verdict = "" if not figure.bound else "kept" if figure.is_kept else "MISSED"
        print(f"| {figure.what} | {figure.ours} | {figure.theirs} | {figure.ratio:.2f} | {figure.bound} | {verdict} |", flush=True)
        kept = kept and figure.is_kept
    return kept
