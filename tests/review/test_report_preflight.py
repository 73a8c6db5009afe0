"""A saved preflight in a report: everything that was seen, or a finding that says why not."""

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest

from generator.diagnostics import Report
from generator.plan import Plan, Server
from generator.review.report_preflight import load_preflight
from tests.review.report_pages import PREFLIGHT, make, read
from tests.review.report_sites import TODAY, write_full
from tests.support.cli import gatepost

PLAN: Final = Plan("acme", Server("", "", (), "TLSv1.2"), (), (), (), 0, ())


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_full(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_check_of_a_preflight_is_on_the_page(full: Path) -> None:
    document: dict[str, Any] = json.loads(PREFLIGHT.read_text(encoding="utf-8"))
    checks = [check for endpoint in document["endpoints"] for check in endpoint["checks"]]

    words = read(make(full, "--preflight", PREFLIGHT)).words("preflight")

    assert [check["title"] for check in checks if f"{check['status']} {check['title']}" not in words] == []
    assert "not ready: the connector will fail" in words
    assert "What no connection can show a box to tick" in words


def test_a_preflight_that_failed_is_in_the_first_sentence(full: Path) -> None:
    assert "The server has to be mended first: 1 note. Open to everybody: submission. Preflight of Example CRM" in read(
        make(full, "--preflight", PREFLIGHT)
    ).words("")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "this is no `gatepost.preflight/1`"),
        ("[1]", "this is no `gatepost.preflight/1`"),
        ("{", "this is no whole `gatepost.preflight/1`: it is no JSON"),
        ('{"schema": "gatepost.preflight/1"}', "this is no whole `gatepost.preflight/1`: `verdict` is missing"),
        ('{"schema": "gatepost.preflight/1", "verdict": []}', "this is no whole `gatepost.preflight/1`: a value is not of its form"),
        (
            '{"schema": "gatepost.preflight/1", "verdict": "splendid"}',
            "this is no whole `gatepost.preflight/1`: a value is not of its form",
        ),
        ("[" * 100_000, "this is no whole `gatepost.preflight/1`: a value is not of its form"),
    ],
)
def test_a_preflight_that_is_none_is_a_finding(text: str, message: str, full: Path) -> None:
    (full / "preflight.json").write_text(text, encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json")

    assert (done.status, done.out) == (1, "")
    assert f"preflight.json:1:1: error[AUD090]: {message}\n" in done.err


def test_no_value_of_a_preflight_of_another_form_breaks_the_report(tmp_path: Path) -> None:
    document = json.loads(PREFLIGHT.read_text(encoding="utf-8"))
    changed = [_replaced(document, place, value) for place in _places(document) for value in (None, 1, "x", [], {}, [None], {"a": None})]

    told = [_outcome(tmp_path / "one.json", json.dumps(one)) for one in changed]

    assert len(told) > 500
    assert [(one, outcome) for one, outcome in zip(changed, told, strict=True) if outcome not in {("page", False), ("no page", True)}] == []


def _outcome(path: Path, text: str) -> tuple[str, bool]:
    """Whether a preflight could be shown, and whether an error was told."""
    path.write_text(text, encoding="utf-8")
    report = Report()
    shown = load_preflight(str(path), PLAN, date(2026, 11, 23), report)
    return ("page" if shown else "no page", report.has_errors)


def _places(value: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a document; of a list, its first item alone."""
    items: list[tuple[Any, object]] = []
    if isinstance(value, dict):
        items = list(value.items())
    if isinstance(value, list):
        items = list(enumerate(value))[:1]
    return [above, *(place for key, part in items for place in _places(part, (*above, key)))]


def _replaced(document: Any, place: tuple[Any, ...], value: object) -> Any:
    if not place:
        return value
    copy: Any = document.copy()
    copy[place[0]] = _replaced(document[place[0]], place[1:], value)
    return copy


def test_a_preflight_of_another_site_is_told(full: Path) -> None:
    (full / "preflight.json").write_text(
        PREFLIGHT.read_text(encoding="utf-8").replace('"site": "acme"', '"site": "other"'), encoding="utf-8"
    )

    done = gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json")

    assert done.status == 0
    assert "warning[AUD091]: the preflight is of the site `other`, and the report of `acme`" in done.err
    assert "AUD091" in read(done.out).words("findings")


def test_a_server_is_not_to_be_mended_for_a_preflight_of_another_one(full: Path) -> None:
    text = PREFLIGHT.read_text(encoding="utf-8").replace('"site": "acme"', '"site": "other"')
    (full / "preflight.json").write_text(text, encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json")

    assert "not ready: the connector will fail" in done.out
    assert "The server has to be mended first" not in done.out


def test_a_preflight_for_a_connector_that_the_site_has_not_is_told(full: Path) -> None:
    (full / "preflight.json").write_text(PREFLIGHT.read_text(encoding="utf-8").replace('"name": "crm"', '"name": "erp"'), encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json")

    assert "warning[AUD091]: the preflight is of the connector `erp`, which `acme` does not let in" in done.err


@pytest.mark.parametrize("host", ["mail.example.net", "imap.example.org.example.net"])
def test_a_preflight_of_another_server_is_told(host: str, full: Path) -> None:
    text = PREFLIGHT.read_text(encoding="utf-8").replace('"site": "acme"', '"site": null')
    (full / "preflight.json").write_text(text.replace('"host": "imap.example.org"', f'"host": "{host}"'), encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json")

    assert f"warning[AUD091]: the preflight is of the server `{host}`, and `acme` names `imap.example.org`" in done.err


@pytest.mark.parametrize("host", ["imap.example.org", "IMAP.Example.org."])
def test_a_preflight_of_the_named_server_is_that_of_the_site(host: str, full: Path) -> None:
    text = PREFLIGHT.read_text(encoding="utf-8").replace('"site": "acme"', '"site": null')
    (full / "preflight.json").write_text(text.replace('"host": "imap.example.org"', f'"host": "{host}"'), encoding="utf-8")

    assert "AUD091" not in gatepost("report", "acme.yaml", "--today", TODAY, "--preflight", "preflight.json").err


def test_an_error_of_the_site_comes_before_a_server_that_is_not_ready(full: Path) -> None:
    done = gatepost("report", "acme.yaml", "--today", "2027-07-01", "--preflight", PREFLIGHT)

    assert "Not to be applied as it is: 1 error, 1 note. Open to everybody: submission. Preflight of" in read(done.out).words("")


def test_an_old_preflight_shows_its_age(full: Path) -> None:
    done = gatepost("report", "acme.yaml", "--today", "2026-12-01", "--preflight", PREFLIGHT)

    assert "when 2026-11-23T09:30:00+00:00, 8 days before this report" in read(done.out).words("preflight")
    assert "not ready: the connector will fail (seen 8 days ago)." in read(done.out).words("")
