"""A TLS handshake as a connector would make it, over any transport, with what the server's first flight says in plain text.

It runs through `ssl.MemoryBIO`, so every byte passes through our hands: version, suite and chain are seen on the very connection that the
dialogue goes on with, also where OpenSSL refuses what it got. Nothing is verified here; what the chain is worth is judged apart.
"""

import contextlib
import errno
import ssl
from collections.abc import Callable
from enum import StrEnum
from typing import Final, NamedTuple

from generator.preflight.alerts import explain_alert
from generator.preflight.flight import Flight, read_flight
from generator.preflight.quiet import quiet

LARGEST_FLIGHT: Final = 256 * 1024  # OpenSSL stops at certificate lists of 100 KiB
_SHOWN_PLAIN: Final = 200
_VERSIONS: Final = {
    "TLSv1.0": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_OLD: Final = ("SSLv3", "TLSv1.0", "TLSv1.1")
_ENCODING_DER: Final = 2  # of Python's _ssl
_LEGACY_SERVER: Final = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT, which Python names from 3.12 on: servers without RFC 5746


class Outcome(StrEnum):
    """How a handshake ended."""

    DONE = "done"
    ALERT = "alert"  # the server refused in the words of TLS
    PLAIN_TEXT = "plain-text"  # what came is no TLS
    CLOSED = "closed"
    RESET = "reset"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    NOT_SPOKEN = "not-spoken"  # the server answered in a version that the OpenSSL of this machine does not speak
    BROKEN = "broken"


class Handshake(NamedTuple):
    """What a handshake showed.

    `version` is spelled as in profiles (`TLSv1.2`) and is there whenever the server chose one, also if the handshake broke later. `chain`
    is the certificates as sent, in their order, DER. `first_bytes` is the beginning of what came, when that was no TLS.
    """

    outcome: Outcome
    version: str = ""
    cipher: str = ""
    alert: str = ""
    alert_meaning: str = ""
    chain: tuple[bytes, ...] = ()
    key_exchange: str = ""  # ECDHE, DHE, RSA, or nothing where it can't be seen
    dh_bits: int | None = None
    client_certificate_asked: bool = False
    first_bytes: bytes = b""
    detail: str = ""


class Probed(NamedTuple):
    """What raw hellos on connections of their own showed, the versions in the order asked.

    `words` says for each version how it was answered. `seen` is the first flight of the newest spoken version that shows its chain, else of
    TLS 1.3.
    """

    spoken: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()  # no answer either way
    words: tuple[tuple[str, str], ...] = ()
    seen: Handshake | None = None


def best_view(handshake: Handshake, probed: Probed | None) -> Handshake:
    """The handshake, or what a raw hello saw where the handshake came to nothing."""
    return probed.seen if probed and probed.seen and not handshake.version else handshake


class Session:
    """The TLS of a connection after its handshake: plain bytes on one side, records on the other."""

    def __init__(self, tls: ssl.SSLObject, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._tls = tls
        self._incoming = incoming
        self._outgoing = outgoing

    def seal(self, data: bytes) -> bytes:
        """The records that carry `data`."""
        if data:
            self._tls.write(data)
        return self._outgoing.read()

    def open(self) -> bytes | None:
        """The next decrypted bytes; none at the end, None if more records are needed first.

        Raises:
            ssl.SSLError: the records are damaged, or the server refused by an alert.
        """
        try:
            return self._tls.read(16 * 1024)
        except ssl.SSLWantReadError:
            return None
        except ssl.SSLZeroReturnError:
            return b""

    def answer(self) -> bytes:
        """What TLS itself has to say, such as a refusal to start again."""
        return self._outgoing.read()

    def take(self, sealed: bytes) -> None:
        """Take records, cut anywhere."""
        self._incoming.write(sealed)

    def farewell(self) -> bytes:
        """The record that says that the connection ends."""
        with contextlib.suppress(ssl.SSLError):  # it wants to wait for the other's word
            self._tls.unwrap()
        return self._outgoing.read()


def shake_hands(
    send: Callable[[bytes], None], receive: Callable[[], bytes], server_name: str, *, ceiling: str, floor: str
) -> tuple[Handshake, Session | None]:
    """Shake hands offering the versions `floor` to `ceiling`; a session only where it succeeds.

    `receive` gives what came next, nothing at the end of the connection; both may raise OSError. A floor below TLS 1.2 becomes the oldest
    version that this machine's OpenSSL can be brought to; what a server then chooses is for the caller to judge.
    """
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = _context(ceiling, floor).wrap_bio(incoming, outgoing, server_hostname=spell_server_name(server_name) or None)
    came = bytearray()
    try:
        while not _step(tls):
            send(outgoing.read())
            data = receive()
            if not data:
                return _broken_off(Outcome.CLOSED, came), None
            came += data
            if len(came) > LARGEST_FLIGHT:
                return _broken_off(Outcome.TOO_LARGE, came), None
            incoming.write(data)
        send(outgoing.read())
    except ssl.SSLError as error:
        _send_last_word(send, outgoing)
        return _explain(error, came, receive), None
    except TimeoutError:
        return _broken_off(Outcome.TIMEOUT, came), None
    except OSError as error:
        outcome = Outcome.TOO_LARGE if error.errno == errno.EMSGSIZE else Outcome.RESET
        return _broken_off(outcome, came, error.strerror or ""), None
    return _describe(tls, read_flight(bytes(came))), Session(tls, incoming, outgoing)


def spell_server_name(host: str) -> str:
    """The host name as TLS carries it (RFC 6066: ASCII, no final dot, no address); nothing where there is none to tell."""
    from generator.preflight.names import ascii_host, is_address

    name = ascii_host(host)
    return "" if name is None or is_address(host) else name


def _context(ceiling: str, floor: str) -> ssl.SSLContext:
    """A client that speaks what the connector speaks and verifies nothing.

    Weak keys are not OpenSSL's to refuse here (SECLEVEL=0, without which there is no TLS 1.0 either): our own rules name them.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with contextlib.suppress(ssl.SSLError):  # where levels are not known, nothing needs to be lowered
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.options |= _LEGACY_SERVER
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED if floor in _OLD else _VERSIONS[floor]
    if ceiling in ("TLSv1.2", "TLSv1.3"):
        context.maximum_version = _VERSIONS[ceiling]
    else:  # a connector that speaks nothing newer: Python warns that nobody should, which is no news to us
        with quiet():
            context.maximum_version = _VERSIONS.get(ceiling, ssl.TLSVersion.TLSv1)
    return context


def _step(tls: ssl.SSLObject) -> bool:
    """Go on with what has come; whether the handshake is finished."""
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _send_last_word(send: Callable[[bytes], None], outgoing: ssl.MemoryBIO) -> None:
    """Tell the server why we give up, if it still listens: it is in its log then."""
    with contextlib.suppress(OSError):
        send(outgoing.read())


def _from_flight(outcome: Outcome, flight: Flight, detail: str = "") -> Handshake:
    return Handshake(
        outcome,
        version=flight.version,
        cipher=flight.cipher,
        alert=flight.alert,
        alert_meaning=explain_alert(flight.alert),
        chain=flight.chain,
        key_exchange=flight.key_exchange,
        dh_bits=flight.dh_bits,
        client_certificate_asked=flight.client_certificate_asked,
        detail=detail,
    )


def _broken_off(outcome: Outcome, came: bytearray, detail: str = "") -> Handshake:
    """The connection ended before the handshake did. An alert that came before the end is the better reason."""
    flight = read_flight(bytes(came))
    if flight.plain:
        return Handshake(Outcome.PLAIN_TEXT, first_bytes=bytes(came[:_SHOWN_PLAIN]))
    return _from_flight(Outcome.ALERT if flight.alert else outcome, flight, detail)


def _explain(error: ssl.SSLError, came: bytearray, receive: Callable[[], bytes]) -> Handshake:
    """What OpenSSL did not like, in the light of what came."""
    flight = read_flight(bytes(came))
    if flight.plain:
        return Handshake(Outcome.PLAIN_TEXT, first_bytes=_first_line(came, receive))
    reason = (error.reason or str(error)).upper()
    detail = reason.lower().replace("_", " ")
    if flight.alert:
        return _from_flight(Outcome.ALERT, flight, detail)
    if "ALERT_" in reason:  # an encrypted one, as TLS 1.3 has them
        name = reason.partition("ALERT_")[2].lower()
        return _from_flight(Outcome.ALERT, flight._replace(alert=name), detail)
    if reason == "EXCESSIVE_MESSAGE_SIZE":
        return _from_flight(Outcome.TOO_LARGE, flight, detail)
    if flight.version in _OLD and reason in ("UNSUPPORTED_PROTOCOL", "WRONG_SSL_VERSION", "WRONG_VERSION_NUMBER"):
        return _from_flight(Outcome.NOT_SPOKEN, flight, detail)
    return _from_flight(Outcome.BROKEN, flight, detail)


def _first_line(came: bytearray, receive: Callable[[], bytes]) -> bytes:
    """The line that came in place of TLS: it names the protocol, so it is worth to wait for its end."""
    text = bytearray(came)
    with contextlib.suppress(OSError):
        while len(text) < _SHOWN_PLAIN and b"\n" not in text and all(0x20 <= byte < 0x7F or byte == 0x0D for byte in text):
            data = receive()
            if not data:
                break
            text += data
    return bytes(text[:_SHOWN_PLAIN])


def _describe(tls: ssl.SSLObject, flight: Flight) -> Handshake:
    version = {"TLSv1": "TLSv1.0"}.get(tls.version() or "", tls.version() or "")
    cipher = tls.cipher()
    handshake = _from_flight(Outcome.DONE, flight)._replace(version=version, cipher=cipher[0] if cipher else "")
    return handshake._replace(chain=handshake.chain or _sent_chain(tls))


def _sent_chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """The chain of a TLS 1.3 handshake, where it comes encrypted.

    Public in Python from 3.13 on. 3.11 and 3.12 have the same under a private name, and change no more; the first certificate alone would
    look as if the server left out the others.
    """
    if hasattr(tls, "get_unverified_chain"):
        return tuple(tls.get_unverified_chain() or ())
    inner = tls._sslobj  # type: ignore[attr-defined]
    return tuple(certificate.public_bytes(_ENCODING_DER) for certificate in inner.get_unverified_chain() or ())
