"""The hellos of our own, read by the TLS servers that Python has: each must answer as it would answer any client."""

import contextlib
import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.preflight.alerts import ALERTS, explain_alert, name_alert
from generator.preflight.flight import Flight, read_flight
from generator.preflight.hello import client_hello
from generator.preflight.suites import VERSIONS, find_suite
from tests.preflight.paper import HOST, Paper, intermediate, make

TLS = ("TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    paper: Paper = make(issuer=intermediate(), key="RSA-2048")
    file = tmp_path_factory.mktemp("server") / "chain.pem"
    file.write_bytes(paper.key_pem + paper.pem + intermediate().pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


def answer_of(context: ssl.SSLContext, hello: bytes, names: list[str] | None = None) -> Flight:
    """What a server's first flight shows when it reads `hello`; `names` takes the server name that it saw."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    if names is not None:
        context.sni_callback = lambda _connection, name, _context: names.append(name)
    tls = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with contextlib.suppress(ssl.SSLError):
        tls.do_handshake()
    return read_flight(outgoing.read())


@pytest.mark.parametrize("version", TLS)
def test_openssl_answers_in_the_version_asked_for(server: ssl.SSLContext, version: str) -> None:
    assert answer_of(server, client_hello(version, HOST)).version == version


@pytest.mark.parametrize("version", ["TLSv1.0", "TLSv1.1", "TLSv1.2"])
def test_the_chain_comes_with_the_answer(server: ssl.SSLContext, version: str) -> None:
    chain = answer_of(server, client_hello(version, HOST)).chain

    assert (len(chain), chain[1]) == (2, intermediate().der)


def test_the_server_name_is_told(server: ssl.SSLContext) -> None:
    names: list[str] = []
    answer_of(server, client_hello("TLSv1.2", HOST), names)

    assert names == [HOST]


def test_without_a_name_there_is_no_extension_for_it(server: ssl.SSLContext) -> None:
    names: list[str | None] = []
    answer_of(server, client_hello("TLSv1.3", ""), names)  # type: ignore[arg-type]

    assert names == [None]


def test_the_same_question_is_the_same_bytes() -> None:
    assert client_hello("TLSv1.3", HOST) == client_hello("TLSv1.3", HOST)


def test_ssl_3_knows_no_extensions() -> None:
    hello = client_hello("SSLv3", HOST)

    assert hello[:3] == b"\x16\x03\x00"
    assert hello[9:11] == b"\x03\x00"
    assert HOST.encode() not in hello
    assert hello[-2:] == b"\x01\x00"


@given(st.sampled_from(tuple(VERSIONS)), st.from_regex(r"[a-z]([a-z0-9.-]{0,200}[a-z])?", fullmatch=True))
def test_lengths_are_right_for_any_name(version: str, name: str) -> None:
    hello = client_hello(version, name)

    assert int.from_bytes(hello[3:5], "big") == len(hello) - 5
    assert int.from_bytes(hello[6:9], "big") == len(hello) - 9


def test_openssl_gives_every_suite_the_same_name() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    theirs = {cipher["id"] & 0xFFFF: cipher["name"] for cipher in context.get_ciphers()}
    ours = {number: find_suite(number).name for number in theirs}

    assert {number: name for number, name in ours.items() if not name.startswith("0x") and name != theirs[number]} == {}


def test_a_suite_that_nobody_offered_keeps_its_number() -> None:
    assert find_suite(0x1A2B) == ("0x1A2B", "")


def test_every_alert_has_a_name_and_a_meaning() -> None:
    assert all(explain_alert(name_alert(number)) for number in ALERTS)


def test_an_alert_without_a_name_has_no_meaning() -> None:
    assert (name_alert(250), explain_alert("alert 250")) == ("alert 250", "")
