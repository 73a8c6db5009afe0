"""Names that an alias cannot have, and the parts of an alias: what both firewalls ask of them.

Sources: pfSense 2.7.2 `is_validaliasname`, `get_pf_reserved`, `saveAlias`; OPNsense `AliasNameField`, `AliasContentField`.
"""

import ipaddress
import re
from typing import NamedTuple

from tests.pfsense.words import KEYWORDS, PROTOCOLS, SERVICES


class Fault(NamedTuple):
    """Something that the firewall refuses, or takes in another sense than was meant. `name` is the rule that it breaks."""

    name: str
    line: int
    what: str


ALIAS_NAME_LENGTH = 31


PORT = re.compile(r"[1-9][0-9]{0,4}\Z")
HOST_NAME = re.compile(r"(?=.{1,253}\Z)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\.?\Z")


def is_port(text: str, between: str) -> bool:
    """Whether a text is a port, or a range with `between` in the middle."""
    parts = text.split(between)
    if len(parts) > 2 or not all(PORT.match(part) and int(part) <= 65535 for part in parts):
        return False
    return len(parts) == 1 or int(parts[0]) < int(parts[1])


def is_address(text: str) -> bool:
    """Whether a text is one address, written in the canonical way."""
    try:
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        return False


def is_network(text: str) -> bool:
    """Whether a text is a network with its length and without host bits, written in the canonical way."""
    try:
        return "/" in text and str(ipaddress.ip_network(text)) == text
    except ValueError:
        return False


def has_host_bits(text: str) -> bool:
    """Whether a text would be a network but for its host bits."""
    try:
        return "/" in text and ipaddress.ip_interface(text).network.network_address != ipaddress.ip_interface(text).ip
    except ValueError:
        return False


def family_of(text: str) -> int | None:
    """The family of a literal; None for a name."""
    try:
        return ipaddress.ip_interface(text).version
    except ValueError:
        return None


def name_faults(name: str, line: int, *, interfaces: frozenset[str]) -> list[Fault]:
    """What is wrong with the name of an alias in the eyes of both firewalls."""
    lower = name.lower()
    found = [
        ("alias-name-length", not 1 <= len(name) <= ALIAS_NAME_LENGTH),
        ("alias-name-alphabet", re.fullmatch(r"[A-Za-z0-9_]+", name) is None),
        ("alias-name-service", name in SERVICES),
        ("alias-name-protocol", lower in PROTOCOLS),
        ("alias-name-keyword", lower in KEYWORDS),
        ("alias-name-interface", lower in {taken.lower() for taken in interfaces}),
    ]
    return [Fault(fault, line, name) for fault, broken in found if broken]


def entry_faults(kind: str, entry: str, line: int, *, aliases: dict[str, str], port_range: str) -> list[Fault]:
    """What is wrong with one entry of an alias of kind host, network or port. `aliases`: every alias's kind by its name."""
    if entry in aliases:
        fits = ("port" in aliases[entry]) == (kind == "port") and not (kind == "host" and "network" in aliases[entry])
        return [] if fits else [Fault("alias-nested-kind", line, entry)]
    if kind == "port":
        return [] if is_port(entry, port_range) else [Fault("alias-port", line, entry)]
    if has_host_bits(entry):
        return [Fault("alias-host-bits", line, entry)]
    if kind == "host" and is_network(entry):
        return [Fault("alias-host-with-mask", line, entry)]
    if kind == "network" and is_address(entry):
        return [Fault("alias-network-without-mask", line, entry)]
    if is_network(entry) or is_address(entry) or (HOST_NAME.match(entry) and family_of(entry) is None):
        return []
    return [Fault("alias-entry", line, entry)]
