"""The client's half of IMAP, against scripts and against what real servers were heard to say."""

import base64
import socket
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.preflight.dialogue import LoginAnswer
from generator.preflight.imap import ImapDialogue
from generator.preflight.wire import Channel, WireTrouble
from tests.preflight.peers import Play, connect, say, serve, wait_for_end
from tests.preflight.talks import imap

GREETING = "* OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN] ready\r\n"
PASSWORD = "marmalade-07"  # noqa: S105 (the script's own)
TOKEN = base64.b64encode(f"\0bob\0{PASSWORD}".encode()).decode()


def greeting_of(text: str) -> ImapDialogue:
    with serve(say(text.encode())) as port, connect(port) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()
        return dialogue


def complaint(text: bytes) -> str:
    with serve(say(text)) as port, connect(port, 1.0) as channel:
        return ImapDialogue(channel).greet().title


def log_in(play: Play, user: str = "bob", password: str = PASSWORD) -> tuple[LoginAnswer, tuple[str, ...]]:
    with serve(play) as port, connect(port, 2.0) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()
        answer = dialogue.log_in(user, password)
        return answer, tuple(line.text for line in channel.transcript.lines)


def during(play: Play, part: Callable[[ImapDialogue], object]) -> object:
    with serve(play) as port, connect(port, 2.0) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()
        return part(dialogue)


def test_the_greeting_tells_what_is_offered() -> None:
    assert greeting_of(GREETING).offers == ("IMAP4REV1", "LITERAL+", "AUTH=PLAIN")


@pytest.mark.parametrize(
    ("offers", "possible"),
    [
        ("IMAP4rev1", True),
        ("IMAP4rev1 LOGINDISABLED", False),
        ("IMAP4rev1 LOGINDISABLED AUTH=PLAIN", True),
        ("IMAP4rev1 LOGINDISABLED AUTH=LOGIN", True),
        ("IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", False),
        ("IMAP4rev1 AUTH=XOAUTH2", True),
    ],
)
def test_a_password_can_be_given_by_login_or_by_sasl(offers: str, possible: bool) -> None:
    assert greeting_of(f"* OK [CAPABILITY {offers}] ready\r\n").offers_login == possible


@pytest.mark.parametrize(
    ("greeting", "title"),
    [
        (b"+OK Dovecot ready.\r\n", "the greeting is not IMAP but POP3"),
        (b"220 mail.example.org ESMTP Postfix\r\n", "the greeting is not IMAP but SMTP"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "the greeting is not IMAP but SSH"),
        (b"HTTP/1.1 400 Bad Request\r\n", "the greeting is not IMAP but HTTP"),
        (b"\x15\x03\x01\x00\x02\x02\x46\n", "the greeting is not IMAP but TLS"),
        (b"\x00\x01\x02\x03\n", "the greeting is not IMAP but something binary"),
        (b"hello\r\n", "the greeting is not IMAP"),
        (b"* BYE too many connections\r\n", "the server says goodbye at once"),
    ],
)
def test_what_is_not_imap_is_named(greeting: bytes, title: str) -> None:
    assert complaint(greeting) == title


def test_the_offers_are_asked_for_anew() -> None:
    play = imap(GREETING, {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\nTAG OK done\r\n"})

    def ask(dialogue: ImapDialogue) -> object:
        return dialogue.ask_offers(), dialogue.offers, dialogue.offers_starttls

    assert during(play, ask) == ("", ("IMAP4REV1", "STARTTLS"), True)


def test_a_refusal_of_starttls_is_told_in_the_servers_words() -> None:
    play = imap(GREETING, {"STARTTLS": "TAG NO not now\r\n"})

    assert during(play, lambda dialogue: dialogue.request_starttls()) == "NO not now"


def test_a_login_goes_quoted_and_is_masked() -> None:
    answer, said = log_in(imap(GREETING, {'LOGIN "b\\"ob" "mar\\\\malade"': "TAG OK in\r\n"}), 'b"ob', "mar\\malade")

    assert answer == LoginAnswer(True, False, "OK in", "LOGIN")
    assert said[1] == 'g01 LOGIN "b\\"ob" ***'


def test_a_password_beyond_ascii_goes_by_sasl() -> None:
    token = base64.b64encode("\0bob\0pässword".encode()).decode()
    play = imap(GREETING, {"AUTHENTICATE PLAIN": "+ \r\n", token: "g01 OK in\r\n"})

    assert log_in(play, "bob", "pässword")[0] == LoginAnswer(True, False, "OK in", "AUTHENTICATE PLAIN")


def test_a_password_beyond_ascii_goes_as_a_literal_without_sasl() -> None:
    greeting = "* OK [CAPABILITY IMAP4rev1] ready\r\n"
    play = imap(greeting, {"LOGIN {3}": "+ go on\r\n", "{9}": "+ go on\r\n", "pässword": "g01 OK in\r\n"})

    assert log_in(play, "bob", "pässword")[0] == LoginAnswer(True, False, "OK in", "LOGIN")


def test_sasl_is_used_where_login_is_disabled() -> None:
    greeting = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=LOGIN] ready\r\n"
    name, word = (base64.b64encode(text.encode()).decode() for text in ("bob", PASSWORD))
    play = imap(greeting, {"AUTHENTICATE LOGIN": "+ VXNlcm5hbWU6\r\n", name: "+ UGFzc3dvcmQ6\r\n", word: "g01 OK in\r\n"})

    answer, said = log_in(play)

    assert answer.method == "AUTHENTICATE LOGIN"
    assert answer.accepted
    assert not any(word in line or PASSWORD in line for line in said)


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("NO [AUTHENTICATIONFAILED] Authentication failed.", True),  # Dovecot
        ("NO Login failed.", True),  # Courier
        ("NO Login failed: authentication failure", True),  # Cyrus
        ("NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=3)", False),
        ("NO [PRIVACYREQUIRED] Plaintext authentication disallowed", False),
        ("BAD command unknown", False),
    ],
)
def test_only_an_answer_about_the_password_refuses_it(reply: str, refused: bool) -> None:
    answer, _ = log_in(imap(GREETING, {"LOGIN": f"TAG {reply}\r\n"}))

    assert answer == LoginAnswer(False, refused, reply, "LOGIN")


def test_a_password_that_the_server_echoes_is_masked() -> None:
    answer, said = log_in(imap(GREETING, {"LOGIN": f"* OK you said {PASSWORD}\r\nTAG NO wrong: {PASSWORD} {TOKEN}\r\n"}))

    assert "***" in answer.text
    assert not any(PASSWORD in line for line in (answer.text, *said))


def test_a_server_that_asks_on_and_on_gets_no_second_password() -> None:
    greeting = "* OK [CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=PLAIN] ready\r\n"
    play = imap(greeting, {"AUTHENTICATE PLAIN": "+ \r\n", TOKEN: "+ again\r\n", "*": "g01 BAD cancelled\r\n"})

    answer, said = log_in(play)

    assert answer.text == "BAD cancelled"
    assert said.count("***") == 2  # the token, and the star that ends the exchange


def test_literals_are_part_of_their_line() -> None:
    listed = b'* LIST () "." {6}\r\nSe\r\nnt\r\n* LIST () "." INBOX\r\ng01 OK done\r\n'
    with serve(say(GREETING.encode(), listed)) as port, connect(port) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()

        reply = dialogue.command('LIST "" "*"')

    assert reply.untagged == ('* LIST () "." "Se\\r\\nnt"', '* LIST () "." INBOX')


def test_the_last_words_are_kept() -> None:
    play = imap(GREETING, {"LOGOUT": "* BYE Courier-IMAP server shutting down\r\nTAG OK LOGOUT completed\r\n"})

    assert during(play, lambda dialogue: dialogue.leave()) == "* BYE Courier-IMAP server shutting down"


@pytest.mark.parametrize("answer", ['* ID ("name" "Dovecot")\r\nTAG OK done\r\n', "TAG NO Error\r\n", "* ID NIL\r\nTAG OK done\r\n"])
def test_an_id_is_what_has_a_list(answer: str) -> None:
    found = during(imap(GREETING, {"ID NIL": answer}), lambda dialogue: dialogue.identify())

    assert found == ('* ID ("name" "Dovecot")' if "Dovecot" in answer else "")


def flood(plug: socket.socket) -> None:
    plug.sendall(GREETING.encode())
    while True:
        plug.sendall(b"* OK and so on\r\n" * 1000)


def test_an_answer_that_never_comes_has_an_end() -> None:
    with serve(flood) as port, connect(port, 20.0) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()

        with pytest.raises(WireTrouble) as caught:
            dialogue.command("NOOP")

    assert caught.value.kind == "too-long"


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=300))
def test_whatever_comes_is_an_answer_or_trouble(data: bytes) -> None:
    with serve(say(GREETING.encode(), data)) as port, connect(port, 0.05) as channel:
        dialogue = ImapDialogue(channel)
        dialogue.greet()

        try:
            status = dialogue.command("NOOP").status
        except WireTrouble as trouble:
            status = trouble.kind

    assert status


@pytest.mark.parametrize(
    "listed", [b"* LIST {70000}\r\n" + b"A" * 70000 + b"\r\n", b"* LIST {0}\r\n" + b"{0}\r\n" * 100], ids=["long", "many"]
)
def test_literals_make_no_line_of_any_length(listed: bytes) -> None:
    def play(plug: socket.socket) -> None:
        plug.sendall(b"* OK ready\r\n")
        plug.recv(100)
        plug.sendall(listed)
        wait_for_end(plug)

    with pytest.raises(WireTrouble, match="a line with longer literals, or more of them"):
        during(play, lambda dialogue: dialogue.command('LIST "" "*"'))


def test_offers_are_forgotten_when_a_server_would_not_tell_them_anew() -> None:
    play = imap(GREETING, {"CAPABILITY": "TAG NO not now\r\n"})

    assert during(play, lambda dialogue: (dialogue.ask_offers(), dialogue.offers)) == ("NO not now", ())


@pytest.mark.parametrize(("password", "method"), [("marmalade", "LOGIN"), ("pässword", "AUTHENTICATE PLAIN")])
def test_a_login_is_waited_for_longer(password: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float | None] = []
    read = Channel.read_line

    def spy(channel: Channel, *, within: float | None = None) -> bytes:
        waited.append(within)
        return read(channel, within=within)

    monkeypatch.setattr(Channel, "read_line", spy)

    answer, _ = log_in(imap(GREETING, {method: "TAG NO no\r\n"}), password=password)

    assert (answer.method, waited[1:]) == (method, [60.0])
