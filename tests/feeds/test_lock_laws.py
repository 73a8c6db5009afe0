"""Laws of the lock: what is written is what is read, and what is let in comes from the feed, or came from it a while ago."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.decode import decode_lock
from generator.diagnostics import Report
from generator.feeds.change import find_change, sum_services
from generator.feeds.lock_text import lock_text
from generator.feeds.pins import Moment, end_grace, make_pin, pinned_networks
from generator.feeds.values import FeedNetwork, Reading, RegionNetworks
from generator.feeds.visit import Seen
from generator.lock import is_sealed, seal
from generator.models import LockModel, Pin, Updates
from generator.net import Family, Prefix, make_prefix, merge_prefixes, parse_networks, subtract_prefixes
from generator.source import SourceFile

MOMENT = Moment(datetime(2026, 11, 23, 10, tzinfo=UTC), date(2026, 11, 23))
DIGEST = "0" * 64
SOURCE = ("https://feeds.example.org/list.json", "json", DIGEST)

prefixes = st.builds(make_prefix, st.just(Family.V4), st.integers(0xC0000200, 0xC00002FF), st.integers(25, 32)) | st.builds(
    make_prefix, st.just(Family.V6), st.integers(0x20010DB8 << 96, (0x20010DB9 << 96) - 1), st.integers(33, 128)
)


def to_reading(regions: Mapping[str, Sequence[Prefix]], version: str) -> Reading:
    """A reading of these networks."""
    parts = [
        RegionNetworks(name, tuple(FeedNetwork(prefix, str(prefix)) for prefix in sorted(set(regions[name])))) for name in sorted(regions)
    ]
    return Reading(tuple(parts), version)


networks = st.lists(prefixes, max_size=12)
readings = st.builds(
    to_reading,
    st.fixed_dictionaries({"": networks})
    | st.dictionaries(st.sampled_from(["eu", "us", "us-east-1", "ap.south"]), networks.filter(bool), min_size=1),
    st.text(max_size=30),
)


def read_back(lock: LockModel) -> LockModel | None:
    """A lock after it was written and read."""
    report = Report()
    document = decode_lock(SourceFile("acme.lock", "acme.lock", lock_text(lock), ""), report)

    assert report.findings == ()
    return document.model if document else None


def pins(first: Reading, second: Reading, days: int) -> tuple[Pin, Pin]:
    """The pin of a reading, and that of another one after it."""
    updates = Updates(grace_days=days)
    old = make_pin(SOURCE, first, Seen(DIGEST, '"e"'), None, updates, MOMENT)
    return old, make_pin(SOURCE, second, Seen(DIGEST), old, updates, MOMENT)


def let_in(pin: Pin) -> tuple[Prefix, ...]:
    """Everything that a pin lets in, merged."""
    found = [prefix for listed in pinned_networks(pin).values() for prefix in listed]
    return merge_prefixes([*found, *(prefix for item in pin.leaving for prefix in parse_networks(item.network))])


@given(readings, readings, st.integers(0, 60), st.text(max_size=40))
def test_what_is_written_is_what_is_read(first: Reading, second: Reading, days: int, etag: str) -> None:
    old, new = pins(first, second, days)
    odd = make_pin(SOURCE, first, Seen(DIGEST, etag, etag), None, Updates(), MOMENT)
    lock = LockModel(kind="lock", schema="gatepost.lock/1", connectors={"new": seal(new), "odd": seal(odd), "old": old})

    assert read_back(lock) == lock
    assert lock_text(read_back(lock) or lock) == lock_text(lock)


@given(readings, readings, st.integers(0, 60))
def test_a_seal_fits_what_it_was_put_on_and_nothing_else(first: Reading, second: Reading, days: int) -> None:
    old, new = map(seal, pins(first, second, days))

    assert is_sealed(old)
    assert is_sealed(new)
    assert is_sealed(replace(new, seal=old.seal)) == (new == old)


@pytest.mark.parametrize("key", [field.name for field in fields(Pin) if field.name != "seal"])
def test_every_key_of_the_lock_is_under_its_seal(key: str) -> None:
    pin = seal(make_pin(SOURCE, to_reading({"": []}, "1"), Seen(DIGEST), None, Updates(), MOMENT))
    other: dict[str, Any] = {key: ("192.0.2.0/24",)}

    assert not is_sealed(replace(pin, **other))


@given(readings, readings)
def test_without_grace_the_lock_lets_in_what_the_feed_says(first: Reading, second: Reading) -> None:
    _, new = pins(first, second, 0)

    assert let_in(new) == second.merged


@given(readings, readings, st.integers(1, 60))
def test_with_grace_the_lock_lets_in_what_the_feed_says_and_said(first: Reading, second: Reading, days: int) -> None:
    _, new = pins(first, second, days)

    assert let_in(new) == merge_prefixes([*first.merged, *second.merged])


@given(readings, readings, st.integers(1, 60))
def test_what_a_region_still_lets_in_is_not_leaving_it(first: Reading, second: Reading, days: int) -> None:
    _, new = pins(first, second, days)
    now = pinned_networks(new)

    for item in new.leaving:
        beside = [prefix for name, listed in now.items() if item.region is None or name in ("", item.region) for prefix in listed]
        assert subtract_prefixes(parse_networks(item.network), merge_prefixes(beside)) == parse_networks(item.network)


@given(readings, readings, st.integers(1, 60))
def test_after_the_grace_the_lock_lets_in_what_the_feed_says(first: Reading, second: Reading, days: int) -> None:
    _, new = pins(first, second, days)
    last = MOMENT.today + timedelta(days=days)

    assert let_in(end_grace(new, last)) == let_in(new)
    assert let_in(end_grace(new, last + timedelta(days=1))) == second.merged


@given(readings, readings, st.integers(0, 60))
def test_a_change_leads_from_the_old_lock_to_the_new_one(first: Reading, second: Reading, days: int) -> None:
    old, new = pins(first, second, days)

    change = find_change(old, new, ("imaps",), ())

    assert change.gained == subtract_prefixes(let_in(new), let_in(old))
    assert change.lost == subtract_prefixes(let_in(old), let_in(new))


def test_a_region_that_the_site_does_not_name_is_shown_and_not_counted() -> None:
    first, second = ({"eu": parse_networks(eu), "us": parse_networks("192.0.2.0/25")} for eu in ("198.51.100.0/25", "198.51.100.0/24"))
    old, new = (make_pin(SOURCE, to_reading(one, "1"), Seen(DIGEST), None, Updates(), MOMENT) for one in (first, second))

    change = find_change(old, new, ("imaps",), ("us",))

    assert [(region.name, region.used, bool(region.gained)) for region in change.regions] == [("eu", False, True)]
    assert (change.gained, sum_services([(old, new, ("imaps",), ("us",))])) == ((), ())
    assert [service.gained for service in sum_services([(old, new, ("imaps",), ("eu",))])] == [parse_networks("198.51.100.128/25")]
