"""A stand-in for `gcloud compute firewall-rules`: keeps a project's rules in a file and refuses what GCP refuses.

What it takes, makes of it and prints is what the real gcloud does: `test_gcp_gcloud.py` runs the scripts with that one, and compares.
"""

import argparse
import fcntl
import ipaddress
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STATE = Path(os.environ["FAKE_GCLOUD_STATE"])
RULE = ("name", "allowed", "denied", "description", "destinationRanges", "direction", "disabled", "logConfig", "network", "priority")
KEYS = (*RULE, "sourceRanges", "sourceServiceAccounts", "sourceTags", "targetServiceAccounts", "targetTags")


def refuse(text: str) -> None:
    sys.exit(f"ERROR: (gcloud.compute.firewall-rules) {text}")


def parse(words: list[str]) -> argparse.Namespace:
    """The flags, those of a flags file among them, whose lines are `--flag: VALUE` with a JSON value."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("name", nargs="?")
    for flag in ("project", "format", "action", "direction", "network", "flags-file", "logging-metadata", "description", "priority"):
        parser.add_argument(f"--{flag}")
    for flag in ("rules", "source-ranges", "target-tags", "target-service-accounts"):
        parser.add_argument(f"--{flag}", type=lambda text: text.split(","))
    parser.add_argument("--quiet", action="store_true")
    for flag in ("enable-logging", "disabled"):
        parser.add_argument(f"--{flag}", action=argparse.BooleanOptionalAction)
    given = parser.parse_args(words)
    for line in Path(given.flags_file).read_text(encoding="utf-8").splitlines() if given.flags_file else ():
        flag, _, value = line.partition(": ")
        setattr(given, flag.removeprefix("--").replace("-", "_"), json.loads(value))
    return given


def judge(body: dict[str, Any]) -> None:
    """Refuse what GCP's documentation says it refuses."""
    if not re.fullmatch(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", body["name"]) or not 0 <= body["priority"] <= 65535:
        refuse(f"invalid: {body['name']}")
    if len({ipaddress.ip_network(text).version for text in body["sourceRanges"]}) != 1 or len(body["sourceRanges"]) > 5000:
        refuse(f"invalid ranges: {body['name']}")
    if "targetTags" in body and "targetServiceAccounts" in body:
        refuse("tags beside service accounts")


def fill(body: dict[str, Any], given: argparse.Namespace) -> dict[str, Any]:
    """The rule with what the flags say."""
    what = [{"IPProtocol": rule.partition(":")[0], "ports": [rule.partition(":")[2]]} for rule in given.rules]
    key = "denied" if given.action == "DENY" or "denied" in body else "allowed"
    body = {**body, "description": given.description, "priority": int(given.priority), "sourceRanges": given.source_ranges, key: what}
    for key, value in (("targetTags", given.target_tags), ("targetServiceAccounts", given.target_service_accounts)):
        body |= {key: value} if value else {}
    logged = {"enable": True, "metadata": str(given.logging_metadata).upper().replace("-", "_") + "_METADATA"}
    body["logConfig"] = logged if given.enable_logging else {"enable": False}
    return body | ({"disabled": given.disabled} if given.disabled is not None else {})


def flatten(key: str, value: Any) -> Iterator[str]:
    """`key: value` lines, as `--format flattened` has them."""
    if isinstance(value, dict):
        for name in sorted(value):
            yield from flatten(f"{key}.{name}" if key else name, value[name])
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from flatten(f"{key}[{index}]", item)
    else:
        yield f"{key}: {value}"


def show(rules: dict[str, Any]) -> None:
    for _, rule in sorted(rules.items()):
        sys.stdout.write("\n".join(["---", *flatten("", {key: rule[key] for key in KEYS if key in rule})]) + "\n")


def change(verb: str, given: argparse.Namespace, rules: dict[str, Any]) -> None:
    if (verb == "create") is (given.name in rules):
        refuse(f"{given.name} {'exists' if verb == 'create' else 'is not there'}")
    if verb == "create":
        network = f"https://www.googleapis.com/compute/v1/projects/p/global/networks/{given.network}"
        rules[given.name] = fill({"name": given.name, "direction": given.direction, "network": network}, given)
    elif verb == "update":
        if given.action or given.direction or given.network:
            refuse("unrecognized arguments")
        rules[given.name] = fill(rules[given.name], given)
    elif verb == "delete":
        rules.pop(given.name)
    else:
        refuse(f"unknown command: {verb}")
    if verb != "delete":
        judge(rules[given.name])


def main(words: list[str]) -> None:
    with STATE.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        state = json.load(file)
        if words[:2] != ["compute", "firewall-rules"]:
            refuse(f"unknown command: {words}")
        if words[2] == "list":
            return show(state["rules"])
        if state["fail_after"] == 0:
            refuse("the service is not there")
        state["fail_after"] = None if state["fail_after"] is None else state["fail_after"] - 1
        change(words[2], parse(words[3:]), state["rules"])
        state["writes"] += [[words[2], words[3]]]
        file.seek(0)
        file.truncate()
        json.dump(state, file)
        return None


main(sys.argv[1:])
