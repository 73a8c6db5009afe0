"""A site with one feed on the tests' server, and running `gatepost update` on it."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.support.cli import gatepost

PROFILE: Final = """\
kind: connector
name: crm
title: Example CRM
addresses:
  policy: feed
  feed:
    format: json
    url: https://feeds.example.org/list.json
    lists: [{path: "networks[]"}]
    version: version
services:
  imaps: {port: 993, application: imap, tls: implicit}
"""
SITE: Final = """\
kind: site
name: acme
connectors:
  - use: ./crm.yaml
    feed_url: URL
access: {imaps: allowlist}
allow:
  - {code: NET055, network: 192.0.2.0/24, reason: an example}
  - {code: NET055, network: 198.51.100.0/24, reason: an example}
  - {code: NET055, network: 203.0.113.0/24, reason: an example}
  - {code: NET055, network: "2001:db8::/32", reason: an example}
"""
LIST: Final = ("192.0.2.0/25", "198.51.100.0/25", "203.0.113.0/25")


class Update(NamedTuple):
    """What `gatepost update --format json` said: exit status, `status`, the codes of errors and of the rest, and all of it."""

    exit: int
    status: str
    errors: list[str]
    others: list[str]
    document: dict[str, Any]

    @property
    def messages(self) -> str:
        """All messages and hints."""
        return "\n".join(f"{finding['message']} | {finding['hint']}" for finding in self.document["findings"])


def write_site(folder: Path, url: str, *, more: str = "") -> None:
    """Put the site and its profile into a folder."""
    (folder / "crm.yaml").write_text(PROFILE)
    (folder / "acme.yaml").write_text(SITE.replace("URL", url) + more)


def feed(*networks: str, version: object = 1) -> bytes:
    """The feed's document."""
    return json.dumps({"version": version, "networks": networks}).encode()


def update(*options: str, today: str = "2026-11-23", site: str = "acme.yaml") -> Update:
    """Run the command in the current folder."""
    done = gatepost("update", site, "--today", today, "--format", "json", *options)
    document = json.loads(done.out)
    errors = [finding["code"] for finding in document["findings"] if finding["severity"] == "error"]
    others = [finding["code"] for finding in document["findings"] if finding["severity"] != "error"]
    return Update(done.status, document["status"], errors, others, document)


def pinned(lock: str = "acme.lock") -> list[str]:
    """The prefixes in a lock, in its order."""
    return [line.strip(" -") for line in Path(lock).read_text().splitlines() if line.strip().startswith("- ")]
