"""Who gets into a real Postfix after apply.sh, by which port, over IPv4 and IPv6: as the site says, and nobody without a login."""

import ssl
from collections.abc import Callable, Iterator

import pytest

from tests.mail.lab import ALICE, BOB, MailLab, Outcome, Reached, at_once
from tests.mail.postfix_site import CONNECTOR, LOOPBACK, STRANGERS, TRUSTED, render, site_text

INSIDE = (*CONNECTOR, "203.0.113.16", "203.0.113.31", "2001:db8:ffff::25", *TRUSTED)
FOREIGN = "somebody@example.com"
GUESS = "guess"


@pytest.fixture(scope="module")
def lab(module_lab: MailLab) -> Iterator[MailLab]:
    """Postfix as Debian installs it, without a listener for submission, and the site set up in it."""
    module_lab.dovecot()
    postfix = module_lab.postfix(submission=False, implicit="")
    render(module_lab, postfix, site_text("submission", "submissions", "smtp")).apply()
    yield module_lab
    postfix.stop()


def outcomes(*calls: Callable[[], Outcome]) -> set[tuple[Reached, str]]:
    return {(outcome.reached, outcome.text[:3]) for outcome in at_once(*calls)}


@pytest.mark.parametrize("port", [587, 465])
def test_connectors_and_trusted_networks_log_in_and_send(lab: MailLab, port: int) -> None:
    sent = outcomes(*(lambda source=source: lab.smtp(source, port, user=ALICE, recipient=FOREIGN) for source in (*INSIDE, *LOOPBACK)))

    assert sent == {(Reached.DONE, "250")}


@pytest.mark.parametrize("port", [587, 465])
def test_strangers_are_refused_instead_of_greeted(lab: MailLab, port: int) -> None:
    refused = outcomes(*(lambda source=source: lab.smtp(source, port, user=ALICE, recipient=BOB) for source in STRANGERS))

    assert refused == {(Reached.GREETING, "554")}


def test_a_stranger_who_goes_on_after_the_refusal_tries_no_password(lab: MailLab) -> None:
    with lab.connect(STRANGERS[0], 587) as sock, sock.makefile("rwb") as talk:
        replies = [talk.readline()]
        for line in (b"EHLO client.example.net", b"STARTTLS", b"AUTH PLAIN AGFsaWNlAHg=", b"MAIL FROM:<a@example.net>"):
            talk.write(line + b"\r\n")
            talk.flush()
            replies.append(talk.readline())

    assert [reply[:3] for reply in replies] == [b"554", b"503", b"503", b"503", b"503"]


@pytest.mark.parametrize("port", [587, 465])
def test_a_wrong_password_fails_from_everywhere(lab: MailLab, port: int) -> None:
    tried = outcomes(*(lambda source=source: lab.smtp(source, port, user=ALICE, password=GUESS) for source in (*INSIDE, *LOOPBACK)))

    assert tried == {(Reached.LOGIN, "535")}


@pytest.mark.parametrize("port", [587, 465])
def test_nobody_relays_or_delivers_there_without_a_login(lab: MailLab, port: int) -> None:
    tried = outcomes(
        *(
            lambda source=source, to=to: lab.smtp(source, port, recipient=to)
            for source in (*CONNECTOR, *TRUSTED, *LOOPBACK)
            for to in (FOREIGN, BOB)
        )
    )

    assert {reached for reached, _ in tried} == {Reached.RECIPIENT}


def test_port_25_takes_mail_from_everybody_and_relays_for_loopback_alone(lab: MailLab) -> None:
    world = (*CONNECTOR, *TRUSTED, *STRANGERS)

    delivered = outcomes(*(lambda source=source: lab.smtp(source, 25, recipient=BOB) for source in (*world, *LOOPBACK)))
    relayed = outcomes(*(lambda source=source: lab.smtp(source, 25, recipient=FOREIGN) for source in world))

    assert (delivered, relayed) == ({(Reached.DONE, "250")}, {(Reached.RECIPIENT, "454")})


def test_port_25_still_offers_tls_and_does_without(lab: MailLab) -> None:
    greeted = lab.smtp(STRANGERS[0], 25)

    assert ("STARTTLS" in greeted.text.split(), greeted.tls) == (True, "")


@pytest.mark.parametrize("port", [587, 465])
def test_a_client_that_speaks_nothing_newer_than_the_floor_gets_in(lab: MailLab, port: int) -> None:
    outcome = lab.smtp(CONNECTOR[0], port, user=ALICE, recipient=BOB, at_most=ssl.TLSVersion.TLSv1_2)

    assert (outcome.done, outcome.tls) == (True, "TLSv1.2")


def test_a_login_without_tls_is_not_offered(lab: MailLab) -> None:
    with lab.connect(CONNECTOR[0], 587) as sock, sock.makefile("rwb") as talk:
        talk.readline()
        talk.write(b"EHLO client.example.net\r\n")
        talk.flush()
        offers = iter(talk.readline, b"250 CHUNKING\r\n")
        offered = [line for line in offers if b"AUTH" in line]

    assert offered == []


def test_mail_sent_by_the_connector_is_read_back(lab: MailLab) -> None:
    for port in (587, 465):
        lab.smtp(CONNECTOR[1], port, user=ALICE, recipient=BOB, message=f"Subject: hello\n\ncame by {port}!")

    assert [b"hello" in lab.read_mail(CONNECTOR[1], BOB, f"came by {port}!") for port in (587, 465)] == [True, True]
