"""Real servers and bad peers, each with the verdict of every check. The tables are in scenarios/."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.mail.lab import TRIXIE, MissingRelease, find_root
from tests.preflight.lab import PreflightLab
from tests.preflight.running import run_row
from tests.preflight.scenarios import SCENARIOS, Row
from tests.preflight.scenarios.certificates import CERTIFICATES
from tests.preflight.scenarios.real import REAL
from tests.preflight.scenarios.row import expected_checks
from tests.scale import LONG

NEWER = [row for row in REAL if "dovecot" in row.name or "postfix" in row.name] + (list(CERTIFICATES) if LONG else [])
GRACE_SECONDS = 2.0  # on a busy machine
ROWS = [row for row in SCENARIOS if LONG or not row.long]


def told(report: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """What a report says of each service, but for what passed; and what it says of the domain."""
    said: dict[str, dict[str, str]] = {"imap": {}, "smtp": {}}
    for endpoint in report["endpoints"]:
        checks = endpoint["checks"]
        said[endpoint["application"]] |= {check["id"]: check["status"] for check in checks if check["status"] != "pass"}
    said["report"] = {check["id"]: check["status"] for check in report["checks"] if check["id"] != "reminder"}
    return said


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_check_says_what_it_must_and_in_time(row: Row, preflight_lab: PreflightLab) -> None:
    outcome = run_row(row, preflight_lab)

    assert (outcome.status, told(outcome.report)) == (row.status, expected_checks(row))
    assert outcome.report["seconds"] < outcome.timeout + GRACE_SECONDS


@pytest.fixture(scope="module")
def trixie_lab() -> Iterator[PreflightLab]:
    """Debian 13's Dovecot 2.4 and Postfix 3.10."""
    try:
        find_root(TRIXIE)
    except MissingRelease as why:
        pytest.skip(f"Debian 13's Postfix 3.10 and Dovecot 2.4: {why}")
    with PreflightLab(TRIXIE) as lab:
        yield lab


@pytest.mark.parametrize("row", NEWER, ids=str)
def test_every_check_says_the_same_of_newer_servers(row: Row, trixie_lab: PreflightLab) -> None:
    outcome = run_row(row, trixie_lab)

    assert (outcome.status, told(outcome.report)) == (row.status, expected_checks(row))
