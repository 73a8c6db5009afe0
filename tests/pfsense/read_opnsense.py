"""OPNsense's configuration read into the firewall that it makes: the rules of its model, then the older ones of each group.

Order (FilterRuleField::getPriority, filter_core_rules_user): rules for several interfaces or none, interface groups, single interfaces; in
each, those of the model by their sequence, before the older ones.
"""

from collections.abc import Mapping

from tests.pfsense import read_pfsense
from tests.pfsense.firewall import Alias, Firewall, Network, Rule, Side
from tests.pfsense.xmltree import Element, parse

ALIASES = "OPNsense/Firewall/Alias/aliases/alias"
RULES = "OPNsense/Firewall/Filter/rules/rule"


def load(text: str | bytes, *, tables: Mapping[str, tuple[Network, ...]] | None = None) -> Firewall:
    """The firewall of a whole configuration."""
    root = parse(text)
    groups = {element.value("ifname"): tuple(element.value("members").split()) for element in root.find_all("ifgroups/ifgroupentry")}
    weighted = [
        *((_weight(rule, groups), 0, int(element.value("sequence", "1")), rule) for element, rule in _model(root)),
        *((_weight(rule, groups), 1, 0, rule) for rule in _older(root)),
    ]
    ordered = [rule for *_, rule in sorted(weighted, key=lambda item: item[:3])]
    spread = tuple(rule._replace(interfaces=_members(rule.interfaces, groups)) for rule in ordered)
    return Firewall(read_aliases(root), spread, read_pfsense.read_networks(root), dict(tables or {}))


def _model(root: Element) -> list[tuple[Element, Rule]]:
    return [(element, read_rule(element)) for element in root.find_all(RULES)]


def _older(root: Element) -> list[Rule]:
    rules = [(element, read_pfsense.read_rule(element)) for element in root.find_all("filter/rule")]
    return [rule._replace(quick=element.value("quick", "0" if rule.floating else "1") in {"1", "yes"}) for element, rule in rules]


def _weight(rule: Rule, groups: Mapping[str, tuple[str, ...]]) -> int:
    if rule.floating:
        return 0
    return 1 if rule.interfaces[0] in groups else 2


def _members(interfaces: tuple[str, ...], groups: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(one for interface in interfaces for one in groups.get(interface, (interface,)))


def read_aliases(root: Element) -> dict[str, Alias]:
    """Aliases by name; one that is switched off holds nothing."""
    read = [read_alias({child.tag: child.text for child in element.children}) for element in root.find_all(ALIASES)]
    return {alias.name: alias for alias in read}


def read_alias(fields: Mapping[str, str]) -> Alias:
    """One alias from the fields that the model and the API share."""
    kind, lines = fields.get("type", ""), fields.get("content", "").split("\n")
    entries = () if kind.startswith("url") or fields.get("enabled") == "0" else tuple(filter(None, (line.strip() for line in lines)))
    return Alias(fields.get("name", ""), kind, entries)


def read_rule(element: Element) -> Rule:
    """One rule of the model."""
    fields = {child.tag: child.text.strip("\t\n\r ") for child in element.children}
    return read_fields(dict(element.attributes).get("uuid", ""), fields)


def read_fields(name: str, fields: Mapping[str, str]) -> Rule:
    """One rule from the fields that the model and the API share; an empty field has the model's default."""
    given = {key: value for key, value in fields.items() if value}
    interfaces = tuple(filter(None, given.get("interface", "").split(",")))
    protocol = given.get("protocol", "any").lower()
    return Rule(
        name=name,
        action=given.get("action", "pass"),
        interfaces=interfaces,
        families=read_pfsense.FAMILIES[given.get("ipprotocol", "inet")],
        protocol="" if protocol == "any" else protocol,
        source=_side(given, "source"),
        destination=_side(given, "destination"),
        direction=given.get("direction", "in"),
        quick=given.get("quick", "1") == "1",
        floating=len(interfaces) != 1,
        enabled=given.get("enabled", "1") == "1",
        max_src_conn=given.get("max-src-conn", ""),
        log=given.get("log", "0") == "1",
        descr=given.get("description", ""),
    )


def _side(given: Mapping[str, str], end: str) -> Side:
    return Side(given.get(f"{end}_net", "any"), given.get(f"{end}_port", ""), given.get(f"{end}_not", "0") == "1")
