"""fwshift, another reader of both configurations, run as a program from an environment of its own: it is GPL and never imported."""

import json
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.house.tree import ROOT

PROGRAM = ROOT / "build" / "fwshift" / "bin" / "fwshift"


class Difference(NamedTuple):
    """Connections whose verdict differs, between two zones."""

    origin: str
    target: str
    change: str  # opened, closed: seen from the first to the second
    certain: bool
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    services: tuple[str, ...]


def compare(first: str, second: str, kind: str, folder: Path) -> list[Difference]:
    """Every difference between two configurations of one kind."""
    paths = [folder / "first.xml", folder / "second.xml"]
    for path, text in zip(paths, (first, second), strict=True):
        path.write_text(text, encoding="utf-8")
    done = run("compare", "--from", kind, "--json", *map(str, paths))
    assert done.returncode in {0, 3}, done.stderr
    report = json.loads(done.stdout)
    # What fwshift could not follow to the end would be a hole in the comparison.
    assert report["not_followed_in_detail"] == []
    found = [_difference(entry, connection) for entry in report["differences"] for connection in entry["connections"]]
    assert report["equivalent"] == (found == [])
    return found


def inspect(text: str, kind: str, folder: Path) -> str:
    """What fwshift says about one configuration."""
    path = folder / "config.xml"
    path.write_text(text, encoding="utf-8")
    done = run("inspect", "--from", kind, str(path))
    assert done.returncode == 0, done.stderr
    return done.stdout


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program; where it is missing, tell how it gets there."""
    assert PROGRAM.exists(), "fwshift is missing: run .ci/fwshift, which make test does"
    return subprocess.run([str(PROGRAM), *arguments], capture_output=True, text=True, check=False)


def _difference(entry: dict[str, object], connection: dict[str, list[str]]) -> Difference:
    return Difference(
        origin=str(entry["from"]),
        target=str(entry["to"]),
        change=str(entry["change"]),
        certain=bool(entry["certain"]),
        sources=tuple(connection["sources"]),
        destinations=tuple(connection["destinations"]),
        services=tuple(connection["services"]),
    )
