import socket
import ssl
from pathlib import Path

import pytest

from generator.preflight.probe import EVERY_VERSION, find_unasked, probe_versions
from generator.preflight.tls import Handshake, Outcome, Probed
from generator.preflight.wire import Channel
from tests.preflight.flights import alert, certificate_message, handshake_records, server_hello
from tests.preflight.paper import HOST, intermediate, make
from tests.preflight.peers import Play, answer, closed_port, connect, reset, say, serve, server_context, speak_tls, wait_for_end

LEAF = make(issuer=intermediate(), key="RSA-2048")


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("probe") / "chain.pem"
    file.write_bytes(LEAF.key_pem + LEAF.pem + intermediate().pem)
    return file


def probe(play: Play, *versions: str, within: float = 5.0) -> Probed:
    with serve(play, len(versions)) as port:
        return probe_versions(lambda: connect(port), versions, HOST, within=within)


def test_every_version_is_asked_on_a_connection_of_its_own(chain: Path) -> None:
    probed = probe(speak_tls(server_context(chain)), *EVERY_VERSION)

    assert (probed.spoken, probed.refused) == (("TLSv1.2",), ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.3"))


def test_the_newest_version_is_known_without_speaking_it(chain: Path) -> None:
    probed = probe(speak_tls(server_context(chain, version=ssl.TLSVersion.TLSv1_3)), "TLSv1.3", "SSLv3")

    assert (probed.spoken, probed.refused) == (("TLSv1.3",), ("SSLv3",))
    assert probed.words[0] == ("TLSv1.3", "spoken (TLS_AES_256_GCM_SHA384)")


def test_the_oldest_version_shows_its_certificates() -> None:
    flight = handshake_records(server_hello("SSLv3", 0x0005) + certificate_message(b"one", b"two") + b"\x0e\x00\x00\x00", "SSLv3")
    probed = probe(answer(flight), "SSLv3")

    assert probed.seen
    assert (probed.seen.version, probed.seen.chain, probed.seen.outcome) == ("SSLv3", (b"one", b"two"), Outcome.NOT_SPOKEN)


def test_the_first_answer_is_enough_to_explain_a_failure(chain: Path) -> None:
    context = server_context(chain, version=ssl.TLSVersion.TLSv1_3)
    with serve(speak_tls(context)) as port:
        probed = probe_versions(lambda: connect(port), ("TLSv1.3", "SSLv3"), HOST, stop_at_first=True)

    assert (probed.spoken, probed.refused, probed.unclear) == (("TLSv1.3",), (), ())


def test_an_answer_in_another_version_is_a_no() -> None:
    probed = probe(answer(handshake_records(server_hello("TLSv1.0", 0x002F) + b"\x0e\x00\x00\x00")), "TLSv1.2")

    assert (probed.refused, probed.words) == (("TLSv1.2",), (("TLSv1.2", "answered with TLSv1.0"),))


def close_at_once(plug: socket.socket) -> None:
    plug.recv(65536)


@pytest.mark.parametrize(
    ("play", "answered"),
    [
        (answer(alert(40)), "refused"),
        (close_at_once, "refused"),
        (reset, "refused"),
        (wait_for_end, "unclear"),
        (say(b"* OK hello\r\n"), "unclear"),
        (answer(b"\x16\x03\x03\x00\x04\x0b\x00\x00\x00"), "unclear"),
    ],
    ids=["alert", "closed", "reset", "silent", "plain", "malformed"],
)
def test_a_no_is_told_from_no_answer(play: Play, answered: str) -> None:
    probed = probe(play, "TLSv1.3", within=0.3)

    assert probed._asdict()[answered] == ("TLSv1.3",)
    assert (probed.spoken, probed.seen) == ((), None)


def test_a_connection_that_fails_is_no_answer() -> None:
    with closed_port() as port:
        probed = probe_versions(lambda: connect(port), ("TLSv1.3",), HOST)

    assert (probed.unclear, probed.words) == (("TLSv1.3",), (("TLSv1.3", "no connection: Connection refused"),))


def test_endless_records_end() -> None:
    def flood(plug: socket.socket) -> None:
        plug.recv(65536)
        while True:
            plug.sendall(alert(112, level=1) * 1000)

    assert probe(flood, "TLSv1.2").spoken == ()


def test_the_hello_is_not_poured_into_the_transcript() -> None:
    channels: list[Channel] = []

    with serve(answer(alert(40))) as port:

        def opened() -> Channel:
            channels.append(connect(port))
            return channels[0]

        probe_versions(opened, ("TLSv1.3",), HOST)

    assert channels[0].transcript.lines[0].text.startswith("(a ClientHello of ")


@pytest.mark.parametrize(
    ("handshake", "ceiling", "floor", "versions"),
    [
        (Handshake(Outcome.DONE, "TLSv1.2"), "TLSv1.2", "SSLv3", ()),
        (Handshake(Outcome.BROKEN, "TLSv1.2"), "TLSv1.2", "SSLv3", ()),
        (Handshake(Outcome.PLAIN_TEXT), "TLSv1.2", "SSLv3", ()),
        (Handshake(Outcome.ALERT), "TLSv1.2", "SSLv3", ("TLSv1.3", "SSLv3")),
        (Handshake(Outcome.ALERT, alert="handshake_failure"), "TLSv1.2", "SSLv3", ("TLSv1.2", "TLSv1.3", "SSLv3")),
        (Handshake(Outcome.CLOSED), "TLSv1.2", "SSLv3", ("TLSv1.3", "SSLv3")),
        (Handshake(Outcome.ALERT), "TLSv1.3", "TLSv1.2", ("TLSv1.0", "SSLv3")),
        (Handshake(Outcome.TIMEOUT), "TLSv1.2", "SSLv3", ("TLSv1.3",)),
        (Handshake(Outcome.TIMEOUT), "TLSv1.3", "TLSv1.2", ()),
    ],
)
def test_only_what_can_explain_a_failure_is_asked(handshake: Handshake, ceiling: str, floor: str, versions: tuple[str, ...]) -> None:
    assert find_unasked(handshake, ceiling=ceiling, floor=floor) == versions
