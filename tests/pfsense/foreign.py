"""What in a merged configuration is not ours, and where the separators of pfSense stand among it."""

import re
from typing import NamedTuple

from hypothesis import strategies as st

from tests.pfsense.documents import PFSENSE
from tests.pfsense.read_pfsense import find_area
from tests.pfsense.xmltree import Canonical, Element, canonical, parse

ALIAS_PATHS = (("aliases", "alias"), ("alias",), ("OPNsense", "Firewall", "Alias", "aliases", "alias"))
RULE_PATHS = (("filter", "rule"), ("rule",), ("OPNsense", "Firewall", "Filter", "rules", "rule"))
RULE = re.compile(r"\t\t<rule>\n.*?\t\t</rule>\n", re.DOTALL)
SEPARATOR = "<{name}><row>fr{row}</row><text>{name}</text><color>bg-info</color><if>{page}</if></{name}>"


def is_ours(element: Element) -> bool:
    """Whether an alias or a rule is one of gatepost's, by its name or its description."""
    return element.value("name").startswith("gatepost_") or (element.value("descr") or element.value("description")).startswith("gatepost ")


def not_ours(text: str) -> Canonical:
    """All of a configuration but our aliases and rules, and but the rows of separators, which count rules."""
    return canonical(_without_rows(_without_ours(parse(text), ())))


def _without_ours(element: Element, path: tuple[str, ...]) -> Element:
    children = []
    for child in element.children:
        here = (*path, child.tag)
        if here in ALIAS_PATHS + RULE_PATHS and is_ours(child):
            continue
        children.append(_without_ours(child, here))
    return element._replace(children=tuple(children))


def _without_rows(element: Element) -> Element:
    kept = tuple(_without_rows(child) for child in element.children if child.tag != "row")
    return element._replace(children=kept)


class Place(NamedTuple):
    """A separator: its page, its own name, its text, and the tracker of the next rule that is not ours; empty at the end."""

    page: str
    name: str
    text: str
    before: str


def places(text: str) -> list[Place]:
    """Where every separator stands among the rules that are not ours."""
    area = find_area(parse(text), "filter")
    found: list[Place] = []
    for holder in (page for separator in area.find_all("separator") for page in separator.children):
        shown = [rule for rule in area.find_all("rule") if _page(rule) == holder.tag.lower()]
        for separator in holder.children:
            below = [rule for rule in shown[int(separator.value("row").removeprefix("fr")) :] if not is_ours(rule)]
            tracker = below[0].value("tracker") if below else ""
            found.append(Place(holder.tag, separator.tag, separator.value("text"), tracker))
    return found


def _page(rule: Element) -> str:
    return "floatingrules" if rule.has("floating") else rule.value("interface")


@st.composite
def backups(draw: st.DrawFn) -> str:
    """The configuration of pfSense with some of its rules in some order, and separators anywhere among them."""
    rules = draw(st.lists(st.sampled_from(RULE.findall(PFSENSE[PFSENSE.index("\t<filter>") :])), unique=True))
    pages = []
    for page, mark in (("wan", "<interface>wan<"), ("floatingrules", "<floating>")):
        count = sum(mark in rule and ("<floating>" in rule) == (page == "floatingrules") for rule in rules)
        rows = draw(st.lists(st.integers(0, count), max_size=4))
        marks = "".join(
            f"<sep{n}><row>fr{row}</row><text>s{n}</text><color>bg-info</color><if>{page}</if></sep{n}>" for n, row in enumerate(rows)
        )
        pages.append(f"<{page}>{marks}</{page}>")
    start, end = PFSENSE.index("\t<filter>\n") + len("\t<filter>\n"), PFSENSE.index("\t</filter>")
    return PFSENSE[:start] + "".join(rules) + f"\t\t<separator>{''.join(pages)}</separator>\n" + PFSENSE[end:]
