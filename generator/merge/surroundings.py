"""What else in a backup decides whether our rules work: missing interfaces, rules that are judged before ours, areas that are empty."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from generator.diagnostics import Related, Report, Span
from generator.merge.addresses import AddressBook
from generator.merge.layout import ALIASES, RULES, Document, Layout
from generator.merge.objects import Owner, Wanted, owned_in
from generator.merge.tree import Element

# Interfaces that rules can be on without being among <interfaces>: filter_get_interface_list and its like.
_OTHER_INTERFACES: Final = frozenset({"openvpn", "enc0", "l2tp", "pppoe", "pptp", "wireguard", "ipsec", "any"})


def check_surroundings(
    document: Document,
    wanted: Mapping[str, tuple[Wanted, ...]],
    vanishing: Collection[str],
    owner: Owner,
    places: Mapping[str, Span],
    report: Report,
) -> None:
    """Report what keeps the wanted rules from working, or makes restoring them risky; `places` are those of the target's options."""
    layout = document.layout
    rules = wanted.get(RULES, ())
    _check_interfaces(document, rules, places.get("interface"), report)
    if rules and any(section.part.name == RULES for section in document.sections):
        if not layout.trackers:
            _check_sequences(document, rules, owner, places.get("sequence"), report)
        _check_earlier(document, rules, report)
        _check_forwards(document, wanted, report)
    _check_area(document, wanted, vanishing, owner, report)


def _check_interfaces(document: Document, rules: Collection[Wanted], place: Span | None, report: Report) -> None:
    layout, backup = document.layout, document.backup
    listed = layout.find(backup.root, "interfaces")
    if document.area or not listed:
        return
    groups = {layout.text(entry, "ifname") for group in layout.find(backup.root, "ifgroups") for entry in group.children}
    known = {child.name.lower() for child in listed[0].children} | {name.lower() for name in groups} | _OTHER_INTERFACES
    for name in dict.fromkeys(name for item in rules for name in layout.text(item.element, "interface").split(",")):
        if name.lower() not in known:
            hint = f"name those that are there; {layout.product} leaves out a rule on an unknown interface, without a word"
            here = backup.span(listed[0])
            related = [Related(here, "the interfaces of the firewall")] if place else []
            report.add("TGT148", place or here, f"the firewall has no interface `{name}`", hint=hint, related=related)


def _check_sequences(document: Document, rules: Collection[Wanted], owner: Owner, place: Span | None, report: Report) -> None:
    """OPNsense judges the rules of one interface by their sequence numbers; where two are equal, nobody knows."""
    layout, backup = document.layout, document.backup
    last: dict[str, int] = {}
    for item in rules:
        last[layout.text(item.element, "interface")] = max(
            last.get(layout.text(item.element, "interface"), 0), _number(layout.text(item.element, "sequence"))
        )
    for section in document.sections:
        if section.part.name != RULES or section.container is None:
            continue
        ours = {element.start for element in owned_in(section, owner, layout)}
        for rule in section.container.children:
            number = _number(layout.text(rule, "sequence"))
            foreign = rule.start not in ours and layout.text(rule, "enabled") != "0"
            marked = layout.text(rule, section.part.description).startswith("gatepost ")
            if foreign and not marked and number <= last.get(layout.text(rule, "interface"), -1):
                hint = f"give it a number above {last[layout.text(rule, 'interface')]} in OPNsense, and take the backup again"
                related = [Related(place, "the number of the first rule of the site")] if place else []
                message = f"a rule that is not of `{owner.site}` is judged before its rules"
                report.add("TGT149", backup.span(rule), message, hint=hint, related=related)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


def _check_earlier(document: Document, rules: Collection[Wanted], report: Report) -> None:
    """Tell the rules that both firewalls judge before those of an interface: floating ones, then those of a group with the interface."""
    layout, backup = document.layout, document.backup
    interfaces = {layout.text(item.element, "interface") for item in rules}
    entries = [entry for group in layout.find(backup.root, "ifgroups") for entry in group.children]
    groups = {layout.text(entry, "ifname") for entry in entries if interfaces & set(re.split(r"[ ,]+", layout.text(entry, "members")))}
    floating = [rule for rule in _all_rules(document) if _is_floating(rule, layout)]
    grouped = [rule for rule in _all_rules(document) if _is_on(rule, layout) and layout.text(rule, "interface") in groups]
    hint = "look whether one is about the mail server; gatepost does not judge the rules of others"
    for kind, found in (("floating rule", floating), ("rule of an interface group", grouped)):
        if found:
            count = f"a {kind} is" if len(found) == 1 else f"{len(found)} {kind.replace('rule', 'rules')} are"
            report.add("TGT156", backup.span(found[0]), f"{count} judged before all rules of an interface", hint=hint)


def _all_rules(document: Document) -> Iterator[Element]:
    """The rules of both models: OPNsense still has those of its older one in `<filter>`."""
    layout, root = document.layout, document.backup.root
    lists = [section.container for section in document.sections if section.part.name == RULES]
    if not layout.trackers:
        lists += layout.find(root, "filter")
    yield from (rule for element in lists if element is not None for rule in layout.find(element, "rule"))


def _is_on(rule: Element, layout: Layout) -> bool:
    return not layout.find(rule, "disabled") and layout.text(rule, "enabled") != "0"


def _is_floating(rule: Element, layout: Layout) -> bool:
    if not _is_on(rule, layout):
        return False
    quick = layout.find(rule, "quick")
    judged_first = bool(quick) and layout.text(rule, "quick") not in ("0", "")
    if layout.find(rule, "floating"):
        return judged_first
    interfaces = layout.text(rule, "interface")
    return not layout.trackers and judged_first and bool(layout.find(rule, "sequence")) and ("," in interfaces or not interfaces)


def _check_forwards(document: Document, wanted: Mapping[str, tuple[Wanted, ...]], report: Report) -> None:
    """A port forward whose filter rule is `pass` lets everybody in before any rule is asked (rdr pass)."""
    layout, backup = document.layout, document.backup
    rules = [rule for nat in layout.find(backup.root, "nat") for rule in layout.find(nat, "rule") if _passes(rule, layout)]
    if not rules:
        return
    names = {layout.text(end, "address") for item in wanted.get(RULES, ()) for end in layout.find(item.element, "destination")}
    names |= {layout.text(item.element, "destination_net") for item in wanted.get(RULES, ())}
    book = AddressBook(document, wanted)
    servers = book.resolve(names - {""})
    hint = "give it an associated or no filter rule instead of `pass`, or it lets everybody in, whatever the rules say"
    for rule in rules:
        met = servers.may_meet(book.resolve([layout.text(rule, "target")]))
        if met is not False:
            message = "a port forward to the mail server passes the rules by"
            if met is None:
                message = "a port forward that passes the rules by may lead to the mail server; the backup does not show its addresses"
            report.add("TGT155", backup.span(rule), message, hint=hint)


def _passes(rule: Element, layout: Layout) -> bool:
    """Whether a port forward lets in what it forwards; OPNsense 26 has a field for it, and writes `disabled` as 0 or 1."""
    disabled = bool(layout.find(rule, "disabled")) and layout.text(rule, "disabled") != "0"
    passes = "pass" in (layout.text(rule, "associated-rule-id"), layout.text(rule, "pass"))
    return passes and not disabled and bool(layout.text(rule, "target"))


def _check_area(
    document: Document, wanted: Mapping[str, tuple[Wanted, ...]], vanishing: Collection[str], owner: Owner, report: Report
) -> None:
    layout, backup = document.layout, document.backup
    top = Span(backup.path, 1, 1, 1, 1)
    for section in document.sections:
        name, container = section.part.name, section.container
        if container is None and section.part.needed and wanted.get(name):
            message = f"the backup has no `<{'><'.join(section.missing)}>`: it is made"
            hint = f"{layout.product} fills in the rest when it reads the file; look whether the rules are there after restoring"
            report.add("TGT153", backup.span(section.element), message, hint=hint)
        children = container.children if document.area and container is not None and not wanted.get(name) else ()
        if children and len(owned_in(section, owner, layout)) == len(children):
            hint = f"delete our {name} in the GUI, or merge a backup of the whole configuration"
            report.add("TGT154", top, f"no {name} are left, and {layout.product} does not restore an area that is empty", hint=hint)
    if document.area and vanishing and wanted.get(ALIASES):
        hint = "merge a backup of the whole configuration, or restore the area of the rules at once after that of the aliases"
        names = ", ".join(f"`{name}`" for name in sorted(vanishing))
        message = f"a backup of aliases does not show which rules use those that vanish: {names}"
        report.add("TGT152", top, message, hint=hint)
