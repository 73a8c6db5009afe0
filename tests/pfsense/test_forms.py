"""Every form of a target's output puts the same objects on the firewall."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings

from tests.pfsense import arrays
from tests.pfsense.documents import OPNSENSE, PFSENSE
from tests.pfsense.foreign import backups
from tests.pfsense.product import merge, ours, read_api, read_rest, read_session, render
from tests.pfsense.random_sites import Case, cases
from tests.scale import scaled
from tests.support.pfsense import play


@settings(max_examples=scaled(100))
@given(cases())
def test_all_forms_for_pfsense_say_the_same(case: Case) -> None:
    with TemporaryDirectory() as folder:
        site = case.write(Path(folder))
        files, merged = render(site, "pfsense"), merge(site, "pfsense", PFSENSE)

    assert read_session(files["playback.txt"]) == ours("pfsense", merged, "random")
    assert read_rest(files["rest.json"]) == ours("pfsense", merged, "random")


@settings(max_examples=scaled(100))
@given(cases())
def test_all_forms_for_opnsense_say_the_same(case: Case) -> None:
    with TemporaryDirectory() as folder:
        site = case.write(Path(folder))
        files, merged = render(site, "opnsense"), merge(site, "opnsense", OPNSENSE)

    assert read_api(files["api.json"]) == ours("opnsense", merged, "random")


@settings(max_examples=scaled(100))
@given(cases(), cases(), backups())
def test_a_session_played_by_php_leaves_what_a_merge_leaves(case: Case, earlier: Case, backup: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        before = merge(earlier.write(folder), "pfsense", backup)
        site = case.write(folder)
        files, merged, removed = render(site, "pfsense"), merge(site, "pfsense", before), merge(site, "pfsense", before, "--remove")
        played = play(files["playback.txt"], arrays.read(before), folder)
        undone = play(files["playback-undo.txt"], played.config, folder)

    assert played.status == undone.status == 0
    assert played.config == arrays.read(merged)
    assert undone.config == arrays.read(removed)
