"""Two sites on one firewall: where both decide about one address and port, the order of their rules would decide for them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.merge.layout import ALIASES, RULES, Document, Layout
from generator.merge.objects import Owner, Wanted, is_any_site, is_owned
from generator.merge.tree import Element
from generator.net import PortRange, Prefix, PrefixError, intersect_prefixes, merge_prefixes, parse_prefix

_PORTS: Final = re.compile(r"([0-9]{1,5})(?:[:-]([0-9]{1,5}))?")
_UNKNOWN: Final = "merge a backup of the whole configuration, or see to it that no two sites are about one address and port"


class _Matter(NamedTuple):
    """What a rule is about, as far as the backup tells; None: it does not."""

    interface: str
    closes: bool
    destinations: tuple[Prefix, ...] | None
    ports: tuple[PortRange, ...] | None


def check_other_sites(document: Document, wanted: Mapping[str, tuple[Wanted, ...]], owner: Owner, report: Report) -> None:
    """Report every rule of another site about an address and port of this one, where one of the two closes it; once for each site."""
    layout = document.layout
    present = [alias for section in document.sections if section.part.name == ALIASES for alias in section.element.children]
    entries = {layout.text(alias, "name"): _entries(alias, layout) for alias in present}
    entries |= {item.key: _entries(item.element, layout) for item in wanted.get(ALIASES, ())}
    ours = [_read(item.element, entries, layout) for item in wanted.get(RULES, ())]
    told = set()
    for rule, mark in _foreign_rules(document, owner):
        theirs = _read(rule, entries, layout)
        met = [_meets(mine, theirs) for mine in ours]
        if mark in told or not any(answer is not False for answer in met):
            continue
        told.add(mark)
        if True in met:
            hint = "make them one site with both connectors, or give them different `destination:`"
            message = f"a rule of another site decides about a port of `{owner.site}` on the same addresses"
            report.add("PLN060", document.backup.span(rule), message, hint=hint)
        else:
            message = "the backup does not show whether the rules of another site are about the same addresses and ports"
            report.add("TGT152", document.backup.span(rule), message, hint=_UNKNOWN)


def _foreign_rules(document: Document, owner: Owner) -> Iterator[tuple[Element, str]]:
    """The rules of other sites, each with the mark of its site."""
    layout = document.layout
    for section in document.sections:
        if section.part.name == RULES and section.container is not None:
            for rule in section.container.children:
                if is_any_site(rule, section.part, owner, layout) and not is_owned(rule, section.part, owner, layout):
                    yield rule, layout.text(rule, section.part.description).partition(":")[0]


def _entries(alias: Element, layout: Layout) -> list[str]:
    return (layout.text(alias, "address") or layout.text(alias, "content")).split()


def _read(rule: Element, entries: Mapping[str, list[str]], layout: Layout) -> _Matter:
    ends = layout.find(rule, "destination")
    destination = layout.text(ends[0], "address") if ends else layout.text(rule, "destination_net")
    port = layout.text(ends[0], "port") if ends else layout.text(rule, "destination_port")
    action = layout.text(rule, "type") or layout.text(rule, "action")
    return _Matter(
        interface=layout.text(rule, "interface"),
        closes=action in ("block", "reject"),
        destinations=_read_prefixes(entries.get(destination, [destination])),
        ports=_read_ports(entries.get(port, [port])),
    )


def _read_prefixes(texts: list[str]) -> tuple[Prefix, ...] | None:
    try:
        return tuple(merge_prefixes(map(parse_prefix, texts)))
    except PrefixError:
        return None


def _read_ports(texts: list[str]) -> tuple[PortRange, ...] | None:
    found = [_PORTS.fullmatch(text) for text in texts]
    return tuple(PortRange(int(match[1]), int(match[2] or match[1])) for match in found if match) if all(found) else None


def _meets(first: _Matter, second: _Matter) -> bool | None:
    """Whether two rules decide differently about something; None where the backup does not tell."""
    if first.interface != second.interface or not (first.closes or second.closes):
        return False
    if first.ports is not None and second.ports is not None and not _overlap(first.ports, second.ports):
        return False
    if first.destinations is None or second.destinations is None:
        return None
    if not intersect_prefixes(first.destinations, second.destinations):
        return False
    return None if first.ports is None or second.ports is None else True


def _overlap(first: tuple[PortRange, ...], second: tuple[PortRange, ...]) -> bool:
    return any(one.first <= other.last and other.first <= one.last for one in first for other in second)
