"""YAML text to nodes with spans.

What YAML allows and these documents do not need (anchors, aliases, tags, merge keys, several documents, directives) is refused: each of
them makes a file mean something else than what a reviewer sees on its lines.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from generator.diagnostics import Related, Report, Span
from generator.source.files import SourceFile
from generator.source.nodes import Entry, Mapping, Node, Scalar, Sequence, resolve_scalar
from generator.source.words import quoted

if TYPE_CHECKING:
    from generator.source.parsers import Mistake

MAX_DEPTH: Final = 50
MAX_NODES: Final = 1_000_000
_CANONICAL_LIMIT: Final = 1_000_000  # characters; the parser in Python takes a second or two for them
_DIRECTIVE: Final = r"((?:[ \t]*(?:#[^\n]*)?\n)*)(%[^\n]*)"


class _StopError(Exception):
    """The document cannot be read on; the finding that says why is in the report."""


def parse_yaml(source: SourceFile, report: Report, *, pure: bool = False) -> Mapping | None:
    """Read one YAML document whose root is a mapping; None means that the report tells why not.

    After a mistake that leaves the rest readable (a duplicate key, an anchor, a tag) the mapping is returned nevertheless, so that the
    next stage can tell its findings as well: ask the report. The text is as `read_source` leaves it: without control characters. `pure`
    does without the C library; it makes no difference but time.
    """
    from generator.source.parsers import PureParser, c_parser, has_c_parser

    text = _blank_directives(source, report)
    if not pure and has_c_parser(text):
        found = Report()
        root, mistake = _read(source.path, text, c_parser, found)
        if mistake is None or len(text) > _CANONICAL_LIMIT:
            return _finish(root, mistake, source.path, text, found, report)
    # The parser in Python decides what a mistake is: its words name the character, and users without the C library see the same.
    found = Report()
    root, mistake = _read(source.path, text, PureParser, found)
    return _finish(root, mistake, source.path, text, found, report)


def _read(path: str, text: str, make_parser: Callable[[str], Any], report: Report) -> "tuple[Node | None, Mistake | None]":
    """The root node, if there is a readable one, and what the parser stumbled over, if it did."""
    from yaml import YAMLError

    from generator.source.parsers import describe_error

    try:
        return _Reader(path, text, report, make_parser(text)).read_document(), None
    except YAMLError as error:
        return None, describe_error(error)
    except _StopError:
        return None, None


def _finish(root: Node | None, mistake: "Mistake | None", path: str, text: str, found: Report, report: Report) -> Mapping | None:
    report.extend(found.findings)
    if mistake is not None:
        from generator.source.mistakes import report_syntax

        report_syntax(mistake, path, text, report)
        return None
    if root is None and found.has_errors:
        return None
    return _check_root(root, path, report)


def _blank_directives(source: SourceFile, report: Report) -> str:
    """Report `%` lines ahead of the document and put spaces in their place: one parser refuses unknown ones, the other skips them."""
    text = source.text
    while "%" in text and (match := re.match(_DIRECTIVE, text)):
        line = match[1].count("\n") + 1
        place = Span(source.path, line, 1, line, len(match[2]) + 1)
        report.add("YML020", place, f"{quoted(match[2])} is a YAML directive", hint="remove the line; nothing in this document needs one")
        text = text[: match.start(2)] + " " * len(match[2]) + text[match.end(2) :]
    return text


def _check_root(root: Node | None, path: str, report: Report) -> Mapping | None:
    if isinstance(root, Mapping):
        return root
    if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
        hint = "check that it is the right file; `gatepost init` writes a site"
        report.add("YML005", Span(path, 1, 1, 1, 1), "the file has nothing in it but comments", hint=hint)
        return None
    what = "a list" if isinstance(root, Sequence) else f"the text {quoted(root.text)}"
    glued = isinstance(root, Scalar) and re.match(r"[\w-]+:\S", root.text)
    hint = "write a space after the colon" if glued else "write keys with values; the first says what it is: `kind: site`"
    report.add("YML024", root.span, f"the document is {what}, not keys with values", hint=hint)
    return None


class _Reader:
    """Turns parser events into nodes. A class, because recursive functions would hand the same five values down at every call."""

    __slots__ = ("_count", "_events", "_lines", "_next", "_path", "_report")

    def __init__(self, path: str, text: str, report: Report, parser: Any) -> None:
        from yaml import events

        self._path, self._report, self._next = path, report, parser.get_event
        self._lines = text.split("\n")
        self._events: Any = events
        self._count = 0

    def read_document(self) -> Node | None:
        """The root node; None when there is no document."""
        self._next()  # stream start
        start = self._next()
        if type(start) is self._events.StreamEndEvent:
            return None
        root = self._read(self._next(), 0)
        self._next()  # document end
        more = self._next()
        if type(more) is not self._events.StreamEndEvent:
            hint = "keep one document in a file; remove the line `---` and what follows"
            self._report.add("YML019", self._span(more), "a second document starts here", hint=hint)
        return root

    def _read(self, event: Any, depth: int) -> Node:
        self._check_size(event, depth)
        kind = type(event)
        if kind is self._events.AliasEvent:
            place = self._span(event)
            hint = "write the value out; a reviewer then sees it where it counts"
            self._report.add("YML015", place, f"{quoted(f'*{event.anchor}')} is a YAML alias", hint=hint)
            return Scalar(None, f"*{event.anchor}", True, place)
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if kind is self._events.ScalarEvent:
            plain = not event.style  # None in Python, empty from C
            return Scalar(resolve_scalar(event.value, plain), event.value, plain, self._span(event))
        return self._read_sequence(event, depth) if kind is self._events.SequenceStartEvent else self._read_mapping(event, depth)

    def _check_size(self, event: Any, depth: int) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            hint = "put the networks into a text file and name it under `networks_file`"
            self._report.add("YML022", self._span(event), f"the document has more than {MAX_NODES:,} values", hint=hint)
            raise _StopError
        if depth > MAX_DEPTH:
            hint = "close the brackets; no document of gatepost needs more than 8 levels"
            self._report.add("YML021", self._span(event), f"lists and mappings nest deeper than {MAX_DEPTH} levels", hint=hint)
            raise _StopError

    def _refuse_properties(self, event: Any) -> None:
        start = event.start_mark
        properties = []
        if event.anchor is not None:
            properties.append(("YML014", f"&{event.anchor}", "anchor", "remove it, and write the value out where it is needed"))
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            properties.append(("YML016", tag, "tag", "remove it; a value in quotes is text, one without is what it looks like"))
        for code, text, what, hint in properties:
            column = self._lines[start.line].find(text, start.column)  # -1: a tag that was written in another way
            first, last = (column, column + len(text)) if column >= 0 else (start.column, start.column + 1)
            place = Span(self._path, start.line + 1, first + 1, start.line + 1, last + 1)
            self._report.add(code, place, f"{quoted(text)} is a YAML {what}", hint=hint)

    def _read_sequence(self, event: Any, depth: int) -> Sequence:
        items: list[Node] = []
        while type(child := self._next()) is not self._events.SequenceEndEvent:
            items.append(self._read(child, depth + 1))
        return Sequence(tuple(items), self._collection_span(event, child, items[-1] if items else None))

    def _read_mapping(self, event: Any, depth: int) -> Node:
        entries: list[Entry] = []
        by_key: dict[str, Entry] = {}
        last: Node | None = None
        refused = False
        while type(child := self._next()) is not self._events.MappingEndEvent:
            key = self._read_key(child, depth + 1)
            last = self._read(self._next(), depth + 1)
            refused = refused or key is None
            if key is not None:
                entries.append(Entry(key, last))
                self._check_key(entries[-1], by_key.setdefault(key.text, entries[-1]))
        span = self._collection_span(event, child, last)
        if refused and not entries and depth:
            return Scalar(None, "*", True, span)  # `{{ name }}` has its finding, and is as unreadable as an alias
        return Mapping(tuple(entries), span, by_key)

    def _read_key(self, event: Any, depth: int) -> Scalar | None:
        """The key; None for a list or a mapping in its place, such as `{{ variable }}`, whose inside is nobody's business."""
        if type(event) not in (self._events.SequenceStartEvent, self._events.MappingStartEvent):
            key = self._read(event, depth)
            return key if isinstance(key, Scalar) else None
        outer, self._report = self._report, Report()
        try:
            span = self._read(event, depth).span
        finally:
            outer.extend(finding for finding in self._report.findings if finding.code in ("YML021", "YML022"))
            self._report = outer
        what = "list" if type(event) is self._events.SequenceStartEvent else "mapping"
        hint = "write a name, put the text in quotes, or fill the template in first"
        outer.add("YML023", span, f"a {what} stands where a key is meant", hint=hint)
        return None

    def _check_key(self, entry: Entry, first: Entry) -> None:
        key = entry.key
        if key.plain and key.text == "<<":
            self._report.add("YML017", key.span, "`<<` is a YAML merge key", hint="write the keys out here")
        elif first is not entry:
            message = f"{quoted(key.text)} is written twice in one mapping"
            self._report.add("YML013", key.span, message, hint="keep one of them", related=[Related(first.key.span, "first here")])

    def _collection_span(self, start: Any, end: Any, last: Node | None) -> Span:
        """From the first mark to the closing bracket, or in block style to the end of the last value (end marks there are lines below)."""
        first = start.start_mark
        if start.flow_style or last is None:
            return Span(self._path, first.line + 1, first.column + 1, end.end_mark.line + 1, end.end_mark.column + 1)
        return Span(self._path, first.line + 1, first.column + 1, last.span.end_line, last.span.end_column)

    def _span(self, event: Any) -> Span:
        start, end = event.start_mark, event.end_mark
        end_line, end_column = end.line, end.column
        if end_line > start.line and event.__class__ is self._events.ScalarEvent and event.style in ("|", ">"):
            end_line = min(end_line if end_column else end_line - 1, len(self._lines) - 1)
            while end_line > start.line and not self._lines[end_line].strip():
                end_line -= 1  # block scalars end after the blank lines below them
            end_column = len(self._lines[end_line].rstrip())
        return Span(self._path, start.line + 1, start.column + 1, end_line + 1, end_column + 1)
