"""One endpoint while it is being checked: its name, and how it shares its time."""

import socket
from dataclasses import replace

import pytest

from generator.plan import TlsMode
from generator.preflight.opening import open_endpoint
from generator.preflight.reach import Attempt
from generator.preflight.securing import _open_for_tls
from generator.preflight.transcript import Transcript
from generator.preflight.visit import Visit
from generator.preflight.wire import ConnectFailure
from tests.preflight.peers import Play, closed_port, say, serve
from tests.preflight.talks import imap
from tests.preflight.values import IMAPS, context


def visit(host: str = "imap.example.org", seconds: float = 100.0) -> Visit:
    return Visit(IMAPS._replace(host=host), context(seconds=seconds), lambda _address: "")


@pytest.mark.parametrize(("host", "label"), [("imap.example.org", "imap.example.org:993"), ("2001:db8::1", "[2001:db8::1]:993")])
def test_an_endpoint_is_named_so_that_it_can_be_typed(host: str, label: str) -> None:
    assert visit(host).label == label


@pytest.mark.parametrize(("seconds", "addresses", "patience"), [(100, 1, 10), (100, 3, 10), (100, 10, 3), (8, 1, 2), (8, 32, 0.1)])
def test_many_addresses_share_the_time(seconds: float, addresses: int, patience: float) -> None:
    assert visit(seconds=seconds).patience(addresses) == pytest.approx(patience)


def test_every_try_counts_as_a_connection() -> None:
    made = visit()

    with pytest.raises(ConnectFailure):
        made.connect("no address")

    assert made.connections_made == 1


def test_what_one_part_took_is_gone_for_the_next() -> None:
    now = [0.0]
    checked = Visit(IMAPS, replace(context(seconds=10), clock=lambda: now[0]), lambda _address: "")

    checked.during(lambda _visit: now.append(now.pop() + 7))
    now[0] += 1000  # others have their turn

    assert checked.during(lambda one: one.deadline.left) == pytest.approx(3)


def open_starttls(play: Play) -> Visit:
    """A visit to a port for STARTTLS, as far as it goes without a login."""
    with serve(play, connections=2) as port:
        made = Visit(IMAPS._replace(port=port, tls=TlsMode.STARTTLS), context(seconds=2), lambda _address: "")
        made.during(open_endpoint)
        made.hang_up()
    return made


@pytest.mark.parametrize("greeting", [b"", b"nonsense\r\n"])
def test_a_port_that_closes_is_asked_once(greeting: bytes) -> None:
    def play(plug: socket.socket) -> None:
        plug.sendall(greeting)

    assert open_starttls(play).connections_made == 1


def test_a_port_that_is_silent_is_asked_for_tls_once_more() -> None:
    assert open_starttls(say()).connections_made == 2


def test_plain_text_in_between_is_told_as_that() -> None:
    made = open_starttls(imap("* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n", {"STARTTLS": "TAG OK begin\r\n* OK put in\r\n"}))

    assert [check.title for check in made.checks if check.id == "starttls"] == ["plain text is mixed into STARTTLS"]


def test_further_connections_come_after_a_pause() -> None:
    pauses: list[float] = []
    with closed_port() as port:
        made = Visit(IMAPS._replace(port=port), replace(context(), pause=pauses.append), lambda _address: "")
        made.attempts = (Attempt("127.0.0.1", "", "", 0),)
        with pytest.raises(ConnectFailure):
            made.during(lambda one: _open_for_tls(one, Transcript()))

    assert pauses == [0.2]
