"""Reads X.509 certificates that strangers sent: what can't be read is said, and never stops the rest."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from generator.preflight.quiet import quiet
from generator.preflight.transcript import printable

if TYPE_CHECKING:
    from cryptography import x509

_T = TypeVar("_T")
_LONGEST_TEXT: Final = 400


class Certificate(NamedTuple):
    """The fields of a certificate that decide something. Texts are printable; times in UTC.

    `purposes` is None where the certificate names none, so that it is good for any; `signature_hash` is empty for EdDSA, which needs none.
    `damaged` names the parts that could not be read, whose fields are then empty.
    """

    parsed: "x509.Certificate"
    der: bytes
    subject: str
    issuer: str
    common_names: tuple[str, ...]
    dns_names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key_kind: str  # RSA, EC, DSA, Ed25519, …
    key_bits: int
    curve: str
    signature_hash: str
    purposes: tuple[str, ...] | None
    may_sign_handshakes: bool  # its key usage, where it has one, allows what TLS does with a key
    self_signed: bool  # by its names, and by its signature where that can be checked
    serial: str
    sha256: str
    damaged: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key in words: `RSA 2048 bits`, `EC secp256r1`."""
        if self.key_kind == "EC":
            return f"EC {self.curve}"
        return f"{self.key_kind} {self.key_bits} bits" if self.key_bits else self.key_kind


class _Usage(NamedTuple):
    purposes: tuple[str, ...] | None
    may_sign: bool


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate in `der`; None if it is none."""
    parsed = parse_certificate(der)
    if parsed is None:
        return None
    with quiet():
        try:
            not_before, not_after = parsed.not_valid_before_utc, parsed.not_valid_after_utc
        except _faults():
            return None
        return _read_fields(parsed, der, not_before, not_after)


def parse_certificate(der: bytes) -> "x509.Certificate | None":
    """What the library makes of `der`; None if it is no certificate."""
    from cryptography import x509

    # It warns of flaws from the past, such as a serial number of zero, which a public root has.
    with quiet():
        try:
            return x509.load_der_x509_certificate(der)
        except _faults():
            return None


def _read_fields(parsed: "x509.Certificate", der: bytes, not_before: datetime, not_after: datetime) -> Certificate:
    damaged: list[str] = []

    def attempt(part: str, read: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return read()
        except _faults() as error:
            damaged.append(f"{part} ({printable(str(error).encode())[:80]})")
            return otherwise

    kind, bits, curve = attempt("key", lambda: _read_key(parsed), ("unknown", 0, ""))
    usage = attempt("extensions", lambda: _read_usage(parsed), _Usage(None, True))
    algorithm = attempt("signature algorithm", lambda: parsed.signature_hash_algorithm, None)
    return Certificate(
        parsed=parsed,
        der=der,
        subject=attempt("subject", lambda: _text(parsed.subject.rfc4514_string()), ""),
        issuer=attempt("issuer", lambda: _text(parsed.issuer.rfc4514_string()), ""),
        common_names=attempt("CN", lambda: _read_common_names(parsed), ()),
        dns_names=attempt("SAN", lambda: _read_dns_names(parsed), ()),
        not_before=not_before,
        not_after=not_after,
        key_kind=kind,
        key_bits=bits,
        curve=curve,
        signature_hash=algorithm.name if algorithm else "",
        purposes=usage.purposes,
        may_sign_handshakes=usage.may_sign,
        self_signed=is_signed_by(parsed, parsed),
        serial=attempt("serial number", lambda: f"{parsed.serial_number:x}", ""),
        sha256=sha256(der).hexdigest(),
        damaged=tuple(damaged),
    )


def _faults() -> tuple[type[Exception], ...]:
    """What the library raises about a part of a certificate that it can't read."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    return (ValueError, TypeError, OverflowError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion)


def _text(text: str) -> str:
    """A stranger's text on one line, cut where it is longer than any host name."""
    line = printable(text[:_LONGEST_TEXT].encode("utf-8", "backslashreplace"))
    return line if len(text) <= _LONGEST_TEXT else f"{line}…"


def _read_common_names(parsed: "x509.Certificate") -> tuple[str, ...]:
    from cryptography.x509.oid import NameOID

    return tuple(_text(str(attribute.value)) for attribute in parsed.subject.get_attributes_for_oid(NameOID.COMMON_NAME))


def _read_dns_names(parsed: "x509.Certificate") -> tuple[str, ...]:
    from cryptography import x509

    try:
        extension = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(_text(name) for name in extension.value.get_values_for_type(x509.DNSName))


def _read_usage(parsed: "x509.Certificate") -> _Usage:
    from cryptography import x509

    purposes: tuple[str, ...] | None = None
    may_sign = True
    for extension in parsed.extensions:
        if isinstance(extension.value, x509.ExtendedKeyUsage):
            purposes = tuple(purpose.dotted_string for purpose in extension.value)
        elif isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
            may_sign = usage.digital_signature or usage.key_encipherment or usage.key_agreement
    return _Usage(purposes, may_sign)


def _read_key(parsed: "x509.Certificate") -> tuple[str, int, str]:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

    key = parsed.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return "RSA", key.key_size, ""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "EC", key.key_size, key.curve.name
    if isinstance(key, dsa.DSAPublicKey):
        return "DSA", key.key_size, ""
    return type(key).__name__.removesuffix("PublicKey"), 0, ""


def is_signed_by(certificate: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    """Whether `issuer` has the issuer's name and the key that made the signature. A name that can't be read is nobody's.

    The library checks no signature over MD5 or SHA-1 any more; there the names alone say who it should be, and OpenSSL judges the rest.
    """
    from cryptography.exceptions import InvalidSignature

    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except _faults():
        return _is_too_old_to_check(certificate) and _has_name_of(certificate, issuer)
    return True


def _is_too_old_to_check(certificate: "x509.Certificate") -> bool:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return True
    except _faults():
        return False
    return algorithm is not None and algorithm.name in ("md5", "sha1")


def _has_name_of(certificate: "x509.Certificate", issuer: "x509.Certificate") -> bool:
    try:
        return certificate.issuer == issuer.subject
    except _faults():
        return False
