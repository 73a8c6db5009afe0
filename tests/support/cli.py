"""Running the command: in this process, or as a process of its own; and a small site with a profile of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from typer.testing import CliRunner

from generator.cli.every import app
from tests.house.tree import ROOT

PROFILE = """\
kind: connector
name: crm
title: Example CRM mailbox sync
vendor: Example
addresses:
  policy: per-account
  how: in the CRM, Settings > Mail > Addresses
services:
  imaps: {port: 993, application: imap, tls: implicit}
  imap: {port: 143, application: imap, tls: starttls}
  submissions: {port: 465, application: smtp, tls: implicit}
  submission: {port: 587, application: smtp, tls: starttls}
requires:
  tls_versions: [TLSv1.2, TLSv1.3]
  connections_per_mailbox: 5
  connections:
    - {count: 2, when: permanent}
    - {count: 3, when: while mail is sent}
  certificate: {names_server: true, public_ca: preferred}
insecure_option: accept any certificate
unsupported: [courier-imap]
preconditions: [fixed addresses are switched on in the CRM]
notes: [the shared inbox takes no IMAP]
"""
SITE = """\
kind: site
name: acme
server: {imap: imap.example.org, smtp: smtp.example.org}
trusted: [10.20.0.0/16]
connectors:
  - use: ./crm.yaml
    networks:
      - 198.51.100.10
      - 203.0.113.0/28
    mailboxes: 3
allow:
  - {code: NET055, network: 198.51.100.10, reason: an example}
  - {code: NET055, network: 203.0.113.0/28, reason: an example}
access:
  imaps: allowlist
  imap: allowlist
  submissions: allowlist
  submission: public
"""


class Result(NamedTuple):
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str


def gatepost(*arguments: str | Path, given: str | None = None, env: dict[str, str | None] | None = None) -> Result:
    """Run the command in this process, which is the quick way; the folder is the current one."""
    done = CliRunner(env=env).invoke(app, [str(argument) for argument in arguments], input=given, catch_exceptions=False)
    return Result(done.exit_code, done.stdout, done.stderr)


def process(*arguments: str, folder: Path, given: str = "", env: dict[str, str] | None = None) -> Result:
    """Run the command as a user does."""
    command = [sys.executable, "-m", "generator", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}
    done = subprocess.run(command, cwd=folder, input=given, env=variables, capture_output=True, text=True, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def write_site(folder: Path, site: str = SITE) -> Path:
    """Put the site and its profile into a folder."""
    (folder / "crm.yaml").write_text(PROFILE, encoding="utf-8")
    (folder / "acme.yaml").write_text(site, encoding="utf-8")
    return folder / "acme.yaml"
