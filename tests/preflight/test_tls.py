"""Handshakes with real TLS servers (OpenSSL's, through Python) and with peers that play no server should."""

import socket
import ssl
import time
from pathlib import Path

import pytest

from generator.preflight.tls import Handshake, Outcome, spell_server_name
from generator.preflight.wire import WireTrouble
from tests.preflight.flights import alert, certificate_message, handshake_records, record, server_hello
from tests.preflight.paper import HOST, intermediate, make
from tests.preflight.peers import Play, answer, connect, reset, say, serve, server_context, speak_tls, wait_for_end

ALL_CIPHERS = "ALL:@SECLEVEL=0"
LEAF = make(issuer=intermediate(), key="RSA-2048")
SENT = (LEAF.der, intermediate().der)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tls") / "chain.pem"
    file.write_bytes(LEAF.key_pem + LEAF.pem + intermediate().pem)
    return file


def shake(play: Play, *, ceiling: str = "TLSv1.2", floor: str = "SSLv3", within: float | None = None, host: str = HOST) -> Handshake:
    with serve(play) as port, connect(port) as channel:
        return channel.start_tls(host, ceiling=ceiling, floor=floor, within=within)


def test_one_connection_shows_everything(chain: Path) -> None:
    handshake = shake(speak_tls(server_context(chain)))

    assert handshake == Handshake(Outcome.DONE, version="TLSv1.2", cipher="ECDHE-RSA-AES256-GCM-SHA384", chain=SENT, key_exchange="ECDHE")


def test_the_dialogue_goes_on_inside(chain: Path) -> None:
    def greet(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"* OK inside\r\n" + tls.recv(100))

    with serve(speak_tls(server_context(chain), greet)) as port, connect(port) as channel:
        channel.start_tls(HOST, ceiling="TLSv1.2", floor="SSLv3")
        channel.write(b"a NOOP\r\n")

        assert [channel.read_line(), channel.read_line()] == [b"* OK inside", b"a NOOP"]


@pytest.mark.parametrize("ceiling", ["TLSv1.2", "TLSv1.3"])
def test_the_end_of_tls_is_an_orderly_end(chain: Path, ceiling: str) -> None:
    version = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}[ceiling]

    def leave(tls: ssl.SSLSocket) -> None:
        tls.unwrap()

    with serve(speak_tls(server_context(chain, version=version), leave)) as port, connect(port) as channel:
        channel.start_tls(HOST, ceiling=ceiling, floor="TLSv1.2")
        with pytest.raises(WireTrouble) as caught:
            channel.read_line(within=2)

    assert caught.value.kind == "closed"


def test_a_lot_of_text_comes_through(chain: Path) -> None:
    def talk(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"".join(b"* LIST () / folder-%d\r\n" % number for number in range(20_000)))

    with serve(speak_tls(server_context(chain), talk)) as port, connect(port) as channel:
        channel.start_tls(HOST, ceiling="TLSv1.2", floor="SSLv3")
        lines = [channel.read_line() for _ in range(20_000)]

    assert lines[-1] == b"* LIST () / folder-19999"


def test_damaged_records_are_trouble_and_no_traceback(chain: Path) -> None:
    def damage(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"* OK\r\n")
        plain = socket.socket(fileno=tls.detach())
        with plain:
            plain.sendall(record(23, b"x" * 40))
            wait_for_end(plain)

    with serve(speak_tls(server_context(chain), damage)) as port, connect(port) as channel:
        channel.start_tls(HOST, ceiling="TLSv1.2", floor="SSLv3")
        first = channel.read_line()
        with pytest.raises(WireTrouble) as caught:
            channel.read_line(within=2)

    assert (first, caught.value.kind) == (b"* OK", "tls")


def test_a_server_of_the_newest_version_alone_refuses(chain: Path) -> None:
    handshake = shake(speak_tls(server_context(chain, version=ssl.TLSVersion.TLSv1_3)))

    assert (handshake.outcome, handshake.version, handshake.alert) == (Outcome.ALERT, "", "protocol_version")


def test_a_connector_that_speaks_the_newest_sees_the_whole_chain(chain: Path) -> None:
    handshake = shake(speak_tls(server_context(chain, version=ssl.TLSVersion.TLSv1_3)), ceiling="TLSv1.3", floor="TLSv1.2")

    assert (handshake.outcome, handshake.version, handshake.chain) == (Outcome.DONE, "TLSv1.3", SENT)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize(("version", "name"), [(ssl.TLSVersion.TLSv1, "TLSv1.0"), (ssl.TLSVersion.TLSv1_1, "TLSv1.1")])
def test_old_versions_are_spoken(chain: Path, version: ssl.TLSVersion, name: str) -> None:
    handshake = shake(speak_tls(server_context(chain, version=version, ciphers=ALL_CIPHERS)))

    assert (handshake.outcome, handshake.version, len(handshake.chain)) == (Outcome.DONE, name, 2)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("ceiling", ["SSLv3", "TLSv1.0"])
def test_a_connector_that_speaks_old_versions_alone_is_played_too(chain: Path, ceiling: str) -> None:
    handshake = shake(speak_tls(server_context(chain, version=ssl.TLSVersion.TLSv1, ciphers=ALL_CIPHERS)), ceiling=ceiling)

    assert handshake.version == "TLSv1.0"


def test_a_version_below_the_floor_is_seen_and_not_spoken() -> None:
    flight = handshake_records(server_hello("TLSv1.0", 0x002F) + certificate_message(*SENT), "TLSv1.0")
    handshake = shake(answer(flight), floor="TLSv1.2")

    assert (handshake.outcome, handshake.version, handshake.chain) == (Outcome.NOT_SPOKEN, "TLSv1.0", SENT)


def test_version_and_chain_of_ssl_3_are_seen_though_nobody_speaks_it_here() -> None:
    flight = handshake_records(server_hello("SSLv3", 0x0005) + certificate_message(*SENT), "SSLv3")
    handshake = shake(answer(flight))

    assert (handshake.outcome, handshake.version, handshake.chain) == (Outcome.NOT_SPOKEN, "SSLv3", SENT)


def test_a_key_under_the_certificate_alone_is_seen(chain: Path) -> None:
    assert shake(speak_tls(server_context(chain, ciphers="AES128-SHA"))).key_exchange == "RSA"


def test_a_client_certificate_that_is_asked_for_is_seen(chain: Path) -> None:
    context = server_context(chain)
    context.load_verify_locations(cadata=intermediate().pem.decode())
    context.verify_mode = ssl.CERT_OPTIONAL

    assert shake(speak_tls(context)).client_certificate_asked


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"* OK [CAPABILITY IMAP4rev1] ready\r\n", b"* OK [CAPABILITY IMAP4rev1] ready\r\n"),
        (b"220 mail.example.org ESMTP\r\n", b"220 mail.example.org ESMTP\r\n"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n<html>", b"HTTP/1.1 400 Bad Request\r\n\r\n<html>"),
        (b"\x00\xff" * 500, b"\x00\xff" * 100),
    ],
)
def test_plain_text_is_told_with_its_beginning(text: bytes, line: bytes) -> None:
    assert shake(say(text)) == Handshake(Outcome.PLAIN_TEXT, first_bytes=line)


def test_plain_text_byte_by_byte_is_waited_for() -> None:
    handshake = shake(say(*(bytes((byte,)) for byte in b"* OK hello\r\n"), pause=0.005))

    assert handshake == Handshake(Outcome.PLAIN_TEXT, first_bytes=b"* OK hello\r\n")


def test_plain_text_before_the_end_is_no_mere_end() -> None:
    assert shake(lambda plug: plug.sendall(b"421")).outcome is Outcome.PLAIN_TEXT


def test_what_came_before_tls_began_is_part_of_it() -> None:
    with serve(say(b"a OK begin\r\n* INJECTED\r\n")) as port, connect(port) as channel:
        channel.read_line()
        handshake = channel.start_tls(HOST, ceiling="TLSv1.2", floor="SSLv3")

    assert handshake == Handshake(Outcome.PLAIN_TEXT, first_bytes=b"* INJECTED\r\n")


def close_at_once(plug: socket.socket) -> None:
    plug.recv(65536)


def test_an_end_without_a_word_is_told() -> None:
    assert shake(close_at_once).outcome is Outcome.CLOSED


def test_a_reset_is_told() -> None:
    assert shake(reset).outcome is Outcome.RESET


def test_silence_ends_in_time() -> None:
    began = time.monotonic()
    handshake = shake(wait_for_end, within=0.2)

    assert handshake.outcome is Outcome.TIMEOUT
    assert time.monotonic() - began < 3


def test_a_drop_now_and_then_does_not_stretch_the_time() -> None:
    began = time.monotonic()
    handshake = shake(say(*[b"\x16", b"\x03", b"\x03", b"\x40", b"\x00"], *[b"\x02"] * 200, pause=0.02), within=0.5)

    assert handshake.outcome is Outcome.TIMEOUT
    assert time.monotonic() - began < 3


def test_a_megabyte_of_certificates_is_too_large_and_the_version_is_known() -> None:
    flight = handshake_records(server_hello("TLSv1.2", 0xC02F, extensions=b"\xff\x01\x00\x01\x00") + certificate_message(b"x" * 1_000_000))
    handshake = shake(answer(flight))

    assert (handshake.outcome, handshake.version, handshake.chain) == (Outcome.TOO_LARGE, "TLSv1.2", ())


def test_endless_records_are_too_large() -> None:
    def flood(plug: socket.socket) -> None:
        plug.recv(65536)
        while True:
            plug.sendall(alert(112, level=1) * 1000)

    assert shake(flood).outcome in (Outcome.TOO_LARGE, Outcome.BROKEN)


def test_a_handshake_that_breaks_after_the_hello_keeps_what_was_seen() -> None:
    handshake = shake(answer(handshake_records(server_hello("TLSv1.2", 0xC02F, extensions=b"\xff\x01\x00\x01\x00")) + alert(80)))

    assert (handshake.outcome, handshake.version, handshake.alert) == (Outcome.ALERT, "TLSv1.2", "internal_error")


def test_a_warning_before_the_end_is_not_its_reason() -> None:
    def play(plug: socket.socket) -> None:
        plug.recv(65536)
        plug.sendall(alert(112, level=1)[:7])

    assert shake(play).outcome is Outcome.CLOSED


def test_nonsense_in_a_record_is_broken() -> None:
    assert shake(answer(record(22, b"\x02\x00\x00\x02\xff\xff"))).outcome is Outcome.BROKEN


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("IMAP.Example.ORG.", "imap.example.org"),
        ("imap.münchen.example", "imap.xn--mnchen-3ya.example"),
        ("192.0.2.1", ""),
        ("2001:db8::1", ""),
        ("[2001:db8::1]", ""),
        (".", ""),
        ("a..b", ""),
        ("x" * 64 + ".example.org", ""),
        ("-x.example.org", ""),
        ("white space.example.org", ""),
    ],
)
def test_the_server_name_is_a_host_name_or_none(host: str, name: str) -> None:
    assert spell_server_name(host) == name


@pytest.mark.parametrize("host", ["192.0.2.1", "a..b", "", "x" * 300, "\x00", "a/b", "*"])
def test_no_host_breaks_a_handshake(chain: Path, host: str) -> None:
    assert shake(speak_tls(server_context(chain)), host=host).outcome is Outcome.DONE
