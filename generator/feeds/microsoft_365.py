"""Microsoft 365's endpoint sets, with the web service's own way to ask for the version first.

Source: https://learn.microsoft.com/microsoft-365/enterprise/microsoft-365-ip-web-service: ask for the version at most once an hour
and for the endpoints only when it has changed; `clientrequestid` is a GUID of the machine that asks.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from generator.feeds.body import Json, decode_json, kind_of
from generator.feeds.collect import bounded
from generator.feeds.json_lists import Record, prefix_texts, shape_error, text_of, value_texts
from generator.feeds.values import Entry, Extract, Get, Located, Note
from generator.models import Feed, FeedList
from generator.source import quoted

_VERSION: Final = re.compile(r"[0-9]{10}")
_CLIENT: Final = "clientrequestid"
_IPS: Final = FeedList(path="[]", prefix="ips")


def locate_endpoints(url: str, get: Get, *, client_id: str) -> Located:
    """The URL of the endpoints with the machine's id, and the version that they have now. A mirror has no version to ask for.

    Raises:
        FeedError: the answer about the version is of another kind.
    """
    parts = urlsplit(url)
    before, found, instance = parts.path.rpartition("/endpoints/")
    if not found or not instance:
        return Located(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    given = [(key, value) for key, value in query if key.lower() != _CLIENT]
    client = next((value for key, value in query if key.lower() == _CLIENT and value), client_id)
    asked = urlunsplit(parts._replace(path=f"{before}/version/{instance}", query=urlencode({_CLIENT: client})))
    version = _read_version(get(asked))
    return Located(urlunsplit(parts._replace(query=urlencode([*given, (_CLIENT, client)]))), version)


def _read_version(body: bytes) -> str:
    document = decode_json(body)
    latest = document.get("latest") if isinstance(document, dict) else None
    if not isinstance(latest, str) or not _VERSION.fullmatch(latest):
        given = kind_of(latest) if isinstance(document, dict) else kind_of(document)
        raise shape_error("`latest` in the answer about the version", f"is {given}, ten digits are expected")
    return latest


def read_endpoints(feed: Feed, body: bytes) -> Extract:
    """The addresses of the endpoint sets that `where` selects; a set without `ips` is known by name alone.

    Raises:
        FeedError: the document has another shape.
    """
    document = decode_json(body)
    if not isinstance(document, list):
        raise shape_error("the feed's document", f"is {kind_of(document)}, an array of endpoint sets is expected")
    selected = [*_select(feed, document)]
    found = (prefix_texts(record, _IPS) for record in selected if _has_addresses(record))
    entries = bounded(Entry("", text, where) for texts in found for text, where in texts)
    notes = () if selected else (Note("LCK005", "no endpoint set of the feed is selected by `where`", "see what the feed has now"),)
    return Extract(entries, notes=notes)


def _has_addresses(record: Record) -> bool:
    return isinstance(record.value, dict) and "ips" in record.value


def _select(feed: Feed, document: list[Json]) -> Iterator[Record]:
    missing = {*feed.where}
    for index, item in enumerate(document):
        if not isinstance(item, dict):
            raise shape_error(f"`[{index}]` in the feed", f"is {kind_of(item)}, an object is expected")
        missing -= {*item}
        if all(not {*value_texts(values)}.isdisjoint(_values(item.get(key))) for key, values in feed.where.items()):
            yield Record(item, f"[{index}]")
    if document and missing:
        raise shape_error("no endpoint set of the feed", f"has the key {quoted(min(missing))}")


def _values(value: Json) -> list[str]:
    """The values of a key; ports are one text with commas, `143,993`."""
    if isinstance(value, str):
        return [value, *(part.strip() for part in value.split(","))]
    items = value if isinstance(value, list) else [value]
    return [text for item in items if (text := text_of(item)) is not None]
