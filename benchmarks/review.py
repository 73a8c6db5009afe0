"""What `explain` and `diff` cost besides reading: `python -m benchmarks.review FOLDER`, a process that a benchmark starts.

It prints the CPU seconds of reading two sites, of one explanation, and of one comparison, each the best of some rounds: reading is beside
the two in one process, so that a busy machine slows all three.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from generator.diagnostics import Report
from generator.review.diff import Verdict
from generator.review.difference import compare_sides, open_sides
from generator.review.explain import ask, index_places, open_site
from generator.review.sides import Side

ROUNDS = 5
CHANGED = 100  # prefixes of the other list that are others


class Seconds(NamedTuple):
    """CPU seconds of reading both sites, of a first explanation, and of a comparison: of the sites, and of the files rendered from them."""

    read: float
    explain: float
    diff: float
    diff_rules: float


def write_other(folder: Path) -> Path:
    """The same site with another order of its list, and some prefixes of it replaced."""
    lines = (folder / "prefixes.txt").read_text(encoding="utf-8").split()
    others = [f"192.88.{number // 256}.{number % 256}" for number in range(0, 2 * CHANGED, 2)]
    (folder / "others.txt").write_text("\n".join([*reversed(lines[:-CHANGED]), *others, ""]), encoding="utf-8")
    site = (folder / "site.yaml").read_text(encoding="utf-8")
    (folder / "other.yaml").write_text(site.replace("prefixes.txt", "others.txt"), encoding="utf-8")
    return folder / "other.yaml"


def best(work: Callable[[], object]) -> float:
    """The CPU seconds of the best round."""
    seconds = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return min(seconds)


def open_both(old: Path, new: Path) -> tuple[Side, Side]:
    """Two sides.

    Raises:
        RuntimeError: one can't be read.
    """
    report = Report()
    sides = open_sides(str(old), str(new), (), report)
    if sides is None:
        raise RuntimeError(report.findings)
    return sides


def explain_once(site: Path) -> float:
    """The CPU seconds of a first explanation, with everything that is indexed for it."""
    compiled = open_site(str(site), (), Report())
    if compiled is None:
        raise RuntimeError(site)
    return best(lambda: ask(compiled.plan, index_places(compiled), "203.0.113.9", "imaps"))


def measure(folder: Path, rendered: tuple[Path, Path]) -> Seconds:
    """Everything, for the site of a folder and the other one beside it.

    Raises:
        AssertionError: the comparison is wrong.
    """
    old, new = folder / "site.yaml", folder / "other.yaml"
    sites, rules = open_both(old, new), open_both(*rendered)
    if {compare_sides(*sites).verdict, compare_sides(*rules).verdict} != {Verdict.BOTH}:
        raise AssertionError("some prefixes were replaced")
    return Seconds(
        best(lambda: open_both(old, new)), explain_once(old), best(lambda: compare_sides(*sites)), best(lambda: compare_sides(*rules))
    )


if __name__ == "__main__":
    first, second, third = map(Path, sys.argv[1:])
    print(*measure(first, (second, third)))
