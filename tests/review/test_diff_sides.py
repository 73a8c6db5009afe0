"""What a side of `gatepost diff` can be, and what is told of one that is something else."""

import json
from pathlib import Path

import pytest

from generator.diagnostics import Report
from generator.review.folders import find_parts
from tests.review.diffing import DUMP, IMAPS, folder, render
from tests.support.cli import SITE, gatepost

__all__ = ["folder"]


def test_a_file_that_speaks_of_nobody_is_no_answer(folder: Path) -> None:
    render(SITE, "out", "postfix")
    limits = "out/acme/postfix/submissions.limits.cidr"

    done = gatepost("diff", "acme.yaml", limits)

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(f"{limits}:1:1: error[AUD080]: `{limits}` says nothing of who gets in\n")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (DUMP.replace(IMAPS, f"# für HubSpot\n{IMAPS}").encode("latin-1"), "YML006"),
        (DUMP.encode("utf-16"), "YML007"),
        (DUMP.replace(IMAPS, f"# \x1b[2J\n{IMAPS}").encode(), "YML"),
        (DUMP.encode() + b"#" * (32 << 20), "YML"),
    ],
    ids=["latin-1", "utf-16", "escape", "long"],
)
def test_rules_of_a_folder_that_can_t_be_read_are_not_left_out(data: bytes, code: str, folder: Path) -> None:
    Path("dumps").mkdir()
    Path("dumps", "v6.rules").write_text(
        DUMP.replace("198.51.100.0/25", "2001:db8::/32").replace("203.0.113.7/32", "::1"), encoding="utf-8"
    )
    Path("dumps", "v4.rules").write_bytes(data)

    done = gatepost("diff", "dumps", "dumps")

    assert (done.status, done.out) == (1, "")
    assert f"error[{code}" in done.err


def test_a_folder_that_can_t_be_listed_is_not_left_out(folder: Path) -> None:
    report = Report()

    find_parts(folder / "gone", report)

    assert [finding.message for finding in report.findings] == [f"`{folder}/gone` cannot be read: no such file or directory"]


def test_a_picture_in_a_folder_of_rules_is_no_mistake(folder: Path) -> None:
    Path("dumps").mkdir()
    Path("dumps", "v4.rules").write_text(DUMP, encoding="utf-8")
    Path("dumps", "plan.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")

    assert gatepost("diff", "old.rules", "dumps").status == 0


def test_a_file_that_is_nothing_is_told(folder: Path) -> None:
    Path("notes.txt").write_text("call Bob\n", encoding="utf-8")

    done = gatepost("diff", "acme.yaml", "notes.txt")

    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("notes.txt:1:1: error[AUD080]: what this file is can't be told\n")


def test_a_folder_without_rules_is_told(folder: Path) -> None:
    Path("empty").mkdir()

    assert "empty:1:1: error[AUD080]: no file in `empty` holds rules that can be read\n" in gatepost("diff", "acme.yaml", "empty").err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("gatepost.plan/1", "gatepost.plan/2", "the plan is a `gatepost.plan/2`, not a `gatepost.plan/1`"),
        ('"sources": [', '"sources": ["192.0.2.999", ', "this is no whole `gatepost.plan/1`: a value is not of its form"),
        ('"connections_needed"', '"connections"', "this is no whole `gatepost.plan/1`: `connections_needed` is missing"),
        ('"ports": [\n        [\n          143,', '"ports": [\n        [\n          100,', "this is no whole `gatepost.plan/1`: a value"),
        ('"inputs": [', '"inputs": ', "the plan is no JSON: "),
    ],
)
def test_a_saved_plan_that_is_not_whole_is_told(old: str, new: str, message: str, folder: Path) -> None:
    saved = gatepost("plan", "acme.yaml", "--format", "json").out
    assert old in saved
    Path("plan.json").write_text(saved.replace(old, new, 1), encoding="utf-8")

    done = gatepost("diff", "acme.yaml", "plan.json")

    assert (done.status, done.out) == (1, "")
    assert f"plan.json:1:1: error[AUD081]: {message}" in done.err


def test_networks_for_nobody_are_not_passed_over(folder: Path) -> None:
    done = gatepost("diff", "acme.yaml", "acme.yaml", "--network", "192.0.2.77")

    assert (done.status, done.out) == (1, "")
    assert "error[PLN063]: `--network` goes with a bare connector, and neither side is one\n" in done.err


def test_a_saved_plan_whose_keys_were_sorted_is_the_same(folder: Path) -> None:
    saved = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)
    Path("plan.json").write_text(json.dumps(saved, sort_keys=True), encoding="utf-8")

    assert gatepost("diff", "plan.json", "acme.yaml").status == 0


def test_a_saved_plan_is_the_same_as_its_site(folder: Path) -> None:
    Path("plan.json").write_text(gatepost("plan", "acme.yaml", "--format", "json").out, encoding="utf-8")

    assert gatepost("diff", "plan.json", "acme.yaml").out == "old  plan.json\nnew  acme.yaml\nsame: the same addresses get in\n"


def test_a_saved_plan_comes_by_standard_input_too(folder: Path) -> None:
    saved = gatepost("plan", "acme.yaml", "--format", "json").out

    assert gatepost("diff", "acme.yaml", "-", given=saved).status == 0


def test_a_site_comes_by_standard_input_too(folder: Path) -> None:
    assert gatepost("diff", "acme.yaml", "-", given=SITE).status == 0


def test_both_sides_can_t_be_standard_input(folder: Path) -> None:
    assert gatepost("diff", "-", "-", given=SITE).status == 2


def test_a_bare_connector_is_a_side(folder: Path) -> None:
    done = gatepost("diff", "acme.yaml", "./crm.yaml", "--network", "198.51.100.10")

    assert "\n- crm no longer gets in\n" in done.out


def test_a_site_with_a_mistake_is_not_compared(folder: Path) -> None:
    Path("new.yaml").write_text(SITE.replace("203.0.113.0/28", "203.0.113.1/28"), encoding="utf-8")

    done = gatepost("diff", "acme.yaml", "new.yaml")

    assert (done.status, done.out) == (1, "")
    assert "new.yaml:9:9: error[NET002]" in done.err
