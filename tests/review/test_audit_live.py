"""`gatepost audit` finds what somebody did to live rules: faults planted with the real programs in a network namespace."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.house.tree import ROOT
from tests.kernel.lab import Lab
from tests.support.cli import gatepost

SITE: Final = """\
kind: site
name: acme
server: {imap: imap.example.org, smtp: smtp.example.org}
trusted: ["192.0.2.0/26", "2001:db8:1::/48"]
connectors:
  - use: hubspot
    services: [imaps, submission]
    networks: [198.51.100.10, 203.0.113.16/28, "2001:db8:100::/56"]
    mailboxes: 2
targets:
  nftables: {connection_limit: 20}
  iptables: {layout: LAYOUT, connection_limit: 20}
"""
HOST: Final = """\
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		ct state established,related accept
		tcp dport { 22, 25, 465, 587, 993 } accept
	}
}
"""
CLOSED: Final = HOST.replace("{ 22, 25, 465, 587, 993 }", "22")


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    monkeypatch.chdir(tmp_path)
    with Lab() as lab:
        yield lab


def load(lab: Lab, target: str, script: str, host: str = "", layout: str = "plain") -> None:
    """Render the site, and apply it as the user is told to, beside the host's own rules."""
    (lab.folder / "acme.yaml").write_text(SITE.replace("LAYOUT", layout), encoding="utf-8")
    assert gatepost("render", lab.folder / "acme.yaml", "-t", target, "-o", lab.folder / "out").status == 0
    if host:
        lab.run("nft", "-f", "-", stdin=host)
    lab.run("sh", *f"out/acme/{target}/{script}".split())


def audit(lab: Lab, *options: str) -> dict[str, Any]:
    """Audit the namespace's own rules, as root of it."""
    command = (sys.executable, "-m", "generator", "audit", "acme.yaml", "--live", "--format", "json", *options)
    done = lab.run("env", f"PYTHONPATH={ROOT}", *command, check=False)
    assert done.stdout, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return {**document, "status": done.returncode}


def told(document: dict[str, Any]) -> list[tuple[str, str | None, int | None, str]]:
    """Kind, service, family and sources of each fault."""
    return [
        (fault["kind"], fault["service"], fault["family"], ("not " if fault["all_but"] else "") + " ".join(fault["prefixes"]))
        for fault in document["faults"]
    ]


def facts(document: dict[str, Any], kind: str) -> list[str]:
    return [fault["fact"] for fault in document["faults"] if fault["kind"] == kind]


@pytest.mark.parametrize(
    ("target", "script", "host", "layout"),
    [
        ("nftables", "guard-apply.sh", HOST, "plain"),
        ("nftables", "include-apply.sh --jump input", CLOSED, "plain"),
        ("iptables", "apply.sh", "", "plain"),
        ("iptables", "apply.sh", "", "ipset"),
    ],
    ids=["guard", "include", "plain", "ipset"],
)
def test_what_was_loaded_and_left_alone_is_what_the_plan_says(lab: Lab, target: str, script: str, host: str, layout: str) -> None:
    load(lab, target, script, host, layout)

    document = audit(lab, "--strict")

    assert (document["verdict"], told(document), document["findings"], document["status"]) == ("same", [], [], 0)


@pytest.mark.parametrize(
    "options",
    [
        "interface: [wire]",
        'destination: [192.0.2.25, "2001:db8::25"]',
        "hook: prerouting",
        "refuse: reject",
        "log: true",
    ],
)
def test_options_of_the_target_are_no_change_by_hand(lab: Lab, options: str) -> None:
    site = SITE.replace("LAYOUT", "plain").replace("{connection_limit: 20}\n  ipt", f"{{{options}}}\n  ipt")
    (lab.folder / "acme.yaml").write_text(site, encoding="utf-8")
    assert gatepost("render", lab.folder / "acme.yaml", "-t", "nftables", "-o", lab.folder / "out").status == 0
    lab.run("nft", "-f", "-", stdin=HOST)
    lab.run("sh", "out/acme/nftables/guard-apply.sh")

    document = audit(lab, "--strict", "--interface", "wire")

    assert (document["verdict"], told(document), document["status"]) == ("same", [], 0)


def test_five_faults_in_a_guard_are_found_and_each_is_named(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    rules = lab.run("nft", "-a", "list", "chain", "inet", "gatepost_acme", "submission").stdout
    closing = next(line for line in rules.splitlines() if "neither connector nor trusted" in line).rpartition(" ")[2]
    limit = next(line for line in rules.splitlines() if "acme/limit/submission/v4" in line).rpartition(" ")[2]
    lab.run(
        "nft",
        "-f",
        "-",
        stdin="delete element inet gatepost_acme imaps4 { 203.0.113.16/28 }\n"  # a connector loses a prefix
        "add element inet gatepost_acme imaps6 { 2001:db8:200::/48 }\n"  # a stranger gets into a set
        f"delete rule inet gatepost_acme submission handle {closing}\n"  # a service is open to the world
        "insert rule inet filter input ip saddr 198.51.100.0/25 tcp dport 993 drop\n"  # the host's own rule keeps a connector out
        f"replace rule inet gatepost_acme submission handle {limit} ip saddr @submission4 ct state new "
        'add @connections4 { ip saddr ct count over 3 } goto over_limit comment "acme/limit/submission/v4"\n',  # nobody is let in when busy
    )

    document = audit(lab)

    assert told(document) == [
        ("missing", "imaps", 4, "203.0.113.16/28"),
        ("missing", "imaps", 4, "198.51.100.10"),
        ("extra", "submission", 4, "not 192.0.2.0/26 198.51.100.10 203.0.113.16/28"),
        ("extra", "submission", 6, "not 2001:db8:1::/48 2001:db8:100::/56"),
        ("extra", "imaps", 6, "2001:db8:200::/48"),
        ("changed", "imaps", 4, "203.0.113.16/28"),
        ("changed", "imaps", 6, "2001:db8:200::/48"),
        ("changed", "submission", None, ""),
        ("limit", "submission", 4, ""),
    ]
    assert facts(document, "limit") == ["our rules let in 3 connections at once from one source; the site says 20, and connectors need 10"]
    assert "inet filter input: ip saddr 198.51.100.0/25 tcp dport 993 drop" in [rule["text"] for rule in document["faults"][1]["rules"]]
    assert document["status"] == 1


def test_an_old_rule_before_the_include_is_too_wide_and_hides_ours(lab: Lab) -> None:
    load(lab, "nftables", "include-apply.sh --jump input", CLOSED)
    lab.run("nft", "insert", "rule", "inet", "filter", "input", "tcp", "dport", "993", "accept")

    document = audit(lab)

    assert told(document)[:2] == [
        ("over-wide", "imaps", 4, "not 192.0.2.0/26 198.51.100.10 203.0.113.16/28"),
        ("over-wide", "imaps", 6, "not 2001:db8:1::/48 2001:db8:100::/56"),
    ]
    assert {rule["text"] for fault in document["faults"][:2] for rule in fault["rules"]} == {"inet filter input: tcp dport 993 accept"}
    assert {fault["kind"] for fault in document["faults"][2:]} == {"shadowed"}


def test_faults_in_ipsets_and_chains_of_iptables_are_found(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh", layout="ipset")
    lab.run("ipset", "list")
    sets = [line.split()[1] for line in lab.run("ipset", "save").stdout.splitlines() if line.startswith("create gatepost-acme_")]
    connectors = next(name for name in sets if "TRUSTED" not in name and "4" in name)
    lab.run("ipset", "del", connectors, "198.51.100.10")
    lab.run("ip6tables", "-F", "GATEPOST-ACME")
    lab.run("iptables", "-I", "GATEPOST-ACME_GUARD", "-s", "203.0.113.200", "-j", "ACCEPT")

    document = audit(lab)

    assert {(kind, family, sources) for kind, _, family, sources in told(document) if kind in ("missing", "extra")} == {
        ("missing", 4, "198.51.100.10"),
        ("extra", 4, "203.0.113.200"),
        ("extra", 6, "not 2001:db8:1::/48 2001:db8:100::/56"),
    }
    assert "iptables IPv4: a rule that gatepost did not write" in facts(document, "changed")
    assert document["status"] == 1


def test_rules_that_nothing_leads_to_any_more_are_said_to_be(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    lab.run("iptables", "-F", "INPUT")

    document = audit(lab)

    assert facts(document, "shadowed") == ["iptables IPv4: nothing leads to our rules, of which this is the first"]
    assert ("extra", "imaps", 4, "not 192.0.2.0/26 198.51.100.10 203.0.113.16/28") in told(document)


def test_a_site_that_has_changed_since_is_told_from_what_is_loaded(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh", HOST)
    site = SITE.replace("LAYOUT", "plain").replace("connection_limit: 20}\n  ipt", "connection_limit: 30}\n  ipt")
    (lab.folder / "acme.yaml").write_text(site.replace("198.51.100.10,", "198.51.100.10, 198.51.100.20,"), encoding="utf-8")

    document = audit(lab)

    assert ("missing", "imaps", 4, "198.51.100.20") in told(document)
    assert facts(document, "changed")[0] == "guard: `hubspot/submission/v4` lets in less than the plan"
    assert set(facts(document, "limit")) == {"our rules let in 20 connections at once from one source; the site says 30"}


def test_a_host_with_nothing_but_our_guard_lets_everybody_in_to_what_is_public(lab: Lab) -> None:
    load(lab, "nftables", "guard-apply.sh")
    site = (lab.folder / "acme.yaml").read_text(encoding="utf-8") + "access: {submission: public}\n"
    (lab.folder / "acme.yaml").write_text(site, encoding="utf-8")
    assert gatepost("render", lab.folder / "acme.yaml", "-t", "nftables", "-o", lab.folder / "out").status == 0
    lab.run("sh", "out/acme/nftables/guard-apply.sh")

    document = audit(lab, "--strict")

    assert (document["verdict"], told(document), document["status"]) == ("same", [], 0)


def test_both_kinds_of_iptables_on_one_host_must_let_a_connector_in(lab: Lab) -> None:
    load(lab, "iptables", "apply.sh")
    lab.run("iptables-legacy", "-A", "INPUT", "-s", "203.0.113.16/28", "-p", "tcp", "--dport", "993", "-j", "DROP")

    document = audit(lab)

    assert told(document) == [("missing", "imaps", 4, "203.0.113.16/28")]
    assert {"iptables-save", "iptables-legacy-save"} <= set(document["dumps"])


def test_without_the_right_to_read_the_rules_it_cannot_be_tried(lab: Lab) -> None:
    (lab.folder / "acme.yaml").write_text(SITE.replace("LAYOUT", "plain"), encoding="utf-8")
    command = f"exec setpriv --bounding-set -all {sys.executable} -m generator audit acme.yaml --live"

    done = lab.run("env", f"PYTHONPATH={ROOT}", "sh", "-c", command, check=False)

    assert (done.returncode, done.stderr.startswith("gatepost: this can't be tried here: ")) == (3, True)
