"""GCP's firewall rules, in whichever form, as rows to compare with a plan; and what the documentation refuses about them."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from generator.net import parse_prefix
from tests.cloud.ordered import Row, read_ports
from tests.cloud.tools import ROOT, run, tool

HERE = Path(__file__).resolve().parent
Firewall = Mapping[str, Any]


def rows(firewalls: Iterable[Firewall], *, ranges: int = 5000) -> list[Row]:
    """The rules of one project, as the API takes them."""
    every = list(firewalls)
    assert len({one["name"] for one in every}) == len(every), "names are unique in the project"
    return [_row(one, ranges) for one in every]


def from_terraform(plan: dict[str, Any]) -> list[Firewall]:
    """The rules that a plan leaves, in the words of the API."""
    return [_from_values(resource["values"]) for resource in plan["planned_values"]["root_module"].get("resources", [])]


def judge(firewalls: Iterable[Firewall]) -> list[str]:
    """What Google's models have against the rules."""
    done = run([tool("models", "python"), HERE / "judge_firewalls.py"], ROOT, {}, given=json.dumps(list(firewalls)))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _row(one: Firewall, longest: int) -> Row:
    assert re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", one["name"]), one["name"]
    assert one["direction"] == "INGRESS"
    assert not one["disabled"]
    assert bool(one.get("targetTags")) is not bool(one.get("targetServiceAccounts")), f"{one['name']}: for named machines alone"
    prefixes = tuple(parse_prefix(text) for text in one["sourceRanges"])
    assert 1 <= len(prefixes) <= longest
    assert len({prefix.family for prefix in prefixes}) == 1, f"{one['name']}: one family"
    assert ("allowed" in one) is not ("denied" in one)
    (what,) = one.get("allowed") or one["denied"]
    assert what["IPProtocol"] == "tcp"
    assert all(isinstance(port, str) for port in what["ports"]), "ports are texts"
    return Row(one["name"], one["priority"], "allowed" in one, read_ports(what["ports"]), prefixes)


def _from_values(values: dict[str, Any]) -> Firewall:
    allowed = bool(values["allow"])
    (what,) = values["allow"] or values["deny"]
    return {
        "name": values["name"],
        "direction": values["direction"],
        "priority": values["priority"],
        "disabled": bool(values["disabled"]),
        "sourceRanges": values["source_ranges"],
        "targetTags": values["target_tags"],
        "targetServiceAccounts": values["target_service_accounts"],
        "allowed" if allowed else "denied": [{"IPProtocol": what["protocol"], "ports": what["ports"]}],
    }
