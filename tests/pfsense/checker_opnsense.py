"""Whether OPNsense takes a configuration, or the bodies of API calls, in the sense that they are written in.

Source: OPNsense 25.1 and 25.7: `Alias.xml`, `Filter.xml`, `Filter::performValidation`, `AliasNameField`, `AliasContentField`,
`NetworkAliasField`, `PortField`. Before 25.1 rules know neither `inet46` nor `max-src-conn`, and sequences end at 99999.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from tests.pfsense.names import Fault, entry_faults, family_of, has_host_bits, is_address, is_network, is_port, name_faults
from tests.pfsense.read_opnsense import ALIASES, RULES
from tests.pfsense.xmltree import Element, XmlError, parse

ALIAS_NAME = re.compile(r"(?:[a-zA-Z]|(?:[_a-zA-Z][a-zA-Z0-9]|[a-zA-Z][_a-zA-Z0-9])[_a-zA-Z0-9]{0,29})\Z")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
ALIAS_KINDS = frozenset(
    ["host", "network", "port", "url", "urltable", "urljson", "geoip", "networkgroup", "mac", "asn", "dynipv6host", "internal", "external"]
)
DESCRIPTION = re.compile(r"[^\x00-\x1f\x7f]{0,255}\Z")
CHOICES = {
    "enabled": frozenset({"0", "1"}),
    "quick": frozenset({"0", "1"}),
    "log": frozenset({"0", "1"}),
    "interfacenot": frozenset({"0", "1"}),
    "source_not": frozenset({"0", "1"}),
    "destination_not": frozenset({"0", "1"}),
    "action": frozenset({"pass", "block", "reject"}),
    "direction": frozenset({"in", "out", "any"}),
    "ipprotocol": frozenset({"inet", "inet6", "inet46"}),
    "protocol": frozenset({"any", "TCP", "UDP", "TCP/UDP", "ICMP", "IPV6-ICMP", "ESP", "AH", "GRE", "IGMP", "PIM", "OSPF", "SCTP", "CARP"}),
    "statetype": frozenset({"keep", "sloppy", "modulate", "synproxy", "none"}),
}
PORT_PROTOCOLS = frozenset({"TCP", "UDP", "TCP/UDP"})


class Known(NamedTuple):
    """What rules may speak of."""

    interfaces: frozenset[str]
    aliases: dict[str, str]  # kind by name


def check(text: str | bytes) -> list[Fault]:
    """Everything that is wrong with a configuration."""
    try:
        root = parse(text)
    except XmlError as error:
        return [Fault(str(error.args[0]), 0, str(error.args[1]))]
    if root.tag != "opnsense":
        return [Fault("xml-root", root.line, root.tag)]
    aliases = [_fields(element) for element in root.find_all(ALIASES)]
    interfaces = frozenset(child.tag for element in root.find_all("interfaces") for child in element.children)
    known = Known(interfaces | {"openvpn", "enc0"}, {alias["name"]: alias.get("type", "") for alias in aliases if "name" in alias})
    rules = [_fields(element) for element in root.find_all(RULES)]
    return [
        *_identities(root),
        *_twice("alias-name-twice", [alias.get("name", "") for alias in aliases]),
        *(fault for alias in aliases for fault in alias_faults(alias, known)),
        *(fault for rule in rules for fault in rule_faults(rule, known)),
        *_twice("rule-sequence-twice", [f"{rule.get('interface')} {rule.get('sequence')}" for rule in rules]),
    ]


def _fields(element: Element) -> dict[str, str]:
    # The text of an alias counts to the byte: a line of blanks is an entry.
    return {child.tag: child.text for child in element.children}


def _twice(fault: str, values: list[str]) -> list[Fault]:
    return [Fault(fault, 0, value) for value in sorted(set(values)) if values.count(value) > 1]


def _identities(root: Element) -> list[Fault]:
    elements = root.find_all(ALIASES) + root.find_all(RULES)
    uuids = [dict(element.attributes).get("uuid", "") for element in elements]
    wrong = [Fault("uuid", element.line, uuid) for element, uuid in zip(elements, uuids, strict=True) if not UUID.match(uuid)]
    return wrong + _twice("uuid-twice", uuids)


def alias_faults(alias: Mapping[str, str], known: Known) -> list[Fault]:
    """Everything that is wrong with the fields of one alias."""
    name, kind, content = alias.get("name", ""), alias.get("type", ""), alias.get("content", "")
    broken = [
        ("alias-name", not ALIAS_NAME.match(name)),
        ("alias-kind", kind not in ALIAS_KINDS),
        ("alias-enabled", alias.get("enabled", "1") not in {"0", "1"}),
        ("alias-description", not DESCRIPTION.match(alias.get("description", ""))),
        ("alias-empty", not content.strip() and kind not in {"external", "internal"}),
        ("alias-proto", not set(filter(None, alias.get("proto", "").split(","))) <= {"IPv4", "IPv6"}),
    ]
    found = [Fault(fault, 0, name) for fault, wrong in broken if wrong] + name_faults(name, 0, interfaces=frozenset())
    if not content.strip() or kind not in {"host", "network", "port"}:
        return found
    if content != "\n".join(content.replace(",", " ").split()):
        return [*found, Fault("alias-separator", 0, name)]
    return found + [fault for entry in content.split("\n") for fault in _entry(kind, entry, known)]


def _entry(kind: str, entry: str, known: Known) -> list[Fault]:
    # A host alias takes other address lists, a network alias takes bare addresses.
    if (kind == "network" and is_address(entry)) or (kind == "host" and "port" not in known.aliases.get(entry, "port")):
        return []
    return entry_faults(kind, entry, 0, aliases=known.aliases, port_range=":")


def rule_faults(rule: Mapping[str, str], known: Known) -> list[Fault]:
    """Everything that is wrong with the fields of one rule."""
    fields = {key: value.strip() for key, value in rule.items() if value.strip()}
    sequence, limit = fields.get("sequence", ""), fields.get("max-src-conn", "")
    interfaces = set(filter(None, fields.get("interface", "").split(",")))
    broken = [
        ("rule-sequence", not (sequence.isdecimal() and 1 <= int(sequence) <= 999_999)),
        ("rule-interface", not interfaces <= known.interfaces),
        ("rule-description", not DESCRIPTION.match(rule.get("description", ""))),
        ("rule-limit-number", bool(limit) and not (limit.isdecimal() and int(limit) > 0)),
        ("rule-limit-protocol", bool(limit) and fields.get("protocol", "any") not in {"TCP", "TCP/UDP"}),
        ("rule-limit-without-state", bool(limit) and (fields.get("statetype") == "none" or fields.get("action", "pass") != "pass")),
        *((f"rule-{field}", field in fields and fields[field] not in choices) for field, choices in CHOICES.items()),
    ]
    found = [Fault(name, 0, fields.get("description", "")) for name, wrong in broken if wrong]
    return found + [fault for end in ("source", "destination") for fault in _side(fields, end, known)]


def _side(fields: Mapping[str, str], end: str, known: Known) -> list[Fault]:
    values = fields.get(f"{end}_net", "any").split(",")
    port = fields.get(f"{end}_port", "")
    found = [fault for value in values for fault in _net(value, fields.get("ipprotocol", "inet"), known)]
    broken = [
        ("rule-any-with-others", len(values) > 1 and "any" in values),
        ("rule-port-protocol", bool(port) and fields.get("protocol", "any") not in PORT_PROTOCOLS),
        ("rule-port-alias-kind", port in known.aliases and "port" not in known.aliases[port]),
        ("rule-port", bool(port) and port not in known.aliases and not is_port(port, "-")),
    ]
    return found + [Fault(name, 0, port) for name, wrong in broken if wrong]


def _net(value: str, ipprotocol: str, known: Known) -> list[Fault]:
    names = {"any", "(self)"} | known.interfaces | {f"{interface}ip" for interface in known.interfaces}
    if value in names:
        return []
    if value in known.aliases:
        return [Fault("rule-alias-kind", 0, value)] if "port" in known.aliases[value] else []
    if has_host_bits(value):
        return [Fault("rule-host-bits", 0, value)]
    if not is_address(value) and not is_network(value):
        return [Fault("rule-alias-unknown", 0, value)]
    return [] if ipprotocol == {4: "inet", 6: "inet6"}.get(family_of(value) or 0) else [Fault("rule-family", 0, value)]
