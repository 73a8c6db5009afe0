"""A site for Postfix, rendered and applied on the server of a mail lab as a user does it."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from generator.artifacts import write_artifacts
from generator.diagnostics import Report
from generator.pipeline import compile_sites, render_sites
from tests.mail.lab import MailLab, Postfix

CONNECTOR: Final = ("198.51.100.10", "2001:db8:100::7")
TRUSTED: Final = ("192.0.2.129", "2001:db8:a::5")
LOOPBACK: Final = ("127.0.0.1", "::1")
STRANGERS: Final = ("198.51.100.11", "198.51.100.9", "203.0.113.15", "203.0.113.32", "2001:db8:101::1", "2001:db8:ffff::25:1")

CRM: Final = """
kind: connector
name: crm
title: A CRM system of our own
addresses: {policy: per-account}
services:
  smtp: {port: 25, application: smtp, tls: starttls}
  submissions: {port: 465, application: smtp, tls: implicit}
  submission: {port: 587, application: smtp, tls: starttls}
  imaps: {port: 993, application: imap, tls: implicit}
requires: {connections_per_mailbox: 6, tls_versions: [TLSv1.2]}
"""
_SITE: Final = """
kind: site
name: acme
trusted: [192.0.2.128/26, "2001:db8:a::/48"]
connectors:
  - use: ./crm.yaml
    services: [SERVICES]
    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/48", "2001:db8:ffff::25"]
"""


def site_text(*services: str, more: str = "") -> str:
    """A site whose one connector uses these services."""
    return _SITE.replace("SERVICES", ", ".join(services)) + more


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of a site, in a folder of the lab."""

    postfix: Postfix
    folder: Path

    def apply(self, *arguments: str, check: bool = True) -> CompletedProcess[str]:
        """Run apply.sh."""
        return self.postfix.run("sh", f"{self.folder}/apply.sh", *arguments, check=check)

    def undo(self, *arguments: str, check: bool = True) -> CompletedProcess[str]:
        """Run undo.sh."""
        return self.postfix.run("sh", f"{self.folder}/undo.sh", *arguments, check=check)

    def tamper(self, file: str, old: str, new: str) -> None:
        """Replace a text of a rendered file, everywhere.

        Raises:
            AssertionError: it is not there.
        """
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")


def render(lab: MailLab, postfix: Postfix, site: str, *, version: str = "out") -> Rendered:
    """Render a site into a folder of its own."""
    return Rendered(postfix, write_site(lab.folder, site, version=version))


def write_site(folder: Path, site: str, *, version: str = "out", long: Sequence[str] = ()) -> Path:
    """Render a site below a folder; the folder with its files. `long` is what is in the list `long.txt`."""
    (folder / "long.txt").write_text("".join(f"{prefix}\n" for prefix in long), encoding="utf-8")
    (folder / "crm.yaml").write_text(CRM, encoding="utf-8")
    path = folder / f"{version}.yaml"
    path.write_text(site, encoding="utf-8")
    report = Report()
    artifacts = render_sites(compile_sites([str(path)], (), report), ["postfix"], (), report)
    written = write_artifacts(artifacts, folder / version, report)
    assert written is not None, report.findings
    return folder / version / artifacts[0].folder


def tree(folder: Path) -> Mapping[str, tuple[int, int, bytes]]:
    """Every file below a folder: mode, owner, content."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {str(path.relative_to(folder)): (path.stat().st_mode, path.stat().st_uid, path.read_bytes()) for path in files}


def edit_master(postfix: Postfix, old: str, new: str) -> None:
    """Change master.cf as an administrator does.

    Raises:
        AssertionError: `old` is not there.
    """
    path = postfix.folder / "master.cf"
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in master.cf"
    path.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))
