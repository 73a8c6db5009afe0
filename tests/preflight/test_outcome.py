"""The verdict over a whole run."""

import pytest

from generator.preflight.outcome import Verdict
from generator.preflight.result import Check, Status
from tests.preflight.values import IMAPS, SUBMISSION, endpoint_report, preflight

PASS = Check("tcp", Status.PASS, "fine")
NOTE = Check("plaintext", Status.NOTE, "well")
SKIP = Check("login", Status.SKIP, "login")
WARN = Check("cert.chain", Status.WARN, "hm")
FAIL = Check("tcp", Status.FAIL, "no")


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((PASS,), Verdict.READY),
        ((PASS, NOTE, SKIP), Verdict.READY),
        ((PASS, WARN), Verdict.WARNINGS),
        ((WARN, FAIL), Verdict.NOT_READY),
    ],
)
def test_the_worst_check_decides(checks: tuple[Check, ...], verdict: Verdict) -> None:
    assert preflight(endpoint_report(IMAPS, *checks)).verdict is verdict


@pytest.mark.parametrize(("first", "second", "verdict"), [(True, True, Verdict.UNTESTED), (True, False, Verdict.NOT_READY)])
def test_nothing_was_tested_if_no_endpoint_was(first: bool, second: bool, verdict: Verdict) -> None:
    reports = (endpoint_report(IMAPS, FAIL, out_of_reach=first), endpoint_report(SUBMISSION, PASS, out_of_reach=second))

    assert preflight(*reports).verdict is verdict


def test_strictly_a_name_in_the_san_alone_is_a_warning() -> None:
    result = preflight(endpoint_report(IMAPS, Check("cert.name", Status.NOTE, "by its SAN"), NOTE)).read_strictly()

    assert [check.status for check in result.every_check] == [Status.WARN, Status.NOTE]
