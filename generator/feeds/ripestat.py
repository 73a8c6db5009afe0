"""RIPEstat's list of the prefixes that an autonomous system announces.

Source: https://stat.ripe.net/docs/data-api/api-endpoints/announced-prefixes; `sourceapp` names the program that asks.
"""

from typing import Final

from generator.feeds.body import decode_json, kind_of
from generator.feeds.collect import bounded
from generator.feeds.json_lists import Record, select, shape_error, text_of, walk
from generator.feeds.values import Extract
from generator.models import Feed, FeedList

_URL: Final = "https://stat.ripe.net/data/announced-prefixes/data.json?resource=AS{asn}&sourceapp=gatepost"
_PREFIXES: Final = FeedList(path="prefixes[]", prefix="prefix")


def announced_url(asn: int) -> str:
    """Where the list of one autonomous system is."""
    return _URL.format(asn=asn)


def read_announced(feed: Feed, body: bytes) -> Extract:
    """The announced prefixes.

    Raises:
        FeedError: the document has another shape, tells of a failure, or is about another system.
    """
    document = decode_json(body)
    if not isinstance(document, dict):
        raise shape_error("the feed's document", f"is {kind_of(document)}, an object is expected")
    if document.get("status") != "ok":
        raise shape_error(
            "`status` in the feed", f"is {kind_of(document.get('status'))}, `ok` is expected", "RIPEstat failed; try again later"
        )
    data = next(walk(Record(document, ""), ("data",))).value
    resource = text_of(data.get("resource")) if isinstance(data, dict) else None
    if resource is None or resource.upper().removeprefix("AS") != str(feed.asn):
        given = kind_of(data.get("resource")) if isinstance(data, dict) else kind_of(data)
        raise shape_error("`data.resource` in the feed", f"is {given}, the autonomous system {feed.asn} is expected")
    entries = bounded(select(_PREFIXES, Record(data, "data")))
    date = data.get("query_endtime") if isinstance(data, dict) else None
    return Extract(entries, date=date if isinstance(date, str) and date.isprintable() and len(date) <= 40 else "")
