"""ClientHello messages of our own, for TLS versions that the OpenSSL of this machine does not speak.

The handshake is never finished, so no cryptography is needed: the random bytes and the X25519 share are a digest of the question, and any
32 bytes are a point on that curve (RFC 7748, section 5). A server that speaks the version answers with its ServerHello.
"""

from hashlib import sha256
from typing import Final

from generator.preflight.suites import MODERN, OLD, VERSIONS

_HANDSHAKE: Final = 22
_CLIENT_HELLO: Final = 1
_RENEGOTIATION_SCSV: Final = 0x00FF  # RFC 5746: for servers that do not read extensions
_X25519: Final = 0x001D
_GROUP_NUMBERS: Final = (_X25519, 0x0017, 0x0018, 0x0019, 0x001E, 0x0100, 0x0101)  # NIST P-256 to P-521, X448, ffdhe2048, ffdhe3072
_SERVER_NAME, _GROUPS, _POINT_FORMATS, _SIGNATURES, _VERSIONS, _KEY_SHARE, _RENEGOTIATION = 0, 10, 11, 13, 43, 51, 0xFF01
# ECDSA and RSA (PSS and PKCS#1) with SHA-256 to SHA-512, Ed25519, and SHA-1 as servers of 2008 want it
_SCHEMES: Final = (0x0403, 0x0503, 0x0603, 0x0807, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0203, 0x0201)


def client_hello(version: str, server_name: str) -> bytes:
    """The record that offers exactly `version`; `server_name` is ASCII, or empty for none.

    SSLv3 gets no extensions, which came after it. The others may be answered in an older version, as the protocol wants it; the reader of
    the answer looks at what was chosen.
    """
    number = VERSIONS[version]
    digest = sha256(f"{version} {server_name}".encode()).digest()
    suites = tuple(MODERN) if version == "TLSv1.3" else (*OLD, _RENEGOTIATION_SCSV)
    extensions = b"" if version == "SSLv3" else block(2, _extensions(version, server_name, digest))
    body = b"".join(
        (
            min(number, 0x0303).to_bytes(2, "big"),
            digest,
            # RFC 8446, D.4: with a session id it looks like a resumed session to middleboxes.
            block(1, sha256(digest).digest() if version == "TLSv1.3" else b""),
            block(2, _numbers(suites)),
            block(1, b"\x00"),
            extensions,
        )
    )
    message = bytes((_CLIENT_HELLO,)) + block(3, body)
    return bytes((_HANDSHAKE,)) + min(number, 0x0301).to_bytes(2, "big") + block(2, message)


def _extensions(version: str, server_name: str, share: bytes) -> bytes:
    found = []
    if server_name:
        found.append((_SERVER_NAME, block(2, b"\x00" + block(2, server_name.encode("ascii")))))
    found += [
        (_GROUPS, block(2, _numbers(_GROUP_NUMBERS))),
        (_POINT_FORMATS, block(1, b"\x00")),
        (_RENEGOTIATION, block(1, b"")),
    ]
    if version in ("TLSv1.2", "TLSv1.3"):
        found.append((_SIGNATURES, block(2, _numbers(_SCHEMES))))
    if version == "TLSv1.3":
        found.append((_VERSIONS, block(1, _numbers((VERSIONS[version],)))))
        found.append((_KEY_SHARE, block(2, _numbers((_X25519,)) + block(2, share))))
    return b"".join(kind.to_bytes(2, "big") + block(2, data) for kind, data in found)


def _numbers(values: tuple[int, ...]) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def block(width: int, data: bytes) -> bytes:
    """`data` after its length in `width` bytes."""
    return len(data).to_bytes(width, "big") + data
