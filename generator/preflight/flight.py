"""Reads the first flight of a TLS server: what it says in plain text before encryption begins.

Up to TLS 1.2 that is the chosen version and suite, the whole certificate chain, the size of a Diffie-Hellman group and the wish for a
client certificate; in TLS 1.3 the version and suite alone. Pure functions over bytes of a stranger: nothing here raises on any input.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from generator.preflight.alerts import name_alert
from generator.preflight.suites import VERSION_NAMES, find_suite

_CHANGE_CIPHER, _ALERT, _HANDSHAKE, _DATA = 20, 21, 22, 23
_SERVER_HELLO, _CERTIFICATE, _KEY_EXCHANGE, _CERTIFICATE_REQUEST, _HELLO_DONE = 2, 11, 12, 13, 14
_LONGEST_RECORD: Final = 2**14 + 2048
_MOST_CERTIFICATES: Final = 64
_SUPPORTED_VERSIONS: Final = 43
_WARNING: Final = 1
_CLOSE_NOTIFY: Final = 0
# The random of a HelloRetryRequest (RFC 8446, section 4.1.3): the server speaks TLS 1.3 and wants another key share.
_RETRY: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")


class Flight(NamedTuple):
    """What has been seen so far. `version` is empty until the ServerHello; `done` once nothing more comes in plain text."""

    version: str = ""
    cipher: str = ""
    key_exchange: str = ""
    retry: bool = False
    chain: tuple[bytes, ...] = ()
    dh_bits: int | None = None
    client_certificate_asked: bool = False
    alert: str = ""
    plain: bool = False  # the first bytes are no TLS record
    malformed: bool = False
    done: bool = False


class _MalformedError(ValueError):
    """A length that leads outside, or a field with a value that no server may send."""


class _Reader:
    """Takes fields from the front of a message."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise _MalformedError
        self._at += count
        return self._data[self._at - count : self._at]

    def number(self, width: int) -> int:
        return int.from_bytes(self.take(width), "big")

    def block(self, width: int) -> bytes:
        return self.take(self.number(width))

    @property
    def more(self) -> bool:
        return self._at < len(self._data)


def read_flight(data: bytes) -> Flight:
    """What the beginning of a server's side of a connection shows; `data` may end anywhere."""
    if not _may_be_tls(data):
        return Flight(plain=True)
    flight = Flight()
    handshake = bytearray()
    taken = 0
    try:
        for kind, content in _records(data):
            if kind == _HANDSHAKE:
                handshake += content
                for message, body in _messages(handshake, taken):
                    taken += 4 + len(body)
                    flight = _read_message(flight, message, body)
            elif kind == _ALERT:
                flight = _read_alert(flight, content)
            else:  # from here on it is encrypted
                return flight._replace(done=True)
            if flight.done:
                break
    except _MalformedError:
        return flight._replace(malformed=True, done=True)
    return flight


def _may_be_tls(data: bytes) -> bool:
    """Whether the bytes can be the beginning of a record of SSLv3 to TLS 1.3."""
    return (not data or _CHANGE_CIPHER <= data[0] <= _DATA) and (len(data) < 2 or data[1] == 3)


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The whole records at the front, and of the last one what has come of it, where it is part of the handshake."""
    at = 0
    while len(data) - at >= 5:
        kind, major, length = data[at], data[at + 1], int.from_bytes(data[at + 3 : at + 5], "big")
        if not _CHANGE_CIPHER <= kind <= _DATA or major != 3 or length > _LONGEST_RECORD:
            raise _MalformedError
        content = data[at + 5 : at + 5 + length]
        if len(content) == length or kind == _HANDSHAKE:
            yield kind, content
        at += 5 + length


def _messages(handshake: bytearray, at: int) -> Iterator[tuple[int, bytes]]:
    """The whole handshake messages from `at` on; records may cut them anywhere."""
    while len(handshake) - at >= 4:
        length = int.from_bytes(handshake[at + 1 : at + 4], "big")
        if len(handshake) - at < 4 + length:
            return
        yield handshake[at], bytes(handshake[at + 4 : at + 4 + length])
        at += 4 + length


def _read_alert(flight: Flight, content: bytes) -> Flight:
    if len(content) != 2:
        raise _MalformedError
    level, number = content
    if level == _WARNING and number != _CLOSE_NOTIFY:  # "unrecognized_name" above all: the handshake goes on
        return flight
    return flight._replace(alert=name_alert(number), done=True)


def _read_message(flight: Flight, kind: int, body: bytes) -> Flight:
    if kind == _SERVER_HELLO:
        return _read_server_hello(flight, _Reader(body))
    if not flight.version:
        raise _MalformedError
    if kind == _CERTIFICATE and not flight.chain:
        return flight._replace(chain=_read_chain(_Reader(_Reader(body).block(3))))
    if kind == _KEY_EXCHANGE and flight.key_exchange == "DHE":
        return flight._replace(dh_bits=int.from_bytes(_Reader(body).block(2), "big").bit_length())
    if kind == _CERTIFICATE_REQUEST:
        return flight._replace(client_certificate_asked=True)
    return flight._replace(done=True) if kind == _HELLO_DONE else flight


def _read_server_hello(flight: Flight, body: _Reader) -> Flight:
    number = body.number(2)
    random = body.take(32)
    body.block(1)
    suite = find_suite(body.number(2))
    body.number(1)
    if body.more:
        extensions = _Reader(body.block(2))
        while extensions.more:
            kind, content = extensions.number(2), extensions.block(2)
            if kind == _SUPPORTED_VERSIONS:
                number = int.from_bytes(content, "big")
    version = VERSION_NAMES.get(number)
    if version is None:
        raise _MalformedError
    # In TLS 1.3 the rest of the flight is encrypted.
    return flight._replace(
        version=version, cipher=suite.name, key_exchange=suite.key_exchange, retry=random == _RETRY, done=version == "TLSv1.3"
    )


def _read_chain(certificates: _Reader) -> tuple[bytes, ...]:
    chain = []
    while certificates.more:
        chain.append(certificates.block(3))
        if len(chain) > _MOST_CERTIFICATES:
            raise _MalformedError
    return tuple(chain)
