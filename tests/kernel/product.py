"""What a user does with gatepost: write a site, render it, run the commands that it names; here on the server of a lab."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from generator.artifacts import write_artifacts
from generator.diagnostics import Report
from generator.pipeline import compile_sites, render_sites
from generator.plan_json import plan_document
from tests.kernel.handmade import change
from tests.kernel.lab import Lab, Layout
from tests.kernel.lab.foreign import IPTABLES_CLOSED, NFT_CLOSED, NFT_OPEN, Foreign, iptables_closed
from tests.kernel.lab.oracle import PlanJson

ROOT: Final = Path(__file__).parents[2]


class Way(NamedTuple):
    """One way to use a target, and the host that it is for."""

    name: str
    target: str
    role: str  # of the artifact whose commands are run
    options: str  # of the target, as in the site's YAML
    layout: Layout
    foreign: Foreign
    tables: str = ""  # the programs that iptables' scripts use


GUARD: Final = Way("guard", "nftables", "guard", "layouts: [guard]", Layout.GUARD, NFT_OPEN)
INCLUDE: Final = Way("include", "nftables", "include", "layouts: [include]", Layout.INCLUDE, NFT_CLOSED)
PLAIN: Final = Way("plain", "iptables", "hook", "layout: plain", Layout.CHAIN, IPTABLES_CLOSED)
IPSET: Final = Way("ipset", "iptables", "hook", "layout: ipset", Layout.CHAIN, IPTABLES_CLOSED)
LEGACY: Final = IPSET._replace(
    name="legacy", foreign=iptables_closed("-legacy"), tables="IPTABLES=iptables-legacy IP6TABLES=ip6tables-legacy "
)
WAYS: Final = (GUARD, INCLUDE, PLAIN, IPSET)


@dataclass(frozen=True, slots=True)
class Installation:
    """A rendered site in a folder of the lab's server."""

    lab: Lab
    plan: PlanJson
    folder: Path
    apply_command: str
    undo_command: str

    def load(self) -> None:
        """Apply, as the user is told to."""
        self._run(self.apply_command)

    def remove(self) -> None:
        """Undo, as the user is told to."""
        self._run(self.undo_command)

    def tamper(self, file: str, old: str, new: str) -> None:
        """Break a rendered file in one place."""
        path = self.folder / file
        path.write_text(change(path.read_text(encoding="utf-8"), old, new), encoding="utf-8")

    def _run(self, command: str) -> None:
        self.lab.run("sh", "-c", f"cd '{self.folder}' && {command}")


def install(lab: Lab, way: Way, site: str | Path, *, options: str = "", version: str = "out") -> Installation:
    """Render a site (its text, or a file) for the way; `options` are further options, `version` another output folder."""
    path = site if isinstance(site, Path) else _write_site(lab.folder / f"{version}.yaml", site, way, options)
    report = Report()
    compiled = compile_sites([str(path)], (), report)
    artifacts = render_sites(compiled, [way.target], (), report)
    written = write_artifacts(artifacts, lab.folder / version, report)
    assert written is not None, report.findings
    artifact = next(artifact for artifact in artifacts if artifact.role == way.role)
    commands = (f"{way.tables}{command}" for command in (artifact.apply, artifact.undo))
    return Installation(lab, plan_document(compiled[0].plan), lab.folder / version / artifact.folder, *commands)


def _write_site(path: Path, text: str, way: Way, options: str) -> Path:
    given = ", ".join(filter(None, (way.options, options)))
    path.write_text(f"{text}targets:\n  {way.target}: {{{given}}}\n", encoding="utf-8")
    (path.parent / "crm.yaml").write_text(CRM, encoding="utf-8")
    return path


# A connector of the user's own: it delivers mail on port 25 too, and uses a service with a name and ports that nobody knows.
CRM: Final = """
kind: connector
name: crm
title: A CRM system of our own
addresses: {policy: per-account}
services:
  smtp: {port: 25, application: smtp, tls: starttls}
  submissions: {port: 465, application: smtp, tls: implicit}
  imaps: {port: 993, application: imap, tls: implicit}
  archive: {port: ["10000-10010", 4190], application: imap, tls: implicit}
requires: {connections_per_mailbox: 5}
"""

# Both families; prefixes of many lengths; two connectors that share a service; trusted networks; a public service; port 25 only opened.
MIXED: Final = """
kind: site
name: acme
trusted: [192.0.2.128/26, "2001:db8:a::/48"]
connectors:
  - use: hubspot
    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/48", "2001:db8:ffff::25"]
    services: [imaps, submission]
  - use: ./crm.yaml
    networks: [198.51.100.128/25, 198.51.100.12, 192.0.2.7, "2001:db8:200:1::/64", "2001:db8:100:ffff::/64"]
access: {submissions: public}
"""
INSIDE: Final = ("198.51.100.10", "2001:db8:100::7")  # hubspot's, of MIXED
OUTSIDE: Final = ("198.51.100.11", "2001:db8:101::7")

# Another version of the same site: a connector less, other prefixes, INSIDE and OUTSIDE as before.
MIXED_LATER: Final = """
kind: site
name: acme
trusted: [192.0.2.128/25]
connectors:
  - use: hubspot
    networks: [198.51.100.10, 203.0.113.0/28, "2001:db8:100::/64"]
    services: [imaps, submission]
"""
