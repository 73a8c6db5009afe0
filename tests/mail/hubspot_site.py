"""A mail server that HubSpot connects to: the site, its files for Postfix and Dovecot, and how an administrator puts them into place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mail.lab import Dovecot, MailLab, Postfix
from tests.mail.lab.texts import edit
from tests.support.cli import gatepost

# The first and the last address of every network, and their neighbours outside.
CONNECTOR: Final = ("198.51.100.10", "203.0.113.0", "203.0.113.15", "2001:db8:100::", "2001:db8:100:ffff:ffff:ffff:ffff:ffff")
TRUSTED: Final = ("192.0.2.128", "192.0.2.191", "2001:db8:a::", "2001:db8:a:ffff:ffff:ffff:ffff:ffff")
STRANGERS: Final = (
    *("198.51.100.9", "198.51.100.11", "203.0.113.16", "192.0.2.127", "192.0.2.192"),
    *("2001:db8:101::", "2001:db8:ff:ffff:ffff:ffff:ffff:ffff", "2001:db8:b::", "2001:db8:9:ffff:ffff:ffff:ffff:ffff"),
)
LOOPBACK: Final = ("127.0.0.1", "::1")
EVERYBODY: Final = (*CONNECTOR, *TRUSTED, *STRANGERS, *LOOPBACK)

SITE: Final = """
kind: site
name: mail
server:
  imap: imap.example.org
  smtp: smtp.example.org
  addresses: [192.0.2.25, "2001:db8::25"]
  tls_minimum: TLSv1.2
trusted: [192.0.2.128/26, "2001:db8:a::/48"]
connectors:
  - use: hubspot
    networks: [198.51.100.10, 203.0.113.0/28, "2001:db8:100::/48"]
    mailboxes: 3
targets:
  postfix: {}
  dovecot: {allow_nets: true}
"""
_LIST: Final = "  !include /etc/dovecot/gatepost-mail-allow-nets.inc"


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server with the site's files at hand."""

    lab: MailLab
    dovecot: Dovecot
    postfix: Postfix
    files: Path

    def apply(self) -> None:
        """Put both targets into place, as their files say."""
        self.dovecot.run("sh", f"{self.files}/dovecot/apply.sh", check=False)  # lays down the list, and asks for the line
        edit(self.dovecot.folder / "conf.d" / "auth-passwdfile.conf.ext", (r"^(passdb .*\{)$", rf"\1\n{_LIST}"))
        self.dovecot.run("sh", f"{self.files}/dovecot/apply.sh")
        self.postfix.age()
        self.postfix.run("sh", f"{self.files}/postfix/apply.sh")

    def undo(self) -> None:
        """Take them out again."""
        edit(self.dovecot.folder / "conf.d" / "auth-passwdfile.conf.ext", (rf"^{_LIST}\n", ""))
        self.dovecot.run("sh", f"{self.files}/dovecot/undo.sh")
        self.postfix.age()
        self.postfix.run("sh", f"{self.files}/postfix/undo.sh")

    def configuration(self) -> Mapping[str, bytes]:
        """Every file of both servers' configuration."""
        folders = (self.dovecot.folder, self.postfix.folder)
        return {str(path): path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()}


@contextmanager
def mail_server(release: str) -> Iterator[Server]:
    """A server that relays for nobody, loopback included, with the site rendered and not yet applied."""
    with MailLab(release) as lab:
        site = lab.folder / "mail.yaml"
        site.write_text(SITE, encoding="utf-8")
        done = gatepost("render", site, "--output", lab.folder / "out")
        assert done.status == 0, done.err
        yield Server(lab, lab.dovecot(), lab.postfix(settings={"mynetworks": "10.99.0.0/16"}), lab.folder / "out" / "mail")
