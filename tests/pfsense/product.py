"""The product's outputs for one site, as its users get them: files, and backups with our objects in them."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.pfsense import read_opnsense, read_pfsense
from tests.pfsense.firewall import Alias, Rule, Side
from tests.support.cli import Result, gatepost

SESSION = re.compile(r"json_decode\(<<<'GATEPOST'\n(.*?)\nGATEPOST", re.DOTALL)


class Objects(NamedTuple):
    """What an output puts on the firewall: aliases by name, rules in their order, without what only one form can say."""

    aliases: dict[str, Alias]
    rules: tuple[Rule, ...]


def render(site: Path, target: str) -> dict[str, str]:
    """The files of one target by name."""
    folder = site.parent / "out"
    done = gatepost("render", site, "--target", target, "--output", folder)
    assert done.status == 0, done.err
    return {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file() and path.parent.name == target}


def try_merge(site: Path, target: str, backup: str, *options: str) -> tuple[Result, str | None]:
    """What the command says, and what it wrote: a backup with our objects in it, or, with `--remove`, without them."""
    given, made = site.parent / "backup.xml", site.parent / "merged.xml"
    given.write_bytes(backup.encode())
    made.unlink(missing_ok=True)
    done = gatepost("merge", site, "--target", target, given, "--output", made, *options)
    return done, made.read_bytes().decode() if made.exists() else None


def merge(site: Path, target: str, backup: str, *options: str) -> str:
    """What the command writes where nothing speaks against it."""
    done, made = try_merge(site, target, backup, *options)
    assert (done.status, made is None) == (0, False), done.err
    return made or ""


def read_session(text: str) -> Objects:
    """The objects of a playback session, which holds them as JSON inside its PHP."""
    held = SESSION.search(text)
    assert held is not None
    data = json.loads(held[1])
    return Objects({alias["name"]: _pfsense_alias(alias) for alias in data["aliases"]}, tuple(map(_pfsense_rule, data["rules"])))


def read_rest(text: str) -> Objects:
    """The objects that the calls of the REST API leave behind on a firewall that has none."""
    aliases: dict[str, Alias] = {}
    rules: list[Rule] = []
    for call in json.loads(text):
        body = call["body"]
        if (call["method"], call["path"]) == ("POST", "/api/v2/firewall/alias"):
            aliases[body["name"]] = Alias(body["name"], body["type"], tuple(body["address"]))
        elif (call["method"], call["path"]) == ("POST", "/api/v2/firewall/rule"):
            rules.insert(body["placement"], _rest_rule(body))
    return Objects(aliases, tuple(rules))


def read_api(text: str) -> Objects:
    """The objects that the calls of OPNsense's API leave behind on a firewall that has none."""
    aliases: dict[str, Alias] = {}
    rules: list[tuple[int, Rule]] = []
    for call in json.loads(text):
        for fields in call["body"].get("data", {}).get("aliases", {}).get("alias", {}).values():
            aliases[fields["name"]] = read_opnsense.read_alias(fields)
        if "rule" in call["body"]:
            rules.append((int(call["body"]["rule"]["sequence"]), read_opnsense.read_fields("", call["body"]["rule"])))
    return Objects(aliases, tuple(rule for _, rule in sorted(rules, key=lambda item: item[0])))


def ours(target: str, text: str, site: str) -> Objects:
    """The objects of one site in a configuration."""
    firewall = (read_pfsense if target == "pfsense" else read_opnsense).load(text)
    aliases = {name: alias for name, alias in firewall.aliases.items() if name.startswith(f"gatepost_{site}_")}
    return Objects(aliases, tuple(rule._replace(name="") for rule in firewall.rules if rule.descr.startswith(f"gatepost {site}")))


def _pfsense_alias(fields: Mapping[str, str]) -> Alias:
    return Alias(fields["name"], fields["type"], tuple(fields.get("address", "").split(" ")))


def _pfsense_rule(fields: Mapping[str, Any]) -> Rule:
    return Rule(
        name="",
        action=fields["type"],
        interfaces=(fields["interface"],),
        families=read_pfsense.FAMILIES[fields["ipprotocol"]],
        protocol=fields["protocol"],
        source=_side(fields["source"]),
        destination=_side(fields["destination"]),
        max_src_conn=fields["max-src-conn"],
        log="log" in fields,
        descr=fields["descr"],
    )


def _side(fields: Mapping[str, str]) -> Side:
    return Side("any" if "any" in fields else fields["address"], fields.get("port", ""))


def _rest_rule(fields: Mapping[str, Any]) -> Rule:
    return Rule(
        name="",
        action=fields["type"],
        interfaces=tuple(fields["interface"]),
        families=read_pfsense.FAMILIES[fields["ipprotocol"]],
        protocol=fields["protocol"],
        source=Side(fields["source"]),
        destination=Side(fields["destination"], fields["destination_port"]),
        log=fields["log"],
        descr=fields["descr"],
    )
