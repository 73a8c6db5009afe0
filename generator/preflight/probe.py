"""Which TLS versions a server speaks, asked by raw hellos: one connection for each, so only where a handshake failed, or on request."""

from collections.abc import Callable
from typing import Final, NamedTuple

from generator.preflight.alerts import explain_alert
from generator.preflight.flight import Flight, read_flight
from generator.preflight.hello import client_hello
from generator.preflight.suites import VERSIONS
from generator.preflight.tls import LARGEST_FLIGHT, Handshake, Outcome, Probed, spell_server_name
from generator.preflight.wire import Channel, ConnectFailure, WireTrouble

EVERY_VERSION: Final = tuple(VERSIONS)
_WITHIN: Final = 10.0


class _Answer(NamedTuple):
    """Whether the server speaks a version (None: it can't be told), its answer in words, and what was seen."""

    version: str
    spoken: bool | None
    words: str
    flight: Flight


def find_unasked(handshake: Handshake, *, ceiling: str, floor: str) -> tuple[str, ...]:
    """The versions that are worth a connection after a handshake; none where the server chose one, or speaks no TLS at all.

    A server that said nothing is asked for TLS 1.3 alone: it may drop what it does not know, and every further question costs as much time.
    """
    if handshake.version or handshake.outcome in (Outcome.DONE, Outcome.PLAIN_TEXT, Outcome.TOO_LARGE):
        return ()
    newer = () if ceiling == "TLSv1.3" else ("TLSv1.3",)
    if handshake.outcome is Outcome.TIMEOUT:
        return newer
    # Our own hello offers every cipher there ever was: it tells a server that wants an old one from a server that wants another version.
    same = ("TLSv1.2",) if handshake.alert in ("handshake_failure", "insufficient_security") else ()
    older = ("TLSv1.0",) if VERSIONS[floor] > VERSIONS["TLSv1.0"] else ()
    return (*same, *newer, *older, "SSLv3")


def probe_versions(
    open_channel: Callable[[], Channel],
    versions: tuple[str, ...],
    server_name: str,
    *,
    within: float = _WITHIN,
    stop_at_first: bool = False,
) -> Probed:
    """Ask for each of `versions` on a connection of its own; with `stop_at_first` until one is spoken, which explains a failure.

    `open_channel` gives one on which TLS may begin, after STARTTLS where that is used; waiting between two of them is its business too.
    """
    answers: list[_Answer] = []
    for version in versions:
        answers.append(_ask(open_channel, version, spell_server_name(server_name), within))
        if stop_at_first and answers[-1].spoken:
            break
    seen = [answer for answer in answers if answer.spoken]
    newest = max(seen, key=lambda answer: (bool(answer.flight.chain), VERSIONS[answer.version]), default=None)
    return Probed(
        spoken=tuple(answer.version for answer in seen),
        refused=tuple(answer.version for answer in answers if answer.spoken is False),
        unclear=tuple(answer.version for answer in answers if answer.spoken is None),
        words=tuple((answer.version, answer.words) for answer in answers),
        seen=_as_handshake(newest.flight) if newest else None,
    )


def _ask(open_channel: Callable[[], Channel], version: str, server_name: str, within: float) -> _Answer:
    came = bytearray()
    try:
        with open_channel() as channel:
            try:
                _listen(channel, client_hello(version, server_name), came, within)
            except WireTrouble as trouble:
                return _judge(version, read_flight(bytes(came)), trouble)
    except (ConnectFailure, WireTrouble) as trouble:
        return _Answer(version, None, f"no connection: {trouble.detail}", Flight())
    return _judge(version, read_flight(bytes(came)), None)


def _listen(channel: Channel, hello: bytes, came: bytearray, within: float) -> None:
    """Send the hello and add what comes to `came`, until nothing more comes in plain text."""
    until = channel.deadline.within(within)
    channel.write(hello, shown=f"(a ClientHello of {len(hello)} bytes)", within=within)
    flight = Flight()
    while not (flight.done or flight.plain) and len(came) <= LARGEST_FLIGHT:
        came += channel.read_some(within=until.left)
        flight = read_flight(bytes(came))


def _judge(version: str, flight: Flight, trouble: WireTrouble | None) -> _Answer:
    if flight.version == version:
        return _Answer(version, True, f"spoken ({flight.cipher})", flight)
    if flight.version:
        return _Answer(version, False, f"answered with {flight.version}", flight)
    if flight.alert:
        return _Answer(version, False, f"alert {flight.alert}: {explain_alert(flight.alert)}".removesuffix(": "), flight)
    if flight.plain or flight.malformed:
        return _Answer(version, None, "what came is no TLS", flight)
    if trouble and trouble.kind in ("closed", "reset"):  # Dovecot refuses a version like that
        return _Answer(version, False, trouble.detail, flight)
    return _Answer(version, None, trouble.detail if trouble else "no clear answer", flight)


def _as_handshake(flight: Flight) -> Handshake:
    return Handshake(
        Outcome.NOT_SPOKEN,
        version=flight.version,
        cipher=flight.cipher,
        chain=flight.chain,
        key_exchange=flight.key_exchange,
        dh_bits=flight.dh_bits,
        client_certificate_asked=flight.client_certificate_asked,
        detail="seen by a ClientHello of our own",
    )
