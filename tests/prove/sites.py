"""A site to prove, and faults put into what is rendered from it."""

from pathlib import Path

from tests.kernel.handmade import change
from tests.support.cli import Result, gatepost

SITE = """\
kind: site
name: acme
server: {imap: imap.example.org, smtp: smtp.example.org}
trusted: ["192.0.2.0/26", "2001:db8:1::/48"]
connectors:
  - use: hubspot
    services: [imaps, submission]
    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/56"]
"""


def write(folder: Path, targets: str) -> None:
    """Write the site with these options of targets."""
    (folder / "acme.yaml").write_text(f"{SITE}targets: {{{targets}}}\n", encoding="utf-8")


def tampered(folder: Path, target: str, file: str, old: str, new: str) -> Result:
    """Prove the rendered file with one thing changed in it."""
    gatepost("render", "acme.yaml", "-t", target, "-o", "out")
    text = (folder / "out" / "acme" / target / file).read_text(encoding="utf-8")
    (folder / file).write_text(change(text, old, new), encoding="utf-8")
    return gatepost("prove", "acme.yaml", "-t", target, "--artifact", file)


def lies(result: Result) -> list[str]:
    """What is told of connections."""
    return [line.removeprefix("  LIE    ") for line in result.out.splitlines() if line.startswith("  LIE")]


def failures(result: Result) -> list[str]:
    """What is told of everything else."""
    return [line.removeprefix("  FAILS  ") for line in result.out.splitlines() if line.startswith("  FAILS")]
