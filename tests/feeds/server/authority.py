"""An authority of the tests' own and the certificates that it signs: good, expired, for other names. And one that nobody signed."""

import subprocess
from pathlib import Path
from typing import Final

# Names that the shipped profiles fetch from: the tests' proxy leads all of them to the tests' server.
NAMES: Final = (
    "localhost",
    "*.example.org",
    "cdn.auth0.com",
    "download.microsoft.com",
    "endpoints.office.com",
    "raw.githubusercontent.com",
    "stat.ripe.net",
    "uptime.betterstack.com",
    "www.microsoft.com",
)
_SUBJECT: Final = "/CN=gatepost tests"


class Authority:
    """Certificates in a folder, made when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trusted = folder / "ca.pem"
        _openssl("req", "-x509", *_new_key(folder / "ca.key"), "-days", "2", "-subj", "/CN=gatepost tests CA", "-out", self.trusted)

    def good(self) -> Path:
        """A certificate that everything is right with."""
        return self._sign("good", NAMES, "-days", "2")

    def expired(self) -> Path:
        """A certificate that ended yesterday."""
        return self._sign("expired", NAMES, "-days", "-1")

    def of_other_names(self) -> Path:
        """A certificate for somebody else."""
        return self._sign("other", ("elsewhere.example.net",), "-days", "2")

    def unknown(self) -> Path:
        """A certificate that no authority signed."""
        out = self.folder / "unknown.pem"
        if not out.exists():
            key = self.folder / "unknown.key"
            _openssl("req", "-x509", *_new_key(key), "-days", "2", "-subj", _SUBJECT, *_alternatives(NAMES), "-out", out)
            out.write_text(out.read_text() + key.read_text())
        return out

    def _sign(self, name: str, hosts: tuple[str, ...], *lifetime: str) -> Path:
        out, key, request = (self.folder / f"{name}.{ending}" for ending in ("pem", "key", "csr"))
        if not out.exists():
            _openssl("req", *_new_key(key), "-subj", _SUBJECT, *_alternatives(hosts), "-out", request)
            authority = ("-CA", self.trusted, "-CAkey", self.folder / "ca.key")
            _openssl("x509", "-req", "-in", request, *authority, "-copy_extensions", "copy", *lifetime, "-out", out)
            out.write_text(out.read_text() + key.read_text())
        return out


def _new_key(path: Path) -> tuple[str | Path, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path)


def _alternatives(hosts: tuple[str, ...]) -> tuple[str, str]:
    return ("-addext", "subjectAltName=" + ",".join([f"DNS:{host}" for host in hosts] + ["IP:127.0.0.1"] * ("localhost" in hosts)))


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
