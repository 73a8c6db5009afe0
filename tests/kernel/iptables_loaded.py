"""Loading what the iptables target writes, and reading back from the kernel what it means."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from subprocess import CompletedProcess
from typing import NamedTuple

from generator.net import Family, merge_prefixes, parse_prefix
from generator.plan import Access, Plan
from tests.kernel.lab import Lab

BACKENDS = ("nft", "legacy")
_ANYBODY = {Family.V4: "0.0.0.0/0", Family.V6: "::/0"}
_TOOLS = {Family.V4: "iptables", Family.V6: "ip6tables"}
_NOISE = re.compile(r" initval 0x[0-9a-f]+|\[\d+:\d+\]")


class Meaning(NamedTuple):
    """What the rules of one family say about each port: who gets in within the connection limit, who without it, who is refused."""

    entered: frozenset[int]
    limited: Mapping[int, frozenset[str]]
    unlimited: Mapping[int, frozenset[str]]
    refused: frozenset[int]


class Site:
    """The files of one site in a folder of a lab, and its scripts run with one backend."""

    def __init__(self, lab: Lab, files: Mapping[str, str], *, backend: str = "nft", folder: str = "acme") -> None:
        self.lab, self.backend, self.folder = lab, backend, folder
        place = lab.folder / folder
        place.mkdir(exist_ok=True)
        for old in place.iterdir():
            old.unlink()
        for name, content in files.items():
            (place / name).write_text(content, encoding="utf-8")

    def apply(self, *options: str, check: bool = True, **programs: str) -> CompletedProcess[str]:
        """Load the files; `programs` go to the script as environment variables."""
        return self._run("apply.sh", *options, check=check, programs=programs)

    def undo(self) -> None:
        """Take everything out again."""
        self._run("undo.sh", check=True, programs={})

    def _run(self, script: str, *options: str, check: bool, programs: Mapping[str, str]) -> CompletedProcess[str]:
        wanted = {name.upper(): f"{name}-{self.backend}" for name in _TOOLS.values()} | dict(programs)
        variables = [f"{name}={program}" for name, program in wanted.items()]
        return self.lab.run("env", *variables, "sh", f"./{self.folder}/{script}", *options, check=check)


def save_kernel(lab: Lab, backend: str, *, exact: bool = False) -> list[str]:
    """Everything that iptables, ip6tables and ipset know, as lines; `exact` keeps our counters and what tells a set from its twin."""
    lines = [line for tool in _TOOLS.values() for line in lab.run(f"{tool}-{backend}-save", "-c").stdout.splitlines()]
    lines += sorted(lab.run("ipset", "save").stdout.splitlines())
    kept = [line for line in lines if not line.startswith("#")]
    return [line if exact and "gatepost" in line.lower() else _NOISE.sub("", line) for line in kept]


def read_kernel(lab: Lab, site: Site, family: Family, chain: str = "GATEPOST-ACME") -> Meaning:
    """What the loaded chains of one family mean."""
    rules = list(_rules(lab.run(f"{_TOOLS[family]}-{site.backend}-save").stdout))
    sets = _read_sets(lab.run("ipset", "save").stdout)
    limited: dict[int, set[str]] = {}
    unlimited: dict[int, set[str]] = {}
    refused: set[int] = set()
    for rule in rules:
        if rule["-A"] != f"{chain}_GUARD" or rule["-j"] == "RETURN":
            continue
        sources = sets[rule["--match-set"]] if "--match-set" in rule else {rule.get("-s", _ANYBODY[family])}
        for port in _ports(rule["--dports"]):
            if rule["-j"] in ("DROP", "REJECT"):
                refused.add(port)
            elif rule["-j"] != "LOG":
                (limited if rule["-j"] == f"{chain}_CONN" else unlimited).setdefault(port, set()).update(sources)
    entered = {port for rule in rules if rule["-A"] == chain and rule["-j"] == f"{chain}_GUARD" for port in _ports(rule["--dports"])}
    return Meaning(frozenset(entered), _merge(limited), _merge(unlimited), frozenset(refused))


def read_plan(plan: Plan, family: Family) -> Meaning:
    """What the plan means, worked out port by port."""
    limited: dict[int, set[str]] = {}
    unlimited: dict[int, set[str]] = {}
    refused: set[int] = set()
    for service in plan.services:
        rules = [rule for rule in plan.rules if rule.service == service.name and rule.family is family]
        for port in (port for ports in service.ports for port in range(ports.first, ports.last + 1)):
            if service.access is Access.PUBLIC:
                unlimited[port] = {_ANYBODY[family]}
                continue
            if service.access is Access.ALLOWLIST:
                refused.add(port)
            for rule in rules:
                counts = service.access is Access.ALLOWLIST and not rule.trusted
                (limited if counts else unlimited).setdefault(port, set()).update(map(str, rule.sources))
    return Meaning(frozenset({*limited, *unlimited, *refused}), _merge(limited), _merge(unlimited), frozenset(refused))


def _rules(saved: str) -> Iterator[dict[str, str]]:
    """Each rule as option → value; what is negated or has several values is not in our rules."""
    for line in saved.splitlines():
        if line.startswith("-A "):
            words = shlex.split(line)
            yield {word: value for word, value in pairwise(words) if word.startswith("-")}


def _read_sets(saved: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for verb, name, *rest in map(str.split, saved.splitlines()):
        if verb == "create":
            found[name] = set()
        else:
            found[name].add(rest[0])
    return found


def _ports(text: str) -> Iterable[int]:
    for part in text.split(","):
        first, _, last = part.partition(":")
        yield from range(int(first), int(last or first) + 1)


def _merge(prefixes: Mapping[int, set[str]]) -> dict[int, frozenset[str]]:
    return {port: frozenset(map(str, merge_prefixes(map(parse_prefix, texts)))) for port, texts in sorted(prefixes.items())}
