"""Loading what the nftables target writes, and reading back from the kernel what it means."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any, Final, NamedTuple

from generator.artifacts import Artifact
from generator.net import Family, PortRange, merge_prefixes, parse_prefix
from generator.plan import Access, Plan, Rule
from tests.kernel.lab import Lab

TABLE: Final = "inet gatepost_acme"
ANYBODY: Final = {Family.V4: "0.0.0.0/0", Family.V6: "::/0"}

# A host that filters by itself, and objects whose names look like ours but are not.
HOST: Final = """
table inet filter {
	set gatepost_acme4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }
	}
	set gatepost_acme_two__service_x4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }
	}
	chain gatepost_acme_two { }
	chain input {
		type filter hook input priority filter; policy drop;
		tcp dport 22 accept comment "do not jump gatepost_acme"
		jump gatepost_acme_two
	}
}
table inet gatepost_acme_two {
	set imaps4 { type ipv4_addr; flags interval; elements = { 10.0.0.0/8 }
	}
	chain input {
		type filter hook input priority filter - 5; policy accept;
		tcp dport 993 ip saddr @imaps4 accept
	}
}
"""


class Reach(NamedTuple):
    """Who reaches one range of ports over one family: within the connection limit, without it, and whether others are refused."""

    limited: frozenset[str]
    unlimited: frozenset[str]
    closed: bool


Meaning = Mapping[tuple[PortRange, Family], Reach]


def place(lab: Lab, files: Mapping[str, Artifact], folder: str = "acme") -> Path:
    """Write a target's files into a folder of the lab."""
    path = lab.folder / folder
    path.mkdir(exist_ok=True)
    for name, artifact in files.items():
        (path / name).write_text(artifact.content, encoding="utf-8")
        (path / name).chmod(artifact.mode)
    return path


def load(lab: Lab, files: Mapping[str, Artifact], name: str = "guard.nft") -> None:
    """Load one file as its header says, without the script."""
    lab.run("nft", "-f", str(place(lab, files) / name))


def script(lab: Lab, files: Mapping[str, Artifact], name: str, *arguments: str, check: bool = True) -> CompletedProcess[str]:
    """Run one of the scripts, from a folder that is not its own."""
    return lab.run("sh", str(place(lab, files) / name), *arguments, check=check)


def ruleset(lab: Lab) -> str:
    """All rules of the host, without counts."""
    return lab.run("nft", "-s", "list", "ruleset").stdout


def objects(lab: Lab, table: str = TABLE) -> frozenset[str]:
    """Everything in a table, whatever its order: every set and chain with all that is in it."""
    text = lab.run("nft", "-s", "list", "table", *table.split()).stdout
    return frozenset(part.strip() for part in text.partition("\n")[2].rpartition("}")[0].split("\n\n"))


def read_kernel(lab: Lab, table: str = TABLE, base: str = "input") -> Meaning:
    """What the loaded chains mean, from the one where packets come in."""
    listed = json.loads(lab.run("nft", "-j", "list", "table", *table.split()).stdout)["nftables"]
    sets = {item["set"]["name"]: _elements(item["set"].get("elem", [])) for item in listed if "set" in item}
    rules: dict[str, list[list[dict[str, Any]]]] = {}
    for item in listed:
        if "rule" in item:
            rules.setdefault(item["rule"]["chain"], []).append(item["rule"]["expr"])
    return {(ports, family): _reach(rules.get(chain, []), sets, family) for ports, chain in _doors(rules, base) for family in Family}


def read_plan(plan: Plan, *, closes: bool, limited: bool) -> Meaning:
    """What the plan means for a layout: a guard that closes, or an include that opens."""
    found: dict[tuple[PortRange, Family], Reach] = {}
    for service in plan.services:
        if closes and service.access is not Access.ALLOWLIST:
            continue
        counts = limited and service.access is Access.ALLOWLIST
        for family in Family:
            rules = [rule for rule in plan.rules if rule.service == service.name and rule.family is family]
            connectors, trusted = _sources(r for r in rules if not r.trusted), _sources(r for r in rules if r.trusted)
            within, without = (connectors, trusted) if counts else (frozenset[str](), _merge(connectors | trusted))
            if service.access is Access.PUBLIC:
                within, without = frozenset(), frozenset({ANYBODY[family]})
            for ports in service.ports:
                found[ports, family] = Reach(within, without, closes)
    return found


def _sources(rules: Iterable[Rule]) -> frozenset[str]:
    return _merge(str(prefix) for rule in rules for prefix in rule.sources)


def _merge(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(map(str, merge_prefixes(map(parse_prefix, texts))))


def _doors(rules: Mapping[str, list[list[dict[str, Any]]]], chain: str) -> Iterator[tuple[PortRange, str]]:
    """The ports that a chain sends on, and where to; through the chain of a scope, too."""
    for expressions in rules.get(chain, []):
        target: str | None = next((part["goto"]["target"] for part in expressions if "goto" in part), None)
        right: Any = next((part["match"]["right"] for part in expressions if _field(part) == "dport"), None)
        if target is not None and right is None:
            yield from _doors(rules, target)
        elif target is not None:
            first, last = right["range"] if isinstance(right, dict) else (right, right)
            yield PortRange(first, last), target


def _reach(rules: list[list[dict[str, Any]]], sets: Mapping[str, frozenset[str]], family: Family) -> Reach:
    """In the order of the rules: whoever is accepted before being counted is not limited, also with the very same networks."""
    limited: set[str] = set()
    unlimited: set[str] = set()
    counted: set[str] = set()
    closed = False
    for expressions in rules:
        verdict = next(word for part in expressions for word in part if word in ("accept", "drop", "reject", "goto", "log"))
        who = _who(expressions, sets, family)
        matched = [part["match"]["left"] for part in expressions if "match" in part]
        closed = closed or (verdict in ("drop", "reject") and all(left == {"meta": {"key": "l4proto"}} for left in matched))
        if verdict == "goto":
            counted |= who
        if verdict == "accept":
            limited |= who & counted
            unlimited |= who - counted
    assert counted == limited, "who is counted is accepted afterwards"
    return Reach(_merge(limited), _merge(unlimited), closed)


def _who(expressions: list[dict[str, Any]], sets: Mapping[str, frozenset[str]], family: Family) -> frozenset[str]:
    for part in expressions:
        match = part.get("match", {})
        if _field(part) == "saddr":
            wanted = "ip" if family is Family.V4 else "ip6"
            return sets[match["right"].removeprefix("@")] if match["left"]["payload"]["protocol"] == wanted else frozenset()
        if match.get("left") == {"meta": {"key": "nfproto"}}:
            return frozenset({ANYBODY[family]} if match["right"] == f"ipv{family.value}" else ())
    return frozenset()


def _field(part: Mapping[str, Any]) -> str | None:
    left = part.get("match", {}).get("left", {})
    found: str | None = left.get("payload", {}).get("field") if isinstance(left, dict) else None
    return found


def _elements(listed: list[Any]) -> frozenset[str]:
    """The prefixes of a set; nft tells a host as a text and others as prefix objects."""
    texts = (item if isinstance(item, str) else f"{item['prefix']['addr']}/{item['prefix']['len']}" for item in listed if _is_network(item))
    return _merge(texts)


def _is_network(item: object) -> bool:
    return isinstance(item, str) or (isinstance(item, dict) and "prefix" in item)
