"""What is printed, byte for byte, and what a server can do to it: nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import jsonschema
import pytest

from generator import __version__
from generator.cli.preflight_markdown import preflight_markdown
from generator.preflight.document import preflight_document
from generator.preflight.outcome import Preflight
from generator.preflight.result import Check, Status
from generator.preflight.text import preflight_text
from tests.house.tree import ROOT
from tests.preflight.values import EVERY_KIND, IMAPS, INFO, endpoint_report, preflight

GOLDEN: Final = Path(__file__).parent / "golden"
SCHEMA: Final = json.loads((ROOT / "docs" / "schemas" / "preflight-1.schema.json").read_text(encoding="utf-8"))
NASTY: Final = "\\x1b[31m | `` <script>alert(1)</script> [x](http://x.example.org) **b** \\x00"


def text(result: Preflight) -> str:
    return preflight_text(result, lambda _kind, words: words, 100, verbose=False)


def verbose_text(result: Preflight) -> str:
    return preflight_text(result, lambda kind, words: f"<{kind}>{words}</>", 100, verbose=True)


def markdown(result: Preflight) -> str:
    return preflight_markdown(result, verbose=True).replace(__version__, "VERSION")


def document(result: Preflight) -> str:
    tool = {"name": "gatepost", "version": "x", "python": "x", "openssl": "x"}
    return json.dumps({**preflight_document(result, verbose=True), "tool": tool}, indent=2) + "\n"


@pytest.mark.parametrize(
    ("name", "form"), [("report.txt", text), ("verbose.txt", verbose_text), ("markdown.txt", markdown), ("report.json", document)]
)
def test_the_report_is_the_golden_one(name: str, form: Callable[[Preflight], str]) -> None:
    assert form(EVERY_KIND) == (GOLDEN / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("verbose", [True, False])
def test_the_document_satisfies_its_schema(verbose: bool) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(preflight_document(EVERY_KIND, verbose=verbose))


def test_the_transcript_is_there_only_if_asked_for() -> None:
    assert "LOGIN" not in json.dumps(preflight_document(preflight(endpoint_report(IMAPS)), verbose=False))


def test_a_server_can_put_no_markup_into_the_ticket() -> None:
    info = INFO._replace(greeting=NASTY, id=NASTY, capabilities=(NASTY,))
    made = markdown(preflight(endpoint_report(IMAPS, Check("greeting", Status.FAIL, NASTY, NASTY, NASTY, NASTY), info=info)))

    rows = [line for line in made.splitlines() if line.startswith("| FAIL")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 4
    assert "<script>" not in rows[0].replace("\\<", "")


def test_many_prefixes_are_cut_in_the_text_and_whole_in_the_document() -> None:
    prefixes = tuple(f"198.51.100.{number}" for number in range(20))
    result = EVERY_KIND._replace(reachability=EVERY_KIND.reachability._replace(prefixes=prefixes))

    assert "198.51.100.7 and 12 more" in " ".join(text(result).split())
    assert json.loads(document(result))["reachability"]["prefixes"] == list(prefixes)


def test_a_narrow_terminal_gets_narrow_lines() -> None:
    checks = [
        Check("greeting", status, "a title of some words", "a detail of some words", "a cure of some words", "words " * 9)
        for status in Status
    ]
    made = preflight_text(preflight(endpoint_report(IMAPS, *checks)), lambda _kind, words: words, 40, verbose=False)

    assert [line for line in made.splitlines() if len(line) > 40] == ["  grep -wE '198\\.51\\.100\\.10' /var/log/mail.log"]


def test_a_vendor_with_many_addresses_gets_no_command_for_the_log() -> None:
    prefixes = tuple(f"198.51.100.{number}" for number in range(40))
    result = EVERY_KIND._replace(reachability=EVERY_KIND.reachability._replace(prefixes=prefixes))

    assert "grep" not in text(result) + markdown(result)
