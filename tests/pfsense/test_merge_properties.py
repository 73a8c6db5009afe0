"""Laws of `gatepost merge` for random sites: the plan for the mail server, everything else as it was."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from tests.pfsense import checker_opnsense, checker_pfsense_rules, read_opnsense, read_pfsense
from tests.pfsense.documents import OPNSENSE, TABLES
from tests.pfsense.foreign import backups, not_ours, places
from tests.pfsense.product import merge
from tests.pfsense.random_sites import Case, cases, plan_of
from tests.pfsense.world import disagreements
from tests.scale import scaled


@settings(max_examples=scaled(300))
@given(cases(), backups())
def test_pfsense_judges_as_the_plan_says_and_otherwise_as_before(case: Case, backup: str) -> None:
    with TemporaryDirectory() as folder:
        site = case.write(Path(folder))
        plan, merged = plan_of(site), merge(site, "pfsense", backup)

    assert checker_pfsense_rules.check(merged) == []
    before, after = (read_pfsense.load(text, tables=TABLES) for text in (backup, merged))
    assert disagreements(plan, before, after, entrances=case.interfaces) == []


@settings(max_examples=scaled(300))
@given(cases())
def test_opnsense_judges_as_the_plan_says_and_otherwise_as_before(case: Case) -> None:
    with TemporaryDirectory() as folder:
        site = case.write(Path(folder))
        plan, merged = plan_of(site), merge(site, "opnsense", OPNSENSE)

    assert checker_opnsense.check(merged) == []
    before, after = (read_opnsense.load(text, tables=TABLES) for text in (OPNSENSE, merged))
    assert disagreements(plan, before, after, entrances=case.interfaces) == []


@settings(max_examples=scaled(200))
@given(cases(), cases(), backups())
def test_merging_again_gives_the_same_bytes_whatever_was_there_of_the_site(case: Case, earlier: Case, backup: str) -> None:
    with TemporaryDirectory() as folder:
        older = merge(earlier.write(Path(folder)), "pfsense", backup)
        site = case.write(Path(folder))
        once, over_older = merge(site, "pfsense", backup), merge(site, "pfsense", older)
        twice = merge(site, "pfsense", once)
        without = merge(site, "pfsense", once, "--remove")

    assert twice == once
    assert over_older == once
    assert without == backup


@settings(max_examples=scaled(200))
@given(cases(), backups())
def test_everything_else_stays_and_separators_stay_where_they_are_among_it(case: Case, backup: str) -> None:
    with TemporaryDirectory() as folder:
        merged = merge(case.write(Path(folder)), "pfsense", backup)

    assert not_ours(merged) == not_ours(backup)
    assert places(merged) == places(backup)


@settings(max_examples=scaled(300))
@given(cases(), cases())
def test_opnsense_keeps_everything_else_and_forgets_an_earlier_version(case: Case, earlier: Case) -> None:
    with TemporaryDirectory() as folder:
        older = merge(earlier.write(Path(folder)), "opnsense", OPNSENSE)
        site = case.write(Path(folder))
        once, over_older = merge(site, "opnsense", OPNSENSE), merge(site, "opnsense", older)
        twice, without = merge(site, "opnsense", once), merge(site, "opnsense", once, "--remove")

    assert not_ours(once) == not_ours(OPNSENSE)
    assert twice == once
    assert over_older == once
    assert without == OPNSENSE
