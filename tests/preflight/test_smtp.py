"""The client's half of SMTP, against scripts and against what real servers were heard to say."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.preflight.dialogue import Greeting, LoginAnswer
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.wire import WireTrouble
from tests.preflight.peers import Play, connect, say, serve
from tests.preflight.talks import smtp

GREETING = "220 mail.example.org ESMTP\r\n"
PASSWORD = "marmalade-07"  # noqa: S105 (the script's own)
TOKEN = base64.b64encode(f"\0bob\0{PASSWORD}".encode()).decode()
EHLO = "250-mail.example.org\r\n250-SIZE 10240000\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN\r\n"


def meet(play: Play) -> tuple[SmtpDialogue, Greeting]:
    with serve(play) as port, connect(port, 2.0) as channel:
        dialogue = SmtpDialogue(channel)
        greeting = dialogue.greet()
        if greeting.fine:
            dialogue.ask_offers()
        return dialogue, greeting


def log_in(ehlo: str, answers: dict[str, str], password: str = PASSWORD) -> tuple[LoginAnswer, tuple[str, ...]]:
    with serve(smtp(GREETING, {"EHLO": ehlo, **answers})) as port, connect(port, 2.0) as channel:
        dialogue = SmtpDialogue(channel)
        dialogue.greet()
        dialogue.ask_offers()
        answer = dialogue.log_in("bob", password)
        return answer, tuple(line.text for line in channel.transcript.lines)


def test_the_answer_to_ehlo_tells_what_is_offered() -> None:
    dialogue, greeting = meet(smtp(GREETING, {"EHLO [127.0.0.1]": EHLO}))

    assert greeting == Greeting("220 mail.example.org ESMTP")
    assert dialogue.offers == ("SIZE 10240000", "STARTTLS", "AUTH PLAIN LOGIN")
    assert (dialogue.offers_starttls, dialogue.mechanisms) == (True, ("PLAIN", "LOGIN"))


@pytest.mark.parametrize(
    ("line", "mechanisms", "possible"),
    [
        ("AUTH PLAIN LOGIN", ("PLAIN", "LOGIN"), True),
        ("AUTH=LOGIN", ("LOGIN",), True),
        ("auth plain", ("PLAIN",), True),
        ("AUTH XOAUTH2 CRAM-MD5", ("XOAUTH2", "CRAM-MD5"), False),
        ("AUTHENTICATE PLAIN", (), False),
        ("HELP", (), False),
    ],
)
def test_mechanisms_are_read_as_servers_write_them(line: str, mechanisms: tuple[str, ...], possible: bool) -> None:
    dialogue, _ = meet(smtp(GREETING, {"EHLO": f"250-mail.example.org\r\n250 {line}\r\n"}))

    assert (dialogue.mechanisms, dialogue.offers_login) == (mechanisms, possible)


@pytest.mark.parametrize(
    ("greeting", "title"),
    [
        ("220-mail.example.org\r\n220-read the rules\r\n220 now\r\n", ""),
        ("* OK IMAP4rev1 ready\r\n", "the greeting is not SMTP but IMAP"),
        ("+OK ready\r\n", "the greeting is not SMTP but POP3"),
        ("421 4.7.0 too many connections\r\n", "the server refuses for now"),
        ("450 4.3.2 try again\r\n", "the server refuses for now"),
        ("554 5.7.1 no\r\n", "the server refuses this address"),
        ("250 what\r\n", "the greeting is not SMTP's"),
        ("2200 odd\r\n", "the greeting is not SMTP"),
    ],
)
def test_greetings_are_told_apart(greeting: str, title: str) -> None:
    _, found = meet(smtp(greeting, {"EHLO": EHLO}))

    assert found.title == title


@pytest.mark.parametrize(
    ("greeting", "ehlo", "sign"),
    [
        ("220 ***************2******200**0***\r\n", EHLO, "the greeting is masked: 220 ***************2******200**0***"),
        (GREETING, "250-mail\r\n250-XXXXXXXA\r\n250 HELP\r\n", "a capability is overwritten: XXXXXXXA"),
        (GREETING, EHLO, ""),
        ("220 *** welcome ***\r\n", EHLO, ""),
    ],
)
def test_a_firewall_that_rewrites_shows_itself(greeting: str, ehlo: str, sign: str) -> None:
    dialogue, _ = meet(smtp(greeting, {"EHLO": ehlo}))

    assert dialogue.masked_by_firewall == sign


def test_plain_goes_in_one_line_and_is_masked() -> None:
    answer, said = log_in(EHLO, {f"AUTH PLAIN {TOKEN}": "235 2.7.0 Authentication successful\r\n"})

    assert answer == LoginAnswer(True, False, "235 2.7.0 Authentication successful", "AUTH PLAIN")
    assert "AUTH PLAIN ***" in said
    assert not any(TOKEN in line or PASSWORD in line for line in said)


def test_a_long_password_goes_in_a_line_of_its_own() -> None:
    long = "x" * 600
    token = base64.b64encode(f"\0bob\0{long}".encode()).decode()

    answer, _ = log_in(EHLO, {"AUTH PLAIN\r": "334 \r\n", token: "235 in\r\n"}, long)

    assert answer.accepted


def test_login_is_used_where_plain_is_not_offered() -> None:
    name, word = (base64.b64encode(text.encode()).decode() for text in ("bob", PASSWORD))
    ehlo = "250-mail.example.org\r\n250 AUTH LOGIN\r\n"

    answer, said = log_in(ehlo, {"AUTH LOGIN\r": "334 VXNlcm5hbWU6\r\n", name: "334 UGFzc3dvcmQ6\r\n", word: "235 in\r\n"})

    assert answer == LoginAnswer(True, False, "235 in", "AUTH LOGIN")
    assert not any(word in line for line in said)


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("535 5.7.8 Error: authentication failed: authentication failure", True),  # Postfix
        ("535 Incorrect authentication data", True),  # Exim
        ("534 5.7.9 an application's password is needed", True),
        ("454 4.7.0 Temporary authentication failure", False),
    ],
)
def test_only_a_refusal_for_good_refuses_the_password(reply: str, refused: bool) -> None:
    answer, _ = log_in(EHLO, {"AUTH PLAIN": f"{reply}\r\n"})

    assert answer == LoginAnswer(False, refused, reply, "AUTH PLAIN")


def test_a_server_that_asks_on_and_on_gets_a_star_and_no_more() -> None:
    answer, said = log_in(EHLO, {"AUTH PLAIN": "334 more\r\n", "*": "334 and more\r\n"})

    assert not answer.accepted
    assert said.count("***") == 1


def test_the_address_of_ipv6_is_written_as_the_standard_wants() -> None:
    with serve(smtp(GREETING, {"EHLO": EHLO})) as port, connect(port) as channel:
        channel.local_address = "2001:db8::7"
        dialogue = SmtpDialogue(channel)
        dialogue.greet()
        dialogue.ask_offers()

        said = [line.text for line in channel.transcript.lines]

    assert "EHLO [IPv6:2001:db8::7]" in said


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_an_answer_or_trouble(data: bytes) -> None:
    with serve(say(data)) as port, connect(port, 0.05) as channel:
        dialogue = SmtpDialogue(channel)

        try:
            found = repr(dialogue.greet()) + dialogue.ask_offers()
        except WireTrouble as trouble:
            found = trouble.kind

    assert found
