"""Long lists of networks: a text file with one entry a line, or a JSON array of strings. Spans are made when somebody asks for one."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from generator.diagnostics import Report, Span
from generator.source import SourceFile, quoted

# Two things that look like addresses, with a blank or a comma between them.
_SEVERAL = r"[0-9a-fA-F:./]*[.:][0-9a-fA-F:./]*[\s,;]+[0-9a-fA-F:./]*[.:]"


class _Places(Protocol):
    def span(self, path: str, index: int, text: str) -> Span: ...


class NetworkList(NamedTuple):
    """The entries of one file, in its order."""

    source: SourceFile
    texts: tuple[str, ...]
    places: _Places

    def span(self, index: int) -> Span:
        """Where entry number `index` (from 0) stands."""
        return self.places.span(self.source.path, index, self.texts[index])


def parse_network_list(source: SourceFile, report: Report) -> NetworkList | None:
    """Read a list of networks without judging the entries; None means that the report tells why not."""
    start = source.text.lstrip(" \t\n")[:1]
    parsed = _parse_json(source, report) if start in ("[", "{") else _parse_lines(source, report)
    if parsed is not None and not parsed.texts:
        place = Span(source.path, 1, 1, 1, 1)
        report.add("YML033", place, "the list has no network in it", hint="write one network a line, or leave `networks_file` out")
        return None
    return parsed


class _Lines(NamedTuple):
    """Places in a text file: entry `index` stands in line `numbers[index]` (from 0)."""

    lines: Sequence[str]
    numbers: Sequence[int]

    def span(self, path: str, index: int, text: str) -> Span:
        number = self.numbers[index]
        column = self.lines[number].index(text) + 1
        return Span(path, number + 1, column, number + 1, column + len(text))


def _parse_lines(source: SourceFile, report: Report) -> NetworkList | None:
    lines = source.text.split("\n")
    if not any(char in source.text for char in "#, ;\t"):
        numbers: Sequence[int] = [number for number, line in enumerate(lines) if line]
        return NetworkList(source, tuple(filter(None, lines)), _Lines(lines, numbers))
    texts = [line.partition("#")[0].strip(" \t") for line in lines]
    numbers = [number for number, text in enumerate(texts) if text]
    parsed = NetworkList(source, tuple(filter(None, texts)), _Lines(lines, numbers))
    separated = [index for index, text in enumerate(parsed.texts) if " " in text or "," in text or ";" in text or "\t" in text]
    crowded = [index for index in separated if re.match(_SEVERAL, parsed.texts[index])]
    for index in crowded:
        report.add("YML030", parsed.span(index), "several networks stand in one line", hint="write one network a line")
    return None if crowded else parsed


class _Items(NamedTuple):
    """Places in a JSON text: entry `index` goes from `offsets[index]` to `ends[index]`."""

    offsets: Sequence[int]
    ends: Sequence[int]
    line_starts: Sequence[int]

    def span(self, path: str, index: int, text: str) -> Span:
        return _span(path, self.line_starts, self.offsets[index], self.ends[index])


def _parse_json(source: SourceFile, report: Report) -> NetworkList | None:
    import json

    text = source.text
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    start = len(text) - len(text.lstrip(" \t\n"))
    opening = _span(source.path, line_starts, start, start + 1)
    try:
        values = json.loads(text)
    except json.JSONDecodeError as error:
        place = _span(source.path, line_starts, error.pos, error.pos + 1)
        message = f"this is no JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        report.add("YML031", place, message, hint='write ["192.0.2.0/24", "2001:db8::/32"], or one network a line')
        return None
    except (RecursionError, ValueError):  # thousands of brackets; a number of thousands of digits
        values = None
    if not isinstance(values, list):
        report.add("YML032", opening, "the JSON is no array of texts", hint='write ["192.0.2.0/24"], or one network a line')
        return None
    if not all(type(value) is str for value in values):
        _report_items(source, start + 1, len(values), line_starts, report)
        return None
    found = list(re.finditer(r'"(?:[^"\\]|\\.)*"', text))
    offsets, ends = [match.start() for match in found], [match.end() for match in found]
    return NetworkList(source, tuple(values), _Items(offsets, ends, line_starts))


def _report_items(source: SourceFile, offset: int, count: int, line_starts: Sequence[int], report: Report) -> None:
    """Tell every item that is no text, at its place; `offset` is behind the opening bracket."""
    import json

    decoder, text = json.JSONDecoder(), source.text
    for _ in range(count):
        while text[offset] in " \t\n\r,":
            offset += 1
        value, end = decoder.raw_decode(text, offset)
        if not isinstance(value, str):
            item = quoted(" ".join(text[offset:end].split()))
            place = _span(source.path, line_starts, offset, end)
            report.add("YML032", place, f"the item {item} is no text", hint='write the network alone: "192.0.2.0/24"')
        offset = end


def _span(path: str, line_starts: Sequence[int], offset: int, end: int) -> Span:
    first, last = bisect_right(line_starts, offset), bisect_right(line_starts, end)
    return Span(path, first, offset - line_starts[first - 1] + 1, last, end - line_starts[last - 1] + 1)
