"""A difference is what the two sites say of every address, and nothing else: however they are written."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.net import parse_prefix
from generator.net.runs import has_number
from generator.review.diff import Change, Difference, Verdict
from generator.review.difference import compare_sides, open_sides
from generator.review.picture import State
from tests.scale import scaled
from tests.support.sites import RandomSite, edges, sites


def compare(old: RandomSite, new: RandomSite, *, shuffle: int | None = None) -> Difference:
    """Two random sites, compared from their files; `shuffle` writes the second in another order."""
    with TemporaryDirectory() as scratch:
        for name in ("old", "new"):
            Path(scratch, name).mkdir()
        before = old.write(Path(scratch, "old"))
        after = new.write(Path(scratch, "new"), shuffle=shuffle)
        report = Report()
        sides = open_sides(str(before), str(after), (), report)
        assert sides is not None, report.findings
        return compare_sides(*sides)


def state(site: RandomSite, address: str, service: str) -> State:
    """What a site says of one address, by the words of the design and nothing cleverer."""
    if service not in site.services:
        return State.UNTOUCHED
    if site.allows(address, service):
        return State.OPEN
    return State.CLOSED if site.closes(service) else State.UNTOUCHED


def steps(difference: Difference, address: str, service: str) -> set[tuple[State, State]]:
    """What a difference says of one address."""
    prefix = parse_prefix(address)

    def speaks(change: Change) -> bool:
        return change.service == service and change.family is prefix.family and has_number(change.sources, prefix.first)

    return {(change.before, change.after) for change in difference.changes if speaks(change) and change.before is not change.after}


def expected(old: RandomSite, new: RandomSite, address: str, service: str) -> set[tuple[State, State]]:
    before, after = state(old, address, service), state(new, address, service)
    return set() if before is after else {(before, after)}


@settings(max_examples=scaled(1000), deadline=None)
@given(sites(), sites())
def test_every_address_is_told_of_that_another_thing_happens_to_and_no_other(old: RandomSite, new: RandomSite) -> None:
    difference = compare(old, new)
    asked = [(address, service) for address in [*edges(old), *edges(new)] for service in old.services | new.services]

    assert {pair: steps(difference, *pair) for pair in asked} == {pair: expected(old, new, *pair) for pair in asked}


@settings(max_examples=scaled(600), deadline=None)
@given(sites(), st.integers(0, 1000))
def test_another_order_of_every_list_is_no_difference(site: RandomSite, seed: int) -> None:
    assert compare(site, site, shuffle=seed).is_same


@settings(max_examples=scaled(600), deadline=None)
@given(sites(), sites())
def test_the_way_back_gives_what_was_taken(old: RandomSite, new: RandomSite) -> None:
    there, back = compare(old, new), compare(new, old)
    opposite = {Verdict.WIDER: Verdict.NARROWER, Verdict.NARROWER: Verdict.WIDER}

    assert back.verdict is opposite.get(there.verdict, there.verdict)
    assert {(change.before, change.after, change.family, change.sources) for change in _moved(there)} == {
        (change.after, change.before, change.family, change.sources) for change in _moved(back)
    }


def _moved(difference: Difference) -> list[Change]:
    return [change for change in difference.changes if change.before is not change.after]
