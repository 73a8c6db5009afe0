"""Findings for people: the place, the fact, the line with the span marked, other places, and the cure."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple

from generator.cli.console import Painter
from generator.cli.printable import cells, printable, width
from generator.diagnostics import Diagnostic, Severity, Span

CUT: Final = "..."
_LINE_END: Final = re.compile(r"\r?\n")
_CONTEXT: Final = 16  # columns shown before the span in a line that is too long

TextOf = Callable[[str], str | None]
"""The text of an input by the path that its spans carry."""


class Excerpt(NamedTuple):
    """A source line as a terminal shows it, and where the span lies in it, in columns."""

    shown: str
    before: int
    marked: int


def format_findings(findings: Iterable[Diagnostic], text_of: TextOf, paint: Painter, columns: int) -> Iterator[str]:
    """Each finding as lines, without the last line end."""
    lines_of: dict[str, list[str]] = {}
    for finding in findings:
        if finding.span is not None and finding.span.path not in lines_of:
            lines_of[finding.span.path] = _LINE_END.split(text_of(finding.span.path) or "")
        lines = lines_of[finding.span.path] if finding.span else []
        yield "\n".join(_format_finding(finding, lines, paint, columns))


def format_summary(findings: Iterable[Diagnostic]) -> str:
    """How many of each severity, such as `2 errors, 1 warning`; empty without any."""
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return ", ".join(f"{count} {severity}{'s' * (count != 1)}" for severity, count in counts.items() if count)


def _format_finding(finding: Diagnostic, lines: list[str], paint: Painter, columns: int) -> Iterator[str]:
    place = f"{paint('path', printable(str(finding.span)))}: " if finding.span else ""
    yield f"{place}{paint(finding.severity, f'{finding.severity}[{finding.code}]')}: {printable(finding.message)}"
    margin = "  "
    if finding.span is not None:
        margin = " " * (len(str(finding.span.line)) + 1)
        yield from _format_excerpt(finding.span, finding.severity, lines, paint, columns)
    for related in finding.related:
        yield f"{margin}{paint('gutter', '=')} {paint('note', 'note')}: {printable(f'{related.span}: {related.message}')}"
    if finding.hint:
        yield f"{margin}{paint('gutter', '=')} {paint('help', 'help')}: {printable(finding.hint)}"


def _format_excerpt(span: Span, severity: str, lines: list[str], paint: Painter, columns: int) -> Iterator[str]:
    if not 0 < span.line <= len(lines) or not lines[span.line - 1].strip():
        return
    number = str(span.line)
    margin = " " * (len(number) + 1)
    excerpt = make_excerpt(lines[span.line - 1], span, columns - len(margin) - 2)
    bar = paint("gutter", "|")
    yield f"{margin}{bar}"
    yield f"{paint('gutter', number)} {bar} {excerpt.shown}".rstrip(" ")
    yield f"{margin}{bar} {' ' * excerpt.before}{paint(severity, '^' * excerpt.marked)}"


def make_excerpt(line: str, span: Span, room: int) -> Excerpt:
    """Show a line in at most `room` columns, with the span (of its first line) in view. A span without width gets one column."""
    first = min(span.column - 1, len(line))
    last = min(span.end_column - 1, len(line)) if span.end_line == span.line else len(line)
    begin = 0 if _fits(line, room) or _fits(line[:first], room // 2) else max(0, first - _CONTEXT)
    head = CUT if begin else ""
    # A line may have a megabyte: no more of it is looked at than could be shown.
    shown = _take(cells(line[begin : begin + room + 1]), room - len(head))
    before = len(head) + width("".join(shown[: first - begin]))
    marked = width("".join(shown[first - begin : last - begin]))
    return Excerpt(head + "".join(shown), before, max(1, marked))


def _fits(line: str, room: int) -> bool:
    return len(line) <= room and width("".join(cells(line))) <= room


def _take(shown: list[str], room: int) -> list[str]:
    """As many cells as fit; where some do not, the last one says so."""
    if width("".join(shown)) <= room:
        return shown
    taken: list[str] = []
    free = room - len(CUT)
    for cell in shown:
        free -= width(cell)
        if free < 0:
            break
        taken.append(cell)
    return [*taken, CUT]
