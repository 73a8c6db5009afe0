import json

import pytest

from generator.feeds.collect import fold_region
from generator.models import Feed, FeedList, Values
from tests.feeds.reads import read, sample, texts


def feed(*lists: FeedList, version: str | None = None, date: str | None = None) -> Feed:
    return Feed(format="json", url="https://example.org/ip-ranges.json", lists=lists, version=version, date=date)


AWS = (
    FeedList(path="prefixes[]", prefix="ip_prefix", region="region"),
    FeedList(path="ipv6_prefixes[]", prefix="ipv6_prefix", region="region"),
)
GOOGLE = FeedList(path="prefixes[]", prefix=("ipv4Prefix", "ipv6Prefix"))
ATLASSIAN = FeedList(path="items[]", prefix="cidr", where={"product": "jira", "direction": ("egress",)})
AUTH0 = FeedList(path="regions.{region}.ipv4_cidrs[]")
SALESFORCE = FeedList(path="prefixes[]", prefix="ip_prefix", where={"provider": "aws"}, region="region")

VENDORS = [
    *("aws", "google", "google-cloud", "atlassian", "atlassian-regions", "auth0", "salesforce"),
    *("statuscake", "fastly", "zendesk", "intercom", "hubspot", "oracle", "zscaler"),
]
AUTH0_BODY = {
    "last_updated_at": "2026-01-02T03:04:05Z",
    "regions": {"US": {"ipv4_cidrs": ["192.0.2.7/32"]}, "EU": {"ipv4_cidrs": ["198.51.100.7/32"]}},
}
SALESFORCE_BODY = {
    "syncToken": "17",
    "prefixes": [
        {"provider": "aws", "region": "us-east-1", "ip_prefix": ["192.0.2.0/25", "192.0.2.128/25"]},
        {"provider": "gcp", "region": "us-east-1", "ip_prefix": ["198.51.100.0/24"]},
    ],
}
STATUSCAKE_BODY = {
    "1": {"ip": "192.0.2.1", "ipv6": ""},
    "2": {"ip": "192.0.2.2", "ipv6": "2001:db8::2"},
    "3": {"ip": "192.0.2.3", "ipv6": None},
}


@pytest.mark.parametrize(
    ("mapping", "body", "expected"),
    [
        (feed(*AWS), sample("aws-ip-ranges.json"), {"ap-northeast-2": ["3.5.140.0/22"], "us-west-2": ["2600:1f70:4000:400::/56"]}),
        (feed(GOOGLE), sample("google-goog.json"), {"": ["23.236.48.0/20", "23.251.128.0/19", "34.0.0.0/15"]}),
        (
            feed(FeedList(path="prefixes[]", prefix=("ipv4Prefix", "ipv6Prefix"), region="scope")),
            sample("google-cloud.json"),
            {"asia-east1": ["34.80.0.0/15", "34.137.0.0/16", "35.185.128.0/19"]},
        ),
        (feed(ATLASSIAN), sample("atlassian.json"), {"": ["104.192.136.0/21"]}),
        (
            feed(FeedList(path="items[]", prefix="cidr", where={"direction": "egress"}, region="region")),
            sample("atlassian.json"),
            {"eu-west-1": ["185.166.140.128/28"], "global": ["104.192.136.0/21"], "us-east-1": ["104.192.136.0/21"]},
        ),
        (feed(AUTH0), json.dumps(AUTH0_BODY).encode(), {"eu": ["198.51.100.7/32"], "us": ["192.0.2.7/32"]}),
        (feed(SALESFORCE), json.dumps(SALESFORCE_BODY).encode(), {"us-east-1": ["192.0.2.0/25", "192.0.2.128/25"]}),
        (
            feed(FeedList(path="*", prefix=("ip", "ipv6"))),
            json.dumps(STATUSCAKE_BODY).encode(),
            {"": ["192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32", "2001:db8::2/128"]},
        ),
        (
            feed(FeedList(path="addresses[]"), FeedList(path="ipv6_addresses[]")),
            sample("fastly.json"),
            {"": ["23.235.32.0/20", "43.249.72.0/22", "103.244.50.0/24", "2a04:4e40::/32", "2a04:4e42::/32"]},
        ),
        (feed(FeedList(path="ips.egress.all[]")), sample("zendesk.json"), {"": ["102.16.12.41/32", "102.16.90.41/32"]}),
        (
            feed(FeedList(path="ip_ranges[]", prefix="range", where={"service": "INTERCOM-OUTBOUND"}, region="region")),
            sample("intercom.json"),
            {"us": ["34.197.76.213/32"]},
        ),
        (
            feed(FeedList(path="results[]", prefix="cidr", where={"direction": "EGRESS", "service": ("DNS",)})),
            sample("hubspot-network-origins.json"),
            {"": ["54.174.53.218/32"]},
        ),
        (
            feed(FeedList(path="regions[].cidrs[]", prefix="cidr", where={"tags": "OCI"}, region="region")),
            sample("oracle.json"),
            {"us-phoenix-1": ["129.146.0.0/21", "129.146.8.0/22"]},
        ),
        (feed(FeedList(path="*.*.{region}[]", prefix="range")), sample("zscaler.json"), {"city-abu-dhabi-ii": ["147.161.174.0/23"]}),
    ],
    ids=VENDORS,
)
def test_a_vendor_s_document_is_read_by_its_mapping_alone(mapping: Feed, body: bytes, expected: dict[str, list[str]]) -> None:
    reading, findings = read(mapping, body)

    assert texts(reading) == expected
    assert findings == []


@pytest.mark.parametrize(
    ("mapping", "name", "expected"),
    [
        (feed(*AWS, version="syncToken", date="createDate"), "aws-ip-ranges.json", ("1657291988", "2022-07-08-14-53-08")),
        (feed(FeedList(path="ip_ranges[]", prefix="range"), date="date"), "intercom.json", ("", "2025-07-25")),
        (
            feed(FeedList(path="items[]", prefix="cidr"), version="syncToken", date="creationDate"),
            "atlassian.json",
            ("1781669326", "2026-06-17T04:08:46.684598"),
        ),
        (feed(FeedList(path="addresses[]")), "fastly.json", ("", "")),
    ],
)
def test_version_and_date_are_taken_as_the_feed_writes_them(mapping: Feed, name: str, expected: tuple[str, str]) -> None:
    reading, _ = read(mapping, sample(name))

    assert reading is not None
    assert (reading.version, reading.date) == expected


PREFIXES = FeedList(path="prefixes[]", prefix="ip")
CONDITION = FeedList(path="prefixes[]", prefix="ip", where={"service": "MAIL"})
BY_REGION = FeedList(path="prefixes[]", prefix="ip", region="region")


@pytest.mark.parametrize(
    ("mapping", "body", "finding"),
    [
        (feed(PREFIXES), "[]", "LCK002 the feed's document is an array, an object is expected"),
        (feed(PREFIXES), '{"items": []}', "LCK002 the feed's document has no `prefixes`"),
        (feed(PREFIXES), '{"prefixes": {}}', "LCK002 `prefixes` in the feed is an object, an array is expected"),
        (feed(PREFIXES), '{"prefixes": null}', "LCK002 `prefixes` in the feed is null, an array is expected"),
        (feed(PREFIXES), '{"prefixes": ["192.0.2.7"]}', "LCK002 `prefixes[0]` in the feed is the text `192.0.2.7`, an object is expected"),
        (feed(PREFIXES), '{"prefixes": [{"ip": "192.0.2.7"}, {}]}', "LCK002 `prefixes[1]` in the feed has no `ip`"),
        (
            feed(PREFIXES),
            '{"prefixes": [{"ip": 7}]}',
            "LCK002 `prefixes[0].ip` in the feed is the number `7`, the text of a prefix is expected",
        ),
        (
            feed(PREFIXES),
            '{"prefixes": [{"ip": [null]}]}',
            "LCK002 `prefixes[0].ip[0]` in the feed is null, the text of a prefix is expected",
        ),
        (
            feed(PREFIXES),
            '{"prefixes": [{"ip": "192.0.2"}]}',
            "LCK003 `192.0.2` leaves out numbers, and programs disagree which (prefixes[0].ip of the feed)",
        ),
        (
            feed(PREFIXES),
            '{"prefixes": [{"ip": " 192.0.2.7"}]}',
            "LCK003 ` 192.0.2.7` starts with a space (prefixes[0].ip of the feed)",
        ),
        (feed(), '{"a": []}', "LCK002 the feed's document is an object, an array is expected"),
        (feed(), "[[]]", "LCK002 `[0]` in the feed is an array, the text of a prefix is expected"),
        (feed(CONDITION), '{"prefixes": [{"ip": "192.0.2.7"}]}', "LCK002 no record of `prefixes[]` in the feed has the key `service`"),
        (
            feed(BY_REGION),
            '{"prefixes": [{"ip": "192.0.2.7"}]}',
            "LCK002 `prefixes[0]` in the feed has no `region`, which names its region",
        ),
        (
            feed(BY_REGION),
            '{"prefixes": [{"ip": "192.0.2.7", "region": []}]}',
            "LCK002 `prefixes[0].region` in the feed is an array, the name of a region is expected",
        ),
        (
            feed(BY_REGION),
            '{"prefixes": [{"ip": "192.0.2.7", "region": ["us", 5]}]}',
            "LCK002 `prefixes[0].region` in the feed is an array, the name of a region is expected",
        ),
        (
            feed(BY_REGION),
            '{"prefixes": [{"ip": "192.0.2.7", "region": "\u65e5"}]}',
            "LCK007 the region `日` of the feed cannot be written in a site",
        ),
        (
            feed(BY_REGION),
            '{"prefixes": [{"ip": "192.0.2.7", "region": ["US", "us"]}]}',
            "LCK007 the regions `US` and `us` of the feed are both `us` in a site",
        ),
        (feed(PREFIXES, version="token"), '{"prefixes": []}', "LCK002 the feed's document has no `token`"),
        (
            feed(PREFIXES, version="token"),
            '{"prefixes": [], "token": true}',
            "LCK002 `token` in the feed is true, the version of the feed is expected",
        ),
        (
            feed(PREFIXES, date="day"),
            '{"prefixes": [], "day": ""}',
            "LCK002 `day` in the feed is the text ``, the date of the feed is expected",
        ),
        (
            feed(PREFIXES, date="a[]"),
            '{"prefixes": [], "a": [1, 2]}',
            "LCK002 `a[]` in the feed is 2 values, the date of the feed is expected",
        ),
        (feed(PREFIXES), '{"prefixes": [', "LCK001 the answer is no JSON: expecting value (line 1, column 15)"),
        (feed(PREFIXES), "", "LCK001 the answer is no JSON: expecting value (line 1, column 1)"),
        (feed(PREFIXES), "<html>", "LCK001 the answer is a web page or XML: it begins with `<html>`"),
        (feed(PREFIXES), '{"prefixes": [], "prefixes": []}', "LCK001 the answer is JSON that says the key `prefixes` twice"),
        (feed(PREFIXES), '{"prefixes": NaN}', "LCK001 the answer is no JSON: `NaN` stands in it"),
        pytest.param(feed(PREFIXES), "[" * 100_000, "LCK001 the answer is JSON with too many brackets inside each other", id="brackets"),
        pytest.param(feed(PREFIXES), "1" * 10_000, "LCK001 the answer is JSON with a number that is too long", id="digits"),
    ],
)
def test_another_shape_refuses_the_feed_and_says_where(mapping: Feed, body: str, finding: str) -> None:
    reading, findings = read(mapping, body.encode())

    assert reading is None
    assert findings == [finding]


def test_a_record_that_does_not_count_may_have_any_shape() -> None:
    body = b'{"prefixes": [{"service": "MAIL", "ip": "192.0.2.7"}, {"service": "DNS"}, "other", {"service": {}, "ip": 5}]}'

    assert texts(read(feed(CONDITION), body)[0]) == {"": ["192.0.2.7/32"]}


def test_a_selection_that_selects_nothing_is_told() -> None:
    reading, findings = read(feed(CONDITION), b'{"prefixes": [{"service": "DNS", "ip": "192.0.2.7"}]}')

    assert texts(reading) == {}
    assert findings == ["LCK005 no record of `prefixes[]` in the feed has `service: MAIL`"]


@pytest.mark.parametrize(
    ("given", "wanted", "counts"),
    [
        ("143", 143, True),
        ('"143"', 143, True),
        ("true", True, True),
        ('"true"', True, True),
        ("1", True, False),
        ("143.0", 143, False),
        ('["25", "143"]', (143, 993), True),
        ('["1430"]', 143, False),
        ("[]", 143, False),
        ("null", 143, False),
    ],
)
def test_values_are_compared_as_they_are_written(given: str, wanted: Values, counts: bool) -> None:
    selection = FeedList(path="[]", prefix="ip", where={"port": wanted})

    reading, _ = read(feed(selection), f'[{{"ip": "192.0.2.7", "port": {given}}}]'.encode())

    assert bool(texts(reading)) is counts


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("US", "us"),
        ("US East_1", "us-east-1"),
        ("city : Abu Dhabi II", "city-abu-dhabi-ii"),
        ("eu1.example.com", "eu1.example.com"),
        ("-.x.-.y.", "x.y"),
        ("1a", "region-1a"),
        ("日本", ""),
        ("x" * 64, ""),
    ],
)
def test_a_region_is_named_as_sites_write_it(written: str, name: str) -> None:
    assert fold_region(written) == name


def test_half_a_million_networks_are_the_most() -> None:
    names = [f"r{index}" for index in range(708)]
    body = {"a": [{"region": names, "ip": [f"192.0.2.{index % 256}" for index in range(708)]}]}

    reading, findings = read(feed(FeedList(path="a[]", prefix="ip", region="region")), json.dumps(body).encode())

    assert reading is None
    assert findings == ["LCK009 the feed holds more than 500000 networks"]
