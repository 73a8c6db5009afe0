"""What a server gets to hear, word for word: no more connections than told, one try of the password, and nothing that changes a mailbox."""

from collections.abc import Iterator

import pytest

from tests.preflight.lab import PreflightLab
from tests.preflight.running import Outcome, run_row
from tests.preflight.scenarios import Row

CHANGING = {
    "SELECT",
    "APPEND",
    "STORE",
    "COPY",
    "MOVE",
    "EXPUNGE",
    "CREATE",
    "DELETE",
    "RENAME",
    "SUBSCRIBE",
    "FETCH",
    "SETACL",
    "SETMETADATA",
}
SENDING = {"RCPT", "DATA", "BDAT", "VRFY", "EXPN", "ETRN", "TURN"}
LOGIN_WORDS = {"LOGIN", "AUTHENTICATE", "AUTH"}


def commands(heard: list[list[str]]) -> Iterator[str]:
    """The command words of every connection: an IMAP command comes after its tag."""
    for line in (line for connection in heard for line in connection):
        words = line.upper().split()
        yield next((word for word in words[:2] if word.isalpha() and len(word) > 1), "")


def listen(lab: PreflightLab, options: str, *names: str, guess: str = "") -> tuple[Outcome, dict[str, list[list[str]]]]:
    """Run it, and tell what each of the peers heard meanwhile."""
    for name in names:
        lab.start(name)
    before = {name: len(lab.listeners[name].heard) for name in names}
    outcome = run_row(Row("", options, guess=guess), lab)
    return outcome, {name: lab.listeners[name].heard[count:] for name, count in before.items()}


def connections_told(outcome: Outcome) -> list[int]:
    return [endpoint["connections_made"] for endpoint in outcome.report["endpoints"]]


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ("--imap plain-imap:993", "plain-imap"),
        ("--imap plain-imap-starttls:143", "plain-imap-starttls"),
        ("--smtp plain-smtp:465", "plain-smtp"),
        ("--smtp plain-smtp-starttls:587", "plain-smtp-starttls"),
        ("--smtp plain-smtp:465 --login", "plain-smtp"),
    ],
)
def test_a_good_server_sees_one_connection(options: str, name: str, preflight_lab: PreflightLab) -> None:
    outcome, heard = listen(preflight_lab, options, name)

    assert (len(heard[name]), connections_told(outcome)) == (1, [1])


@pytest.mark.parametrize(
    "name", ["plain-imap", "says-nothing", "closes-on-hello", "s-tls13", "resets-in-handshake", "alert-internal-error"]
)
def test_the_connections_that_are_told_are_those_that_were_made(name: str, preflight_lab: PreflightLab) -> None:
    port = "143" if name in ("says-nothing", "resets-in-handshake") else "993"

    outcome, heard = listen(preflight_lab, f"--imap {name}:{port} --timeout 3", name)

    assert connections_told(outcome) == [len(heard[name])]


def test_five_connections_log_in_once_each(preflight_lab: PreflightLab) -> None:
    outcome, heard = listen(preflight_lab, "--imap plain-imap:993 --login", "plain-imap")

    logins = [sum(word in LOGIN_WORDS for word in commands([connection])) for connection in heard["plain-imap"]]
    assert (logins, connections_told(outcome)) == ([1, 1, 1, 1, 1], [5])


def test_a_refused_imap_login_is_tried_once_and_spares_smtp(preflight_lab: PreflightLab) -> None:
    options = "--imap login-refused:993 --smtp plain-smtp:465 --login"

    _, heard = listen(preflight_lab, options, "login-refused", "plain-smtp")

    tried = {name: sum(word in LOGIN_WORDS for word in commands(lines)) for name, lines in heard.items()}
    assert tried == {"login-refused": 1, "plain-smtp": 0}


@pytest.mark.parametrize("name", ["login-bye", "login-closed", "login-unavailable"])
def test_a_login_that_fails_is_tried_once(name: str, preflight_lab: PreflightLab) -> None:
    _, heard = listen(preflight_lab, f"--imap {name}:993 --login", name)

    assert sum(word in LOGIN_WORDS for word in commands(heard[name])) == 1


def test_a_refused_smtp_login_is_tried_once(preflight_lab: PreflightLab) -> None:
    _, heard = listen(preflight_lab, "--smtp smtp-535:465 --login", "smtp-535")

    assert sum(word in LOGIN_WORDS for word in commands(heard["smtp-535"])) == 1


def test_nothing_is_changed_and_nothing_sent(preflight_lab: PreflightLab) -> None:
    _, heard = listen(preflight_lab, "--imap plain-imap:993 --smtp plain-smtp:465 --login", "plain-imap", "plain-smtp")

    assert not (CHANGING | SENDING) & {word for lines in heard.values() for word in commands(lines)}


def test_a_sender_is_taken_back_and_everybody_says_goodbye(preflight_lab: PreflightLab) -> None:
    _, heard = listen(preflight_lab, "--imap plain-imap:993 --smtp plain-smtp:465 --login", "plain-imap", "plain-smtp")

    smtp = [word for word in commands(heard["plain-smtp"]) if word in {"MAIL", "RSET", "QUIT"}]
    assert smtp == ["MAIL", "RSET", "QUIT"]
    assert [list(commands([connection]))[-1] for connection in heard["plain-imap"]] == ["LOGOUT"] * 5


def test_no_password_goes_where_tls_did_not_begin(preflight_lab: PreflightLab) -> None:
    _, heard = listen(
        preflight_lab, "--imap no-starttls:143 --smtp starttls-injected-smtp:587 --login", "no-starttls", "starttls-injected-smtp"
    )

    assert not LOGIN_WORDS & {word for lines in heard.values() for word in commands(lines)}


def test_no_password_goes_to_a_server_with_another_s_certificate(preflight_lab: PreflightLab) -> None:
    names = ("plain-but-wrong", "plain-smtp-but-wrong")

    _, heard = listen(preflight_lab, "--imap plain-but-wrong:993 --smtp plain-smtp-but-wrong:465 --login --connections", *names)

    assert not LOGIN_WORDS & {word for lines in heard.values() for word in commands(lines)}
