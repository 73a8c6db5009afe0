"""Addresses from a vendor's feed in a report: they come from the vendor, by way of the lock, and have the day on which they were read."""

from pathlib import Path
from typing import Final

import pytest

from generator import resources
from generator.lock import find_feed
from generator.models import ConnectorUse
from tests.profiles.shipped import connector
from tests.review.report_pages import make, read

PROFILES: Final = resources.find_folder("profiles")
FETCHED: Final = "2026-11-20T10:00:00Z"


def write_locked(folder: Path, name: str, pinned: str, *, more: str = "", url: str = "") -> None:
    """A site of one shipped connector, with a lock of the feed that the profile describes."""
    feed = find_feed(ConnectorUse(use=name), connector(PROFILES / f"{name}.yaml").model)
    assert feed is not None
    (folder / "acme.lock").write_text(
        f"kind: lock\nschema: gatepost.lock/1\nconnectors:\n  {name}:\n    url: {url or feed.url!r}\n    format: json\n"
        f'    definition: {feed.digest!r}\n    fetched: {FETCHED!r}\n    sha256: "{"0" * 64}"\n{pinned}',
        encoding="utf-8",
    )
    (folder / "acme.yaml").write_text(f"kind: site\nname: acme\nconnectors:\n  - use: {name}\n{more}", encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_feed_is_the_vendors_and_has_its_dates(folder: Path) -> None:
    write_locked(folder, "jira-cloud", '    version: "7"\n    date: 2026-11-18\n    networks: [198.51.100.1/32, "2001:db8::1/128"]\n')

    words = read(make(folder)).words("party-jira-cloud")

    assert f"the vendor's feed 2 entries of 2026-11-18, version 7, read on {FETCHED} from https://ip-ranges.atlassian.com/" in words
    assert "198.51.100.1/32 1 address acme.lock:12" in words
    assert "the site itself is their source" not in words


def test_a_list_of_the_site_beside_a_feed_is_the_sites(folder: Path) -> None:
    write_locked(
        folder, "jira-cloud", "    networks: [198.51.100.1/32]\n", more="    networks: [{network: 203.0.113.7, note: the test host}]\n"
    )

    words = read(make(folder)).words("party-jira-cloud")

    assert "the vendor's feed 1 entry" in words
    assert "the site's own list 1 entry no date: the site itself is their source acme.yaml:5" in words
    assert "203.0.113.7/32 1 address acme.yaml:5 the test host" in words


def test_regions_of_a_feed_are_named_and_what_left_it_has_its_last_day(folder: Path) -> None:
    pinned = (
        '    regions: {eu: [198.51.100.0/28], us: [203.0.113.0/28]}\n    leaving:\n      - {network: "192.0.2.9/32", until: 2026-12-23}\n'
    )
    write_locked(folder, "auth0-smtp", pinned)

    words = read(make(folder)).words("party-auth0-smtp")

    assert "region all: eu, us" in words
    assert "the vendor's feed, region eu 1 entry" in words
    assert "networks that are gone from the vendor's feed and stay for a while 1 entry" in words
    assert "192.0.2.9/32 1 address acme.lock:12 gone from the feed, stays until 2026-12-23" in words


def test_a_chosen_region_of_a_feed_is_on_the_page_and_no_other(folder: Path) -> None:
    write_locked(folder, "auth0-smtp", "    regions: {eu: [198.51.100.0/28], us: [203.0.113.0/28]}\n", more="    region: us\n")

    words = read(make(folder)).words("party-auth0-smtp")

    assert "region us addresses" in words
    assert "203.0.113.0/28" in words
    assert "region eu" not in words


def test_a_key_in_the_address_of_a_feed_stays_in_the_lock(folder: Path) -> None:
    url = "https://ip-ranges.atlassian.com/?key=s3cr3t"
    write_locked(folder, "jira-cloud", "    networks: [198.51.100.1/32]\n", more=f'    feed_url: "{url}"\n', url=url)

    page = make(folder)

    assert "from https://ip-ranges.atlassian.com/" in page
    assert "s3cr3t" not in page
