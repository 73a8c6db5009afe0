"""What tests of `gatepost diff` have in common: a folder with a site and a dump, and the site with one text in the place of another."""

from pathlib import Path
from typing import Final

import pytest

from tests.support.cli import SITE, gatepost, write_site

NETWORK: Final = "      - 203.0.113.0/28\n"
DUMP: Final = """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s 198.51.100.0/25 -p tcp -m tcp --dport 993 -j ACCEPT
-A INPUT -s 203.0.113.7/32 -p tcp -m tcp --dport 22 -j ACCEPT
COMMIT
"""
IMAPS: Final = "-A INPUT -s 198.51.100.0/25 -p tcp -m tcp --dport 993 -j ACCEPT\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with `acme.yaml`, the profile it uses, and the dump `old.rules`."""
    write_site(tmp_path)
    monkeypatch.chdir(tmp_path)
    Path("old.rules").write_text(DUMP, encoding="utf-8")
    return tmp_path


def render(site: str, folder: str, *targets: str) -> None:
    """Write the files of a site for these targets."""
    Path("rendered.yaml").write_text(site, encoding="utf-8")
    options = [word for target in targets for word in ("-t", target)]
    assert gatepost("render", "rendered.yaml", *options, "-o", folder).status == 0


def change(old: str, new: str, *options: str) -> str:
    """What `diff` prints about the site with one text in the place of another."""
    assert old in SITE
    Path("new.yaml").write_text(SITE.replace(old, new), encoding="utf-8")
    return gatepost("diff", "acme.yaml", "new.yaml", *options).out


def status(old: str, new: str, *options: str) -> int:
    """The exit status of `diff` for that."""
    Path("new.yaml").write_text(SITE.replace(old, new), encoding="utf-8")
    return gatepost("diff", "acme.yaml", "new.yaml", *options).status
