"""Certificates made for a test, by `cryptography`, from a CA that exists as long as the test run."""

import datetime
import itertools
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW: Final = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
DAY: Final = datetime.timedelta(days=1)
HOST: Final = "imap.example.org"
SERVER: Final = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT: Final = ExtendedKeyUsageOID.CLIENT_AUTH
ANY: Final = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey | ed25519.Ed25519PrivateKey
_SERIALS: Final = itertools.count(1000)


class Paper(NamedTuple):
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


@cache
def make_key(kind: str = "P-256") -> Key:
    """One key of each kind for the whole run: making RSA keys takes its time."""
    match kind:
        case "P-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "P-192":
            return ec.generate_private_key(ec.SECP192R1())
        case "DSA":
            return dsa.generate_private_key(2048)
        case "Ed25519":
            return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(65537, int(kind.removeprefix("RSA-")))


def make(
    cn: str | None = HOST,
    names: Sequence[str] | None = (HOST,),
    *,
    issuer: Paper | None = None,
    key: str = "P-256",
    begins: datetime.datetime = NOW - 10 * DAY,
    ends: datetime.datetime = NOW + 80 * DAY,
    purposes: Sequence[x509.ObjectIdentifier] | None = (SERVER,),
    ca: bool = False,
    organisation: str = "",
    usage: x509.KeyUsage | None = None,
) -> Paper:
    """A certificate; self-signed without an issuer."""
    subject = _name(cn, organisation)
    own = make_key(key)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(own.public_key())
        .serial_number(next(_SERIALS))
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    if usage:
        builder = builder.add_extension(usage, critical=True)
    signer = issuer.key if issuer else own
    return Paper(builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else hashes.SHA256()), own)


def make_ca(cn: str, issuer: Paper | None = None, *, key: str = "P-256", ends: datetime.datetime = NOW + 3000 * DAY) -> Paper:
    """A CA's certificate, valid for long unless told otherwise."""
    return make(cn, None, issuer=issuer, key=key, purposes=None, ca=True, organisation="Test CA", begins=NOW - 3000 * DAY, ends=ends)


@cache
def root() -> Paper:
    """The root that the tests take as public."""
    return make_ca("Public Root", key="RSA-2048")


@cache
def private_root() -> Paper:
    """A root that nobody takes as public."""
    return make_ca("Company Root")


@cache
def intermediate() -> Paper:
    """An intermediate below the public root."""
    return make_ca("Public Intermediate", root(), key="P-256")


def _name(cn: str | None, organisation: str) -> x509.Name:
    parts = [(NameOID.ORGANIZATION_NAME, organisation)] if organisation else []
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in [*parts, *([(NameOID.COMMON_NAME, cn)] if cn else [])]])
