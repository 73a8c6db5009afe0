import socket
import time

import pytest

from generator.preflight.transcript import Said, Transcript
from generator.preflight.wire import Channel, ConnectFailure, Deadline, WireTrouble
from tests.preflight.peers import answer, closed_port, connect, reset, say, serve, wait_for_end


def trouble_of(channel: Channel, within: float | None = None) -> str:
    with pytest.raises(WireTrouble) as caught:
        channel.read_line(within=within)
    return caught.value.kind


def read_forever(channel: Channel) -> None:
    while True:
        channel.read_line()


def write_forever(channel: Channel) -> None:
    while True:
        channel.write(b"x" * 1000)


def flood(plug: socket.socket) -> None:
    while True:
        plug.sendall(b"* OK again and again\r\n" * 1000)


def endless_line(plug: socket.socket) -> None:
    while True:
        plug.sendall(b"x" * 65536)


def test_lines_come_without_their_ends() -> None:
    with serve(say(b"* OK hello\r\nbare\n\r\n")) as port, connect(port) as channel:
        lines = [channel.read_line(), channel.read_line(), channel.read_line()]

    assert lines == [b"* OK hello", b"bare", b""]


def test_a_line_may_come_byte_by_byte() -> None:
    with serve(say(*(bytes((byte,)) for byte in b"* OK\r\nnext\r\n"), pause=0.005)) as port, connect(port) as channel:
        lines = [channel.read_line(), channel.read_line()]

    assert lines == [b"* OK", b"next"]


def test_slow_bytes_do_not_stretch_the_time() -> None:
    with serve(say(*([b"x"] * 200), pause=0.02)) as port, connect(port) as channel:
        began = time.monotonic()
        kind = trouble_of(channel, within=0.3)

    assert kind == "timeout"
    assert time.monotonic() - began < 3


def test_the_deadline_of_the_channel_ends_every_call() -> None:
    with serve(wait_for_end) as port, connect(port, seconds=0.2) as channel:
        assert trouble_of(channel, within=60) == "timeout"
        assert trouble_of(channel) == "timeout"


def test_silence_is_a_timeout() -> None:
    with serve(wait_for_end) as port, connect(port) as channel:
        assert trouble_of(channel, within=0.1) == "timeout"


def test_an_end_in_the_middle_of_a_line_is_told_and_what_came_is_kept() -> None:
    with serve(lambda plug: plug.sendall(b"* OK hel")) as port, connect(port) as channel:
        kind = trouble_of(channel)

        assert (kind, channel.unread) == ("closed", b"* OK hel")


def test_a_reset_is_no_orderly_end() -> None:
    with serve(reset) as port, connect(port) as channel:
        assert trouble_of(channel) == "reset"


def test_a_huge_line_is_not_collected() -> None:
    with serve(endless_line) as port, connect(port) as channel:
        kind = trouble_of(channel)

        assert kind == "too-long"
        assert len(channel.unread) < 64 * 1024


def test_a_line_that_came_whole_is_measured_too() -> None:
    with serve(say(b"x" * 300 + b"\r\n")) as port, connect(port) as channel, pytest.raises(WireTrouble, match="more than 200 bytes"):
        channel.read_line(limit=200)


def test_endless_lines_end_at_a_number_of_bytes() -> None:
    with serve(flood) as port, connect(port, seconds=30) as channel, pytest.raises(WireTrouble, match="bytes on one connection") as caught:
        read_forever(channel)

    assert caught.value.kind == "too-long"


def test_a_literal_is_read_by_its_length() -> None:
    with serve(say(b"ab\r\ncd\r\n")) as port, connect(port) as channel:
        assert channel.read_exactly(6) == b"ab\r\ncd"
        assert channel.unread == b"\r\n"


def test_a_literal_of_any_length_is_not_believed() -> None:
    with serve(wait_for_end) as port, connect(port) as channel, pytest.raises(WireTrouble, match="too-long"):
        channel.read_exactly(10**12)


def test_what_came_too_early_can_be_seen_and_dropped() -> None:
    with serve(say(b"a OK begin TLS\r\n* INJECTED\r\n")) as port, connect(port) as channel:
        channel.read_line()
        early = channel.unread
        channel.drop_unread()

        assert (early, channel.unread) == (b"* INJECTED\r\n", b"")


def test_a_secret_is_written_and_not_shown() -> None:
    def echo(plug: socket.socket) -> None:
        plug.sendall(plug.recv(100))
        wait_for_end(plug)

    with serve(echo) as port, connect(port) as channel:
        channel.write(b"a LOGIN me secret\r\n", shown="a LOGIN me ***")

        assert channel.read_line() == b"a LOGIN me secret"
        assert channel.transcript.lines[0] == Said("C", "a LOGIN me ***")


def test_a_peer_that_takes_nothing_does_not_hold_us() -> None:
    with serve(lambda _: time.sleep(1.5)) as port, connect(port) as channel, pytest.raises(WireTrouble) as caught:
        channel.write(b"x" * 50_000_000, shown="(much)", within=0.3)

    assert caught.value.kind == "timeout"


def test_writing_to_a_closed_connection_is_told() -> None:
    with serve(reset) as port, connect(port) as channel, pytest.raises(WireTrouble) as caught:
        write_forever(channel)

    assert caught.value.kind == "reset"


def test_addresses_of_both_sides_are_known() -> None:
    with serve(wait_for_end) as port, connect(port) as channel:
        assert (channel.local_address, channel.peer_address) == ("127.0.0.1", "127.0.0.1")


def test_a_port_where_nobody_listens_is_refused() -> None:
    with closed_port() as port, pytest.raises(ConnectFailure) as caught:
        connect(port)

    assert caught.value.kind == "refused"


def test_a_deadline_in_the_past_is_a_timeout() -> None:
    with serve(wait_for_end) as port, pytest.raises(ConnectFailure) as caught:
        Channel.connect("192.0.2.1", port, deadline=Deadline(time.monotonic, 0.0), transcript=Transcript())

    assert caught.value.kind == "timeout"


@pytest.mark.parametrize("address", ["imap.example.org", "", "192.0.2.1.5", "x" * 70000, "a..b", "\x00"])
def test_what_is_no_address_is_no_connection(address: str) -> None:
    with pytest.raises(ConnectFailure) as caught:
        Channel.connect(address, 143, deadline=Deadline.after(time.monotonic, 1), transcript=Transcript())

    assert caught.value.kind == "other"


def test_whatever_comes_is_read_in_pieces() -> None:
    with serve(answer(b"\x16\x03")) as port, connect(port) as channel:
        channel.write(b"hello")

        assert channel.read_some() == b"\x16\x03"


def test_nothing_is_said_in_plain_text_after_tls_failed() -> None:
    heard: list[bytes] = []

    def play(plug: socket.socket) -> None:
        plug.recv(65536)
        plug.sendall(b"* OK no TLS here\r\n")
        while data := plug.recv(65536):
            heard.append(data)

    with serve(play) as port, connect(port) as channel:
        channel.start_tls("imap.example.org", ceiling="TLSv1.2", floor="SSLv3")
        with pytest.raises(WireTrouble, match="nothing goes on in plain text"):
            channel.write(b"a LOGIN me secret\r\n")
        with pytest.raises(WireTrouble, match="nothing goes on in plain text"):
            channel.read_line()

    assert b"secret" not in b"".join(heard)


def test_closing_twice_is_no_matter() -> None:
    with serve(wait_for_end) as port, connect(port) as channel:
        channel.close()


def test_a_deadline_is_the_sooner_of_two() -> None:
    deadline = Deadline(lambda: 100.0, 130.0)

    assert (deadline.left, deadline.within(10).left, deadline.within(60).left, deadline.within(None).left) == (30, 10, 30, 30)
