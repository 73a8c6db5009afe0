"""A small strict reading of a firewall's XML: no DTD, no entities of its own, elements with their lines, a canonical form to compare."""

from typing import NamedTuple
from xml.parsers import expat


class XmlError(ValueError):
    """The text is no XML, or XML of a kind that no firewall writes. The first argument is the name of the fault."""


class Element(NamedTuple):
    """An element; `text` is all of its own character data, `cdata` tells whether some of it was in a CDATA section."""

    tag: str
    line: int
    attributes: tuple[tuple[str, str], ...]
    text: str
    cdata: bool
    children: tuple["Element", ...]

    def find(self, path: str) -> "Element | None":
        """The first element at a path such as `filter/separator`."""
        found = self.find_all(path)
        return found[0] if found else None

    def find_all(self, path: str) -> list["Element"]:
        """Every element at a path."""
        found = [self]
        for tag in path.split("/"):
            found = [child for element in found for child in element.children if child.tag == tag]
        return found

    def value(self, path: str, default: str = "") -> str:
        """The text of the first element at a path, trimmed as the firewalls do."""
        found = self.find(path)
        return default if found is None else found.text.strip("\t\n\r ")

    def has(self, path: str) -> bool:
        """Whether there is such an element, empty or not: `<log></log>` means yes."""
        return self.find(path) is not None


class _Open:
    """An element whose end has not come."""

    def __init__(self, tag: str, line: int, attributes: dict[str, str]) -> None:
        self.tag, self.line, self.attributes = tag, line, tuple(sorted(attributes.items()))
        self.texts: list[str] = []
        self.cdata = False
        self.children: list[Element] = []

    def close(self) -> Element:
        return Element(self.tag, self.line, self.attributes, "".join(self.texts), self.cdata, tuple(self.children))


class _Builder:
    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartCdataSectionHandler = self.cdata
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.stack = [_Open("", 0, {})]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        # Both firewalls' own parsers fold the case of tags; neither writes an upper-case one that matters.
        self.stack.append(_Open(tag, self.parser.CurrentLineNumber, attributes))

    def end(self, _tag: str) -> None:
        done = self.stack.pop()
        self.stack[-1].children.append(done.close())

    def data(self, text: str) -> None:
        self.stack[-1].texts.append(text)

    def cdata(self) -> None:
        self.stack[-1].cdata = True

    def doctype(self, *_declaration: object) -> None:
        raise XmlError("xml-doctype", "a document type declaration")


def parse(text: str | bytes) -> Element:
    """Read a document.

    Raises:
        XmlError: it is not well-formed, or has a document type.
    """
    builder = _Builder()
    try:
        builder.parser.Parse(text, True)
    except expat.ExpatError as error:
        raise XmlError("xml-not-well-formed", str(error)) from error
    return builder.stack[0].children[0]


Canonical = tuple[str, tuple[tuple[str, str], ...], str, tuple["Canonical", ...]]


def canonical(element: Element) -> Canonical:
    """An element as nested tuples: what is between child elements is layout, everything else counts, in its order."""
    text = element.text.strip("\t\n\r ") if element.children else element.text
    return element.tag, element.attributes, text, tuple(map(canonical, element.children))


def without(element: Element, path: tuple[str, ...]) -> Element:
    """The element without everything at one path below it."""
    if len(path) == 1:
        return element._replace(children=tuple(child for child in element.children if child.tag != path[0]))
    return element._replace(children=tuple(without(child, path[1:]) if child.tag == path[0] else child for child in element.children))
