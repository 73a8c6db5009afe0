"""The feeds that the shipped profiles describe are read as their vendors write them: real-shaped documents with invented addresses."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.models.feed import Feed
from tests.feeds.reads import ask, read, sample, texts, zone
from tests.profiles.shipped import CONNECTORS, PROFILES, connector


def announced(asn: str) -> Any:
    """The sample of RIPEstat's answer, as if it were about another autonomous system."""
    document = json.loads(sample("ripestat-announced-prefixes.json"))
    return {**document, "data": {**document["data"], "resource": asn}}


AUTH0 = {
    "last_updated_at": "2026-02-18T10:00:00Z",
    "regions": {"US": {"ipv4_cidrs": ["192.0.2.1/32", "198.51.100.7/32"]}, "EU": {"ipv4_cidrs": ["203.0.113.9/32"]}},
    "changelog": [{"date": "2026-02-18", "region": "US", "action": "add", "ipv4_cidrs": ["192.0.2.1/32"]}],
}
SALESFORCE = {
    "syncToken": "1775158484",
    "createDate": "2026-04-02-19-34-44",
    "prefixes": [
        {"provider": "aws", "region": "us-east-1", "ip_prefix": ["192.0.2.0/28", "198.51.100.0/28"]},
        {"provider": "gcp", "region": "us-central1", "ip_prefix": ["203.0.113.0/28"]},
    ],
}
STATUSCAKE = {
    "1": {"id": 1, "title": "Amsterdam", "ip": "192.0.2.1", "ipv6": "2001:db8::1", "status": "Up"},
    "2": {"id": 2, "title": "Oslo", "ip": "198.51.100.1", "ipv6": "", "status": "Up"},
}
PAIRS = b"pinghostaz.example.net 192.0.2.1\npinghostaz.example.net 2001:db8::1\npinghosttx.example.net 198.51.100.1\n"
PLAIN = b"192.0.2.1\n198.51.100.1\n2001:db8::1\n"
BOTH = {"": ["192.0.2.1/32", "198.51.100.1/32", "2001:db8::1/128"]}
CASES: list[tuple[str, Any, dict[str, list[str]]]] = [
    ("auth0-smtp", AUTH0, {"eu": ["203.0.113.9/32"], "us": ["192.0.2.1/32", "198.51.100.7/32"]}),
    ("salesforce-email-relay", SALESFORCE, {"us-central1": ["203.0.113.0/28"], "us-east-1": ["192.0.2.0/28", "198.51.100.0/28"]}),
    ("jira-cloud", json.loads(sample("atlassian.json")), {"": ["104.192.136.0/21"]}),
    ("statuscake", STATUSCAKE, BOTH),
    ("pipedrive", ["192.0.2.1", "198.51.100.0/28"], {"": ["192.0.2.1/32", "198.51.100.0/28"]}),
    ("nodeping", PAIRS, BOTH),
    *((name, PLAIN, BOTH) for name in ("betterstack", "pingdom", "pulsetic", "uptimerobot")),
    (
        "m365-outbound",
        json.loads(sample("m365-endpoints.json")),
        {"": ["40.92.0.0/15", "40.107.0.0/16", "52.100.0.0/14", "104.47.0.0/17", "2a01:111:f400::/48", "2a01:111:f403::/48"]},
    ),
    ("mimecast", announced("42427"), {"": ["94.130.0.0/16", "2a01:4f8::/32"]}),
    ("zoho", announced("2639"), {"": ["94.130.0.0/16", "2a01:4f8::/32"]}),
]


def feed_of(name: str) -> Feed:
    """The feed of a shipped profile."""
    feed = connector(PROFILES / f"{name}.yaml").model.addresses.feed
    assert feed is not None
    return feed


@pytest.mark.parametrize(("name", "document", "expected"), CASES, ids=[name for name, _, _ in CASES])
def test_a_vendor_s_document_is_read_as_the_profile_says(name: str, document: Any, expected: dict[str, list[str]]) -> None:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()

    reading, _ = read(feed_of(name), body)

    assert texts(reading) == expected


def test_endpoint_sets_of_the_migration_are_chosen_by_port_and_never_by_number() -> None:
    sets = [
        {"id": 1, "serviceArea": "Exchange", "tcpPorts": "80,443", "ips": ["192.0.2.0/28"]},
        {"id": 77, "serviceArea": "Exchange", "tcpPorts": "25,143,587,993,995", "ips": ["198.51.100.0/28"]},
        {"id": 10, "serviceArea": "Exchange", "tcpPorts": "25", "ips": ["203.0.113.0/28"]},
        {"id": 11, "serviceArea": "Skype", "tcpPorts": "143", "ips": ["203.0.113.64/28"]},
    ]

    reading, _ = read(feed_of("m365-imap-migration"), json.dumps(sets).encode())

    assert texts(reading) == {"": ["198.51.100.0/28"]}


def test_mail_that_exchange_online_sends_is_not_that_of_its_clients() -> None:
    sets = [
        {"serviceArea": "Exchange", "tcpPorts": "25,143,587", "urls": ["outlook.office365.com"], "ips": ["198.51.100.0/28"]},
        {"serviceArea": "Exchange", "tcpPorts": "25", "urls": ["*.mail.protection.outlook.com"], "ips": ["203.0.113.0/28"]},
    ]

    reading, _ = read(feed_of("m365-outbound"), json.dumps(sets).encode())

    assert texts(reading) == {"": ["203.0.113.0/28"]}


def test_regions_of_the_power_platform_are_those_of_the_service_tag() -> None:
    reading, _ = read(feed_of("power-platform"), sample("azure-servicetags.json"))

    assert list(texts(reading)) == ["westeurope"]
    assert "13.69.64.208/28" in texts(reading)["westeurope"]


def test_google_s_mail_comes_from_its_spf_record() -> None:
    record = sample("spf-google.txt").decode().strip()

    reading, _ = ask(feed_of("gmail-outbound"), zone({("_spf.google.com", "TXT"): (record,)}))

    assert texts(reading)[""][:2] == ["74.125.0.0/16", "209.85.128.0/17"]


def test_superblocks_comes_from_the_addresses_of_a_name() -> None:
    reading, _ = ask(feed_of("superblocks"), zone({("nat.superblocks.com", "A"): ("192.0.2.1", "198.51.100.1")}))

    assert texts(reading) == {"": ["192.0.2.1/32", "198.51.100.1/32"]}


def test_every_shipped_feed_is_tried_here() -> None:
    tried = {name for name, _, _ in CASES} | {"m365-imap-migration", "power-platform", "gmail-outbound", "superblocks"}

    shipped = {Path(path).stem for path in CONNECTORS if connector(path).model.addresses.feed is not None}

    assert shipped == tried
