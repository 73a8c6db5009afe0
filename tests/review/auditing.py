"""What tests of `gatepost audit` have in common: the site, and what the audit of some files says."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.cli import gatepost, write_site

PLAIN: Final = """\
kind: site
name: acme
server: {imap: imap.example.org, smtp: smtp.example.org}
trusted: [192.0.2.0/26]
connectors:
  - use: ./crm.yaml
    networks: [198.51.100.10, 203.0.113.0/28, "2001:db8:100::/48"]
    services: [imaps, submission]
access: {submission: public}
"""
SITE: Final = f"""\
{PLAIN}\
allow:
  - {{code: NET055, network: 198.51.100.10, reason: an example}}
  - {{code: NET055, network: 203.0.113.0/28, reason: an example}}
  - {{code: NET055, network: "2001:db8:100::/48", reason: an example}}
targets:
  gcp-rest: {{target_tags: [mail]}}
  pfsense: {{destination: [10.20.0.25, "2001:db8::25"]}}
  opnsense: {{destination: [10.20.0.25, "2001:db8::25"]}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the site."""
    monkeypatch.chdir(tmp_path)
    write_site(tmp_path, SITE)
    return tmp_path


def audit(*dumps: str | bytes) -> Mapping[str, Any]:
    """What the audit of these files says, as JSON."""
    names = [f"dump{number}" for number in range(len(dumps))]
    for path, dump in zip(names, dumps, strict=True):
        Path(path).write_bytes(dump if isinstance(dump, bytes) else dump.encode())
    found: Mapping[str, Any] = json.loads(gatepost("audit", "acme.yaml", *names, "--format", "json").out)
    return found
