"""Plans, files and a stand-in for the firewall, for the tests of the pfSense and OPNsense targets."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

from generator.diagnostics import Diagnostic, Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets import opnsense, pfsense
from generator.targets.opnsense_view import OpnsenseView
from generator.targets.options import resolve_options
from generator.targets.pfsense_view import PfsenseView
from tests.support import plans
from tests.support.targets import render, shipped_target, site_document

HUBSPOT: Final = ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48")
NYLAS: Final = ("203.0.113.128/26", "2001:db8:200::/48")
OFFICE: Final = ("203.0.113.0/28", "2001:db8:a::/48")
SERVER: Final = ("10.20.0.25", "2001:db8:5::25")
MAIL: Final = ("imaps", "submission")
STUB: Final = Path(__file__).with_name("playback.php")

Config = dict[str, Any]  # a configuration as PHP has it: trees of text


def make_plan(
    connectors: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    *,
    site: str = "acme",
    services: Sequence[str] = MAIL,
    access: Mapping[str, Access] | None = None,
    ports: Mapping[str, tuple[PortRange, ...]] | None = None,
    trusted: Sequence[str] = (),
    addresses: Sequence[str] = SERVER,
) -> Plan:
    """A plan in few words. Without `connectors`, `hubspot` reaches every service from HUBSPOT."""
    listeners = [plans.service(name, (access or {}).get(name, Access.ALLOWLIST), *(ports or {}).get(name, ())) for name in services]
    given = {"hubspot": dict.fromkeys(services, HUBSPOT)} if connectors is None else connectors
    return plans.make_plan(listeners, given, site=site, trusted=trusted, addresses=addresses)


def lower_pfsense(plan: Plan, options: str = "") -> PfsenseView:
    """The view of the pfSense target; no finding above a note."""
    view, findings = find_in_pfsense(plan, options)
    assert view is not None, findings
    return view


def find_in_pfsense(plan: Plan, options: str = "", **limits: int) -> tuple[PfsenseView | None, tuple[Diagnostic, ...]]:
    """The view of the pfSense target and what was found; `limits` replace the manifest's."""
    report, target = Report(), shipped_target("pfsense")
    resolved = resolve_options(target, site_document(options, "pfsense"), report)
    return pfsense.lower(plan, limits={**target.limits, **limits}, options=resolved, report=report), tuple(report.findings)


def lower_opnsense(plan: Plan, options: str = "") -> OpnsenseView:
    """The view of the OPNsense target."""
    report, target = Report(), shipped_target("opnsense")
    resolved = resolve_options(target, site_document(options, "opnsense"), report)
    view = opnsense.lower(plan, limits=target.limits, options=resolved, report=report)
    assert view is not None, report.findings
    return view


def render_texts(plan: Plan, options: str = "", *, target: str) -> dict[str, str]:
    """The text of every file of a target."""
    return {name: artifact.content for name, artifact in render(plan, options, target=target).items()}


class Played(NamedTuple):
    """What a session did."""

    status: int
    said: str
    config: Config
    calls: Mapping[str, Any]


def play(session: str, config: Config, folder: Path, *words: str, web: Mapping[str, str] | None = None, writable: bool = True) -> Played:
    """Play a session on a configuration as pfSsh.php does."""
    state, script = folder / "state.json", folder / "session.txt"
    state.write_text(json.dumps({"config": config, "web": web or {}, "writable": writable}), encoding="utf-8")
    script.write_text(session, encoding="utf-8")
    done = subprocess.run(["php", str(STUB), str(state), str(script), *words], capture_output=True, text=True, timeout=60)
    assert done.stderr == "", done.stderr
    after = cast("dict[str, Any]", json.loads(state.read_text(encoding="utf-8")))
    return Played(done.returncode, done.stdout, _shaped_like(config, after["config"]), after["calls"])


def _shaped_like(before: Any, after: Any) -> Any:
    """A configuration with its empty mappings, which PHP writes as empty lists, as they were before."""
    if isinstance(before, dict) and after == []:
        return {}
    if isinstance(before, dict) and isinstance(after, dict):
        return {key: _shaped_like(before.get(key), value) for key, value in after.items()}
    return after


def rule(descr: str, interface: str = "wan", **fields: Any) -> Config:
    """A rule of somebody else, as pfSense keeps it."""
    plain = {"id": "", "tracker": "1700000001", "type": "pass", "interface": interface, "ipprotocol": "inet", "protocol": "tcp"}
    return plain | {"source": {"any": ""}, "destination": {"any": "", "port": "443"}, "descr": descr} | fields


def busy_config() -> Config:
    """A configuration with aliases, rules, separators and NAT of others."""
    return {
        "version": "23.3",
        "interfaces": {"wan": {"if": "vtnet0", "enable": ""}, "lan": {"if": "vtnet1", "enable": ""}, "opt1": {"if": "vtnet2"}},
        "aliases": {
            "alias": [
                {"name": "office", "type": "network", "address": "192.0.2.128/28", "descr": "Büro & <lab>", "detail": "one"},
                {"name": "gatepost_acme_2__hubspot", "type": "network", "address": "192.0.2.9/32", "descr": "another site", "detail": "x"},
            ]
        },
        "nat": {"rule": [{"destination": {"network": "wanip", "port": "993"}, "target": "10.20.0.25", "associated-rule-id": "nat_1"}]},
        "filter": {
            "rule": [
                rule("web", tracker="1700000001"),
                rule("vpn", "lan", tracker="1700000002"),
                rule("everywhere", "wan", floating="yes", direction="any", tracker="1700000003"),
                rule("NAT mail", tracker="1700000004", **{"associated-rule-id": "nat_1"}),
                rule("gatepost acme-2: hubspot to imaps", tracker="1700000005"),
            ],
            "separator": {
                "wan": {
                    "sep0": {"row": ["fr0"], "text": "services", "color": "bg-info", "if": "wan"},
                    "sep1": {"row": ["fr2"], "text": "other site", "color": "bg-info", "if": "wan"},
                },
                "lan": {"sep0": {"row": ["fr0"], "text": "inside", "color": "bg-info", "if": "lan"}},
                "floatingrules": "",
            },
        },
    }
