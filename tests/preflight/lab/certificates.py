"""The tests' own authorities, and a certificate for each thing that can be wrong with one."""

import datetime
import ipaddress
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.preflight.lab.recipes import DOMAIN, RECIPES, Recipe

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_PURPOSES: Final = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}
# Authorities: who signs each, its name, and in how many days it ends. An issuer of their own name signs itself.
_AUTHORITIES: Final = {
    "root": ("root", "Gatepost Test Root", 3650),
    "intermediate": ("root", "Gatepost Test Intermediate", 1000),
    "expired-intermediate": ("root", "Gatepost Old Intermediate", -3),
    "private": ("private", "Example Company Root", 3650),
    "private-intermediate": ("private", "Example Company Servers", 1000),
    "scanner": ("scanner", "Avast Web/Mail Shield Root", 3650),
}


class Authority(NamedTuple):
    """One that signs."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


class Issued(NamedTuple):
    """Files: the certificates as the server sends them, and the key."""

    chain: Path
    key: Path


class Office:
    """Issues into a folder, each certificate when it is asked for first. `now` is the time that all dates count from."""

    def __init__(self, folder: Path, now: datetime.datetime) -> None:
        self._folder = folder
        self._now = now
        self._authorities: dict[str, Authority] = {}
        self._issued: dict[str, Issued] = {}
        folder.mkdir(exist_ok=True)
        folder.chmod(0o755)
        self.roots = folder / "public-roots.pem"  # what the connector takes as public
        self.roots.write_bytes(_pem([self._authority("root").certificate]))

    def issue(self, name: str) -> Issued:
        """The certificate of that name, from the list of recipes."""
        if name not in self._issued:
            self._issued[name] = self._make(name, RECIPES[name])
        return self._issued[name]

    def _make(self, name: str, recipe: Recipe) -> Issued:
        key = _new_key(recipe.key)
        leaf = self._sign(recipe, key, host=f"{name}.{DOMAIN}")
        chain = [leaf, *(self._authority(one).certificate for one in recipe.sent), *([leaf] * recipe.repeated)]
        made = Issued(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        made.chain.write_bytes(_pem(chain))
        made.key.write_bytes(_key_pem(key))
        if recipe.digest != "sha256":
            self._sign_again(made, recipe)
        return made

    def _sign_again(self, made: Issued, recipe: Recipe) -> None:
        """Have openssl sign a certificate, self-signed as yet, with a digest that `cryptography` refuses."""
        signer = ["-signkey", str(made.key)]
        if recipe.issuer:
            authority, certificate, key = self._authority(recipe.issuer), made.chain.with_suffix(".ca"), made.chain.with_suffix(".ca-key")
            certificate.write_bytes(_pem([authority.certificate]))
            key.write_bytes(_key_pem(authority.key))
            signer = ["-CA", str(certificate), "-CAkey", str(key), "-set_serial", "4711"]
        command = ["openssl", "x509", "-in", str(made.chain), *signer, "-preserve_dates", f"-{recipe.digest}"]
        signed = subprocess.run(command, capture_output=True, check=True).stdout
        rest = [self._authority(one).certificate for one in recipe.sent]
        made.chain.write_bytes(signed + _pem(rest))

    def _sign(self, recipe: Recipe, key: Key, host: str) -> x509.Certificate:
        names = [name.format(host=host) for name in recipe.names]
        subject = _name(recipe.common_name.format(host=host))
        signer = self._authority(recipe.issuer) if recipe.issuer and recipe.digest == "sha256" else None
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(signer.certificate.subject if signer else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now + datetime.timedelta(days=recipe.days[0]))
            .not_valid_after(self._now + datetime.timedelta(days=recipe.days[1]))
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(_alternatives(names)), critical=False)
        if recipe.purposes:
            purposes = x509.ExtendedKeyUsage([_PURPOSES[purpose] for purpose in recipe.purposes])
            builder = builder.add_extension(purposes, critical=False)
        return builder.sign(signer.key if signer else key, hashes.SHA256())

    def _authority(self, name: str) -> Authority:
        if name not in self._authorities:
            issuer, title, days = _AUTHORITIES[name]
            key = ec.generate_private_key(ec.SECP256R1())
            signer = None if issuer == name else self._authority(issuer)
            certificate = (
                x509.CertificateBuilder()
                .subject_name(_name(title))
                .issuer_name(signer.certificate.subject if signer else _name(title))
                .public_key(key.public_key())
                .serial_number(x509.random_serial_number())
                .not_valid_before(self._now - datetime.timedelta(days=900))
                .not_valid_after(self._now + datetime.timedelta(days=days))
                .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
                .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
                .sign(signer.key if signer else key, hashes.SHA256())
            )
            self._authorities[name] = Authority(certificate, key)
        return self._authorities[name]


@cache
def _new_key(kind: str) -> Key:
    """Keys are shared between certificates: making one takes longer than all the rest."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


def _name(common_name: str) -> x509.Name:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Gatepost tests")
    return x509.Name([organisation, *([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else [])])


def _alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    return [
        x509.IPAddress(ipaddress.ip_address(name.removeprefix("ip:"))) if name.startswith("ip:") else x509.DNSName(name) for name in names
    ]


def _key_pem(key: Key) -> bytes:
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _pem(certificates: Iterable[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(serialization.Encoding.PEM) for certificate in certificates)
