"""Does a chain, as the server sent it, lead to a public root? The question alone: dates, names and key sizes are judged apart.

OpenSSL answers, as it does for most clients, but on no further connection: a TLS client of OpenSSL's verifies a certificate list the moment
it reads it, before any key is used, so a ServerHello and a Certificate message of our own making are all that it needs.
"""

import base64
import re
import ssl
from typing import TYPE_CHECKING, Final, NamedTuple

from generator.preflight.hello import block
from generator.preflight.reading import Certificate, is_signed_by, parse_certificate, read_certificate

if TYPE_CHECKING:
    from cryptography import x509

_NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME
_PEM: Final = re.compile(rb"-----BEGIN (?:TRUSTED )?CERTIFICATE-----([^-]*)-----END")
_LONGEST_PATH: Final = 12
_PIECE: Final = 2**14
_HANDSHAKE, _SERVER_HELLO, _CERTIFICATE = 22, 2, 11
_SUITES: Final = {"RSA": 0xC02F, "DSA": 0x00A2}
_ECDSA_SUITE: Final = 0xC02B  # for any other key, since EdDSA counts as ECDSA
_SELF_SIGNED, _ROOT_SENT, _PURPOSE = 18, 19, 26
_ISSUER_MISSING: Final = (2, 20, 21)


class Chain(NamedTuple):
    """What a chain is worth.

    `kind`: `public`; `self-signed` (the first certificate signed itself); `private` (it leads to a root that is not public); `incomplete`
    (whoever signed the first certificate was not sent); `broken` (a signature or a permission is wrong); `unjudged`. `path` is the
    certificates from the server's upwards as far as they were sent or are known; `words` are OpenSSL's.
    """

    kind: str
    path: tuple[Certificate, ...]
    words: str = ""


def load_public_roots() -> bytes:
    """Mozilla's list of roots, as PEM. Not the system's list: a company puts its own root there, and no connector has that one."""
    import certifi

    return certifi.contents().encode()


def read_roots(pem: bytes) -> "tuple[x509.Certificate, ...]":
    """The certificates in a PEM file; what can't be read among them is left out.

    Raises:
        ValueError: there is none.
    """
    bodies = (b"".join(body.split()) for body in _PEM.findall(pem))
    roots = tuple(root for body in bodies if (root := parse_certificate(_decode(body))))
    if not roots:
        raise ValueError("no certificate in PEM form")
    return roots


def _decode(body: bytes) -> bytes:
    try:
        return base64.b64decode(body, validate=True)
    except ValueError:
        return b""


def judge_chain(sent: tuple[bytes, ...], roots: "tuple[x509.Certificate, ...]") -> Chain:
    """What the chain is worth to somebody who trusts `roots` alone; `sent` is not empty."""
    certificates = tuple(found for der in sent if (found := read_certificate(der)))
    if not certificates:
        return Chain("unjudged", (), "the certificate can't be read")
    path, anchored = _walk(certificates, roots)
    code, words = _ask_openssl(sent, certificates[0].key_kind, roots)
    return Chain(_kind(code, path, anchored=anchored), path, words)


def _kind(code: int | None, path: tuple[Certificate, ...], *, anchored: bool) -> str:
    if code == 0:
        return "public"
    if code == _SELF_SIGNED:
        return "self-signed"
    if code == _ROOT_SENT:
        return "private"
    if code in _ISSUER_MISSING:
        # Private CAs seldom send their root, so a chain that goes up at least one step and ends there is taken as theirs.
        return "private" if len(path) > 1 else "incomplete"
    if code == _PURPOSE:  # OpenSSL stops here, before it looks at signatures; the purpose is a question of its own
        return "public" if anchored else "unjudged"
    return "unjudged" if code is None else "broken"


def _walk(sent: tuple[Certificate, ...], roots: "tuple[x509.Certificate, ...]") -> "tuple[tuple[Certificate, ...], bool]":
    """The way up from the first certificate by signatures, a root preferred to what was sent; whether it ends at a root."""
    from cryptography.hazmat.primitives.serialization import Encoding

    known = {root.public_bytes(Encoding.DER) for root in roots}
    path = [sent[0]]
    while len(path) < _LONGEST_PATH:
        last = path[-1]
        if last.der in known:
            return tuple(path), True
        if any(is_signed_by(last.parsed, root) for root in roots):
            return tuple(path), True
        above = next((one for one in sent if one not in path and is_signed_by(last.parsed, one.parsed)), None)
        if above is None:
            break
        path.append(above)
    return tuple(path), False


def _ask_openssl(sent: tuple[bytes, ...], key_kind: str, roots: "tuple[x509.Certificate, ...]") -> tuple[int | None, str]:
    """OpenSSL's code and words for the chain: 0 if it verifies, None where it would not say."""
    incoming = ssl.MemoryBIO()
    client = _verifier(roots).wrap_bio(incoming, ssl.MemoryBIO())
    _step(client)  # its ClientHello, which goes nowhere
    incoming.write(_server_flight(sent, _SUITES.get(key_kind, _ECDSA_SUITE)))
    error = _step(client)
    if error is None:
        return 0, ""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_code, error.verify_message
    return None, (error.reason or "").lower().replace("_", " ")


def _verifier(roots: "tuple[x509.Certificate, ...]") -> ssl.SSLContext:
    """A client that asks for nothing but a chain to `roots`: no name, no date, no size of a key."""
    from cryptography.hazmat.primitives.serialization import Encoding

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags |= _NO_CHECK_TIME
    if roots:
        context.load_verify_locations(cadata=b"".join(root.public_bytes(Encoding.DER) for root in roots))
    return context


def _step(client: ssl.SSLObject) -> ssl.SSLError | None:
    """Go on as far as it goes; what stops it, unless it only waits for more."""
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        return None
    except ssl.SSLError as error:
        return error
    return None


def _server_flight(sent: tuple[bytes, ...], suite: int) -> bytes:
    """A ServerHello of TLS 1.2 and the Certificate message, as records."""
    # With the empty renegotiation_info that OpenSSL insists on (RFC 5746, 3.4).
    hello = b"\x03\x03" + bytes(32) + block(1, b"") + suite.to_bytes(2, "big") + b"\x00" + block(2, b"\xff\x01\x00\x01\x00")
    certificates = block(3, b"".join(block(3, der) for der in sent))
    messages = bytes((_SERVER_HELLO,)) + block(3, hello) + bytes((_CERTIFICATE,)) + block(3, certificates)
    pieces = (messages[at : at + _PIECE] for at in range(0, len(messages), _PIECE))
    return b"".join(bytes((_HANDSHAKE, 3, 3)) + block(2, piece) for piece in pieces)
