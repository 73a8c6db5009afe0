"""Changes one list of a document and leaves every other byte as it was, so that taking our objects out again gives the original back.

White space is what makes this hard. A list is seen as gaps and children in turn: an object is inserted together with the white space that
its neighbours have, and removed together with exactly that. Where a list was empty, or missing, its end tag keeps a number of blanks
(`</aliases  >`, which XML allows and every parser drops) that says what it looked like, unless it looked as the product writes it.
"""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Final, NamedTuple

from generator.merge.tree import Element

_BLANKS: Final = b" \t\r\n"
_EMPTY_TAG: Final = re.compile(rb"([ \t\r\n]*)/>\Z")


class Form(IntEnum):
    """What an empty list looks like; the number of blanks in the end tag that says so."""

    USUAL = 0  # as the product writes it: one of the next three
    LINES = 1  # <x>, a line end, </x>
    CLOSED = 2  # <x/>
    CLOSED_BLANK = 3  # <x />
    PAIR = 4  # <x></x> in one line
    MISSING = 5


class Edit(NamedTuple):
    """A stretch of bytes and what replaces it."""

    start: int
    end: int
    new: bytes


class Line(NamedTuple):
    """One line of an object, without its indentation; a text may have line ends in it."""

    depth: int
    raw: bytes


Piece = tuple[Line, ...]
"""An object, or an element made for objects, line by line."""


class Style(NamedTuple):
    """How a document is written. `usual` is the form of an empty list inside it, `usual_root` of one that is the whole document."""

    line_end: bytes
    indent: bytes
    usual: Form
    usual_root: Form


class Change(NamedTuple):
    """What becomes of an element's children, each named by the byte where it starts.

    `dropped` go, `swapped` are replaced where they are, `first` are put before the child `before`, or last where there is none.
    """

    dropped: frozenset[int] = frozenset()
    swapped: tuple[tuple[int, Piece], ...] = ()
    before: int | None = None
    first: tuple[Piece, ...] = ()
    last: tuple[Piece, ...] = ()


def read_style(data: bytes, root: Element, indent: bytes, *, wraps: bool) -> Style:
    """How a document is written; `indent` and `wraps` (`<x></x>`, not `<x/>`) are what the product does."""
    before = data.find(b"\n")
    line_end = b"\r\n" if data[max(before - 1, 0) : before] == b"\r" else b"\n"
    outer = _line_indent(data, root.inner_end) or b""
    own = (_line_indent(data, root.children[0].start) or b"").removeprefix(outer) if root.children else b""
    usual, usual_root = (Form.PAIR, Form.LINES) if wraps else (Form.CLOSED, Form.CLOSED)
    return Style(line_end, own or indent, usual, usual_root)


def make_piece(data: bytes, element: Element, depth: int = 0) -> Piece:
    """An element of another document as lines: the white space between its children goes, what is in a child without children stays."""
    if not element.children or element.text:
        return (Line(depth, data[element.start : element.end]),)
    inside = [line for child in element.children for line in make_piece(data, child, depth + 1)]
    opening, closing = data[element.start : element.inner_start], data[element.inner_end : element.end]
    return (Line(depth, opening), *inside, Line(depth, closing))


def wrap_pieces(names: Sequence[str], pieces: Iterable[Piece]) -> Piece:
    """New elements, one in the other, with pieces in the innermost; the end tag of the outermost says that it was missing."""
    depth = len(names)
    opening = [Line(index, f"<{name}>".encode()) for index, name in enumerate(names)]
    closing = [Line(index, f"</{name}{' ' * (0 if index else Form.MISSING)}>".encode()) for index, name in enumerate(names)]
    inside = [Line(line.depth + depth, line.raw) for piece in pieces for line in piece]
    return (*opening, *inside, *reversed(closing))


def is_made(data: bytes, element: Element) -> bool:
    """Whether an earlier merge made an element that had been missing."""
    return _read_form(data, element) is Form.MISSING


def apply_edits(data: bytes, start: int, end: int, edits: Iterable[Edit]) -> bytes:
    """A stretch of the document with all edits inside it, which must not overlap."""
    done, position = [], start
    for edit in sorted(edit for edit in edits if start <= edit.start and edit.end <= end):
        done += [data[position : edit.start], edit.new]
        position = edit.end
    return b"".join((*done, data[position:end]))


def rebuild(data: bytes, element: Element, change: Change, edits: Sequence[Edit], style: Style, *, is_root: bool) -> Edit:
    """One element anew, with a change of its children and with edits inside them."""
    return _Rebuild(data, element, style, is_root=is_root).make(change, edits)


class _Rebuild:
    """The element as gaps and children in turn: there is always one gap more than children."""

    def __init__(self, data: bytes, element: Element, style: Style, *, is_root: bool) -> None:
        self._data, self._element, self._style = data, element, style
        self._usual = style.usual_root if is_root else style.usual
        self._starts = [child.start for child in element.children]
        edges = [element.inner_start, *(edge for child in element.children for edge in (child.start, child.end)), element.inner_end]
        self._gaps = [data[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)]
        self._children: list[bytes] = []
        self._form = _read_form(data, element)

    def make(self, change: Change, edits: Sequence[Edit]) -> Edit:
        """Apply a change."""
        element = self._element
        self._children = [apply_edits(self._data, child.start, child.end, edits) for child in element.children]
        for start, piece in change.swapped:
            index = self._starts.index(start)
            self._children[index] = self._render(piece, _base(self._gaps[index]))
        self._drop(change.dropped)
        if self._children:
            self._insert_first(change)
            self._insert_last(change.last if change.before is not None else (*change.first, *change.last))
            closing = self._data[element.inner_end : element.end]
            return Edit(element.start, element.end, self._opening() + self._inside() + closing)
        if element.children and self._form in (Form.USUAL, Form.PAIR) and self._origin() is Form.PAIR:
            self._gaps = [self._without_tail(self._gaps[0])]
        new = self._fill((*change.first, *change.last))
        return Edit(element.start, element.end, new)

    def _origin(self) -> Form:
        """What the list looks like without children."""
        return self._usual if self._form is Form.USUAL else self._form

    def _drop(self, dropped: frozenset[int]) -> None:
        index = 0
        while index < len(self._starts):
            if self._starts[index] not in dropped:
                index += 1
                continue
            last = index
            while last + 1 < len(self._starts) and self._starts[last + 1] in dropped and not self._gaps[last + 1].strip():
                last += 1
            before, after = self._gaps[index], self._gaps[last + 1]
            at_end = last + 1 == len(self._starts) and not after.strip()
            joined = before.rstrip(_BLANKS) + after if at_end else before + after.lstrip(_BLANKS)
            self._gaps[index : last + 2] = [joined]
            del self._starts[index : last + 1], self._children[index : last + 1]

    def _insert_first(self, change: Change) -> None:
        if change.before is None:
            return
        index = self._starts.index(change.before)
        blank = _trailing(self._gaps[index])
        pieces = [self._render(piece, _base(blank)) for piece in change.first]
        self._children[index:index] = pieces
        self._gaps[index + 1 : index + 1] = [blank] * len(pieces)
        self._starts[index:index] = [-1] * len(pieces)

    def _insert_last(self, pieces: Sequence[Piece]) -> None:
        base = _base(self._gaps[-2])
        blank = _trailing(self._gaps[-1])
        between = b"" if base is None else self._style.line_end + base
        added = b"".join(between + self._render(piece, base) for piece in pieces)
        self._gaps[-1] = self._gaps[-1].removesuffix(blank) + added + blank if blank else self._gaps[-1] + added

    def _fill(self, pieces: Sequence[Piece]) -> bytes:
        """The element with its first children, or with none."""
        gap, form = self._gaps[0], self._origin()
        name = _name(self._data, self._element)
        if form in (Form.CLOSED, Form.CLOSED_BLANK) and not gap.strip():
            if not pieces:
                return self._opening()[:-1] + (b"/>" if form is Form.CLOSED else b" />")
            gap = b""
        if not pieces:
            return self._opening() + gap + b"</" + name + b">"
        blank = _trailing(gap)
        own = _base(blank) if b"\n" in blank else _line_indent(self._data, self._element.start)
        base = None if own is None else own + self._style.indent
        between = b"" if base is None else self._style.line_end + base
        inside = b"".join(between + self._render(piece, base) for piece in pieces)
        tail = blank if b"\n" in blank or own is None else self._style.line_end + own + blank
        mark = b"" if form is self._usual else b" " * form
        return self._opening() + gap[: len(gap) - len(blank)] + inside + tail + b"</" + name + mark + b">"

    def _without_tail(self, gap: bytes) -> bytes:
        """A gap without the line end that was made before the end tag."""
        blank = _trailing(gap)
        own = _line_indent(self._data, self._element.start)
        tail = b"" if own is None else self._style.line_end + own
        return gap[: len(gap) - len(blank)] + blank.removeprefix(tail)

    def _opening(self) -> bytes:
        opening = self._data[self._element.start : self._element.inner_start]
        return _EMPTY_TAG.sub(b">", opening) if self._element.is_self_closing else opening

    def _inside(self) -> bytes:
        pairs = zip(self._gaps, (*self._children, b""), strict=True)
        return b"".join(part for pair in pairs for part in pair)

    def _render(self, piece: Piece, base: bytes | None) -> bytes:
        """A piece at an indentation; None: in a document without line ends there."""
        lines = [line.raw.replace(b"\n", self._style.line_end) for line in piece]
        if base is None:
            return b"".join(lines)
        depths = [b"" if index == 0 else self._style.line_end + base + self._style.indent * line.depth for index, line in enumerate(piece)]
        return b"".join(part for pair in zip(depths, lines, strict=True) for part in pair)


def _read_form(data: bytes, element: Element) -> Form:
    """What an empty element looks like, or what the end tag of a filled one says."""
    if element.is_self_closing:
        found = _EMPTY_TAG.search(data, element.start, element.inner_start)
        return Form.CLOSED_BLANK if found is not None and found[1] else Form.CLOSED
    if not element.children:
        return Form.LINES if b"\n" in _trailing(data[element.inner_start : element.inner_end]) else Form.PAIR
    blanks = data[element.inner_end : element.end].removeprefix(b"</" + _name(data, element)).removesuffix(b">")
    return Form(len(blanks)) if blanks == b" " * len(blanks) and len(blanks) <= Form.MISSING else Form.USUAL


def _name(data: bytes, element: Element) -> bytes:
    return re.split(rb"[\s/>]", data[element.start + 1 : element.inner_start], maxsplit=1)[0]


def _trailing(gap: bytes) -> bytes:
    return gap[len(gap.rstrip(_BLANKS)) :]


def _base(gap: bytes) -> bytes | None:
    """The indentation of what follows a gap; None where it does not begin a line."""
    blank = _trailing(gap)
    return blank[blank.rfind(b"\n") + 1 :] if b"\n" in blank else None


def _line_indent(data: bytes, offset: int) -> bytes | None:
    """The blanks before a byte, if nothing else stands before it in its line."""
    before = data[data.rfind(b"\n", 0, offset) + 1 : offset]
    return before if not before.strip(b" \t") else None
