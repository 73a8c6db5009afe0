"""The `feed:` of a connector profile: what each format needs, and what it has no use for."""

import json
from typing import get_args, get_type_hints

import jsonschema
import pytest

from generator.decode import decode_connector
from generator.decode.full import read_fully
from generator.decode.shortcut import read_shortly
from generator.diagnostics import Report
from generator.models import FEED_FORMATS, ConnectorModel, Feed, FeedList
from generator.schema import document_schema
from generator.source import to_data
from tests.support.documents import MINIMAL_CONNECTOR, find_in, read_connector, read_root

URL = "url: https://example.org/feed"
GOOD = [
    f"{{format: text, {URL}}}",
    f"{{format: text, {URL}, note: read it slowly}}",
    f"{{format: json, {URL}}}",
    f"{{format: json, {URL}, version: meta.serial, date: date, lists: [{{path: '[]'}}, {{path: 'a.*.b[][]', prefix: [x, y]}}]}}",
    f"{{format: json, {URL}, lists: [{{path: '{{region}}[]', where: {{service: [a, 1, true], x: 5}}}}, {{path: 'c : d[]', region: r}}]}}",
    f"{{format: microsoft-365, {URL}, where: {{tcpPorts: 143}}}}",
    f"{{format: azure-service-tags, {URL}, tag: Connectors.WestEurope}}",
    "{format: ripestat, asn: 64496}",
    "{format: spf, domain: _spf.example.org}",
    "{format: dns, domain: [a.example.org, b.example.org]}",
]
BAD = [
    (f"{{format: azure-service-tags, {URL}}}", ["SCH018"]),
    ("{format: ripestat}", ["SCH018"]),
    ("{format: spf}", ["SCH018"]),
    ("{format: spf, doman: _spf.example.org}", ["SCH001"]),
    (f"{{format: dns, domain: a.example.org, {URL}}}", ["SCH019"]),
    (f"{{format: text, {URL}, version: x}}", ["SCH019"]),
    (f"{{format: text, {URL}, tag: X, asn: 1}}", ["SCH019", "SCH019"]),
    (f"{{format: json, {URL}, where: {{a: b}}}}", ["SCH019"]),
    (f"{{format: xml, {URL}}}", ["SCH003"]),
    (f"{{{URL}}}", ["SCH002"]),
    (f"{{format: json, {URL}, lists: [{{path: a..b}}]}}", ["SCH017"]),
    (f"{{format: json, {URL}, lists: [{{path: 'a[0]'}}]}}", ["SCH017"]),
    (f"{{format: json, {URL}, lists: [{{path: '{{city}}'}}]}}", ["SCH017"]),
    (f"{{format: json, {URL}, lists: [{{prefix: a}}]}}", ["SCH002"]),
    (f"{{format: json, {URL}, lists: [{{path: a, where: {{b: []}}}}]}}", ["SCH013"]),
    ("{format: spf, domain: spf}", ["SCH012"]),
    ("{format: spf, domain: 192.0.2.7}", ["SCH012"]),
    ("{format: ripestat, asn: 0}", ["SCH007"]),
    ("{format: text, url: 'ftp://example.org/x'}", ["SCH014"]),
]


def profile(feed: str, policy: str = "feed") -> str:
    return f"{MINIMAL_CONNECTOR}addresses:\n  policy: {policy}\n  feed: {feed}\n"


def suits_the_schema(text: str) -> bool:
    data = json.loads(json.dumps(to_data(read_root(text))))
    return jsonschema.Draft202012Validator(document_schema("connector")).is_valid(data)


@pytest.mark.parametrize("feed", GOOD)
def test_a_feed_of_each_format_is_read(feed: str) -> None:
    assert read_connector(profile(feed)).model.addresses.feed is not None
    assert suits_the_schema(profile(feed))


@pytest.mark.parametrize(("feed", "codes"), BAD)
def test_a_mistake_in_a_feed_is_told_and_the_schema_tells_it_too(feed: str, codes: list[str]) -> None:
    assert [finding.partition(" ")[0] for finding in find_in(profile(feed), decode_connector)] == codes
    assert not suits_the_schema(profile(feed))


@pytest.mark.parametrize("feed", [*GOOD, *(feed for feed, _ in BAD)])
def test_the_short_way_reads_what_pydantic_reads(feed: str) -> None:
    report = Report()
    root = read_root(profile(feed))

    model = read_fully(root, ConnectorModel, report)

    assert read_shortly(root, ConnectorModel) == (None if report.has_errors else model)


def test_a_feed_goes_with_the_policy_feed() -> None:
    with_another = profile(GOOD[0], "per-account")
    without = f"{MINIMAL_CONNECTOR}addresses: {{policy: feed}}\n"

    assert [finding.partition(" ")[0] for finding in find_in(with_another, decode_connector)] == ["SCH019"]
    assert [finding.partition(" ")[0] for finding in find_in(without, decode_connector)] == ["SCH018"]
    assert [suits_the_schema(with_another), suits_the_schema(without)] == [False, False]


@pytest.mark.parametrize(
    ("lists", "count"),
    [
        ("{path: '{region}[]', region: name}", 1),
        ("{path: '{region}.{region}[]'}", 1),
        ("{path: '{region}[]'}, {path: 'b[]'}, {path: 'c[]', region: name}", 1),
        ("{path: '{region}[]'}, {path: 'b[]', region: name}", 0),
    ],
)
def test_every_list_says_its_region_in_one_way_or_none_does(lists: str, count: int) -> None:
    found = find_in(profile(f"{{format: json, {URL}, lists: [{lists}]}}"), decode_connector)

    assert [finding.partition(" ")[0] for finding in found] == ["SCH019"] * count


def test_what_a_feed_leaves_out_has_its_default() -> None:
    feed = read_connector(profile(GOOD[0])).model.addresses.feed

    assert feed == Feed(format="text", url="https://example.org/feed")
    assert FeedList(path="a[]").where == {}


def test_the_formats_are_those_of_the_model() -> None:
    assert get_args(get_type_hints(Feed)["format"]) == FEED_FORMATS
