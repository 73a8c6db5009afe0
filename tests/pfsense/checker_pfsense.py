"""Whether pfSense takes a configuration, or an area of one, in the sense that it is written in.

Source: pfSense 2.7.2: `xmlparse.inc`, `saveAlias`, `filter_generate_nested_alias`, `firewall_rules.php`.
"""

import html
import re
from typing import NamedTuple

from tests.pfsense.names import Fault, entry_faults, name_faults
from tests.pfsense.read_pfsense import find_area
from tests.pfsense.words import LIST_TAGS, TABLES
from tests.pfsense.xmltree import Element, XmlError, parse

ALIAS_KINDS = frozenset({"host", "network", "port", "url", "url_ports", "urltable", "urltable_ports"})
ALIAS_ENTRIES = 5000

# What pfSense itself writes into CDATA has no bare one of these.
UNESCAPED = re.compile(r"[<>\"]|&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)")
ROW = re.compile(r"fr(0|[1-9][0-9]*)\Z")


class Known(NamedTuple):
    """What the rules of a document may speak of."""

    interfaces: frozenset[str]
    taken: frozenset[str]  # names of interfaces and what people call them: no alias is called so
    aliases: dict[str, str]  # kind by name
    nat: frozenset[str] | None  # ids of redirections; None: the document is an area without them


def read(text: str | bytes) -> tuple[Element | None, list[Fault]]:
    """The document as pfSense's parser takes it, or the one fault that makes the restore fail."""
    try:
        root = parse(text)
    except XmlError as error:
        return None, [Fault(str(error.args[0]), 0, str(error.args[1]))]
    if root.tag not in {"pfsense", "aliases", "filter"}:
        return None, [Fault("xml-root", root.line, root.tag)]
    return root, [*_repeated(root), *_unescaped(root)]


def _repeated(element: Element) -> list[Fault]:
    seen: set[str] = set()
    found: list[Fault] = []
    for child in element.children:
        if child.tag.lower() in seen and child.tag.lower() not in LIST_TAGS:
            found.append(Fault("xml-tag-repeated", child.line, child.tag))
        seen.add(child.tag.lower())
        found += _repeated(child)
    return found


def _unescaped(element: Element) -> list[Fault]:
    """Text in CDATA is decoded once more by pfSense, so it is escaped there too."""
    own = [Fault("xml-cdata-unescaped", element.line, element.text)] if element.cdata and UNESCAPED.search(element.text) else []
    return own + [fault for child in element.children for fault in _unescaped(child)]


def known_names(root: Element, *, interfaces: frozenset[str], aliases: dict[str, str]) -> Known:
    """The names of a document; an area knows the ones that are given."""
    if root.tag == "pfsense":
        interfaces = frozenset(child.tag for element in root.find_all("interfaces") for child in element.children)
        interfaces |= {element.value("ifname") for element in root.find_all("ifgroups/ifgroupentry")} | {"openvpn", "enc0", "wireguard"}
    taken = interfaces | {element.value("descr") for holder in root.find_all("interfaces") for element in holder.children}
    own = {element.value("name"): element.value("type") for element in find_area(root, "aliases").find_all("alias")}
    nat = frozenset(element.value("associated-rule-id") for element in root.find_all("nat/rule"))
    return Known(interfaces, taken, {**aliases, **own}, nat if root.tag == "pfsense" else None)


def check_aliases(root: Element, known: Known) -> list[Fault]:
    """Everything that is wrong with the aliases."""
    seen: set[str] = set()
    found: list[Fault] = []
    for element in find_area(root, "aliases").find_all("alias"):
        name = element.value("name")
        if name in seen:
            found.append(Fault("alias-name-twice", element.line, name))
        seen.add(name)
        found += _name(name, element.line, known)
        found += _entries(element, known)
        found += _details(element)
    return found + _loops(root)


def _name(name: str, line: int, known: Known) -> list[Fault]:
    rules = [
        ("alias-name-digits", re.fullmatch(r"_*|[0-9]*", name) is not None),
        ("alias-name-table", name in TABLES or re.fullmatch(r"[A-Z0-9]+__NETWORK", name) is not None),
        ("alias-name-prefix", name.startswith(("pkg_", "cpzoneid_"))),
    ]
    own = [Fault(fault, line, name) for fault, broken in rules if broken]
    return own + name_faults(name, line, interfaces=known.taken)


def _entries(element: Element, known: Known) -> list[Fault]:
    kind, line = element.value("type"), element.line
    if kind not in ALIAS_KINDS:
        return [Fault("alias-kind", line, kind)]
    if kind.startswith("urltable"):
        given = element.value("url").startswith(("http://", "https://")) and element.value("updatefreq").isdecimal()
        return [] if given else [Fault("alias-url", line, element.value("name"))]
    address = element.find("address")
    text = address.text if address else ""
    if not text.strip():
        return [Fault("alias-empty", line, element.value("name"))]
    if text != " ".join(text.replace(",", " ").split()):
        return [Fault("alias-separator", line, element.value("name"))]
    entries = text.split(" ")
    if len(entries) > ALIAS_ENTRIES:
        return [Fault("alias-entries", line, str(len(entries)))]
    if kind in {"url", "url_ports"}:
        kind = {"url": "network", "url_ports": "port"}[kind]
    return [fault for entry in entries for fault in entry_faults(kind, entry, line, aliases=known.aliases, port_range=":")]


def _details(element: Element) -> list[Fault]:
    if element.value("type").startswith("url") or not element.has("detail"):
        return []
    details = html.unescape(element.value("detail")).split("||")
    found = []
    if len(details) != len(element.value("address").split(" ")):
        found.append(Fault("alias-detail-count", element.line, str(len(details))))
    if any(detail.startswith("|") or detail.endswith("|") for detail in details):
        found.append(Fault("alias-detail-bars", element.line, element.value("detail")))
    return found


def _loops(root: Element) -> list[Fault]:
    inside = {element.value("name"): element.value("address").split(" ") for element in find_area(root, "aliases").find_all("alias")}

    def reaches(name: str, target: str, seen: frozenset[str]) -> bool:
        return any(entry == target or (entry not in seen and reaches(entry, target, seen | {entry})) for entry in inside.get(name, ()))

    return [Fault("alias-loop", 0, name) for name in inside if reaches(name, name, frozenset())]


def check_separators(root: Element, known: Known) -> list[Fault]:
    """Separators stand before a rule of their interface, or after its last."""
    area = find_area(root, "filter")
    rules = area.find_all("rule")
    found: list[Fault] = []
    for holder in (child for separator in area.find_all("separator") for child in separator.children):
        floating = holder.tag.lower() == "floatingrules"
        if not floating and holder.tag not in known.interfaces:
            found.append(Fault("separator-interface", holder.line, holder.tag))
        count = sum(_shown_under(rule, "" if floating else holder.tag) for rule in rules)
        for separator in holder.children:
            row = ROW.match(separator.value("row"))
            if row is None or int(row[1]) > count:
                found.append(Fault("separator-row", separator.line, separator.value("row")))
    return found


def _shown_under(rule: Element, interface: str) -> bool:
    """Whether the page of an interface (empty: of the floating rules) shows a rule."""
    return rule.has("floating") if not interface else not rule.has("floating") and rule.value("interface") == interface
