"""Rules and aliases of pfSense and OPNsense from the fields that configurations and calls of their APIs share."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from generator.readers.pf_names import PfAlias
from generator.readers.pf_rules import FAMILIES, Fields, PfRule, describe_doubts, describe_limit

PFSENSE, OPNSENSE = "pfSense", "OPNsense"
_NO: Final = ("", "0", "no")


def is_set(fields: Fields, key: str, product: str) -> bool:
    """Whether a switch is on: in pfSense it is there, in OPNsense it says so."""
    if key not in fields:
        return False
    return product == PFSENSE or str(fields[key]) not in _NO


def words(fields: Fields, key: str, default: str = "") -> str:
    """The text of a field; the default where it is missing or empty."""
    value = fields.get(key)
    return value if isinstance(value, str) and value else default


def split_names(text: str) -> tuple[str, ...]:
    """Names with commas between."""
    return tuple(filter(None, (one.strip() for one in text.split(","))))


def pfsense_alias(fields: Fields) -> PfAlias:
    """An alias of pfSense: entries have single blanks between."""
    return PfAlias(words(fields, "name"), words(fields, "type"), tuple(words(fields, "address").split()))


def opnsense_alias(fields: Fields) -> PfAlias:
    """An alias of OPNsense: an entry a line. One that is switched off holds nothing."""
    if words(fields, "enabled") == "0":
        return PfAlias(words(fields, "name"), "", ())
    lines = (line.strip() for line in words(fields, "content").split("\n"))
    return PfAlias(words(fields, "name"), words(fields, "type"), tuple(filter(None, lines)))


def read_side(value: Any, product: str) -> tuple[tuple[str, ...], str, bool]:
    """One end of a rule of the older kind: names, port, and whether it is everything else."""
    fields: Mapping[str, Any] = value if isinstance(value, dict) else {}
    named = "any" if "any" in fields else words(fields, "network") or words(fields, "address")
    # OPNsense takes an end without anything for everybody, pfSense writes no rule for it.
    names = split_names(named) if product == OPNSENSE else (named,) if named else ()
    return names or (("any",) if product == OPNSENSE else ("?",)), words(fields, "port"), is_set(fields, "not", product)


def older_rule(fields: Fields, product: str, groups: Collection[str], line: int = 0) -> PfRule | None:
    """A rule below `<filter>`; None if it is switched off."""
    if is_set(fields, "disabled", product):
        return None
    floating = is_set(fields, "floating", product)
    interfaces = split_names(words(fields, "interface"))
    quick = is_set(fields, "quick", product) if floating or (product == OPNSENSE and "quick" in fields) else True
    source, source_port, source_not = read_side(fields.get("source"), product)
    target, target_port, target_not = read_side(fields.get("destination"), product)
    protocol = words(fields, "protocol", "any").lower()
    flags = ("", "") if is_set(fields, "tcpflags_any", product) else (words(fields, "tcpflags1"), words(fields, "tcpflags2"))
    return PfRule(
        action=words(fields, "type", "pass"),
        interfaces=() if interfaces == ("any",) else interfaces,
        families=FAMILIES.get(words(fields, "ipprotocol", "inet")),
        protocol="" if protocol == "any" else protocol,
        source=source,
        source_port=source_port,
        source_not=source_not,
        destination=target,
        destination_port=target_port,
        destination_not=target_not,
        name=words(fields, "descr") or words(fields, "tracker"),
        direction=words(fields, "direction", "any") if floating else words(fields, "direction", "in") if product == OPNSENSE else "in",
        quick=quick,
        not_interfaces=is_set(fields, "interfacenot", product),
        limit=describe_limit(fields),
        doubts=describe_doubts(fields),
        flags=flags,
        line=line,
        weight=0 if floating else 1 if set(interfaces) & set(groups) else 2,
    )


def model_rule(fields: Fields, groups: Collection[str], line: int = 0) -> PfRule | None:
    """A rule of OPNsense's model; None if it is switched off. An empty field has the model's default."""
    if words(fields, "enabled", "1") != "1":
        return None
    interfaces = split_names(words(fields, "interface"))
    protocol = words(fields, "protocol", "any").lower()
    return PfRule(
        action=words(fields, "action", "pass"),
        interfaces=interfaces,
        families=FAMILIES.get(words(fields, "ipprotocol", "inet")),
        protocol="" if protocol == "any" else protocol,
        source=split_names(words(fields, "source_net", "any")),
        source_port=words(fields, "source_port"),
        source_not=words(fields, "source_not", "0") == "1",
        destination=split_names(words(fields, "destination_net", "any")),
        destination_port=words(fields, "destination_port"),
        destination_not=words(fields, "destination_not", "0") == "1",
        name=words(fields, "description"),
        direction=words(fields, "direction", "in"),
        quick=words(fields, "quick", "1") == "1",
        not_interfaces=words(fields, "interfacenot", "0") == "1",
        limit=describe_limit(fields),
        doubts=describe_doubts(fields),
        flags=(words(fields, "tcpflags1"), words(fields, "tcpflags2")),
        line=line,
        weight=0 if len(interfaces) != 1 else 1 if interfaces[0] in groups else 2,
    )
