"""A stand-in for `az network nsg`: keeps groups in a file and refuses what Azure refuses.

What it takes and what it makes of it is what the real az does: `test_azure_az.py` runs the scripts with that one, and compares. `create`
puts a whole rule; one address or port goes into the singular property, several into the plural.
"""

import argparse
import fcntl
import ipaddress
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

STATE = Path(os.environ["FAKE_AZ_STATE"])
LISTS = {
    "source_port_ranges": ("sourcePortRange", "sourcePortRanges"),
    "source_address_prefixes": ("sourceAddressPrefix", "sourceAddressPrefixes"),
    "destination_address_prefixes": ("destinationAddressPrefix", "destinationAddressPrefixes"),
    "destination_port_ranges": ("destinationPortRange", "destinationPortRanges"),
}


def refuse(text: str) -> None:
    sys.exit(f"ERROR: {text}")


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(allow_abbrev=False)
    for name in ("--resource-group", "--name", "--nsg-name", "--query", "--output", "--description", "--direction", "--access"):
        parser.add_argument(name)
    for name in ("--protocol", "--location"):
        parser.add_argument(name)
    parser.add_argument("--priority", type=int)
    parser.add_argument("--only-show-errors", action="store_true")
    parser.add_argument("--tags", nargs="*")
    for name in LISTS:
        parser.add_argument(f"--{name.replace('_', '-')}", nargs="+")
    return parser.parse_args(words)


def body_of(given: argparse.Namespace) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": given.name,
        "description": given.description,
        "priority": given.priority,
        "direction": given.direction,
        "access": given.access,
        "protocol": given.protocol,
    }
    for argument, (one, several) in LISTS.items():
        values = getattr(given, argument)
        body |= {one: values[0], several: []} if len(values) == 1 else {one: None, several: values}
    return body


def judge(body: dict[str, Any], others: list[dict[str, Any]]) -> None:
    """Refuse what Azure's documentation says it refuses."""
    if not re.fullmatch(r"\w([\w.-]{0,78}\w)?", body["name"]) or len(body["description"]) > 140 or not 100 <= body["priority"] <= 4096:
        refuse(f"InvalidParameter: {body['name']}")
    if any(other["priority"] == body["priority"] and other["direction"] == body["direction"] for other in others):
        refuse(f"SecurityRuleConflict: {body['name']} has the priority {body['priority']} of another rule")
    families = {ipaddress.ip_network(text).version for text in sources_of(body) + destinations_of(body) if text != "*"}
    if len(families) > 1:
        refuse("ResourceCannotContainAddressPrefixesFromDifferentAddressFamilies")
    if len(others) + 1 > 1000 or sum(len(sources_of(rule)) for rule in [*others, body]) > 4000:
        refuse("a quota is exceeded")


def sources_of(rule: dict[str, Any]) -> list[str]:
    return [rule["sourceAddressPrefix"]] if rule["sourceAddressPrefix"] else list(rule["sourceAddressPrefixes"])


def destinations_of(rule: dict[str, Any]) -> list[str]:
    return [rule["destinationAddressPrefix"]] if rule["destinationAddressPrefix"] else list(rule["destinationAddressPrefixes"])


def read_tag(word: str) -> tuple[str, str]:
    """A tag, whose name and value are plain words or stand in quotes."""
    found = re.fullmatch(r"(?:'([^']*)'|([A-Za-z0-9_-]+))=(?:'([^']*)'|(.+))", word)
    if found is None or found[4] == "null":
        refuse(f"Failed to parse '--tags' argument: Shorthand Syntax Error: {word}")
    assert found is not None
    return found[1] or found[2], found[4] or found[3]


def show(value: Any, given: argparse.Namespace) -> None:
    import jmespath  # type: ignore[import-untyped]  # of the environment `models`; it is slow to load, and few calls need it

    found = jmespath.search(given.query, value)
    if given.output == "tsv":
        rows = found if isinstance(found, list) else [found]
        for row in rows:
            cells = row if isinstance(row, list) else [row]
            sys.stdout.write("\t".join("" if cell is None else str(cell) for cell in cells) + "\n")


def on_rule(verb: str, given: argparse.Namespace, group: dict[str, Any]) -> None:
    rules = group["rules"]
    if verb == "list":
        show(list(rules.values()), given)
    elif verb == "create":
        body = body_of(given)
        judge(body, [rule for name, rule in rules.items() if name != given.name])
        rules[given.name] = body
    elif verb == "update":
        body = rules[given.name] | {"priority": given.priority}
        judge(body, [rule for name, rule in rules.items() if name != given.name])
        rules[given.name] = body
    elif verb == "delete":
        rules.pop(given.name, None)
    else:
        refuse(f"unknown command: {verb}")


def main(words: list[str]) -> None:
    with STATE.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        state = json.load(file)
        state["calls"].append(words)
        if words[:2] != ["network", "nsg"]:
            refuse(f"unknown command: {words}")
        try:
            if words[2] == "rule":
                given = parse(words[4:])
                group = spelled(given.nsg_name or "", state["groups"])
                if group not in state["groups"]:
                    refuse(f"ResourceNotFound: {group}")
                if words[3] != "list" and state.get("fail_after") is not None:
                    if not state["fail_after"]:
                        refuse("the service is not there")
                    state["fail_after"] -= 1
                on_rule(words[3], given, state["groups"][group])
            else:
                on_group(words[2], parse(words[3:]), state["groups"])
        finally:
            file.seek(0)
            file.truncate()
            json.dump(state, file)


def spelled(name: str, groups: dict[str, Any]) -> str:
    """The name as the group has it, for Azure tells names apart without regard to capitals; or the name."""
    return next((each for each in groups if each.lower() == name.lower()), name)


def on_group(verb: str, given: argparse.Namespace, groups: dict[str, Any]) -> None:
    if verb == "create":
        groups[given.name] = {"rules": {}, "tags": dict(map(read_tag, given.tags or ())), "location": given.location}
    elif verb == "list":
        show([{"name": name} for name in groups], given)
    elif given.name not in groups:
        refuse(f"ResourceNotFound: {given.name}")
    elif verb == "show":
        show({"id": given.name, **groups[given.name]}, given)
    elif verb == "delete":
        groups.pop(given.name)
    else:
        refuse(f"unknown command: {verb}")


main(sys.argv[1:])
