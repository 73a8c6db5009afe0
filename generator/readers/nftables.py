"""The rules of a Linux host as `nft -j list ruleset` prints them.

Source: libnftables-json(5), nft(8) of 1.0.6; which hooks a packet passes, and in which order: nft(8), "Address families" and "Chains".
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from generator.diagnostics import Report, Span
from generator.net import Family
from generator.readers.combine import hook_in, spoken_ports
from generator.readers.model import Act, Chain, Ruleset, Stage
from generator.readers.nftables_notes import adds_source
from generator.readers.nftables_rules import Unread, chain_name, read_rule
from generator.readers.nftables_states import Setting, listed
from generator.readers.outside import Outside, judge_interface
from generator.readers.scratch import list_file

_AWAKE: Final = frozenset({"owner", "persist"})  # flags of a table that change nothing for packets
_BOTH: Final = (Family.V4, Family.V6)
_FAMILIES: Final = {"inet": _BOTH, "netdev": _BOTH, "ip": (Family.V4,), "ip6": (Family.V6,)}
_PATHS: Final = {"ingress": "", "prerouting": "", "input": "input", "forward": "forward"}
_ORDER: Final = {"ingress": -1, "prerouting": 0, "input": 1, "forward": 1}
_NAT: Final = {"prerouting": -100, "input": 100}  # NF_IP_PRI_NAT_DST and NF_IP_PRI_NAT_SRC


def read_nftables(text: str, path: str, outside: Outside, report: Report, *, whole: bool = False) -> Ruleset | None:
    """The ruleset of a dump, or of a file in nft's own language, which nft itself is asked about.

    `whole`: it is all that nft has, so what it doesn't speak of is open; a table of ours may otherwise be a part of something. None after
    an error; a rule that isn't understood is a finding, and a doubt about what it touches.
    """
    part = not text.lstrip().startswith("{")  # what users write may be included by something; what nft prints is hooked in by itself
    printed = list_file(text, path, report) if part else text
    objects = None if printed is None else _objects(printed, path, report)
    if objects is None:
        return None
    chains, bases = _read_chains(objects, path, outside, report)
    stages = _stages(bases, _sleeping(objects), outside)
    if whole:
        return Ruleset(path, stages, chains, _BOTH)
    ours = all(name.split(" ")[1].startswith("gatepost_") for name in chains)
    ports = spoken_ports(chains.values()) if chains and (ours or not bases) else None
    if part and ours and chains and ports is None:
        ports = ()  # the guard of a site that closes nothing
    return Ruleset(path, hook_in(chains, _named_chains(objects)) if part and not bases else stages, chains, _BOTH, ports)


def _read_chains(
    objects: Sequence[Mapping[str, Any]], path: str, outside: Outside, report: Report
) -> tuple[dict[str, Chain], list[Mapping[str, Any]]]:
    """All chains above the link layer by name, and those that a packet from outside meets first."""
    settings = _settings(objects, outside)
    rules: dict[str, list[Mapping[str, Any]]] = {}
    for rule in _kind(objects, "rule"):
        rules.setdefault(chain_name(rule, str(rule.get("chain"))), []).append(rule)
    unread: list[Unread] = []
    chains: dict[str, Chain] = {}
    bases: list[Mapping[str, Any]] = []
    for chain in _kind(objects, "chain"):
        families = _FAMILIES.get(str(chain.get("family")), ())
        if not families:
            _report_layer(chain, path, report)
            continue
        name = chain_name(chain, str(chain.get("name")))
        setting = settings[chain_name(chain, "")]
        found = [one for rule in rules.get(name, ()) for one in read_rule(rule, setting, families, unread)]
        base = "hook" in chain
        otherwise = Act.RETURN if not base else Act.DENY if chain.get("policy") == "drop" else Act.ACCEPT
        chains[name] = Chain(name, tuple(found), otherwise)
        if base and chain.get("hook") in _PATHS:
            bases.append(chain)
    for words, why in unread:
        hint = "what it touches is reported as unknown"
        report.add("AUD002", _place(path), f"the rule `{words}` is not understood: {why}", hint=hint)
    return chains, bases


def _sleeping(objects: Sequence[Mapping[str, Any]]) -> dict[str, bool | None]:
    """The tables with flags, and whether they are dormant, so that no packet meets their chains. nft 1.0.6 prints rubbish there: None."""
    found: dict[str, bool | None] = {}
    for table in _kind(objects, "table"):
        flags = table.get("flags", [])
        words = set(map(str, flags if isinstance(flags, list) else [flags]))
        found[chain_name({**table, "table": table.get("name")}, "")] = True if "dormant" in words else None if words - _AWAKE else False
    return found


def _objects(text: str, path: str, report: Report) -> list[Mapping[str, Any]] | None:
    try:
        read = json.loads(text)
        objects: list[Mapping[str, Any]] = [item for item in read["nftables"] if isinstance(item, dict)]
        if not all(map(_is_chain, _kind(objects, "chain"))):
            raise ValueError(path)
    except (ValueError, KeyError, TypeError, RecursionError):
        report.add("AUD001", _place(path), "this is not what nft prints as JSON", hint="make it with: nft -j list ruleset")
        return None
    return objects


def _is_chain(chain: Mapping[str, Any]) -> bool:
    """Whether a chain has the form of nft's: of another one it would not be known where it stands, or what its end means."""
    if not all(isinstance(chain.get(key), str) for key in ("family", "table", "name")):
        return False
    hooked = chain.get("hook") in (*_PATHS, "output", "postrouting", "egress") and type(chain.get("prio", 0)) is int
    known = chain.get("policy", "accept") in ("accept", "drop") and isinstance(chain.get("type", ""), str)
    return "hook" not in chain or (hooked and known)


def _kind(objects: Iterable[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [item[kind] for item in objects if isinstance(item.get(kind), dict)]


def _settings(objects: Sequence[Mapping[str, Any]], outside: Outside) -> dict[str, Setting]:
    """What the rules of each table are read in."""
    sets: dict[str, dict[str, list[Any]]] = {}
    for kind in ("set", "map"):
        for one in _kind(objects, kind):
            elements = one.get("elem", [])
            sets.setdefault(chain_name(one, ""), {})[str(one.get("name"))] = elements if isinstance(elements, list) else [elements]
    growing, changing, saves = _changes(objects)
    return {
        table: Setting(
            sets.get(table, {}),
            outside,
            frozenset(name for place, name in growing - changing if place == table),
            frozenset(name for place, name in changing if place == table),
            saves,
            table.rstrip(),
        )
        for table in {chain_name(chain, "") for chain in _kind(objects, "chain")}
    }


def _changes(objects: Iterable[Mapping[str, Any]]) -> tuple[set[tuple[str, str]], set[tuple[str, str]], bool]:
    """The sets that rules add sources to, and those that they change in other ways, with their tables; whether connections get a mark."""
    growing: set[tuple[str, str]] = set()
    changing: set[tuple[str, str]] = set()
    saves = False
    for rule in _kind(objects, "rule"):
        expressions = rule.get("expr")
        for expression in (one for one in (expressions if isinstance(expressions, list) else ()) if isinstance(one, dict)):
            kind = "set" if "set" in expression else "map"
            if isinstance(facts := expression.get(kind), dict) and isinstance(name := facts.get(kind), str):
                (growing if kind == "set" and adds_source(facts) else changing).add((chain_name(rule, ""), name[1:]))
            mangled = expression.get("mangle")
            saves = saves or (isinstance(mangled, dict) and mangled.get("key") == {"ct": {"key": "mark"}})
    return growing, changing, saves


def _named_chains(objects: Iterable[Mapping[str, Any]]) -> set[str]:
    """The chains that rules lead to, by whatever statement."""
    found = set()
    for rule in _kind(objects, "rule"):
        pending: list[Any] = [rule.get("expr")]
        while pending:
            one = pending.pop()
            if isinstance(one, dict):
                pending += one.values()
                found.add(chain_name(rule, str(one.get("target"))))
            elif isinstance(one, list):
                pending += one
    return found


def _stages(bases: Sequence[Mapping[str, Any]], sleeping: Mapping[str, bool | None], outside: Outside) -> tuple[Stage, ...]:
    """The base chains in the order a packet meets them: by hook, then by priority."""
    stages = []
    for chain in sorted(bases, key=_priority):
        name = chain_name(chain, str(chain.get("name")))
        families = _FAMILIES[str(chain.get("family"))]
        devices = listed(chain.get("dev")) if chain["hook"] == "ingress" else ("*",)
        passed = judge_interface(devices, outside) if devices else None  # nft 1.0.6 does not print which
        asleep = sleeping.get(chain_name(chain, ""), False)
        if passed is not False and asleep is not True:
            doubt = "the table has a flag that nft does not print; `dormant` would put it to sleep" if asleep is None else ""
            if not passed:
                doubt = f"the chain `{name}` is for what comes by {', '.join(devices) or 'an interface that nft does not print'}"
            family = families[0] if len(families) == 1 else None
            translates = chain.get("type") == "nat"
            # Whatever their priority, chains that translate are asked where NAT is; among themselves they go by it.
            place = (_ORDER[chain["hook"]], _NAT[chain["hook"]] if translates and chain["hook"] in _NAT else _priority(chain))
            stages.append(Stage(name, name, _PATHS[chain["hook"]], family, doubt, place, translates))
    return tuple(sorted(stages, key=lambda stage: stage.place))


def _priority(chain: Mapping[str, Any]) -> int:
    return int(chain.get("prio", 0))


def _report_layer(chain: Mapping[str, Any], path: str, report: Report) -> None:
    if "hook" in chain:
        name = chain_name(chain, str(chain.get("name")))
        report.add(
            "AUD003", _place(path), f"the chain `{name}` judges below IP, and is not read", hint="see that it lets the mail ports through"
        )


def _place(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)
