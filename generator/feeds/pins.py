"""What the lock keeps of a connector's feed: from a reading to a pin, with the networks that stay for a while after they left."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from generator.feeds.values import Reading
from generator.feeds.visit import Seen
from generator.models import Leaving, Pin, Updates
from generator.models.fields import LINE
from generator.net import Prefix, find_covering, merge_prefixes, parse_bulk, parse_networks, subtract_prefixes

_LONGEST: Final = 1000
_QUARTER: Final = 4


class Moment(NamedTuple):
    """When `update` runs, and the day it is then, both in UTC."""

    now: datetime
    today: date


def pinned_networks(pin: Pin) -> dict[str, tuple[Prefix, ...]]:
    """The prefixes of a pin by region, those of no region under an empty name; without those that are leaving.

    What is no network is left out: reading the lock has reported it.
    """
    lists = ({"": pin.networks} if pin.networks else {}) | pin.regions
    return {region: tuple(parse_bulk(texts)[0]) for region, texts in lists.items()}


def read_networks(reading: Reading) -> dict[str, tuple[Prefix, ...]]:
    """The prefixes of a reading by region, those of no region under an empty name."""
    return {region.name: tuple(network.prefix for network in region.networks) for region in reading.regions if region.networks}


def make_pin(source: tuple[str, str, str], reading: Reading, seen: Seen, old: Pin | None, updates: Updates, moment: Moment) -> Pin:
    """The pin of a reading. `source` are the URL, the format and the digest of the definition."""
    url, form, definition = source
    networks = read_networks(reading)
    return Pin(
        url=url,
        format=form,
        definition=definition,
        fetched=moment_text(moment.now),
        version=_line(reading.version),
        date=_line(reading.date),
        etag=_line(seen.etag),
        last_modified=_line(seen.last_modified),
        sha256=seen.sha256,
        networks=tuple(map(str, networks.get("", ()))),
        regions={region: tuple(map(str, prefixes)) for region, prefixes in networks.items() if region},
        leaving=_leaving(old, networks, updates, moment.today),
    )


def moment_text(now: datetime) -> str:
    """A moment in UTC as the lock writes it."""
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(text: str | None) -> str | None:
    """A server's text where a line of the lock can hold it; None where there is none, or one with odd characters, or too long."""
    return text if text and len(text) <= _LONGEST and text.isprintable() and re.fullmatch(LINE, text) else None


def _leaving(old: Pin | None, new: Mapping[str, Sequence[Prefix]], updates: Updates, today: date) -> tuple[Leaving, ...]:
    """What stays for its grace period: what was leaving before and did not come back, and, if the site grants one, what left now."""
    if old is None:
        return ()
    covers = {region: merge_prefixes(_beside(region, new)) for region in {item.region or "" for item in old.leaving}}
    kept = [item for item in old.leaving if item.until >= today and not _is_back(item, covers[item.region or ""])]
    until = today + min(timedelta(days=updates.grace_days), date.max - today)
    known = {(item.network, item.region) for item in kept}
    left = [
        Leaving(network=str(prefix), region=region or None, until=until)
        for region, prefixes in (pinned_networks(old) if updates.grace_days else {}).items()
        if prefixes != new.get(region)
        for prefix in subtract_prefixes(prefixes, _beside(region, new))
        if (str(prefix), region or None) not in known
    ]
    return tuple(sorted([*kept, *left], key=lambda item: (item.region or "", parse_networks(item.network), item.until)))


def _is_back(item: Leaving, merged: Sequence[Prefix]) -> bool:
    """Whether a network is let in again: merged prefixes are as wide as can be, so one of them covers it or none does."""
    return all(find_covering(merged, prefix) is not None for prefix in parse_networks(item.network))


def _beside(region: str, new: Mapping[str, Sequence[Prefix]]) -> Iterator[Prefix]:
    """The prefixes that let in what a region lets in: its own and those of no region; for those of no region, all."""
    for name, prefixes in new.items():
        if not region or name in ("", region):
            yield from prefixes


def end_grace(pin: Pin, today: date) -> Pin:
    """A pin without the networks whose grace period is over."""
    return replace(pin, leaving=tuple(item for item in pin.leaving if item.until >= today))


def means_the_same(one: Pin, other: Pin) -> bool:
    """Whether two pins let the same in, from the same feed; versions, dates and digests aside."""
    keys = ("url", "format", "definition", "networks", "regions", "leaving")
    return all(getattr(one, key) == getattr(other, key) for key in keys)


def is_due(pin: Pin, updates: Updates, now: datetime) -> bool:
    """Whether a lock that says the same as the feed is to be stamped anew: after a quarter of the age that the site allows.

    A new stamp is a change in version control that says nothing new, so not every run makes one.
    """
    limit = timedelta(days=updates.max_age_days) / _QUARTER
    return abs(now - read_moment(pin.fetched)) >= limit


def read_moment(text: str) -> datetime:
    """The moment that a lock has; one that no calendar has is long ago."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat("1970-01-01T00:00:00Z")
