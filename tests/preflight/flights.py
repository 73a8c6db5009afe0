"""The first flight of a TLS server, built from its parts: for servers that no library here can play, and for the parser's properties."""

from typing import Final

VERSIONS: Final = {"SSLv3": 0x0300, "TLSv1.0": 0x0301, "TLSv1.1": 0x0302, "TLSv1.2": 0x0303, "TLSv1.3": 0x0304}
RETRY_RANDOM: Final = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
HELLO_DONE: Final = b"\x0e\x00\x00\x00"
CERTIFICATE_REQUEST: Final = b"\x0d\x00\x00\x04\x01\x01\x00\x00"


def sized(width: int, data: bytes) -> bytes:
    """`data` after its length."""
    return len(data).to_bytes(width, "big") + data


def record(kind: int, content: bytes, version: str = "TLSv1.2") -> bytes:
    """One record."""
    return bytes((kind,)) + VERSIONS[version].to_bytes(2, "big") + sized(2, content)


def handshake_records(messages: bytes, version: str = "TLSv1.2", piece: int = 16384) -> bytes:
    """Handshake messages in records of at most `piece` bytes."""
    return b"".join(record(22, messages[at : at + piece], version) for at in range(0, len(messages), piece))


def server_hello(version: str, suite: int, *, random: bytes = bytes(32), extensions: bytes | None = None) -> bytes:
    """A ServerHello message; that of TLS 1.3 says its version in an extension."""
    if version == "TLSv1.3":
        extensions = b"\x00\x2b\x00\x02\x03\x04" + (extensions or b"")
    body = min(VERSIONS[version], 0x0303).to_bytes(2, "big") + random + sized(1, b"s" * 32) + suite.to_bytes(2, "big") + b"\x00"
    return b"\x02" + sized(3, body + (b"" if extensions is None else sized(2, extensions)))


def certificate_message(*chain: bytes) -> bytes:
    """A Certificate message of TLS 1.2 and older."""
    return b"\x0b" + sized(3, sized(3, b"".join(sized(3, der) for der in chain)))


def dhe_message(bits: int) -> bytes:
    """The beginning of a ServerKeyExchange with a group of that many bits: the prime is no prime, nobody looks."""
    return b"\x0c" + sized(3, sized(2, (1 << (bits - 1)).to_bytes((bits + 7) // 8, "big")) + sized(2, b"\x02") + sized(2, b"\x05"))


def alert(number: int, level: int = 2) -> bytes:
    """An alert in plain text."""
    return record(21, bytes((level, number)))
