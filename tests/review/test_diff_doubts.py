"""`gatepost diff` of rules with conditions that can't be judged from outside."""

import json
from pathlib import Path

import pytest

from tests.support.cli import gatepost

IMAPS = "-A INPUT -s 198.51.100.0/25 -p tcp -m tcp --dport 993 -j ACCEPT\n"
DUMP = f"""\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
{IMAPS}COMMIT
"""
RECENT = "-m recent --rcheck --seconds 60 --name mail --rsource "


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a dump."""
    monkeypatch.chdir(tmp_path)
    Path("old.rules").write_text(DUMP, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(("condition", "statuses"), [("-m recent --rcheck --name mail --rsource ", [1, 0, 1, 0]), ("", [0, 0, 0, 0])])
def test_what_can_t_be_judged_is_unknown_and_no_guess(condition: str, statuses: list[int]) -> None:
    Path("new.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-j", f"{condition}-j")), encoding="utf-8")
    words = ("different", "wider", "narrower", "never")

    assert [gatepost("diff", "old.rules", "new.rules", "--fail-on", word).status for word in words] == statuses


DOUBTFUL = IMAPS.replace("-j", f"{RECENT}-j")


@pytest.mark.parametrize(
    ("old", "new", "change", "may"),
    [
        (IMAPS, DOUBTFUL, ("open", "unknown"), (False, True)),
        ("", DOUBTFUL, ("closed", "unknown"), (True, False)),
        (DOUBTFUL, IMAPS, ("unknown", "open"), (True, False)),
        (DOUBTFUL, "", ("unknown", "closed"), (False, True)),
        (DOUBTFUL, DOUBTFUL.replace("60", "600"), ("unknown", "unknown"), (True, True)),
    ],
)
def test_a_doubt_that_comes_or_goes_is_one_change(old: str, new: str, change: tuple[str, str], may: tuple[bool, bool]) -> None:
    Path("one.rules").write_text(DUMP.replace(IMAPS, old), encoding="utf-8")
    Path("two.rules").write_text(DUMP.replace(IMAPS, new), encoding="utf-8")

    found = json.loads(gatepost("diff", "one.rules", "two.rules", "--format", "json").out)

    assert [((one["before"], one["after"]), one["prefixes"]) for one in found["changes"]] == [(change, ["198.51.100.0/25"])]
    assert (found["verdict"], found["may_widen"], found["may_narrow"]) == ("unknown", *may)


def test_what_is_unknown_has_its_reason() -> None:
    Path("new.rules").write_text(DUMP.replace(IMAPS, IMAPS.replace("-j", f"{RECENT}-j")), encoding="utf-8")

    printed = gatepost("diff", "old.rules", "new.rules").out

    assert "\nunknown: a part can't be told\n\n? somebody got in, and may no longer\n" in printed
    assert "recent" in printed.partition("    why   ")[2]


def test_the_same_doubt_on_both_sides_is_no_difference() -> None:
    doubtful = DUMP.replace(IMAPS, IMAPS.replace("-j", "-m recent --rcheck --name mail --rsource -j"))
    Path("one.rules").write_text(doubtful, encoding="utf-8")
    Path("two.rules").write_text(doubtful.replace("[0:0]", "[7:420]"), encoding="utf-8")

    assert gatepost("diff", "one.rules", "two.rules").status == 0


@pytest.mark.parametrize(
    ("condition", "old", "new"),
    [
        (RECENT, "--seconds 60", "--seconds 600"),
        ("-m time --timestart 08:00:00 --timestop 18:00:00 ", "--timestop 18", "--timestop 23"),
        ("-m time --datestop 2026-01-01T00:00:00 ", "--datestop 2026", "--datestop 2036"),
        ("-m statistic --mode random --probability 0.1 ", "--probability 0.1", "--probability 0.9"),
    ],
)
def test_another_doubt_is_a_difference(condition: str, old: str, new: str) -> None:
    doubtful = DUMP.replace(IMAPS, IMAPS.replace("-j", f"{condition}-j"))
    Path("one.rules").write_text(doubtful, encoding="utf-8")
    Path("two.rules").write_text(doubtful.replace(old, new), encoding="utf-8")

    printed = gatepost("diff", "one.rules", "two.rules").out

    assert "\nunknown: a part can't be told\n\n? somebody may get in, for another reason than before\n" in printed
    assert new in printed.partition("    why   ")[2]


@pytest.mark.parametrize("chain", ["", ":MAIL - [0:0]\n"])
def test_a_doubt_that_closes_is_another_than_one_that_opens(chain: str) -> None:
    closing = f"{chain}-A INPUT -p tcp -m tcp --dport 993 {RECENT}-j DROP\n-A INPUT -p tcp -m tcp --dport 993 -j ACCEPT\n"
    opening = f"{chain}-A INPUT -p tcp -m tcp --dport 993 {RECENT}-j ACCEPT\n"
    if chain:
        closing = closing.replace("-j DROP", "-j MAIL") + "-A MAIL -j DROP\n"
        opening = opening.replace("-j ACCEPT", "-j MAIL") + "-A MAIL -j ACCEPT\n"
    Path("one.rules").write_text(DUMP.replace(IMAPS, closing), encoding="utf-8")
    Path("two.rules").write_text(DUMP.replace(IMAPS, opening), encoding="utf-8")

    assert gatepost("diff", "one.rules", "two.rules", "--fail-on", "wider").status == 1
