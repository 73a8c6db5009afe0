"""A site for Dovecot, rendered and applied on the server of a mail lab as a user does it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from generator.artifacts import write_artifacts
from generator.diagnostics import Report
from generator.pipeline import compile_sites, render_sites
from tests.mail.lab import Dovecot, MailLab
from tests.mail.lab.texts import edit

CONNECTOR: Final = ("198.51.100.10", "2001:db8:100::7")
TRUSTED: Final = ("192.0.2.129", "2001:db8:a::5")
STRANGERS: Final = ("198.51.100.11", "198.51.100.9", "203.0.113.15", "203.0.113.32", "2001:db8:101::1")
LIST: Final = "gatepost-acme-allow-nets.inc"
DROP_IN: Final = "conf.d/90-gatepost-acme.conf"
PASSDB: Final = "auth-passwdfile.conf.ext"

_CRM: Final = """
kind: connector
name: crm
title: A CRM system of our own
addresses: {policy: per-account}
services:
  imap: {port: 143, application: imap, tls: starttls}
  submission: {port: 587, application: smtp, tls: starttls}
  imaps: {port: 993, application: imap, tls: implicit}
requires: {connections_per_mailbox: EACH, tls_versions: [TLSv1.2]}
"""
_SITE: Final = """
kind: site
name: acme
server: {SERVER}
trusted: [192.0.2.128/26, "2001:db8:a::/48"]
connectors:
  - use: ./crm.yaml
    services: [SERVICES]
    mailboxes: 3
    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/48", "2001:db8:ffff::25"]
targets: {dovecot: {OPTIONS}}
"""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of a site, in a folder of the lab."""

    dovecot: Dovecot
    folder: Path

    def apply(self, *arguments: str, check: bool = True) -> CompletedProcess[str]:
        """Run apply.sh."""
        return self.dovecot.run("sh", f"{self.folder}/apply.sh", *arguments, check=check)

    def undo(self, *arguments: str, check: bool = True) -> CompletedProcess[str]:
        """Run undo.sh."""
        return self.dovecot.run("sh", f"{self.folder}/undo.sh", *arguments, check=check)

    def apply_with_list(self) -> None:
        """Run apply.sh, write the line that it asks for, run it again."""
        self.apply(check=False)
        include_list(self.dovecot)
        self.apply()

    def apply_over_list(self) -> None:
        """Run apply.sh where the list and the line are there already, from another version of the site."""
        (self.dovecot.folder / LIST).write_text("# none\n", encoding="utf-8")
        include_list(self.dovecot)
        self.apply()

    def tamper(self, file: str, old: str, new: str) -> None:
        """Replace a text of a rendered file, everywhere.

        Raises:
            AssertionError: it is not there.
        """
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def render(
    lab: MailLab, dovecot: Dovecot, *services: str, options: str = "", server: str = "", each: int = 6, version: str = "out"
) -> Rendered:
    """Render a site whose one connector uses these services into a folder of its own."""
    (lab.folder / "crm.yaml").write_text(_CRM.replace("EACH", str(each)), encoding="utf-8")
    path = lab.folder / f"{version}.yaml"
    text = _SITE.replace("SERVICES", ", ".join(services or ("imap", "imaps"))).replace("OPTIONS", options).replace("SERVER", server)
    path.write_text(text, encoding="utf-8")
    report = Report()
    artifacts = render_sites(compile_sites([str(path)], (), report), ["dovecot"], (), report)
    written = write_artifacts(artifacts, lab.folder / version, report)
    assert written is not None, report.findings
    return Rendered(dovecot, lab.folder / version / artifacts[0].folder)


def include_list(dovecot: Dovecot, *, file: str = PASSDB, line: str = f"!include /etc/dovecot/{LIST}") -> None:
    """Write the line into the passdb block of a file."""
    edit(dovecot.folder / "conf.d" / file, (r"^(passdb .*\{)$", rf"\1\n  {line}"))


def exclude_list(dovecot: Dovecot) -> None:
    """Take the line out again."""
    edit(dovecot.folder / "conf.d" / PASSDB, (rf"^  !include .*{LIST}\n", ""))


def add_file(dovecot: Dovecot, name: str, *lines: str) -> Path:
    """Write a file of the administrator's own."""
    path = dovecot.folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def tree(folder: Path) -> Mapping[str, tuple[int, bytes]]:
    """Every file below a folder: mode and content."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes()) for path in files}


def setting(dovecot: Dovecot, name: str, *, protocol: str = "") -> str:
    """What Dovecot reads a setting as."""
    words = ["-f", f"protocol={protocol}"] if protocol else []
    return dovecot.run("doveconf", "-h", *words, name).stdout.strip()


def fresh(lab: MailLab, *settings: str, files: Mapping[str, str] | None = None) -> Dovecot:
    """Debian's configuration anew, for tests that share a lab; no Dovecot runs with it."""
    folder = lab.dovecot(start=False).folder
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return lab.dovecot(settings=settings, files=files, start=False)


def refusal(site: Rendered, *arguments: str) -> str:
    """What apply.sh says when it refuses.

    Raises:
        AssertionError: it did not, or changed something.
    """
    before = tree(site.dovecot.folder)
    done = site.apply(*arguments, check=False)
    assert done.returncode == 1, done.stderr
    assert tree(site.dovecot.folder) == before
    return done.stderr
