"""XML with the place of every tag: what a splice needs to leave every other byte of a document as it was.

Expat reads the document and tells where each event is; nothing here opens a file or a connection. A backup comes from the user's own
firewall, but may have been through other hands, so it can't declare a document type or entities, nor be deeper or larger than any real one.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from xml.parsers import expat

MAX_DEPTH: Final = 100
MAX_ELEMENTS: Final = 1_000_000

_TAG: Final = re.compile(rb"<(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>")
_UTF8: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})


class XmlMistakeError(ValueError):
    """Why a document is not read, and the byte where. Its text never holds anything of the document."""

    def __init__(self, code: str, offset: int, message: str, hint: str) -> None:
        super().__init__(message)
        self.code, self.offset, self.message, self.hint = code, offset, message, hint


class Element(NamedTuple):
    """One element. Its bytes are `start:end`, those between its tags `inner_start:inner_end`; an empty-element tag has none.

    `text` is all character data directly in it, decoded; white space between child elements counts as none.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    inner_start: int
    inner_end: int
    end: int
    text: str
    children: tuple["Element", ...]

    @property
    def is_self_closing(self) -> bool:
        """Whether it is written `<name/>`."""
        return self.inner_end == self.end

    def walk(self) -> Iterator["Element"]:
        """The element and everything in it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()


class _Open(NamedTuple):
    """An element whose end is not read yet."""

    name: str
    attributes: dict[str, str]
    start: int
    inner_start: int
    texts: list[str]
    children: list[Element]


def parse_xml(data: bytes) -> Element:
    """The root element of a document in UTF-8.

    Raises:
        XmlMistakeError: the document is not well-formed, in another encoding, or beyond the bounds.
    """
    return _Reader(data).read()


class _Reader:
    """Collects the events of one document."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._stack: list[_Open] = []
        self._root: Element | None = None
        self._count = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.XmlDeclHandler = self._declare
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._add_text

    def read(self) -> Element:
        """Parse the document."""
        try:
            self._parser.Parse(self._data, True)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code) or "not well-formed"
            hint = "download the backup again; an editor or a transfer has damaged it"
            raise XmlMistakeError("TGT142", self._parser.ErrorByteIndex, f"the backup is not well-formed XML: {said}", hint) from None
        if self._root is None:
            raise XmlMistakeError("TGT142", 0, "the backup has no element", "download the backup again")
        return self._root

    def _declare(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _UTF8:
            hint = "save it as UTF-8, and say so in its first line; the firewall itself writes UTF-8"
            raise XmlMistakeError("TGT141", self._parser.CurrentByteIndex, "the backup declares another encoding than UTF-8", hint)

    def _refuse_doctype(self, *_told: object) -> None:
        hint = "no firewall writes one: find out who changed the file, and download the backup again"
        start = self._data.rfind(b"<!DOCTYPE", 0, self._parser.CurrentByteIndex + 1)
        raise XmlMistakeError("TGT143", start, "the backup declares a document type", hint)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        start = self._parser.CurrentByteIndex
        self._count += 1
        if len(self._stack) >= MAX_DEPTH:
            hint = "no firewall nests a tenth of that: check that it is the right file"
            raise XmlMistakeError("TGT143", start, f"the backup is nested more than {MAX_DEPTH} levels deep", hint)
        if self._count > MAX_ELEMENTS:
            raise XmlMistakeError("TGT143", start, f"the backup has more than {MAX_ELEMENTS:,} elements", "check that it is the right file")
        found = _TAG.match(self._data, start) if attributes else None
        inner = found.end() if found else self._data.index(b">", start) + 1
        self._stack.append(_Open(name, attributes, start, inner, [], []))

    def _end(self, _name: str) -> None:
        opened = self._stack.pop()
        inner_end = end = opened.inner_start
        if self._data[opened.inner_start - 2 : opened.inner_start] != b"/>":
            inner_end = self._parser.CurrentByteIndex
            end = self._data.index(b">", inner_end) + 1
        text = "".join(opened.texts)
        if opened.children and not text.strip():
            text = ""
        element = Element(opened.name, opened.attributes, opened.start, opened.inner_start, inner_end, end, text, tuple(opened.children))
        if self._stack:
            self._stack[-1].children.append(element)
        else:
            self._root = element

    def _add_text(self, text: str) -> None:
        if self._stack:
            self._stack[-1].texts.append(text)
