"""The lab's own certification authority and the mail server's certificate, made by openssl."""

import os
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

IMAP_NAME: Final = "imap.example.org"
SMTP_NAME: Final = "smtp.example.org"

_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")


class Certificates(NamedTuple):
    """PEM files. The server's hold both of its names."""

    authority: Path
    certificate: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Make them in a new folder."""
    folder.mkdir()
    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    authority_key = str(folder / "authority.key")
    _openssl("req", "-x509", *_NEW_KEY, "-subj", "/CN=gatepost lab", "-keyout", authority_key, "-out", str(made.authority))
    _openssl(
        *("req", "-x509", *_NEW_KEY, "-subj", f"/CN={IMAP_NAME}", "-addext", f"subjectAltName=DNS:{IMAP_NAME},DNS:{SMTP_NAME}"),
        *("-addext", "basicConstraints=critical,CA:false", "-CA", str(made.authority), "-CAkey", authority_key),
        *("-keyout", str(made.key), "-out", str(made.certificate)),
    )
    return made


def _openssl(*arguments: str) -> None:
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, env=environment, stdin=subprocess.DEVNULL)
