"""The files for Postfix and Dovecot on a server that runs both: who gets in, who does not, and what becomes of mail."""

import ssl
from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from tests.mail.hubspot_site import CONNECTOR, EVERYBODY, LOOPBACK, STRANGERS, TRUSTED, Server, mail_server
from tests.mail.lab import ALICE, BOB, CAROL, PASSWORDS, MailLab, Outcome, Reached, Tls, at_once

FOREIGN = "somebody@example.com"
RIGHT, WRONG = PASSWORDS[ALICE], "guess"
FRIENDS = (*CONNECTOR, *TRUSTED, *LOOPBACK)
SUBMISSION = (465, 587)
IMAP = (993, 143)
TLS_1_2 = ssl.TLSVersion.TLSv1_2

pytestmark = pytest.mark.xdist_group("mail end to end")  # one worker sets each server up, once


@pytest.fixture(scope="module")
def server(release: str) -> Iterator[Server]:
    with mail_server(release) as server:
        server.apply()
        yield server


@pytest.fixture
def lab(server: Server) -> MailLab:
    return server.lab


def log_in(lab: MailLab, source: str, port: int) -> list[Reached]:
    """The right password twice, a wrong one twice, the right one again: the server caches what it has checked."""
    return [lab.try_imap(source, ALICE, word, port=port).reached for word in (RIGHT, RIGHT, WRONG, WRONG, RIGHT)]


def log_in_to_send(lab: MailLab, source: str, port: int) -> list[Reached]:
    """The same for sending."""
    return [lab.smtp(source, port, user=ALICE, password=word).reached for word in (RIGHT, RIGHT, WRONG, WRONG, RIGHT)]


def send(lab: MailLab, source: str, port: int, user: str, recipient: str) -> tuple[str, bool]:
    """Send a message, and whether it then is in the recipient's mailbox."""
    marker = f"from {source} by {port} for {recipient}"
    sent = lab.smtp(source, port, user=user, recipient=recipient, message=f"Subject: hello\n\n{marker}")
    return sent.text[:3], marker.encode() in lab.read_mail(CONNECTOR[0], recipient, marker)


def refusals(outcomes: Sequence[Outcome]) -> set[tuple[Reached, str]]:
    """The steps at which clients were stopped, and the codes that they were told."""
    return {(outcome.reached, outcome.text[:9]) for outcome in outcomes}


@pytest.mark.parametrize("port", IMAP)
def test_a_connector_holds_five_sessions_at_once_over_tls_1_2(lab: MailLab, port: int) -> None:
    held = at_once(*(partial(lab.hold_imap, 5, source, BOB, port=port, at_most=TLS_1_2) for source in CONNECTOR))

    assert [[(outcome.reached, outcome.tls) for outcome in outcomes] for outcomes in held] == [[(Reached.DONE, "TLSv1.2")] * 5] * len(held)


@pytest.mark.parametrize("port", IMAP)
def test_the_right_password_alone_reads_mail(lab: MailLab, port: int) -> None:
    met = at_once(*(partial(log_in, lab, source, port) for source in FRIENDS))

    assert dict(zip(FRIENDS, met, strict=True)) == dict.fromkeys(FRIENDS, [Reached.DONE] * 2 + [Reached.LOGIN] * 2 + [Reached.DONE])


@pytest.mark.parametrize("port", IMAP)
def test_no_password_reads_mail_from_anywhere_else(lab: MailLab, port: int) -> None:
    met = at_once(*(partial(log_in, lab, source, port) for source in STRANGERS))

    assert dict(zip(STRANGERS, met, strict=True)) == dict.fromkeys(STRANGERS, [Reached.LOGIN] * 5)


@pytest.mark.parametrize("port", SUBMISSION)
def test_the_right_password_alone_sends_mail(lab: MailLab, port: int) -> None:
    met = at_once(*(partial(log_in_to_send, lab, source, port) for source in FRIENDS))

    assert dict(zip(FRIENDS, met, strict=True)) == dict.fromkeys(FRIENDS, [Reached.DONE] * 2 + [Reached.LOGIN] * 2 + [Reached.DONE])


@pytest.mark.parametrize("port", SUBMISSION)
def test_strangers_are_refused_before_they_can_try_a_password(lab: MailLab, port: int) -> None:
    outcomes = at_once(*(partial(lab.smtp, source, port, user=ALICE, recipient=BOB) for source in STRANGERS))

    assert refusals(outcomes) == {(Reached.GREETING, "554 5.7.1")}


def test_a_stranger_who_talks_on_after_the_refusal_is_not_heard(server: Server) -> None:
    with server.lab.connect(STRANGERS[0], 587) as sock, sock.makefile("rwb", buffering=0) as talk:
        greeting = talk.readline()
        replies = []
        for line in (
            b"EHLO client.example.net",
            b"STARTTLS",
            b"AUTH PLAIN AAA=",
            b"MAIL FROM:<a@example.net>",
            b"RCPT TO:<alice@example.org>",
        ):
            talk.write(line + b"\r\n")
            replies.append(talk.readline()[:4])

    assert greeting.startswith(b"554 ")
    assert set(replies) <= {b"503 ", b"554 ", b"502 "}


@pytest.mark.parametrize("port", SUBMISSION)
def test_mail_sent_with_a_password_is_read_by_imap(lab: MailLab, port: int) -> None:
    sent = at_once(*(partial(send, lab, source, port, ALICE, BOB) for source in FRIENDS))

    assert dict(zip(FRIENDS, sent, strict=True)) == dict.fromkeys(FRIENDS, ("250", True))


def test_strangers_deliver_to_port_25(lab: MailLab) -> None:
    sent = at_once(*(partial(send, lab, source, 25, "", CAROL) for source in EVERYBODY))
    encrypted = at_once(*(partial(lab.smtp, source, 25, recipient=CAROL, tls=Tls.STARTTLS) for source in EVERYBODY))

    assert dict(zip(EVERYBODY, sent, strict=True)) == dict.fromkeys(EVERYBODY, ("250", True))
    assert {outcome.reached for outcome in encrypted} == {Reached.DONE}


def test_nobody_relays_without_a_password(lab: MailLab) -> None:
    plain = at_once(*(partial(lab.smtp, source, 25, recipient=FOREIGN) for source in EVERYBODY))
    encrypted = at_once(*(partial(lab.smtp, source, 25, recipient=FOREIGN, tls=Tls.STARTTLS) for source in EVERYBODY))
    friends = at_once(*(partial(lab.smtp, source, port, recipient=FOREIGN) for source in FRIENDS for port in SUBMISSION))
    local = at_once(*(partial(lab.smtp, source, port, recipient=BOB) for source in FRIENDS for port in SUBMISSION))
    strangers = at_once(*(partial(lab.smtp, source, port, recipient=FOREIGN) for source in STRANGERS for port in SUBMISSION))

    assert refusals([*plain, *encrypted]) == {(Reached.RECIPIENT, "454 4.7.1")}
    assert refusals([*friends, *local]) == {(Reached.RECIPIENT, "554 5.7.1")}
    assert refusals(strangers) == {(Reached.GREETING, "554 5.7.1")}


@pytest.mark.parametrize("port", SUBMISSION)
def test_whoever_is_logged_in_sends_to_the_world(lab: MailLab, port: int) -> None:
    outcomes = at_once(*(partial(lab.smtp, source, port, user=ALICE, recipient=FOREIGN) for source in FRIENDS))

    assert refusals(outcomes) == {(Reached.DONE, "250 2.1.5")}


def test_no_password_is_taken_in_the_clear(lab: MailLab) -> None:
    imap = at_once(*(partial(lab.try_imap, source, port=143, tls=Tls.NONE) for source in (*CONNECTOR, *TRUSTED)))
    smtp = at_once(*(partial(lab.smtp, source, 587, user=ALICE, tls=Tls.NONE) for source in (*CONNECTOR, *TRUSTED)))

    assert {outcome.reached for outcome in imap} == {Reached.LOGIN}
    assert {outcome.reached for outcome in smtp} == {Reached.LOGIN}


def test_the_servers_say_that_the_settings_are_in_effect(server: Server) -> None:
    postfix = server.postfix.run("postconf", "-P").stdout.splitlines()
    imap = server.dovecot.run("doveconf", "-f", "protocol=imap", "ssl", "ssl_min_protocol", "mail_max_userip_connections").stdout
    limits = [server.dovecot.run("doveconf", "-h", f"service/{name}/process_limit").stdout for name in ("imap-login", "imap")]

    wanted = ("smtpd_delay_reject = no", "smtpd_tls_auth_only = yes", "smtpd_tls_mandatory_protocols = !SSLv2,!SSLv3,!TLSv1,!TLSv1.1")
    assert {f"{name}/inet/{setting}" for name in ("submission", "submissions") for setting in wanted} <= set(postfix)
    assert [line for line in postfix if line.startswith("smtp/inet/")] == []
    assert imap.splitlines() == ["ssl = required", "ssl_min_protocol = TLSv1.2", "mail_max_userip_connections = 10"]
    assert [int(limit) >= 100 + 3 * 5 for limit in limits] == [True, True]
