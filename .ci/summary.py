"""Prints what a test run took, area by area, against the budgets, and what it could not run."""

import os
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

# Seconds on two cores. A folder of tests/ that has no area of its own belongs to the core.
BUDGETS = {"install": 180, "lint": 60, "core": 180, "mail": 120, "clouds": 120, "preflight": 120, "feeds": 60, "review": 120}
AREAS = {
    "mail": "mail",
    "pfsense": "mail",
    "cloud": "clouds",
    "preflight": "preflight",
    "feeds": "feeds",
    "review": "review",
    "prove": "review",
}


def read_phases(path: Path) -> dict[str, float]:
    """The seconds of each phase, from lines `NAME MICROSECONDS`."""
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {name: int(microseconds) / 1e6 for name, microseconds in pairs}


def share_time(suite: ElementTree.Element, wall: float) -> dict[str, float]:
    """The wall time of the tests, shared out to the areas by what their tests took (they ran side by side)."""
    busy: dict[str, float] = defaultdict(float)
    for case in suite.iter("testcase"):
        folder = case.get("classname", "").split(".")[1]
        busy[AREAS.get(folder, "core")] += float(case.get("time", "0"))
    total = sum(busy.values()) or 1.0
    return {area: wall * seconds / total for area, seconds in busy.items()}


def count_results(suite: ElementTree.Element) -> tuple[int, int]:
    """How many tests passed, and how many did not."""
    tests, failures, errors, skipped = (int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped"))
    return tests - failures - errors - skipped, failures + errors


def main(phases_path: Path, junit_path: Path) -> int:
    """Print the table; what was absent comes last, and is a failure under GATEPOST_REQUIRE=all."""
    phases = read_phases(phases_path)
    suite = next(ElementTree.parse(junit_path).iter("testsuite"))
    passed, failed = count_results(suite)
    absent = dict.fromkeys(skip.get("message", "") for skip in suite.iter("skipped"))

    print(f"\n{'area':<12}{'seconds':>8}{'budget':>8}")
    for area, seconds in {"install": phases["install"], "lint": phases["lint"], **share_time(suite, phases["tests"])}.items():
        over = "  over" if seconds > BUDGETS[area] else ""
        print(f"{area:<12}{seconds:>8.0f}{BUDGETS[area]:>8}{over}")
    print(f"\n{passed} passed, {failed} failed")
    for reason in absent:
        print(f"NOT RUN: {reason}")
    return int(bool(absent) and os.environ.get("GATEPOST_REQUIRE") == "all")


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
