"""Every reader against bytes and documents that nobody expects: no traceback, nothing wider than the input says, nothing lost."""

import ipaddress
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from generator.feeds.reading import DNS_FORMATS
from generator.models import Feed, FeedList
from tests.feeds.reads import SAMPLES, read, texts

FEEDS = [
    Feed(format="text"),
    Feed(format="json"),
    Feed(
        format="json",
        lists=(
            FeedList(path="prefixes[]", prefix=("ip_prefix", "ipv4Prefix"), region="region"),
            FeedList(path="items[]", prefix="cidr", where={"direction": "egress"}, region="region"),
        ),
        version="syncToken",
        date="createDate",
    ),
    Feed(format="json", lists=(FeedList(path="*[]", prefix=("ip_prefix", "ipv6_prefix", "cidr", "range"), where={"region": "us-west-2"}),)),
    Feed(format="json", lists=(FeedList(path="{region}.*.*[]", prefix="range"),)),
    Feed(format="json", lists=(FeedList(path="regions[].cidrs[]", prefix="cidr", region="region"),)),
    Feed(format="json", lists=(FeedList(path="ips.*.all[]"),)),
    Feed(format="json", lists=(FeedList(path="addresses[]"), FeedList(path="ipv6_addresses[]"))),
    Feed(format="microsoft-365", where={"tcpPorts": 25}),
    Feed(format="azure-service-tags", tag="AzureConnectors"),
    Feed(format="ripestat", asn=24940),
    Feed(format="spf", domain="a.example.org"),
    Feed(format="dns", domain="a.example.org"),
]
BODIES = [path.read_bytes() for path in sorted(SAMPLES.iterdir())] + [
    b"192.0.2.7\n198.51.100.0/24\nb.example.org 2001:db8::1\n",
    b'["192.0.2.7", "198.51.100.7/24", "2001:db8::/32"]',
    b'a.example.org. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 a mx/30 include:b.example.org -all"\n'
    b'b.example.org. TXT "v=spf1 ?ip4:192.0.2.4 redirect=c.example.org"\nc.example.org. TXT "v=spf1 ip6:2001:db8::/32 ~all"\n'
    b"a.example.org. A 203.0.113.7\na.example.org. MX 10 b.example.org.\nb.example.org. AAAA 2001:db8::7\n",
]
PIECES = [
    b"",
    b"\n",
    b"/",
    b"0",
    b"/0",
    b"-",
    b"0.0.0.0/0",
    b"::/0",
    b'"',
    b"null",
    b"[]",
    b"{}",
    b",",
    b"\\u0000",
    b"\xff",
    b"%{i}",
    b"+all",
    b"region",
]
WORDS = st.sampled_from(["prefixes", "region", "us", "192.0.2.7", "198.51.100.0/24", "192.0.2.7/24", "", "::/0", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
PATHS = st.lists(st.sampled_from(["prefixes", "region", "*", "{region}", "x", "prefixes[]", "*[]"]), min_size=1, max_size=3).map(".".join)
SELECTIONS = st.builds(
    FeedList,
    path=PATHS | st.just("[]"),
    prefix=st.none() | st.sampled_from(["prefixes", "x", ("prefixes", "x")]),
    where=st.dictionaries(st.sampled_from(["region", "x"]), st.sampled_from(["us", 1, True, ("us", 0)]), max_size=1),
    region=st.none() | st.just("region"),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A real document with a few places overwritten, cut out or doubled."""
    body = draw(st.sampled_from(BODIES))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.sampled_from([0, 1, 2, 5, 40])))
        body = body[:start] + draw(st.sampled_from(PIECES) | st.just(body[start:end] * 2) | st.binary(max_size=3)) + body[end:]
    return body


def check(feed: Feed, body: bytes) -> None:
    """Either there are errors and no reading, or networks that are just what a text says."""
    reading, findings = read(feed, body)
    found = [network for region in reading.regions for network in region.networks] if reading else []

    assert reading is not None or findings
    assert all(inside(str(network.prefix), network.text) for network in found)
    assert [network.text for network in found if feed.format not in DNS_FORMATS and network.text.encode() not in body] == []


def inside(prefix: str, text: str) -> bool:
    """Whether a prefix says no more than its text does, in the words of Python's own library."""
    network: Any = ipaddress.ip_network(prefix)
    first, dash, last = text.partition("-")
    if dash:
        return bool(ipaddress.ip_address(first) <= network[0] and network[-1] <= ipaddress.ip_address(last))
    return bool(network == ipaddress.ip_network(text, strict=False))


@given(feed=st.sampled_from(FEEDS), body=st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(feed: Feed, body: bytes) -> None:
    check(feed, body)


@given(feed=st.sampled_from(FEEDS), body=damaged())
def test_a_damaged_document_says_nothing_wider(feed: Feed, body: bytes) -> None:
    check(feed, body)


@given(document=JSON, selections=st.lists(SELECTIONS, max_size=2))
def test_any_json_is_read_by_any_mapping_or_refused(document: Any, selections: list[FeedList]) -> None:
    check(Feed(format="json", lists=tuple(selections), version=None), json.dumps(document).encode())


@given(networks=st.lists(st.ip_addresses(v=4) | st.ip_addresses(v=6), max_size=30))
def test_no_address_of_a_list_is_lost(networks: list[Any]) -> None:
    usable = [address for address in networks if getattr(address, "ipv4_mapped", None) is None]

    reading, findings = read(Feed(format="text"), "\n".join(map(str, usable)).encode())

    assert {*texts(reading).get("", [])} == {str(ipaddress.ip_network(address)) for address in usable}
    assert findings == []
