"""Finds what uses an alias of ours that is about to vanish: pfSense and OPNsense leave out a rule that names an unknown alias, silently."""

import html
import re
from collections.abc import Collection, Iterator
from typing import Final

from generator.diagnostics import Report
from generator.merge.layout import Document, Layout
from generator.merge.tree import Element

# People and the firewall's own history mention names here without using them.
_PROSE: Final = frozenset({"descr", "description", "detail", "text", "note", "notes", "comment", "comments", "revision"})
_WORD: Final = re.compile(r"[A-Za-z0-9_]+")
_KINDS: Final = (("aliases", "an alias"), ("nat", "a NAT rule"), ("filter", "a rule"), ("snatrules", "a NAT rule"), ("rules", "a rule"))


def check_uses(document: Document, names: set[str], ours: Collection[int], *, site: str, report: Report) -> None:
    """Report every use of one of the names in what is not ours (`ours`: where our objects start)."""
    if not names:
        return
    layout = document.layout
    for path, element, name in _find_uses(document.backup.root, (), names, ours, layout):
        holder = next((step for step in reversed(path) if layout.is_named(step, "rule") or layout.is_named(step, "alias")), None)
        what = _kind(path, layout)
        tracker = layout.text(holder, "tracker")
        number = f" with the tracker {tracker}" if tracker.isdecimal() and len(tracker) <= 10 else ""
        message = f"{what}{number}, which is not of `{site}`, uses the alias `{name}`, which would vanish"
        hint = f"change it in {layout.product} first, and take the backup again: what names an unknown alias is left out without a word"
        report.add("TGT147", document.backup.span(element), message, hint=hint)


def _find_uses(
    element: Element, path: tuple[Element, ...], names: set[str], ours: Collection[int], layout: Layout
) -> Iterator[tuple[tuple[Element, ...], Element, str]]:
    if element.start in ours or (element.name.lower() if layout.folds else element.name) in _PROSE:
        return
    path = (*path, element)
    if element.text:
        text = html.unescape(element.text) if layout.folds else element.text
        mentioned = {name for name in names if name in text}  # most texts are long keys without any
        yield from ((path, element, name) for name in sorted(mentioned.intersection(_WORD.findall(text) if mentioned else ())))
    for child in element.children:
        yield from _find_uses(child, path, names, ours, layout)


def _kind(path: tuple[Element, ...], layout: Layout) -> str:
    for step in reversed(path):
        for name, kind in _KINDS:
            if layout.is_named(step, name):
                return kind
    return "something"
