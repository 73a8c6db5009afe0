"""Which feed a connector means, and when a lock was made from another one."""

import json
from pathlib import Path

import pytest

from generator.lock import FeedSource, definition_digest, find_feed, needs_lock
from generator.models import ConnectorModel, ConnectorUse, Feed, FeedList
from tests.feeds.updates import feed, pinned, update, write_site
from tests.house.tree import ROOT
from tests.profiles.shipped import connector
from tests.support.cli import gatepost

BASE = Feed(format="json", url="https://feeds.example.org/a.json")
OTHERS = [
    Feed(format="text", url="https://feeds.example.org/a.json"),
    Feed(format="json", lists=(FeedList(path="a[]"),)),
    Feed(format="json", lists=(FeedList(path="a[]", prefix="ip"),)),
    Feed(format="json", lists=(FeedList(path="a[]", where={"service": "MAIL"}),)),
    Feed(format="json", lists=(FeedList(path="a[]", region="r"),)),
    Feed(format="json", version="v"),
    Feed(format="json", date="d"),
    Feed(format="microsoft-365", where={"tcpPorts": 25}),
    Feed(format="microsoft-365", where={"tcpPorts": 143}),
    Feed(format="azure-service-tags", tag="A"),
    Feed(format="ripestat", asn=64496),
    Feed(format="ripestat", asn=64497),
    Feed(format="dns", domain="mail.example.org"),
    Feed(format="dns", domain=("mail.example.org", "mx.example.org")),
]


def profile(name: str) -> ConnectorModel:
    """A shipped profile."""
    return connector(ROOT / "profiles" / f"{name}.yaml").model


def test_whatever_is_read_differently_has_another_digest() -> None:
    assert len({definition_digest(feed) for feed in (BASE, *OTHERS)}) == len(OTHERS) + 1


def test_where_a_feed_is_and_what_is_said_of_it_is_not_its_definition() -> None:
    moved = Feed(format="json", url="https://mirror.example.org/b.json", note="a remark")

    assert definition_digest(moved) == definition_digest(BASE)


def source(name: str, url: str | None) -> FeedSource | None:
    """The feed that a site means with a shipped profile and a URL of its own."""
    return find_feed(ConnectorUse(use=name, feed_url=url), profile(name))


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [
        ("pulsetic", None, "https://api.pulsetic.com/ip-ranges.txt"),
        ("pulsetic", "https://mirror.example.org/a", "https://mirror.example.org/a"),
        ("gmail-outbound", None, "spf:_spf.google.com"),
        ("gmail-outbound", "file:saved.txt", "file:saved.txt"),
        ("superblocks", None, "dns:nat.superblocks.com"),
        ("zoho", None, ""),
    ],
)
def test_the_site_s_url_goes_before_the_profile_s(name: str, url: str | None, expected: str) -> None:
    found = source(name, url)

    assert found is not None
    assert found.url == expected


def test_networks_alone_need_no_lock() -> None:
    assert needs_lock(ConnectorUse(use="zoho"), profile("zoho"))
    assert not needs_lock(ConnectorUse(use="zoho", networks_only=True, networks=("192.0.2.0/24",)), profile("zoho"))
    assert not needs_lock(ConnectorUse(use="make"), profile("make"))


def test_the_command_in_a_cure_can_be_pasted(site: Path) -> None:
    write_site(site, "file:list.json")
    Path("acme.yaml").rename("a site.yaml")

    assert "`gatepost update 'a site.yaml'`" in gatepost("check", "a site.yaml", "--today", "2026-11-23").err


def test_what_is_leaving_is_let_in(site: Path) -> None:
    write_site(site, "file:list.json", more="updates: {grace_days: 9}\n")
    Path("list.json").write_bytes(feed("1.2.0.0/24", "1.2.1.0/24"))
    update()
    Path("list.json").write_bytes(feed("1.2.0.0/24"))
    update("--accept", "crm")

    assert pinned()[0] == "1.2.0.0/24"
    assert json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)["rules"][0]["sources"] == ["1.2.0.0/23"]


def test_a_site_without_a_place_has_no_command_to_paste(site: Path) -> None:
    write_site(site, "file:list.json")

    said = gatepost("check", "-", "--today", "2026-11-23", given=Path("acme.yaml").read_text()).err

    assert "write the site to a file: `gatepost update` keeps the addresses in a lock beside it" in said
