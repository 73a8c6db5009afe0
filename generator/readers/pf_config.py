"""The configuration of pfSense or OPNsense (`config.xml`, or an area of it from the backup page), as one firewall in front of the server.

Where packets from outside come in is the interface that is asked for, else the one that both products call `wan`.

Sources: pfSense's filter.inc (2.7.2 and master); OPNsense's FilterRuleField, filter.inc and models (24.1 to 26.7).
"""

import html
from bisect import bisect_left
from collections.abc import Callable, Iterator
from ipaddress import ip_interface
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.merge.tree import Element, XmlMistakeError, parse_xml
from generator.net import Family
from generator.net.runs import Run
from generator.readers.documents import whole_number
from generator.readers.model import Act, Chain, Rule, Ruleset, Stage
from generator.readers.outside import Outside
from generator.readers.parts import Part, unknown
from generator.readers.pf_fields import OPNSENSE, PFSENSE, model_rule, older_rule, opnsense_alias, pfsense_alias, words
from generator.readers.pf_names import Names, PfAlias
from generator.readers.pf_nat import forward_fact, guard_rules, read_forwards, read_mappings
from generator.readers.pf_rules import Fields, PfRule, Reading, read_rules

_WAN: Final = "wan"
_NO_ALIASES: Final = "take a backup of the whole configuration: the area alone does not say what its aliases hold"
_MODEL: Final = ("OPNsense", "Firewall", "Filter", "rules", "rule")
_MODEL_ALIASES: Final = ("OPNsense", "Firewall", "Alias", "aliases", "alias")
_MODEL_MAPPINGS: Final = ("OPNsense", "Firewall", "Filter", "onetoone", "rule")


class _Tree(NamedTuple):
    """A document with what tells the line of an element."""

    root: Element
    product: str
    ends: list[int]

    def find(self, *names: str) -> Iterator[Element]:
        """The elements that a path leads to, from the root. An area alone is a root of its own."""
        found = [self.root]
        rest = names[1:] if self.root.name.lower() == names[0] and names[0] != self.product.lower() else names
        for name in rest:
            found = [child for element in found for child in element.children if child.name.lower() == name.lower()]
        yield from found

    def read(self, *names: str) -> list[tuple[Fields, int]]:
        """The fields of these elements, with their lines."""
        return [(self.fields(element), self.line(element)) for element in self.find(*names)]

    def fields(self, element: Element) -> dict[str, Any]:
        """An element's children by name: texts, or fields again."""
        return {child.name.lower(): self.fields(child) if child.children else self.text(child) for child in element.children}

    def text(self, element: Element) -> str:
        """The text of an element; pfSense resolves entities once more after its parser has."""
        return (html.unescape(element.text) if self.product == PFSENSE else element.text).strip()

    def line(self, element: Element) -> int:
        """The line that an element begins on."""
        return bisect_left(self.ends, element.start) + 1


def read_pfsense(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a configuration of pfSense. None after an error; what isn't understood is a finding and a doubt."""
    return _read(text, path, outside, report, PFSENSE, ("pfsense", "filter"))


def read_opnsense(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a configuration of OPNsense. None after an error; what isn't understood is a finding and a doubt."""
    return _read(text, path, outside, report, OPNSENSE, ("opnsense",))


def _read(text: str, path: str, outside: Outside, report: Report, product: str, roots: tuple[str, ...]) -> Ruleset | None:
    tree = _parse(text, path, report, product, roots)
    if tree is None:
        return None
    whole = tree.root.name.lower() == roots[0]
    entrance = _find_entrance(tree, outside.interface, path, report) if whole else outside.interface or _WAN
    if entrance is None:
        return None
    groups = tree.read("ifgroups", "ifgroupentry")
    members = {words(fields, "ifname"): tuple(words(fields, "members").split()) for fields, _ in groups}
    names = Names(_aliases(tree), _networks(tree), complete=whole, tell=_teller(path, report))
    if not whole:
        report.add("AUD021", Span(path, 1, 1, 1, 1), "the backup is one of the rules alone", hint=_NO_ALIASES)
    reading = Reading(entrance, names, members, path, report)
    rules = [*_model_rules(tree, members), *_older_rules(tree, members)]
    return make_firewall(rules, reading, _guards(tree, entrance, whole=whole), _translations(tree, reading), off=_is_off(tree))


def make_firewall(
    rules: list[PfRule],
    reading: Reading,
    guards: list[Rule],
    translations: list[Rule],
    *,
    off: bool,
) -> Ruleset:
    """The ruleset of a firewall: what changes destinations, what refuses ahead of the rules, the rules, and the refusal behind them."""
    judged = () if off else (*guards, forward_fact(), *read_rules(rules, reading))
    nat, rules_of = f"nat of {reading.path}", f"rules of {reading.path}"
    chains = {
        nat: Chain(nat, tuple(translations), Act.ACCEPT),
        rules_of: Chain(rules_of, judged, Act.ACCEPT if off else Act.DENY),
    }
    return Ruleset(reading.path, (Stage(nat, nat), Stage(rules_of, rules_of)), chains, (Family.V4, Family.V6))


def _parse(text: str, path: str, report: Report, product: str, roots: tuple[str, ...]) -> _Tree | None:
    data = text.encode()
    hint = f"download a backup of the whole configuration from {product}"
    try:
        root = parse_xml(data)
    except XmlMistakeError as error:
        line = data.count(b"\n", 0, max(error.offset, 0)) + 1
        report.add("AUD001", Span(path, line, 1, line, 1), f"this is no configuration of {product}: {error.message}", hint=error.hint)
        return None
    if root.name.lower() not in roots:
        report.add("AUD001", Span(path, 1, 1, 1, 1), f"this is no configuration of {product} with rules in it", hint=hint)
        return None
    return _Tree(root, product, [position for position, byte in enumerate(data) if byte == 10])


def _find_entrance(tree: _Tree, wanted: str, path: str, report: Report) -> str | None:
    """The configuration's own name of an interface, which may be asked for by that name, by its description or by its device."""
    found = {element.name: tree.fields(element) for parent in tree.find("interfaces") for element in parent.children}
    for name, fields in found.items():
        names = (name, words(fields, "descr").lower(), words(fields, "if"))
        if (wanted or _WAN).lower() in names or wanted in names:
            return name
    listed = ", ".join(f"`{name}`" for name in found) or "none"
    message = f"the configuration has no interface `{wanted or _WAN}`"
    report.add("AUD023", Span(path, 1, 1, 1, 1), message, hint=f"name the one that connectors come in by with `--interface`: {listed}")
    return None


def _teller(path: str, report: Report) -> Callable[[str, str], None]:
    told: set[str] = set()

    def tell(name: str, kind: str) -> None:
        if name not in told:
            told.add(name)
            message = f"what the alias `{name}` holds is not in the configuration: it is of the type `{kind}`"
            report.add("AUD021", Span(path, 1, 1, 1, 1), message, hint="see its entries on the firewall, under Diagnostics > Tables")

    return tell


def _aliases(tree: _Tree) -> list[PfAlias]:
    if tree.product == PFSENSE:
        return [pfsense_alias(fields) for fields, _ in tree.read("aliases", "alias")]
    older = [pfsense_alias(fields) for fields, _ in tree.read("aliases", "alias")]
    return [*older, *(opnsense_alias(fields) for fields, _ in tree.read(*_MODEL_ALIASES))]


def _networks(tree: _Tree) -> dict[str, tuple[Part, ...]]:
    """What the names of interfaces stand for: networks (`wan`; OPNsense also `__wan_network`), addresses (`wanip`; pfSense from 2.8 on
    `wan:ip`), and `(self)`, all addresses of the firewall.
    """
    found: dict[str, tuple[Part, ...]] = {}
    own: list[Part] = []
    for parent in tree.find("interfaces"):
        for element in parent.children:
            networks, addresses = _interface(element.name, tree.fields(element))
            name = element.name
            found |= dict.fromkeys((name, f"__{name}_network"), tuple(networks))
            found |= dict.fromkeys((f"{name}ip", f"{name}:ip"), tuple(addresses))
            own += addresses
    return found | ({"(self)": tuple(own)} if own else {})


def _interface(name: str, fields: Fields) -> tuple[list[Part], list[Part]]:
    """The networks and addresses of an interface; those that it is given by others are not known."""
    networks, addresses = [], []
    for address, length in ((words(fields, "ipaddr"), words(fields, "subnet")), (words(fields, "ipaddrv6"), words(fields, "subnetv6"))):
        if not address:
            continue
        try:
            held = ip_interface(f"{address}/{length}" if length else address)
        except ValueError:
            networks.append(unknown(f"which network `{name}` has ({address})"))
            addresses.append(unknown(f"which address `{name}` has ({address})"))
            continue
        whole = Run(int(held.network.network_address), int(held.network.broadcast_address))
        one = Run(int(held.ip), int(held.ip))
        networks.append(Part((whole,)) if held.version == 4 else Part((), (whole,)))
        addresses.append(Part((one,)) if held.version == 4 else Part((), (one,)))
    return networks, addresses


def _model_rules(tree: _Tree, groups: dict[str, tuple[str, ...]]) -> list[PfRule]:
    """The rules of OPNsense's model by their sequence; pfSense has none."""
    found = sorted(tree.read(*_MODEL), key=lambda item: _sequence(item[0])) if tree.product == OPNSENSE else []
    return [rule for fields, line in found if (rule := model_rule(fields, groups, line)) is not None]


def _sequence(fields: Fields) -> int:
    return whole_number(words(fields, "sequence", "1"), 1)


def _older_rules(tree: _Tree, groups: dict[str, tuple[str, ...]]) -> list[PfRule]:
    found = tree.read("filter", "rule")
    return [rule for fields, line in found if (rule := older_rule(fields, tree.product, groups, line)) is not None]


def _translations(tree: _Tree, reading: Reading) -> list[Rule]:
    forwards = tree.read("nat", "rule")
    if tree.product == OPNSENSE:
        forwards.sort(key=lambda item: _sequence(item[0]) if "sequence" in item[0] else 0)
    mappings = [*tree.read("nat", "onetoone"), *(tree.read(*_MODEL_MAPPINGS) if tree.product == OPNSENSE else [])]
    found = [*read_forwards(forwards, reading, tree.product), *read_mappings(mappings, reading, tree.product)]
    return [rule if rule.act is not Act.ACCEPT and rule.act is not Act.DENY else _lost(rule) for rule in found]


def _lost(rule: Rule) -> Rule:
    """A translation that isn't understood may lead anywhere."""
    return rule._replace(act=Act.REDIRECT, target="either", destination=None, port=None, match=rule.match)


def _guards(tree: _Tree, entrance: str, *, whole: bool) -> list[Rule]:
    if not whole:
        return []
    system = next((tree.fields(element) for element in tree.find("system")), {})
    interface = next((tree.fields(element) for element in tree.find("interfaces", entrance)), {})
    on = words(system, "ipv6allow", "1") != "0" if "ipv6allow" in system else False
    why_not = "off" if tree.product == PFSENSE else "whether this release lets IPv6 through without the switch `ipv6allow`"
    private, bogons = (_switch(interface, key, tree.product) for key in ("blockpriv", "blockbogons"))
    return guard_rules(ipv6="" if on else why_not, private=private, bogons=bogons)


def _switch(fields: Fields, key: str, product: str) -> bool:
    return key in fields and (product == PFSENSE or str(fields[key]) not in ("", "0"))


def _is_off(tree: _Tree) -> bool:
    system = next((tree.fields(element) for element in tree.find("system")), {})
    return _switch(system, "disablefilter", tree.product)
