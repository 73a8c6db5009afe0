"""pfSense's configuration, or an area of it, read into the firewall that it makes."""

import html
import ipaddress
from collections.abc import Mapping

from tests.pfsense.firewall import Alias, Firewall, Network, Rule, Side
from tests.pfsense.xmltree import Element, parse

FAMILIES = {"inet": frozenset({4}), "inet6": frozenset({6}), "inet46": frozenset({4, 6})}


def load(text: str | bytes, *, tables: Mapping[str, tuple[Network, ...]] | None = None) -> Firewall:
    """The firewall of a whole configuration, or of the areas that are in it."""
    root = parse(text)
    rules = [read_rule(element) for element in find_area(root, "filter").find_all("rule")]
    groups = [element.value("ifname") for element in root.find_all("ifgroups/ifgroupentry")]
    members = {element.value("ifname"): tuple(element.value("members").split()) for element in root.find_all("ifgroups/ifgroupentry")}
    ordered = sorted(rules, key=lambda rule: _weight(rule, groups))
    spread = tuple(rule._replace(interfaces=_members(rule.interfaces, members)) for rule in ordered)
    return Firewall(read_aliases(root), spread, read_networks(root), dict(tables or {}))


def find_area(root: Element, name: str) -> Element:
    """One area, which may be the whole document."""
    return root if root.tag == name else root.find(name) or Element(name, 0, (), "", False, ())


def decoded(element: Element, path: str) -> str:
    """A text as pfSense sees it: it decodes entities once more after the XML parser has."""
    return html.unescape(element.value(path))


def read_aliases(root: Element) -> dict[str, Alias]:
    """Aliases by name. The entries of a URL table are not in the configuration."""
    read = [read_alias(element) for element in find_area(root, "aliases").find_all("alias")]
    return {alias.name: alias for alias in read}


def read_alias(element: Element) -> Alias:
    """One alias, its entries as pfSense splits them."""
    kind = element.value("type")
    entries = () if kind.startswith("urltable") else tuple(filter(None, element.value("address").split(" ")))
    return Alias(element.value("name"), kind, entries)


def read_rule(element: Element) -> Rule:
    """One rule. A missing `ipprotocol` is IPv4, as pfSense reads it."""
    floating = element.has("floating")
    interfaces = tuple(filter(None, element.value("interface").split(",")))
    return Rule(
        name=element.value("tracker"),
        action=element.value("type", "pass"),
        interfaces=() if interfaces == ("any",) else interfaces,
        families=FAMILIES.get(element.value("ipprotocol"), FAMILIES["inet"]),
        protocol="" if element.value("protocol") == "any" else element.value("protocol"),
        source=_side(element, "source"),
        destination=_side(element, "destination"),
        direction=element.value("direction", "any") if floating else "in",
        quick=not floating or element.has("quick"),
        floating=floating,
        enabled=not element.has("disabled"),
        max_src_conn=element.value("max-src-conn"),
        log=element.has("log"),
        descr=decoded(element, "descr"),
    )


def _side(element: Element, name: str) -> Side:
    side = element.find(name)
    if side is None:
        return Side("")
    net = "any" if side.has("any") else side.value("network") or side.value("address")
    return Side(net, side.value("port"), side.has("not"))


def _weight(rule: Rule, groups: list[str]) -> int:
    return 0 if rule.floating else 1 if set(rule.interfaces) & set(groups) else 2


def _members(interfaces: tuple[str, ...], members: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(one for interface in interfaces for one in members.get(interface, (interface,)))


def read_networks(root: Element) -> dict[str, tuple[Network, ...]]:
    """What the names of interfaces stand for in a rule; `wanip` is the firewall's own address there, `(self)` all of them."""
    found: dict[str, tuple[Network, ...]] = {}
    interfaces = root.find("interfaces")
    for element in interfaces.children if interfaces is not None else ():
        addresses = [ipaddress.ip_interface(f"{address}/{bits}") for address, bits in _addresses(element) if bits and _literal(address)]
        found[element.tag] = tuple(address.network for address in addresses)
        found[f"{element.tag}ip"] = tuple(ipaddress.ip_network(address.ip) for address in addresses)
    found["(self)"] = tuple(network for name, networks in found.items() if name.endswith("ip") for network in networks)
    return found


def _addresses(element: Element) -> list[tuple[str, str]]:
    return [(element.value("ipaddr"), element.value("subnet")), (element.value("ipaddrv6"), element.value("subnetv6"))]


def _literal(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False  # dhcp, pppoe, track6
    return True
