"""Azure's service tags: a file that gets another name every week, behind a page that links to it.

Source: https://learn.microsoft.com/azure/virtual-network/service-tags-overview (downloadable JSON files).
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final
from urllib.parse import urljoin, urlsplit

from generator.feeds.body import Json, decode_json, kind_of
from generator.feeds.collect import read_text
from generator.feeds.json_lists import Record, select, shape_error, steps_of, walk
from generator.feeds.values import Entry, Extract, FeedError, Get, Located, Note
from generator.models import Feed, FeedList
from generator.net import PrefixError, find_covering, merge_prefixes
from generator.source import quoted

_FILE: Final = re.compile(r"ServiceTags_[A-Za-z]{1,40}_([0-9]{8})\.json")
_AROUND_LINKS: Final = re.compile(r"""["'<>\s\\(]""")
_LONGEST_LINK: Final = 500
_DOWNLOADS: Final = "download.microsoft.com"
_REST: Final = "global"
_PREFIXES: Final = FeedList(path="properties.addressPrefixes[]")


def locate_tags(url: str, get: Get) -> Located:
    """The URL of this week's file; `url` may be the file's own.

    Raises:
        FeedError: the page has no link to it.
    """
    page = urlsplit(url)
    if page.path.lower().endswith(".json"):
        return Located(url)
    text = unescape(get(url).decode("utf-8", errors="replace"))
    links = {(found[1], _absolute(url, _before(text, found.start()) + found[0])) for found in _FILE.finditer(text)}
    trusted = [(day, link) for day, link in links if _is_trusted(link, page.netloc)]
    if not trusted:
        message = "the page has no link to a file `ServiceTags_CLOUD_DATE.json`" + (" on Microsoft's download server" if links else "")
        raise FeedError(Note("LCK002", message, "download the file yourself and write `feed_url: file:…` in the site"))
    return Located(max(trusted)[1])


def _before(text: str, end: int) -> str:
    """What a link has before its file name."""
    return _AROUND_LINKS.split(text[max(0, end - _LONGEST_LINK) : end])[-1]


def _absolute(page: str, link: str) -> str:
    """A link as a whole URL; empty when it is none."""
    try:
        return urljoin(page, link)
    except ValueError:  # `http://[`
        return ""


def _is_trusted(link: str, host: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("https", "http") and parts.netloc in (_DOWNLOADS, host)


def read_tags(feed: Feed, body: bytes) -> Extract:
    """The prefixes of a service tag by region.

    `Tag.Region` is the region `region`; what `Tag` has beyond its regions is `global`. A tag written with its region has none, nor has one
    that has no regions.

    Raises:
        FeedError: the document has another shape, or has no such tag.
    """
    tag, document = feed.tag or "", decode_json(body)
    tags = _by_name(walk(Record(document, ""), steps_of("values[]")))
    version = str(_number(document))
    regions = {name: record for name, record in tags.items() if name.startswith(f"{tag}.")}
    if tag not in tags and not regions:
        hint = "names are written as in Azure, with capital letters"
        near = [name for name in tags if name.lower() == tag.lower()]
        raise FeedError(Note("LCK010", f"the feed has no service tag {quoted(tag)}", f"did you mean `{near[0]}`? {hint}" if near else hint))
    whole = [*select(_PREFIXES, tags[tag])] if tag in tags else []
    if not regions:
        return Extract(whole, version)
    parts = [entry._replace(region=name.removeprefix(f"{tag}.")) for name, record in regions.items() for entry in select(_PREFIXES, record)]
    return Extract([*parts, *_beyond(whole, parts)], version)


def _beyond(whole: list[Entry], parts: list[Entry]) -> Iterator[Entry]:
    """Yield what the whole tag has and no region of it."""
    try:
        covered = merge_prefixes(prefix for entry in parts for prefix in read_text(entry.text))
        for entry in whole:
            if not all(find_covering(covered, prefix) for prefix in read_text(entry.text)):
                yield entry._replace(region=_REST)
    except PrefixError:
        yield from (entry._replace(region=_REST) for entry in whole)  # `collect` tells what is wrong with it


def _by_name(records: Iterable[Record]) -> dict[str, Record]:
    tags: dict[str, Record] = {}
    for record in records:
        name = record.value.get("name") if isinstance(record.value, dict) else None
        if not isinstance(name, str):
            raise shape_error(f"{quoted(record.where)} in the feed", "has no `name`")
        if name in tags:
            raise shape_error(f"{quoted(record.where)} in the feed", f"is a second service tag {quoted(name)}")
        tags[name] = record
    return tags


def _number(document: Json) -> int:
    number = document.get("changeNumber") if isinstance(document, dict) else None
    if not isinstance(number, int) or isinstance(number, bool):
        raise shape_error("`changeNumber` in the feed", f"is {kind_of(number)}, a number is expected")
    return number
