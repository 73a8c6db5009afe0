"""A configuration as pfSense's own parser has it in PHP: nested arrays of text, with lists for the tags that may be repeated."""

import html
from typing import Any

from tests.pfsense.words import LIST_TAGS
from tests.pfsense.xmltree import Element, parse


def read(text: str) -> dict[str, Any]:
    """The arrays of a whole configuration."""
    arrays: dict[str, Any] = _value(parse(text))
    return arrays


def _value(element: Element) -> Any:  # text, or arrays of it
    if not element.children:
        return html.unescape(element.text.strip("\t\n\r"))
    made: dict[str, Any] = {}
    for child in element.children:
        value = _value(child)
        if child.tag not in LIST_TAGS:
            made[child.tag] = value
        else:  # an empty one is a list without items
            made.setdefault(child.tag, []).extend([] if value == "" else [value])
    return made
