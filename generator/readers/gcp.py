"""Firewall rules of GCP as `gcloud compute firewall-rules list --format=json` prints them, and our own files.

The smallest number goes first; of rules with one number those that deny. What no rule speaks of is kept out.

Sources: the Compute API v1, firewalls; "VPC firewall rules": priority, implied rules, targets and sources.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report
from generator.net import PortRange, merge_ports
from generator.readers.cloud_rules import (
    check_keys,
    listed_objects,
    listed_texts,
    make_ruleset,
    note_members,
    plan_id,
    read_each,
    read_port_list,
    read_prefixes,
    speaks_of_tcp,
)
from generator.readers.documents import load_json, objects, texts, top, walk_objects
from generator.readers.model import Act, Match, Rule, Ruleset
from generator.readers.outside import Outside
from generator.readers.parts import ANYWHERE, INSIDE, Part, RuleMistakeError, make_rules

WHAT: Final = "what gcloud prints about firewall rules"
HINT: Final = "make it with: gcloud compute firewall-rules list --format=json"
_KNOWN: Final = (
    *("name", "description", "network", "direction", "priority", "sourceRanges", "sourceTags", "sourceServiceAccounts", "allowed"),
    *("denied", "destinationRanges", "targetTags", "targetServiceAccounts", "disabled", "logConfig", "id", "kind", "selfLink"),
    *("creationTimestamp", "enableLogging", "params"),
)
_TARGETS: Final = ("targetTags", "targetServiceAccounts")
_KIND: Final = "compute#firewall"
_OURS: Final = re.compile(r"gatepost (?P<site>[^/: ]+)")
_POLICIES: Final = ("firewallPolicys", "firewallPolicies")


class _Server(NamedTuple):
    """What our own rules tell of the mail server: its network, tags and accounts; empty where there are none."""

    networks: frozenset[str]
    targets: frozenset[str]


def read_gcp(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a dump. None after an error; a rule that isn't understood is a finding, and a doubt about what it touches."""
    documents = load_json(text, path, WHAT, HINT, report)
    if documents is None:
        return None
    firewalls = list(_firewalls(documents))
    if not any("allowed" in one or "denied" in one for one in firewalls) and documents != [[]]:
        report.add("AUD001", top(path), f"this is not {WHAT}", hint=HINT)
        return None
    found = judge_firewalls(firewalls, path, report)
    policies = [policy for one in walk_objects(documents) for key in _POLICIES for policy in objects(one.get(key))]
    return _under_policies(found, policies, path, report)


def judge_firewalls(firewalls: Iterable[Mapping[str, Any]], path: str, report: Report) -> Ruleset:
    """The ruleset of firewall rules in the words of the API."""
    used = [one for one in firewalls if str(one.get("direction", "INGRESS")).upper() != "EGRESS" and one.get("disabled") is not True]
    server = _describe_server(used)
    ordered = sorted(used, key=lambda one: (_priority(one), "denied" not in one))
    note_members((name for one in ordered for key in ("sourceTags", "sourceServiceAccounts") for name in texts(one.get(key))), path, report)
    rules = read_each(ordered, lambda one: _read(one, server), lambda one: str(one.get("name", "?")), path, report)
    return make_ruleset(path, [(f"firewall rules of {path}", rules)])


def _under_policies(ruleset: Ruleset, policies: list[Mapping[str, Any]], path: str, report: Report) -> Ruleset:
    """Policies of the organisation or of the network go first, and are another language."""
    for policy in policies:
        name = str(policy.get("displayName") or policy.get("shortName") or policy.get("name") or "?")
        report.add("AUD025", top(path), f"the firewall policy `{name}` is not read", hint="see that it leaves the mail ports to the rules")
    if not policies:
        return ruleset
    doubts = ("what the firewall policies decide before the rules",)
    ahead = [Rule(Match(doubts=doubts), act, text="firewall policies") for act in (Act.ACCEPT, Act.DENY)]
    chains = {name: chain._replace(rules=(*ahead, *chain.rules)) for name, chain in ruleset.chains.items()}
    return ruleset._replace(chains=chains)


def _describe_server(firewalls: Iterable[Mapping[str, Any]]) -> _Server:
    """What rules of one site agree about: where one of them was moved to another network or tag, which of them is the server's is open."""
    every = list(firewalls)
    sites: dict[str, list[Mapping[str, Any]]] = {}
    for one in every:
        if found := _OURS.match(str(one.get("description", ""))):
            sites.setdefault(found["site"], []).append(one)
    groups = list(sites.values()) or [every]
    networks = [{_network(one) for one in group} for group in groups]
    return _Server(
        frozenset(name for named in networks for name in named) if all(len(named) == 1 for named in networks) else frozenset(),
        frozenset(target for group in sites.values() for target in _common_targets(group)),
    )


def _common_targets(firewalls: Iterable[Mapping[str, Any]]) -> set[str]:
    """The tags and accounts that all of these rules name. One without any is for every machine, and says nothing of the server."""
    named = [found for one in firewalls if (found := {target for key in _TARGETS for target in texts(one.get(key))})]
    return set.intersection(*named) if named else set()


def _network(firewall: Mapping[str, Any]) -> str:
    return str(firewall.get("network", "default")).rpartition("/")[2]


def _priority(firewall: Mapping[str, Any]) -> int:
    value = firewall.get("priority", 1000)
    return value if type(value) is int and 0 <= value < 65536 else 0  # not understood, so it may come before all others


def _read(firewall: Mapping[str, Any], server: _Server) -> list[Rule]:
    check_keys(firewall, _KNOWN)
    if firewall.get("priority", 1000) != _priority(firewall) or isinstance(firewall.get("priority"), bool):
        raise RuleMistakeError("its priority is no number from 0 to 65535")
    if str(firewall.get("direction", "INGRESS")).upper() != "INGRESS" or firewall.get("disabled") not in (None, False):
        raise RuleMistakeError("its form is not known here")
    if ("allowed" in firewall) is ("denied" in firewall):
        raise RuleMistakeError("it neither allows nor denies")
    network = _network(firewall)
    if server.networks and network not in server.networks:
        return []
    doubts = [] if server.networks else [f"whether the mail server is in the network `{network}`"]
    targets = [target for key in _TARGETS for target in listed_texts(firewall.get(key))]
    if targets and not server.targets.intersection(targets):
        doubts.append(f"whether the mail server bears {' or '.join(f'`{target}`' for target in targets)}")
    act = Act.ACCEPT if "allowed" in firewall else Act.DENY
    ports = _ports(listed_objects(firewall.get("allowed", firewall.get("denied"))))
    frame = Rule(Match(), act, text=str(firewall.get("name", "?")), comment=plan_id(firewall.get("description")))
    ranges = listed_texts(firewall.get("destinationRanges"))
    destinations = read_prefixes(ranges) if ranges else None
    return make_rules(frame, _sources(firewall), ports, destinations=destinations, doubts=tuple(doubts))


def _ports(listed: list[Any]) -> tuple[PortRange, ...] | None:
    """The TCP ports of all entries; None where one is for every port."""
    found: list[PortRange] = []
    if not listed:
        raise RuleMistakeError("it neither allows nor denies")
    for one in listed:
        if speaks_of_tcp(one["IPProtocol"]):
            ports = read_port_list(one.get("ports"))
            if ports is None:
                return None
            found += ports
    return merge_ports(found)


def _sources(firewall: Mapping[str, Any]) -> tuple[Part, ...]:
    """Ranges, or else machines with a tag or an account; none of them: everybody over IPv4."""
    ranges = listed_texts(firewall.get("sourceRanges"))
    members = [name for key in ("sourceTags", "sourceServiceAccounts") for name in listed_texts(firewall.get(key))]
    parts = list(read_prefixes(ranges)) if ranges else []
    if members:
        parts.append(INSIDE._replace(doubts=tuple(f"who bears `{name}`" for name in members)))
    return tuple(parts) or (Part(ANYWHERE.v4),)


def _firewalls(documents: list[Any]) -> Iterator[Mapping[str, Any]]:
    for one in walk_objects(documents):
        if one.get("nextPageToken"):
            yield {"name": "the rest", "priority": 0, "nextPageToken": "?"}
        if "firewalls" in one:
            yield from _each(one["firewalls"])
        elif "items" in one:
            yield from _each(one["items"])
        elif one.get("kind", _KIND) == _KIND and not set(_POLICIES) & set(one):  # `instances list` may stand beside it
            yield one


def _each(listed: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list. What is none is a rule that isn't understood."""
    for one in listed if isinstance(listed, list) else [listed]:
        yield one if isinstance(one, dict) else {"name": "?"}
