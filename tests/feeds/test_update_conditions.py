"""What an update takes from the lock: conditions of a request for the same feed alone, and entries that nobody asked to update."""

import json
from pathlib import Path

import pytest

from tests.feeds.server.web import Reply, Vendor
from tests.feeds.updates import PROFILE, feed, pinned, update, write_site

FIRST = [f"1.2.{number}.0/24" for number in range(10)]
OTHER = [f"1.2.{number}.0/24" for number in range(1, 11)]


@pytest.fixture
def crm(site: Path, vendor: Vendor) -> Vendor:
    """A vendor whose feed, with an ETag, is in the lock."""
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", Reply(feed(*FIRST, version=5), etag='"one"'))
    assert update().status == "written"
    return vendor


def replace(path: str, old: str, new: str) -> None:
    """Change a file."""
    text = Path(path).read_text()
    assert old in text
    Path(path).write_text(text.replace(old, new))


def test_an_etag_of_another_address_is_no_condition(crm: Vendor) -> None:
    crm.put("/moved.json", Reply(feed(*OTHER, version=3), etag='"one"'))
    replace("acme.yaml", "/list.json", "/moved.json")

    assert (update().status, pinned()) == ("written", OTHER)


def test_an_etag_of_another_definition_is_no_condition(crm: Vendor) -> None:
    body = feed(*FIRST, version=5).replace(b'"networks"', b'"old": [], "networks"').replace(b"}", b', "mail": ["1.2.0.0/21"]}')
    crm.put("/list.json", Reply(body, etag='"one"'))
    replace("crm.yaml", "networks[]", "mail[]")

    assert (update("--accept", "crm").status, pinned()) == ("written", ["1.2.0.0/21"])


def test_another_definition_of_the_same_networks_is_written(crm: Vendor) -> None:
    replace("crm.yaml", "    version: version\n", "")

    done = [update(), update()]

    assert [(one.status, one.others) for one in done] == [("written", []), ("current", [])]


def test_a_grace_period_ends_though_the_feed_did_not_change(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {grace_days: 5}\n")
    crm.put("/list.json", Reply(feed(*FIRST[1:], version=6), etag='"two"'))
    update()

    before, after = update(today="2026-11-28"), update(today="2026-11-29")

    assert (before.status, after.status) == ("current", "written")
    assert after.document["connectors"][0]["lost"]["prefixes"] == ["1.2.0.0/24"]
    assert "leaving" not in Path("acme.lock").read_text()


def test_check_does_not_call_an_old_stamp_a_change(crm: Vendor) -> None:
    assert update("--check", today="2026-12-20").status == "current"


def test_one_connector_alone_leaves_the_rest_of_the_lock(crm: Vendor) -> None:
    Path("two.yaml").write_text(PROFILE.replace("name: crm", "name: two"))
    replace("acme.yaml", "access:", f"  - {{use: ./two.yaml, feed_url: {crm.base}/list.json}}\naccess:")
    update()
    replace("acme.yaml", f"  - {{use: ./two.yaml, feed_url: {crm.base}/list.json}}\n", "")
    crm.put("/list.json", feed(*OTHER, version=6))

    done = update("--connector", "crm")

    assert (done.status, done.others) == ("written", [])
    assert pinned() == [*OTHER, *FIRST]


def test_accepting_for_nobody_is_refused(crm: Vendor) -> None:
    assert update("--accept", "srm").errors == ["LCK035"]


def test_a_request_that_cannot_be_met_names_what_there_is(crm: Vendor) -> None:
    assert "there are: crm" in update("--connector", "srm").messages


def test_an_etag_of_last_week_s_file_is_no_condition_for_this_week_s(crm: Vendor) -> None:
    replace("crm.yaml", "format: json", "format: azure-service-tags\n    tag: Mail")
    replace("crm.yaml", '    lists: [{path: "networks[]"}]\n    version: version\n', "")
    replace("acme.yaml", "/list.json", "/page.html")
    for day, networks in (("20261116", FIRST), ("20261123", OTHER)):
        tags = {"changeNumber": int(day), "values": [{"name": "Mail", "properties": {"addressPrefixes": networks}}]}
        crm.put(f"/ServiceTags_Public_{day}.json", Reply(json.dumps(tags).encode(), etag='"same"'))
        crm.put("/page.html", f'<a href="/ServiceTags_Public_{day}.json">'.encode())
        assert (update().status, pinned()) == ("written", networks)


def test_what_left_before_is_not_told_again(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {grace_days: 5}\n")
    told = []
    for number in (1, 2):
        crm.put("/list.json", feed(*FIRST[number:], version=5 + number))
        told.append([item["network"] for item in update().document["connectors"][0]["leaving"]])

    assert told == [["1.2.0.0/24"], ["1.2.1.0/24"]]
