"""Network security groups of Azure as `az network nsg show` prints them, as the REST API and templates write them; and our own files.

Rules are judged by their priority, the smallest number first. What a subnet's group and a network interface's group both let in gets in.

Sources: Microsoft.Network/networkSecurityGroups and securityRules of the REST API; "Network security groups" and "Service tags".
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from generator.diagnostics import Report
from generator.net import PortRange
from generator.readers.cloud_rules import (
    check_keys,
    listed_objects,
    listed_texts,
    make_ruleset,
    note_members,
    plan_id,
    read_each,
    read_port_list,
    speaks_of_tcp,
)
from generator.readers.documents import inside, load_json, objects, top, walk_objects
from generator.readers.model import Act, Match, Rule, Ruleset
from generator.readers.outside import Outside
from generator.readers.parts import ANYWHERE, INSIDE, Part, RuleMistakeError, make_rules, negate, read_addresses, unknown

WHAT: Final = "what the Azure CLI prints about a network security group"
HINT: Final = "make it with: az network nsg show --resource-group GROUP --name NAME"
_GROUP: Final = "microsoft.network/networksecuritygroups"
_PREFIX: Final = ("sourceAddressPrefix", "sourceAddressPrefixes", "expandedSourceAddressPrefix")
_TARGET: Final = ("destinationAddressPrefix", "destinationAddressPrefixes", "expandedDestinationAddressPrefix")
_KNOWN: Final = (
    *("name", "id", "type", "etag", "resourceGroup", "resourceGuid", "provisioningState", "description", "priority", "direction"),
    *("access", "protocol", *_PREFIX, *_TARGET, "sourcePortRange", "sourcePortRanges", "destinationPortRange", "destinationPortRanges"),
    *("sourceApplicationSecurityGroups", "destinationApplicationSecurityGroups"),
)
# Where health probes come from, and only they: "Service tags", AzureLoadBalancer; "What is IP address 168.63.129.16".
_PROBES: Final = ("168.63.129.16", "fe80::1234:5678:9abc")


def read_azure(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a dump. None after an error; a rule that isn't understood is a finding, and a doubt about what it touches."""
    documents = load_json(text, path, WHAT, HINT, report)
    if documents is None:
        return None
    groups = list(_groups(documents))
    if not groups:
        report.add("AUD001", top(path), f"this is not {WHAT}", hint=HINT)
        return None
    several = len(groups) > 1 and any(isinstance(one, list) for one in documents)
    doubt = "the dump has several groups, and which of them stand before the mail server is not known" if several else ""
    return judge_groups(groups, path, report, doubt)


def judge_groups(groups: Iterable[tuple[str, list[Mapping[str, Any]]]], path: str, report: Report, doubt: str = "") -> Ruleset:
    """The ruleset of groups, each with the properties of its rules."""
    read = []
    for name, rules in groups:
        inbound = [rule for rule in rules if str(rule.get("direction", "Inbound")).lower() != "outbound"]
        ordered = sorted(inbound, key=_priority)
        members = [_last(group) for rule in ordered for group in objects(rule.get("sourceApplicationSecurityGroups"))]
        note_members(members, path, report)
        read.append((name or f"security rules of {path}", read_each(ordered, _read, lambda rule: str(rule.get("name", "?")), path, report)))
    return make_ruleset(path, _named_apart(read), doubt)


def _named_apart(groups: list[tuple[str, list[Rule]]]) -> list[tuple[str, list[Rule]]]:
    names = [name for name, _ in groups]
    return [(name if names.count(name) == 1 else f"{name} ({number})", rules) for number, (name, rules) in enumerate(groups, 1)]


def _priority(rule: Mapping[str, Any]) -> int:
    value = rule.get("priority")
    return value if type(value) is int and 0 <= value < 65536 else 0  # not understood, so it may come before all others


def _read(rule: Mapping[str, Any]) -> list[Rule]:
    check_keys(rule, _KNOWN)
    if not 0 < _priority(rule) < 65536:
        raise RuleMistakeError("it has no priority")
    if str(rule.get("direction", "Inbound")).lower() != "inbound":
        raise RuleMistakeError("its form is not known here")
    if not speaks_of_tcp(rule["protocol"]):
        return []
    access = {"allow": Act.ACCEPT, "deny": Act.DENY}.get(str(rule["access"]).lower())
    if access is None:
        raise RuleMistakeError(f"`{rule['access']}` is neither Allow nor Deny")
    doubts = [
        "whether the mail server is a member of " + _last(one) for one in listed_objects(rule.get("destinationApplicationSecurityGroups"))
    ]
    if (own := _ports(rule, "sourcePortRange")) is not None and own != [PortRange(0, 65535)]:
        doubts.append("the port that the connection comes from")
    frame = Rule(Match(), access, text=str(rule.get("name", "?")), comment=plan_id(rule.get("description")))
    destinations = _sides(rule, _TARGET, "destinationApplicationSecurityGroups", of_server=True)
    sources = _sides(rule, _PREFIX, "sourceApplicationSecurityGroups", of_server=False)
    return make_rules(frame, sources, _ports(rule, "destinationPortRange"), destinations=destinations, doubts=tuple(doubts))


def _ports(rule: Mapping[str, Any], key: str) -> list[PortRange] | None:
    """The ports of one end; the API has a key for one and another for several."""
    several = rule.get(f"{key}s")
    return read_port_list(several if several else rule.get(key))


def _sides(rule: Mapping[str, Any], keys: tuple[str, ...], groups: str, *, of_server: bool) -> tuple[Part, ...]:
    if rule.get(groups):
        members = tuple(f"who is a member of `{_last(one)}`" for one in listed_objects(rule[groups]))
        return (ANYWHERE,) if of_server else (INSIDE._replace(doubts=members),)
    expanded = listed_texts(rule.get(keys[2]))
    named = expanded or [text for key in keys[:2] for text in listed_texts(rule.get(key))]
    if not named:
        raise RuleMistakeError("it names no destination" if of_server else "it names no source")
    known, tags = read_addresses([text for text in named if text not in ("*", "any", "Any")])
    parts = [ANYWHERE] if any(text in ("*", "any", "Any") for text in named) else []
    parts += [known] if known != Part() else []
    return (*parts, *(part for tag in tags for part in _tag(tag, of_server=of_server)))


def _tag(tag: str, *, of_server: bool) -> tuple[Part, ...]:
    """The addresses of a service tag."""
    if not tag.replace(".", "").replace("_", "").isalnum():
        raise RuleMistakeError(f"`{tag}` is no address")
    name = tag.lower()
    if name == "virtualnetwork":
        return (ANYWHERE,) if of_server else (INSIDE._replace(doubts=("which addresses the virtual network has",)),)
    if name == "azureloadbalancer" and not of_server:
        return (read_addresses(_PROBES)[0],)
    if name == "internet" and not of_server:
        return (*negate([INSIDE]), INSIDE._replace(doubts=("which addresses the virtual network has",)))
    return (unknown(f"which addresses the service tag `{tag}` has"),)


def _last(group: Mapping[str, Any]) -> str:
    return str(group.get("id", "?")).rpartition("/")[2]


def _groups(documents: list[Any]) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """The groups of a dump: groups, effective groups, templates, or rules alone."""
    loose: list[Mapping[str, Any]] = []
    strange: list[Mapping[str, Any]] = []
    alone, rest = False, False
    for one in walk_objects(documents):
        rest = rest or bool(one.get("nextLink"))
        inner = {**one, **one["properties"]} if isinstance(one.get("properties"), dict) else one
        if "securityRules" in inner:
            yield str(inner.get("name", "a group")), _flat([*_each(inner["securityRules"]), *_each(inner.get("defaultSecurityRules"))])
        elif "value" in one and objects(one["value"]):
            yield from _groups([*objects(one["value"]), *([{"nextLink": "?"}] if one.get("nextLink") else [])])
            rest = False
        elif "effectiveSecurityRules" in one:
            yield _last(inside(one, "networkSecurityGroup")), _flat(_each(one["effectiveSecurityRules"]))
        elif "resources" in one and "$schema" in one:
            groups, children = _template(_each(one["resources"]))
            yield from groups
            loose += children
            alone = alone or not groups
        elif "priority" in inner and "access" in inner:
            loose += _flat([one])
        else:
            strange += _each(None if set(one) <= {"value", "nextLink"} else "?")
    if loose or alone or rest:
        more = [{"name": "the rest", "nextLink": "?"}] if rest else []
        yield "", [*loose, *strange, *more]


def _template(resources: list[Mapping[str, Any]]) -> tuple[list[tuple[str, list[Mapping[str, Any]]]], list[Mapping[str, Any]]]:
    """The groups that a template makes with their rules, and rules for a group that is there already."""
    children = _flat(
        _resource(one) for one in resources if _is_kind(one, f"{_GROUP}/securityrules") or not isinstance(one.get("type"), str)
    )
    groups = [_resource(one) for one in resources if _is_kind(one, _GROUP)]
    if not groups:
        return [], children
    if len(groups) > 1:
        children = [{**rule, "one of several groups": "?"} for rule in children]  # names in templates are computed
    return [(one["name"], [*_flat(_each(inside(one, "properties").get("securityRules"))), *children]) for one in groups], []


def _each(listed: Any) -> list[Mapping[str, Any]]:
    """The objects of a list. What is none is a rule that isn't understood."""
    every = listed if isinstance(listed, list) else [] if listed is None else [listed]
    return [one if isinstance(one, dict) else {"name": "?", "its form": "?"} for one in every]


def _flat(rules: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Rules with their properties beside their names, where the API has them one level deeper."""
    return [
        {**{key: value for key, value in rule.items() if key != "properties"}, **rule["properties"]}
        if isinstance(rule.get("properties"), dict)
        else {**rule, "properties": rule.get("properties")}
        for rule in rules
    ]


def _is_kind(resource: Mapping[str, Any], kind: str) -> bool:
    return str(resource.get("type")).lower() == kind


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    """A resource of a template without what only the deployment looks at; `[concat(…, '/NAME')]` names a rule."""
    kept = {key: value for key, value in resource.items() if key in ("name", "properties")}
    kept["name"] = str(kept.get("name", "?")).removesuffix("')]").rpartition("/")[2]
    if resource.get("condition", True) is not True:
        kept["condition"] = resource["condition"]
    return kept
