"""Rules that were rendered and read back say what their sites say, so they differ where the sites do."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings

from generator.diagnostics import Report
from generator.net import Family
from generator.net.runs import Runs, unite_runs
from generator.pipeline import compile_sites, render_sites
from generator.review.diff import Difference, Verdict
from generator.review.difference import compare_sides, open_sides
from generator.review.picture import State
from tests.scale import scaled
from tests.support.sites import RandomConnector, RandomSite, sites

TARGETS = ["iptables", "nftables"]


def render(site: RandomSite, folder: Path) -> tuple[Path, Path]:
    """The file of a random site, and the folder that it is rendered to."""
    folder.mkdir()
    path, report = site.write(folder), Report()
    artifacts = render_sites(compile_sites([str(path)], (), report), TARGETS, (), report)
    assert artifacts, report.findings
    for artifact in artifacts:
        target = folder / "out" / artifact.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(artifact.data)
    return path, folder / "out"


def compare(old: Path, new: Path) -> Difference:
    report = Report()
    sides = open_sides(str(old), str(new), (), report)
    assert sides is not None, report.findings
    return compare_sides(*sides)


def gained(difference: Difference, before: State, after: State) -> dict[tuple[str, Family], Runs]:
    """The sources that went from one state to another, by service and family."""
    found: dict[tuple[str, Family], Runs] = {}
    for change in difference.changes:
        if (change.before, change.after) == (before, after):
            key = (change.service, change.family)
            found[key] = unite_runs(found.get(key, ()), change.sources)
    return found


@settings(max_examples=scaled(400), deadline=None)
@given(sites())
def test_a_site_and_its_files_are_the_same(site: RandomSite) -> None:
    with TemporaryDirectory() as scratch:
        path, out = render(site, Path(scratch) / "one")

        difference = compare(path, out)

    assert (difference.verdict, difference.changes, difference.left_out) == (Verdict.SAME, (), ())


# The guard of the second closes nothing, so it says nothing of anybody.
@example(
    RandomSite((RandomConnector("one", ("imap",), ("192.0.2.0/24",), None, 1),), (), (("smtp", "{mode: allowlist, exclusive: true}"),)),
    RandomSite((RandomConnector("one", ("smtp",), ("2001:db8::/48",), None, 1),), (), ()),
)
@settings(max_examples=scaled(400), deadline=None)
@given(sites(), sites())
def test_whoever_a_site_closes_out_and_the_other_s_files_let_in_has_gained(one: RandomSite, other: RandomSite) -> None:
    with TemporaryDirectory() as scratch:
        (old, _), (new, out) = render(one, Path(scratch) / "one"), render(other, Path(scratch) / "two")

        between_sites, beside_files = compare(old, new), compare(old, out)

    common = one.services & other.services
    closed_and_open = (State.CLOSED, State.OPEN)
    assert {key: runs for key, runs in gained(beside_files, *closed_and_open).items() if key[0] in common} == gained(
        between_sites, *closed_and_open
    )
