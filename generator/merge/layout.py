"""Where pfSense and OPNsense keep aliases and rules in their XML, and what their backups look like.

Sources: pfSense's backup.inc, xmlparse.inc and pfsense-utils.inc (RELENG_2_7_2 and master), OPNsense's Config.php, diag_backup.php, pf.inc,
Alias.xml and Filter.xml (24.1 to 26.7).
"""

import html
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.merge.backup import Backup
from generator.merge.tree import Element

ALIASES: Final = "aliases"
RULES: Final = "rules"


class Part(NamedTuple):
    """One list of the configuration. `path` leads to it from the root; `needed` elements of it have to be there already."""

    name: str
    path: tuple[str, ...]
    item: str
    needed: int
    description: str


class Layout(NamedTuple):
    """One product.

    `areas`: the roots of backups of one area, and their part. `folds`: upper and lower case in names are one (PHP's parser), and entities
    are resolved twice. `wraps`: an empty list is written `<x></x>`, not `<x/>`. `trackers`: rules have trackers and are judged in the order
    of the file; else they have UUIDs and sequence numbers.
    """

    product: str
    root: str
    areas: Mapping[str, str]
    parts: tuple[Part, Part]
    indent: bytes
    folds: bool
    wraps: bool
    trackers: bool

    def is_named(self, element: Element, name: str) -> bool:
        """Whether an element has a name, as the product reads it."""
        return (element.name.lower() if self.folds else element.name) == name

    def find(self, element: Element, name: str) -> tuple[Element, ...]:
        """The children of a name."""
        return tuple(child for child in element.children if self.is_named(child, name))

    def text(self, element: Element | None, name: str) -> str:
        """The text of a child as the product reads it; empty without one. pfSense resolves entities once more after its parser has."""
        found = self.find(element, name) if element is not None else ()
        text = found[0].text if found else ""
        return (html.unescape(text) if self.folds else text).strip()


PFSENSE: Final = Layout(
    product="pfSense",
    root="pfsense",
    areas=MappingProxyType({"aliases": ALIASES, "filter": RULES}),
    parts=(Part(ALIASES, ("aliases",), "alias", 0, "descr"), Part(RULES, ("filter",), "rule", 0, "descr")),
    indent=b"\t",
    folds=True,
    wraps=True,
    trackers=True,
)
OPNSENSE: Final = Layout(
    product="OPNsense",
    root="opnsense",
    areas=MappingProxyType({}),
    parts=(
        Part(ALIASES, ("OPNsense", "Firewall", "Alias", "aliases"), "alias", 2, "description"),
        Part(RULES, ("OPNsense", "Firewall", "Filter", "rules"), "rule", 2, "description"),
    ),
    indent=b"  ",
    folds=False,
    wraps=False,
    trackers=False,
)
LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType({"pfsense": PFSENSE, "opnsense": OPNSENSE})


class Section(NamedTuple):
    """A part in a backup: the list itself, or the innermost element on the way to it, and the names that are missing below that."""

    part: Part
    element: Element
    missing: tuple[str, ...]

    @property
    def container(self) -> Element | None:
        """The list, if the backup has it."""
        return None if self.missing else self.element


class Document(NamedTuple):
    """A backup of a product. `area` is the name of the one area that it has, empty for a whole configuration."""

    backup: Backup
    layout: Layout
    area: str
    sections: tuple[Section, ...]


def recognise(backup: Backup, layout: Layout, report: Report) -> Document | None:
    """Find out what a backup is a backup of; None after an error that was reported."""
    root = backup.root
    area = next((name for name in layout.areas if layout.is_named(root, name)), "")
    if not area and not layout.is_named(root, layout.root):
        message, hint = _describe_other(root, layout)
        report.add("TGT144", backup.span(root), message, hint=hint)
        return None
    whole = [part for part in layout.parts if not area or layout.areas[area] == part.name]
    sections = [_find_section(backup, layout, part._replace(path=()) if area else part, report) for part in whole]
    if not area and not root.children:
        report.add("TGT145", backup.span(root), "the configuration is empty", hint="download the backup again")
        return None
    found = tuple(section for section in sections if section is not None)
    return Document(backup, layout, area, found) if len(found) == len(sections) else None


def _find_section(backup: Backup, layout: Layout, part: Part, report: Report) -> Section | None:
    element = backup.root
    for depth, name in enumerate(part.path):
        found = layout.find(element, name)
        if len(found) > 1:
            hint = f"{layout.product} reads one of them, or refuses the file: remove the other"
            report.add("TGT145", backup.span(found[1]), f"the backup has `<{name}>` twice", hint=hint)
            return None
        if not found and depth < part.needed:
            hint = f"no release of {layout.product} that is still maintained writes such a file"
            report.add("TGT145", backup.span(element), f"the backup has no `<{'><'.join(part.path[: depth + 1])}>`", hint=hint)
            return None
        if not found:
            return Section(part, element, part.path[depth:])
        element = found[0]
    if element.text.strip():
        hint = "remove the text between the elements; the firewall writes none there"
        report.add("TGT145", backup.span(element), f"text stands in `<{element.name}>` where only elements belong", hint=hint)
        return None
    return Section(part, element, ())


def _describe_other(root: Element, layout: Layout) -> tuple[str, str]:
    """What a backup with another root is, if anybody knows, and what to do. The root's name may be anything, so it is not told."""
    for name, other in LAYOUTS.items():
        if other is not layout and other.is_named(root, other.root):
            return f"the backup is one of {other.product}, not of {layout.product}", f"write `-t {name}`, or name the other backup"
    names = [f"`<{layout.root}>`", *(f"`<{name}>`" for name in layout.areas)]
    wanted = f"{', '.join(names[:-1])} or {names[-1]}" if len(names) > 1 else names[0]
    areas = " or of the area Aliases or Firewall Rules" if layout.areas else ""
    message = f"the backup is none of {layout.product}, or one of another area: it does not begin with {wanted}"
    return message, f"take a backup of the whole configuration{areas}"
