"""Lists of networks as they stand in the YAML or in a file beside it: parsed, and every prefix still knowing its line."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from generator.decode import Spans
from generator.diagnostics import Report, Span
from generator.models import NetworkEntry, network_text
from generator.net import Prefix, parse_bulk
from generator.network_list import NetworkList


class Placed(Protocol):
    """Something that knows where its entries stand."""

    def span(self, index: int) -> Span:
        """The place of entry `index`."""
        ...


class InlineSpans(NamedTuple):
    """The places of the entries of a list in YAML, looked up when a finding needs one."""

    spans: Spans
    path: tuple[str | int, ...]

    def span(self, index: int) -> Span:
        """The place of entry `index`, or of its `network:` where the entry is a mapping."""
        return self.spans.at(*self.path, index, "network")


class SourceList(NamedTuple):
    """One list: `prefixes[i]` came from entry `entries[i]` (a range gives several prefixes), which stands at `places.span(entries[i])`.

    `origin` is the place of the list itself. `pinned`: it is a feed's, from the lock, so nobody writes it in another way.
    """

    origin: Span
    prefixes: Sequence[Prefix]
    entries: Sequence[int]
    places: Placed
    pinned: bool = False

    def span(self, index: int) -> Span:
        """Where prefix `index` was written."""
        return self.places.span(self.entries[index])


def read_inline(spans: Spans, path: tuple[str | int, ...], entries: Sequence[str | NetworkEntry], report: Report) -> SourceList:
    """Parse the list at `path` of a document; entries that are no networks become findings and are left out."""
    texts = [network_text(entry) for entry in entries]
    return _read(texts, InlineSpans(spans, path), spans.key(*path), report)


class ChosenSpans(NamedTuple):
    """The places of some of the entries of a list in YAML; `positions` are theirs."""

    inline: InlineSpans
    positions: Sequence[int]

    def span(self, index: int) -> Span:
        """The place of chosen entry `index`."""
        return self.inline.span(self.positions[index])


def read_some(spans: Spans, path: tuple[str | int, ...], entries: Sequence[tuple[int, str]], report: Report) -> SourceList:
    """Parse some entries, positions and texts, of the list at `path` of a document."""
    places = ChosenSpans(InlineSpans(spans, path), [position for position, _ in entries])
    return _read([text for _, text in entries], places, spans.key(*path), report)


def read_file(listed: NetworkList, origin: Span, report: Report) -> SourceList:
    """Parse a network list file; `origin` is where the site names it."""
    return _read(listed.texts, listed, origin, report)


def _read(texts: Sequence[str], places: Placed, origin: Span, report: Report) -> SourceList:
    prefixes, entries, failures = parse_bulk(texts)
    for index, error in failures:
        report.add(error.code, places.span(index), str(error), hint=error.hint)
    return SourceList(origin, prefixes, entries, places)
