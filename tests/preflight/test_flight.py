import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.preflight.flight import Flight, read_flight
from tests.preflight.flights import (
    CERTIFICATE_REQUEST,
    HELLO_DONE,
    RETRY_RANDOM,
    alert,
    certificate_message,
    dhe_message,
    handshake_records,
    record,
    server_hello,
    sized,
)

ECDHE = 0xC02F
DHE = 0x009E
CHAIN = (b"leaf" * 100, b"intermediate" * 100)
GOOD = handshake_records(server_hello("TLSv1.2", ECDHE) + certificate_message(*CHAIN) + HELLO_DONE)


def test_version_suite_and_chain_are_in_plain_text() -> None:
    assert read_flight(GOOD) == Flight("TLSv1.2", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE", chain=CHAIN, done=True)


@pytest.mark.parametrize("version", ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2"])
def test_every_old_version_is_told_by_its_hello(version: str) -> None:
    flight = read_flight(handshake_records(server_hello(version, 0x0005) + certificate_message(b"x"), version))

    assert flight == Flight(version, "RC4-SHA", "RSA", chain=(b"x",))


def test_tls_1_3_is_told_by_its_extension_and_ends_there() -> None:
    flight = read_flight(handshake_records(server_hello("TLSv1.3", 0x1302)) + record(20, b"\x01") + record(23, b"secret"))

    assert flight == Flight("TLSv1.3", "TLS_AES_256_GCM_SHA384", "ECDHE", done=True)


def test_a_request_to_try_again_counts_as_tls_1_3() -> None:
    flight = read_flight(handshake_records(server_hello("TLSv1.3", 0x1301, random=RETRY_RANDOM)))

    assert (flight.version, flight.retry) == ("TLSv1.3", True)


def test_a_group_is_measured_in_bits() -> None:
    flight = read_flight(handshake_records(server_hello("TLSv1.2", DHE) + certificate_message(b"x") + dhe_message(1024) + HELLO_DONE))

    assert (flight.key_exchange, flight.dh_bits) == ("DHE", 1024)


def test_the_parameters_of_a_curve_are_no_group() -> None:
    flight = read_flight(handshake_records(server_hello("TLSv1.2", ECDHE) + dhe_message(1024)))

    assert flight.dh_bits is None


def test_the_wish_for_a_client_certificate_is_seen() -> None:
    flight = read_flight(handshake_records(server_hello("TLSv1.2", ECDHE) + CERTIFICATE_REQUEST))

    assert flight.client_certificate_asked


def test_a_fatal_alert_is_named() -> None:
    assert read_flight(alert(70)) == Flight(alert="protocol_version", done=True)


def test_an_alert_without_a_name_keeps_its_number() -> None:
    assert read_flight(alert(199)).alert == "alert 199"


def test_a_warning_does_not_end_the_flight() -> None:
    assert read_flight(alert(112, level=1) + GOOD).version == "TLSv1.2"


def test_an_orderly_end_in_place_of_a_handshake_is_told() -> None:
    assert read_flight(alert(0, level=1)).alert == "close_notify"


def test_an_alert_after_encryption_began_is_no_alert_that_can_be_read() -> None:
    assert read_flight(GOOD + record(20, b"\x01") + alert(40)).alert == ""


PLAIN = [b"* OK IMAP ready\r\n", b"220 mail\r\n", b"+OK\r\n", b"SSH-2.0-x", b"HTTP/1.1 400", b"\x80\x2e\x01\x03", b"\x16\x02"]


@pytest.mark.parametrize("text", PLAIN)
def test_what_is_no_record_is_plain(text: bytes) -> None:
    assert read_flight(text) == Flight(plain=True)


def test_nothing_is_no_plain_text() -> None:
    assert read_flight(b"") == Flight()


@pytest.mark.parametrize(
    "data",
    [
        handshake_records(certificate_message(b"x")),  # before the hello
        handshake_records(b"\x02" + sized(3, b"\x03\x03")),  # a hello that ends early
        handshake_records(server_hello("TLSv1.2", ECDHE) + b"\x0b" + sized(3, b"\xff\xff\xff")),  # a list longer than its message
        handshake_records(server_hello("TLSv1.2", ECDHE) + certificate_message(*[b"x"] * 65)),
        handshake_records(server_hello("TLSv1.2", ECDHE, extensions=b"\x00\x2b\x00\x02\x7f\x1c")),  # a version that nobody knows
        record(21, b"\x02"),
        b"\x16\x03\x03\xff\xff",
        handshake_records(server_hello("TLSv1.2", ECDHE)) + b"\x99\x03\x03\x00\x00",
    ],
    ids=["no-hello", "short-hello", "long-list", "many-certificates", "unknown-version", "short-alert", "long-record", "unknown-record"],
)
def test_what_breaks_the_rules_is_malformed(data: bytes) -> None:
    assert read_flight(data).malformed


@given(st.integers(1, 200))
def test_records_may_cut_messages_anywhere(piece: int) -> None:
    messages = server_hello("TLSv1.2", DHE) + certificate_message(*CHAIN) + dhe_message(2048) + HELLO_DONE

    assert read_flight(handshake_records(messages, piece=piece)) == read_flight(handshake_records(messages))


@given(st.integers(0, len(GOOD)))
def test_what_has_come_so_far_never_contradicts_the_whole(end: int) -> None:
    flight = read_flight(GOOD[:end])

    assert flight.version in ("", "TLSv1.2")
    assert flight.chain in ((), CHAIN)
    assert (flight.malformed, flight.plain, flight.alert) == (False, False, "")


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_chain_comes_out_as_it_was_sent(chain: list[bytes]) -> None:
    assert read_flight(handshake_records(server_hello("TLSv1.2", ECDHE) + certificate_message(*chain))).chain == tuple(chain)


@given(st.binary(max_size=400))
def test_no_bytes_break_the_parser(data: bytes) -> None:
    assert isinstance(read_flight(data), Flight)
    assert isinstance(read_flight(b"\x16\x03\x03" + data), Flight)
    assert isinstance(read_flight(handshake_records(data) if data else b""), Flight)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_no_damaged_byte_breaks_the_parser(at: int, byte: int) -> None:
    assert isinstance(read_flight(GOOD[:at] + bytes((byte,)) + GOOD[at + 1 :]), Flight)


def test_large_lengths_take_no_memory() -> None:
    data = handshake_records(server_hello("TLSv1.2", ECDHE) + b"\x0b\xff\xff\xff\xff\xff\xff\xff\xff\xff")
    tracemalloc.start()
    flight = read_flight(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert flight.version == "TLSv1.2"
    assert peak < 100_000
