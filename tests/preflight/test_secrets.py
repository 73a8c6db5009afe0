"""The password is in nothing that the command writes, however the login ends and whatever is asked to be shown."""

import base64
from urllib.parse import quote

import pytest

from tests.mail.lab.people import ALICE, PASSWORDS
from tests.preflight.lab import PreflightLab
from tests.preflight.running import run_row
from tests.preflight.scenarios import Row

OPTIONS = [
    "--imap dovecot:143 --smtp postfix:587 --login",
    "--imap courier:993 --smtp exim:587 --login",
    "--imap cyrus:143 --login",
    "--imap limit-three:993 --login",
    "--imap login-refused:993 --login",
    "--imap echoing:993 --smtp echoing-smtp:465 --login",
    "--imap login-hangs:993 --login --timeout 2",
    "--smtp smtp-535:465 --login",
    "--smtp postfix-sender:587 --login",
]
FORMATS = ["text", "json", "markdown"]


def spellings(password: str) -> list[str]:
    """Everything that is as good as the password: it alone, and in what is said at a login."""
    texts = [password, f"\0{ALICE}\0{password}", f"{ALICE}\0{ALICE}\0{password}"]
    return [password, quote(password), password[::-1], *(base64.b64encode(text.encode()).decode().rstrip("=") for text in texts)]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("form", FORMATS)
def test_no_output_has_the_password(options: str, form: str, preflight_lab: PreflightLab) -> None:
    outcome = run_row(Row("", options), preflight_lab, "--format", form, "--verbose")

    shown = outcome.stdout + outcome.stderr
    assert [spelling for spelling in spellings(PASSWORDS[ALICE]) if spelling in shown] == []
    assert "login" in shown.lower()


@pytest.mark.parametrize("guess", ["pass word", 'quo"te\\d', "ünïcode-päss", "100%{s}$HOME", "a" * 300])
def test_nor_when_the_password_is_odd(guess: str, preflight_lab: PreflightLab) -> None:
    row = Row("", "--imap dovecot:993 --smtp exim:465 --login", guess=guess)

    outcome = run_row(row, preflight_lab, "--format", "json", "--verbose")

    assert outcome.status == 1
    assert [spelling for spelling in spellings(guess) if spelling in outcome.stdout + outcome.stderr] == []
