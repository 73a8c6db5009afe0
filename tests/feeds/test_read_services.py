"""Readers of services with a protocol or a document of their own: Microsoft 365, Azure, RIPEstat."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from generator.diagnostics import Report
from generator.feeds.reading import feed_url, locate_feed, parse_feed
from generator.feeds.values import Located
from generator.models import Feed
from tests.feeds.reads import read, sample, texts

ENDPOINTS = "https://endpoints.example.org/endpoints/worldwide"
PAGE = "https://www.example.org/download/details.aspx?id=1"
CLIENT = "b10c5ed1-bad1-445f-b386-b919946339a7"
EXCHANGE = Feed(format="microsoft-365", url=ENDPOINTS, where={"serviceArea": "Exchange", "tcpPorts": 143})
AZURE = Feed(format="azure-service-tags", url=PAGE, tag="AzureConnectors")
RIPE = Feed(format="ripestat", asn=24940)


def locate(feed: Feed, url: str, answers: Mapping[str, bytes]) -> tuple[Located | None, list[str]]:
    report = Report()
    located = locate_feed(feed, url, answers.__getitem__, client_id=CLIENT, place=None, report=report)
    return located, [f"{finding.code} {finding.message}" for finding in report.findings]


def tags(**prefixes: list[str]) -> bytes:
    values = [{"name": name.replace("__", "."), "properties": {"addressPrefixes": found}} for name, found in prefixes.items()]
    return json.dumps({"changeNumber": 7, "values": values}).encode()


def test_microsoft_is_asked_for_the_version_with_the_id_of_the_machine() -> None:
    answers = {f"https://endpoints.example.org/version/worldwide?clientrequestid={CLIENT}": sample("m365-version.json")}

    located, findings = locate(EXCHANGE, f"{ENDPOINTS}?NoIPv6=true", answers)

    assert located == Located(f"{ENDPOINTS}?NoIPv6=true&clientrequestid={CLIENT}", "2018063000")
    assert findings == []


def test_an_id_in_the_profile_s_address_stays() -> None:
    answers = {"https://endpoints.example.org/version/worldwide?clientrequestid=mine": sample("m365-version.json")}

    assert locate(EXCHANGE, f"{ENDPOINTS}?ClientRequestId=mine", answers)[0] == Located(f"{ENDPOINTS}?clientrequestid=mine", "2018063000")


def test_a_mirror_of_the_endpoints_has_no_version_to_ask_for() -> None:
    assert locate(EXCHANGE, "https://mirror.example.org/o365.json", {}) == (Located("https://mirror.example.org/o365.json"), [])


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (b"[]", "LCK002 `latest` in the answer about the version is an array, ten digits are expected"),
        (b"{}", "LCK002 `latest` in the answer about the version is null, ten digits are expected"),
        (b'{"latest": "20180630"}', "LCK002 `latest` in the answer about the version is the text `20180630`, ten digits are expected"),
        (b"<html>", "LCK001 the answer is a web page or XML: it begins with `<html>`"),
    ],
)
def test_another_answer_about_the_version_is_refused(body: bytes, finding: str) -> None:
    answers = {f"https://endpoints.example.org/version/worldwide?clientrequestid={CLIENT}": body}

    assert locate(EXCHANGE, ENDPOINTS, answers) == (None, [finding])


def test_endpoint_sets_are_selected_by_any_of_their_ports() -> None:
    body = [
        {"id": 1, "serviceArea": "Exchange", "tcpPorts": "80,443", "ips": ["192.0.2.0/24"]},
        {"id": 2, "serviceArea": "Exchange", "tcpPorts": "143, 993", "ips": ["198.51.100.0/24", "2001:db8::/48"]},
        {"id": 3, "serviceArea": "Exchange", "tcpPorts": "143", "urls": ["*.example.org"]},
        {"id": 4, "serviceArea": "Common", "tcpPorts": "143", "ips": ["203.0.113.0/24"]},
    ]
    report = Report()

    reading = parse_feed(EXCHANGE, json.dumps(body).encode(), version="2018063000", place=None, report=report)

    assert texts(reading) == {"": ["198.51.100.0/24", "2001:db8::/48"]}
    assert reading is not None
    assert (reading.version, report.findings) == ("2018063000", ())


def test_a_sample_of_microsoft_is_read() -> None:
    feed = Feed(format="microsoft-365", url=ENDPOINTS, where={"urls": "*.mail.protection.outlook.com", "tcpPorts": 25})

    reading, findings = read(feed, sample("m365-endpoints.json"))

    assert texts(reading)[""][0] == "40.92.0.0/15"
    assert (len(texts(reading)[""]), findings) == (6, [])


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        ({}, "LCK002 the feed's document is an object, an array of endpoint sets is expected"),
        (["x"], "LCK002 `[0]` in the feed is the text `x`, an object is expected"),
        ([{"serviceArea": "Exchange"}], "LCK002 no endpoint set of the feed has the key `tcpPorts`"),
        (
            [{"serviceArea": "Exchange", "tcpPorts": "143", "ips": "x"}],
            "LCK003 `x` is a host name, not an address ([0].ips of the feed)",
        ),
        ([{"serviceArea": "Exchange", "tcpPorts": "143", "ips": None}], "LCK002 `[0]` in the feed has no `ips`"),
    ],
)
def test_endpoint_sets_of_another_shape_are_refused(body: Any, finding: str) -> None:
    reading, findings = read(EXCHANGE, json.dumps(body).encode())

    assert reading is None
    assert findings == [finding]


def test_no_endpoint_set_selected_is_told() -> None:
    _, findings = read(EXCHANGE, b'[{"serviceArea": "Skype", "tcpPorts": "443", "ips": ["192.0.2.0/24"]}]')

    assert findings == ["LCK005 no endpoint set of the feed is selected by `where`"]


@pytest.mark.parametrize(
    ("page", "link"),
    [
        (
            '<a href="https://download.microsoft.com/download/7/1/D/ServiceTags_Public_20260601.json">',
            "https://download.microsoft.com/download/7/1/D/ServiceTags_Public_20260601.json",
        ),
        ("<a href='/files/ServiceTags_Public_20260601.json'>", "https://www.example.org/files/ServiceTags_Public_20260601.json"),
        (
            '{"url":"https://download.microsoft.com/a/ServiceTags_Public_20260525.json"} '
            '{"url":"https://download.microsoft.com/b/ServiceTags_Public_20260601.json"}',
            "https://download.microsoft.com/b/ServiceTags_Public_20260601.json",
        ),
        (
            '<a href="https://download.microsoft.com.example.net/ServiceTags_Public_20270101.json">'
            '<a href="https://download.microsoft.com/ServiceTags_Public_20260601.json">',
            "https://download.microsoft.com/ServiceTags_Public_20260601.json",
        ),
    ],
)
def test_the_file_of_the_week_is_found_on_azure_s_page(page: str, link: str) -> None:
    assert locate(AZURE, PAGE, {PAGE: page.encode()}) == (Located(link), [])


@pytest.mark.parametrize(
    ("page", "ending"),
    [
        ("<html>sorry</html>", ""),
        ('<a href="https://files.example.net/ServiceTags_Public_20260601.json">', " on Microsoft's download server"),
        ('<a href="javascript:x//download.microsoft.com/ServiceTags_Public_20260601.json">', " on Microsoft's download server"),
        ('<a href="http://[/ServiceTags_Public_20260601.json">', " on Microsoft's download server"),
    ],
)
def test_a_page_without_the_link_is_refused(page: str, ending: str) -> None:
    located, findings = locate(AZURE, PAGE, {PAGE: page.encode()})

    assert located is None
    assert findings == [f"LCK002 the page has no link to a file `ServiceTags_CLOUD_DATE.json`{ending}"]


def test_azure_s_file_itself_needs_no_page() -> None:
    url = "https://download.example.org/ServiceTags_Public_20260601.json"

    assert locate(AZURE, url, {}) == (Located(url), [])


def test_the_regions_of_a_tag_are_those_behind_its_dot() -> None:
    body = tags(
        AzureConnectors=["192.0.2.0/25", "198.51.100.0/24", "203.0.113.0/24"],
        AzureConnectors__WestEurope=["192.0.2.0/24"],
        AzureConnectors__EastUS2=["198.51.100.0/25", "198.51.100.128/25"],
        AzureConnectorsOther=["2001:db8::/32"],
    )

    reading, findings = read(AZURE, body)

    assert texts(reading) == {
        "eastus2": ["198.51.100.0/25", "198.51.100.128/25"],
        "global": ["203.0.113.0/24"],
        "westeurope": ["192.0.2.0/24"],
    }
    assert reading is not None
    assert (reading.version, findings) == ("7", [])


def test_a_tag_without_regions_or_written_with_its_region_has_none() -> None:
    body = tags(AzureConnectors__WestEurope=["192.0.2.0/24"], Plain=["198.51.100.0/24"])
    one, other = (Feed(format="azure-service-tags", url=PAGE, tag=tag) for tag in ("AzureConnectors.WestEurope", "Plain"))

    assert texts(read(one, body)[0]) == {"": ["192.0.2.0/24"]}
    assert texts(read(other, body)[0]) == {"": ["198.51.100.0/24"]}


def test_a_sample_of_azure_is_read() -> None:
    reading, findings = read(AZURE, sample("azure-servicetags.json"))

    assert reading is not None
    assert [(name, len(found)) for name, found in texts(reading).items()] == [("westeurope", 13)]
    assert (reading.version, findings) == ("232", [])


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (tags(azureconnectors=["192.0.2.0/24"]), "LCK010 the feed has no service tag `AzureConnectors`"),
        (b"[]", "LCK002 the feed's document is an array, an object is expected"),
        (b'{"values": []}', "LCK002 `changeNumber` in the feed is null, a number is expected"),
        (b'{"changeNumber": true, "values": []}', "LCK002 `changeNumber` in the feed is true, a number is expected"),
        (b'{"changeNumber": 1, "values": [{}]}', "LCK002 `values[0]` in the feed has no `name`"),
        (
            b'{"changeNumber": 1, "values": [{"name": "A"}, {"name": "A"}]}',
            "LCK002 `values[1]` in the feed is a second service tag `A`",
        ),
        (
            b'{"changeNumber": 1, "values": [{"name": "AzureConnectors", "properties": {"addressPrefixes": [1]}}]}',
            "LCK002 `values[0].properties.addressPrefixes[0]` in the feed is the number `1`, the text of a prefix is expected",
        ),
        (tags(AzureConnectors=["x"], AzureConnectors__A=["192.0.2.0/24"]), "LCK003 `x`"),
    ],
)
def test_tags_of_another_shape_are_refused(body: bytes, finding: str) -> None:
    reading, findings = read(AZURE, body)

    assert reading is None
    assert [text[: len(finding)] for text in findings] == [finding]


def test_the_address_of_an_autonomous_system_s_list_follows_from_its_number() -> None:
    assert feed_url(RIPE) == "https://stat.ripe.net/data/announced-prefixes/data.json?resource=AS24940&sourceapp=gatepost"
    assert feed_url(EXCHANGE) == ENDPOINTS
    assert feed_url(Feed(format="spf", domain="_spf.example.org")) is None


def test_a_sample_of_ripestat_is_read() -> None:
    reading, findings = read(RIPE, sample("ripestat-announced-prefixes.json"))

    assert texts(reading) == {"": ["94.130.0.0/16", "2a01:4f8::/32"]}
    assert findings == []


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (b"[]", "LCK002 the feed's document is an array, an object is expected"),
        (b'{"status": "error"}', "LCK002 `status` in the feed is the text `error`, `ok` is expected"),
        (b'{"status": "ok"}', "LCK002 the feed's document has no `data`"),
        (b'{"status": "ok", "data": []}', "LCK002 `data.resource` in the feed is an array, the autonomous system 24940 is expected"),
        (
            b'{"status": "ok", "data": {"resource": "AS3333", "prefixes": []}}',
            "LCK002 `data.resource` in the feed is the text `AS3333`, the autonomous system 24940 is expected",
        ),
        (
            b'{"status": "ok", "data": {"resource": "24940", "prefixes": [{"prefix": null}]}}',
            "LCK002 `data.prefixes[0]` in the feed has no `prefix`",
        ),
    ],
)
def test_another_answer_of_ripestat_is_refused(body: bytes, finding: str) -> None:
    assert read(RIPE, body) == (None, [finding])


def test_an_address_that_is_no_url_is_left_to_whoever_fetches_it() -> None:
    assert [locate(feed, "https://[", {})[0] for feed in (EXCHANGE, AZURE)] == [Located("https://["), Located("https://[")]
