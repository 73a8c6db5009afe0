"""What scripted peers are made with."""

import ssl
from collections.abc import Callable
from typing import Final, NamedTuple

from tests.preflight.lab.certificates import Office
from tests.preflight.lab.peer import Script
from tests.preflight.lab.streams import Secure, openssl_tls, python_tls, tlslite_tls

_WEAK: Final = "DEFAULT:@SECLEVEL=0"


class Kit(NamedTuple):
    """Makes their TLS. The certificate is for every host of the lab unless another is named."""

    office: Office

    def tls(self, certificate: str = "wildcard", *, ciphers: str = "DEFAULT") -> Secure:
        """TLS 1.2 and 1.3."""
        return python_tls(self.office.issue(certificate), ciphers=ciphers)

    def tls12(self, *, ciphers: str, certificate: str = "rsa-wildcard", client: ssl.VerifyMode = ssl.CERT_NONE) -> Secure:
        """TLS 1.2 alone, with some ciphers; `client` says whether clients are asked for a certificate."""
        issued = self.office.issue(certificate)
        asked = (self.office.roots, client) if client else None
        return python_tls(issued, ciphers=ciphers, highest=ssl.TLSVersion.TLSv1_2, asked=asked)

    def finite(self, prime: int) -> Secure:
        """TLS 1.2 with Diffie-Hellman in that group, and nothing else."""
        return tlslite_tls(self.office.issue("rsa-wildcard"), (3, 3), prime)

    def sslv3(self) -> Secure:
        """SSL 3.0 alone."""
        return tlslite_tls(self.office.issue("rsa-wildcard"), (3, 0))

    def weak(self, certificate: str) -> Secure:
        """For certificates that OpenSSL takes only when it is told to."""
        return python_tls(self.office.issue(certificate), ciphers=_WEAK)

    def program(self, *options: str, certificate: str = "rsa-wildcard") -> Secure:
        """TLS by `openssl s_server`."""
        return openssl_tls(self.office.issue(certificate), *options)


class Peer(NamedTuple):
    """A peer's port, and how its script is made."""

    port: int
    make: Callable[[Kit], Script]
