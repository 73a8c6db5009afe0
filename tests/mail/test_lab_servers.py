"""The mail lab itself: what its clients tell about real servers is true."""

import re
import ssl
from contextlib import ExitStack

import pytest

from tests.mail.lab import ALICE, BOB, CAROL, Dovecot, MailLab, Outcome, Postfix, Reached, Tls, at_once

SOURCES = ("198.51.100.7", "203.0.113.200", "2001:db8:77::7", "127.0.0.1", "::1")
WORLD = ("198.51.100.7", "2001:db8:77::7")
GUESS = "guess"
FOREIGN = "somebody@example.com"


@pytest.fixture(scope="module")
def dovecot(module_lab: MailLab) -> Dovecot:
    return module_lab.dovecot(settings=["protocol imap {", "  mail_max_userip_connections = 5", "}"])


@pytest.fixture(scope="module")
def postfix(module_lab: MailLab, dovecot: Dovecot) -> Postfix:
    del dovecot  # it makes the socket for logins
    return module_lab.postfix()


@pytest.fixture(scope="module")
def lab(module_lab: MailLab, postfix: Postfix) -> MailLab:
    del postfix
    return module_lab


def reached(outcomes: list[Outcome]) -> list[Reached]:
    return [outcome.reached for outcome in outcomes]


@pytest.mark.parametrize("port", [993, 143])
def test_everybody_logs_in_with_the_right_password(lab: MailLab, port: int) -> None:
    outcomes = at_once(*(lambda source=source: lab.try_imap(source, port=port) for source in SOURCES))

    assert reached(outcomes) == [Reached.DONE] * len(SOURCES)


@pytest.mark.parametrize("port", [993, 143])
def test_nobody_logs_in_with_a_wrong_password(lab: MailLab, port: int) -> None:
    outcomes = at_once(*(lambda source=source: lab.try_imap(source, BOB, GUESS, port=port) for source in SOURCES))

    assert {(outcome.reached, outcome.text) for outcome in outcomes} == {(Reached.LOGIN, "[AUTHENTICATIONFAILED] Authentication failed.")}


@pytest.mark.parametrize("port", [465, 587])
def test_a_wrong_password_fails_for_sending_too(lab: MailLab, port: int) -> None:
    outcomes = at_once(*(lambda source=source: lab.smtp(source, port, user=BOB, password=GUESS) for source in WORLD))

    assert {(outcome.reached, outcome.text[:3]) for outcome in outcomes} == {(Reached.LOGIN, "535")}


@pytest.mark.parametrize("port", [465, 587])
def test_mail_sent_with_a_password_is_read_back(lab: MailLab, port: int) -> None:
    sent = lab.smtp("198.51.100.7", port, user=ALICE, recipient=BOB, message=f"Subject: hello\n\nby port {port}!")

    assert sent.done
    assert f"\r\n\r\nby port {port}!".encode() in lab.read_mail("2001:db8:77::7", BOB, f"by port {port}!")


def test_the_world_delivers_to_port_25_and_is_no_relay(lab: MailLab) -> None:
    delivered = [lab.smtp(source, 25, recipient=CAROL, message=f"Subject: x\n\nfrom {source}") for source in WORLD]
    relayed = [lab.smtp(source, 25, recipient=FOREIGN) for source in WORLD]

    assert reached(delivered) == [Reached.DONE, Reached.DONE]
    assert all(lab.read_mail(source, CAROL, f"from {source}") for source in WORLD)
    assert [(outcome.reached, "Relay access denied" in outcome.text) for outcome in relayed] == [(Reached.RECIPIENT, True)] * 2


def test_the_servers_see_the_addresses_that_the_clients_speak_from(lab: MailLab, dovecot: Dovecot, postfix: Postfix) -> None:
    sources = ("192.0.2.99", "8.8.8.8", "2001:db8:ffff::1234")
    for source in sources:
        lab.try_imap(source)
        lab.smtp(source, 587)

    log = re.sub(r"\[\d+\]:", ":", postfix.log())  # without process numbers

    assert [source for source in sources if f"rip={source}," not in dovecot.log()] == []
    assert [source for source in sources if f"submission/smtpd: connect from unknown[{source}]" not in log] == []


def test_a_port_on_which_nobody_listens_refuses(lab: MailLab) -> None:
    outcomes = [lab.try_imap("198.51.100.7", port=9), lab.smtp("2001:db8:77::7", 9), lab.smtp("127.0.0.1", 9)]

    assert reached(outcomes) == [Reached.CONNECT] * 3
    assert all("refused" in outcome.text for outcome in outcomes)


def test_five_sessions_are_held_at_once(lab: MailLab) -> None:
    outcomes = lab.hold_imap(5, "198.51.100.7", ALICE, port=143)

    assert reached(outcomes) == [Reached.DONE] * 5


def test_a_session_that_is_one_too_many_is_told_from_the_others(lab: MailLab) -> None:
    with ExitStack() as held:  # one after the other: Dovecot 2.4 counts late when they come together
        sessions = [held.enter_context(lab.imap("198.51.100.8", ALICE)) for _ in range(6)]
        alive = [session.alive() for session in sessions]

    assert [session.outcome.done for session in sessions] == [True] * 5 + [False]
    assert alive == [True] * 5 + [False]
    assert "mail_max_userip_connections=5" in sessions[5].outcome.text


def test_what_a_server_offers_is_told(lab: MailLab) -> None:
    clear, encrypted = lab.smtp("198.51.100.7", 587, tls=Tls.NONE).offers, lab.smtp("198.51.100.7", 587).offers
    imap = lab.try_imap("198.51.100.7").offers

    assert ("STARTTLS" in clear, "AUTH" in clear) == (True, False)
    assert ("STARTTLS" in encrypted, "AUTH" in encrypted) == (False, True)
    assert "IMAP4REV1" in imap


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_client_speaks_no_other_tls_than_it_was_told(lab: MailLab, version: str) -> None:
    wanted = ssl.TLSVersion[version.replace(".", "_")]
    imap = [lab.try_imap("198.51.100.7", port=port, at_least=wanted, at_most=wanted) for port in (993, 143)]
    smtp = [lab.smtp("198.51.100.7", port, at_least=wanted, at_most=wanted) for port in (465, 587)]

    assert [outcome.tls for outcome in (*imap, *smtp)] == [version] * 4
