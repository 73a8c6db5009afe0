"""The ARM template and the Bicep file: their rules, as the API takes them."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.cloud.tools import ROOT, run, tool

HERE = Path(__file__).resolve().parent
CHILD = "Microsoft.Network/networkSecurityGroups/securityRules"
NAME = ("[concat(parameters('networkSecurityGroup'), '/", "')]")

BEFORE = f"[resourceId('{CHILD}', parameters('networkSecurityGroup'), '"
NEW_GROUP = "[resourceId('Microsoft.Network/networkSecurityGroups', parameters('networkSecurityGroup'))]"

Body = dict[str, Any]  # name and properties


def read_arm(path: Path) -> list[Body]:
    """The rules of a template in the order in which they are written: each is a resource of its own, and waits for the one before it."""
    resources = json.loads(path.read_text(encoding="utf-8"))["resources"]
    rules = [resource for resource in resources if resource["type"] == CHILD]
    assert [resource["type"] for resource in resources if "securityRules" in resource.get("properties", ())] == [], "no inline rules"
    names = [rule["name"].removeprefix(NAME[0]).removesuffix(NAME[1]) for rule in rules]
    before = [rule.get("dependsOn", [""])[0].removeprefix(BEFORE).removesuffix("')]") for rule in rules]
    bodies = {name: {"name": name, "properties": rule["properties"]} for name, rule in zip(names, rules, strict=True)}
    row = _check_order(dict(zip(before, names, strict=True)), {name for name, rule in zip(names, rules, strict=True) if _denies(rule)})
    return [bodies[name] for name in row]


def deploy(there: dict[str, Body], wanted: list[Body]) -> dict[str, Body]:
    """What is in a group after a deployment as a stack: rule by rule, each with a number that no other has; what is gone goes last."""
    now = dict(there)
    for body in wanted:
        others = {one["properties"]["priority"]: name for name, one in now.items() if name != body["name"]}
        assert body["properties"]["priority"] not in others, f"SecurityRuleConflict: {body['name']} and {others}"
        now[body["name"]] = body
    names = {body["name"] for body in wanted}
    return {name: body for name, body in now.items() if name in names}


def read_bicep(*paths: Path) -> list[list[Body]]:
    """The rules of several files, by a parser of Bicep; each waits for the one before it."""
    done = run([tool("checkov", "python"), HERE / "parse_bicep.py", *paths], ROOT, {})
    assert done.returncode == 0, done.stderr
    return [_bodies(parsed["resources"]) for parsed in json.loads(done.stdout)]


def judge(bodies: Iterable[Body]) -> list[str]:
    """What Microsoft's models have against the rules."""
    done = run([tool("models", "python"), HERE / "judge_rules.py"], ROOT, {}, given=json.dumps(list(bodies)))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def _bodies(resources: dict[str, Any]) -> list[Body]:
    rules = {symbol: resource for symbol, resource in resources.items() if resource["type"] == CHILD}
    before = [rule["config"].get("dependsOn", [""])[0] for rule in rules.values()]
    denies = {symbol for symbol, rule in rules.items() if _denies(rule["config"])}
    row = _check_order(dict(zip(before, rules, strict=True)), denies)
    assert {rule["config"]["parent"] for rule in rules.values()} <= {"nsg"}
    return [{"name": rules[symbol]["config"]["name"], "properties": rules[symbol]["config"]["properties"]} for symbol in row]


def _check_order(following: dict[str, str], denies: set[str]) -> list[str]:
    """The rules in one row, each waiting for the one before it, those that deny last. `following` has the first under nothing."""
    first = next((key for key in ("", NEW_GROUP) if key in following), "")
    row: list[str] = []
    while first in following:
        first = following[first]
        row.append(first)
    assert len(row) == len(following), "one row"
    assert set(row[len(row) - len(denies) :]) == denies, "those that deny come last"
    return row


def _denies(rule: dict[str, Any]) -> bool:
    return bool(rule["properties"]["access"] == "Deny")
