"""The way into the readers: from a profile's `feed:` and the vendor's answer to networks by region.

feed.format in DNS_FORMATS   resolve_feed(feed, resolve, …)
every other format           located = locate_feed(feed, url, get, …), fetch located.url, parse_feed(feed, body, …)
a saved copy (`file:`)       parse_feed(feed, body, …) alone; for `spf` and `dns` it holds DNS records, as `dig` prints them
"""

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from generator.diagnostics import Report, Span
from generator.feeds.azure_tags import locate_tags, read_tags
from generator.feeds.collect import collect
from generator.feeds.dns_addresses import read_addresses
from generator.feeds.json_lists import read_json
from generator.feeds.microsoft_365 import locate_endpoints, read_endpoints
from generator.feeds.ripestat import announced_url, read_announced
from generator.feeds.saved_records import parse_records
from generator.feeds.spf import read_spf
from generator.feeds.text import read_lines
from generator.feeds.values import Extract, FeedError, Get, Located, Note, Reading, Resolve
from generator.models import Feed

_BODIES: Final[dict[str, Callable[[Feed, bytes], Extract]]] = {
    "text": read_lines,
    "json": read_json,
    "microsoft-365": read_endpoints,
    "azure-service-tags": read_tags,
    "ripestat": read_announced,
}
_QUESTIONS: Final[dict[str, Callable[[Feed, Resolve], Extract]]] = {"spf": read_spf, "dns": read_addresses}
DNS_FORMATS: Final = frozenset(_QUESTIONS)


def feed_url(feed: Feed) -> str | None:
    """The URL that the profile gives, or that follows from its `asn`; None when only the site can know it, and for `spf` and `dns`."""
    if feed.url is None and feed.asn is not None:
        return announced_url(feed.asn)
    return feed.url


def locate_feed(feed: Feed, url: str, get: Get, *, client_id: str, place: Span | None, report: Report) -> Located | None:
    """Find the document behind a feed's URL; None means that the report tells why not.

    Microsoft 365 is asked for its version first (`client_id` is a GUID that stays the same for one machine): when it is the lock's,
    nothing needs to be fetched. Azure's page is searched for the file of this week. All others are where their URL says, and `get` is not
    called.
    """
    try:
        urlsplit(url)
    except ValueError:  # `https://[`: whoever fetches it tells
        return Located(url)
    try:
        if feed.format == "microsoft-365":
            return locate_endpoints(url, get, client_id=client_id)
        return locate_tags(url, get) if feed.format == "azure-service-tags" else Located(url)
    except FeedError as error:
        _tell(error.notes, place, report)
        return None


def parse_feed(feed: Feed, body: bytes, *, version: str = "", place: Span | None, report: Report) -> Reading | None:
    """Read a document; None means that the report tells why not, with `place` as the place of every finding.

    `version` is what `locate_feed` found, for documents that don't carry their own.
    """
    read = _BODIES.get(feed.format)
    if read is not None:
        reading = _read(lambda: read(feed, body), place, report)
    else:
        reading = _read(lambda: _QUESTIONS[feed.format](feed, parse_records(body)), place, report)
    return reading if reading is None or reading.version else reading._replace(version=version)


def resolve_feed(feed: Feed, resolve: Resolve, *, place: Span | None, report: Report) -> Reading | None:
    """Ask the DNS for the addresses of a feed; None means that the report tells why not.

    Raises:
        ResolveError: the DNS gave no answer.
    """
    return _read(lambda: _QUESTIONS[feed.format](feed, resolve), place, report)


def _read(read: Callable[[], Extract], place: Span | None, report: Report) -> Reading | None:
    try:
        extract = read()
        regions, notes = collect(extract.entries)
    except FeedError as error:
        _tell(error.notes, place, report)
        return None
    _tell((*extract.notes, *notes), place, report)
    return Reading(regions, extract.version, extract.date)


def _tell(notes: Iterable[Note], place: Span | None, report: Report) -> None:
    for note in notes:
        report.add(note.code, place, note.message, hint=note.hint)
