import pytest

from generator.feeds.values import Reading
from generator.models import Feed
from tests.feeds.reads import read, texts

FEED = Feed(format="text", url="https://example.org/addresses.txt")
JSON = Feed(format="json", url="https://example.org/addresses.json")


@pytest.mark.parametrize(
    "body",
    [
        b"192.0.2.7\n198.51.100.0/24\n2001:db8::1\n",
        b"\xef\xbb\xbf192.0.2.7\r\n198.51.100.0/24\r\n2001:db8::1",
        b"# probes\n\n  192.0.2.7  # one\n198.51.100.0/24\n2001:db8::1\n2001:db8::1\n",
        b"a.example.org 192.0.2.7\nb.example.org\t198.51.100.0/24\nb2.example.org. 2001:db8::1\n",
        b"2001:0DB8:0:0:0:0:0:1\n198.51.100.0-198.51.100.255\n192.0.2.7/32\n",
    ],
)
def test_a_text_is_read_line_by_line(body: bytes) -> None:
    reading, findings = read(FEED, body)

    assert texts(reading) == {"": ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::1/128"]}
    assert findings == []


def test_host_bits_are_dropped_with_a_word_about_it() -> None:
    reading, findings = read(FEED, b"192.0.2.7/24\n2001:db8::7/32\n")

    assert texts(reading) == {"": ["192.0.2.0/24", "2001:db8::/32"]}
    assert reading is not None
    assert [network.text for network in reading.regions[0].networks] == ["192.0.2.7/24", "2001:db8::7/32"]
    assert findings == [
        "LCK004 2 of 2 networks of the feed have host bits set: "
        "`192.0.2.7/24` is read as 192.0.2.0/24, `2001:db8::7/32` is read as 2001:db8::/32"
    ]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        (
            b"<!doctype html><title>Log</title>",
            "LCK001 the answer is a web page or XML: it begins with `<!doctype html><title>Log</title>`",
        ),
        (b"192.0.2.7\n\xff", "LCK001 the answer is no UTF-8 text: byte 11 is 0xff"),
        (b'["192.0.2.7"]', "LCK001 the answer is JSON, plain text is expected"),
        (b"192.0.2.7 192.0.2.8", "LCK006 line 1 of the feed is `192.0.2.7 192.0.2.8`"),
        (b"192.0.2.7\na b 192.0.2.8", "LCK006 line 2 of the feed is `a b 192.0.2.8`"),
        (b"192.0.2.7,192.0.2.8", "LCK003 `192.0.2.7,192.0.2.8` is 2 networks in one entry (line 1 of the feed)"),
        (b"192.0.2.7/33", "LCK003 `192.0.2.7/33` has a prefix length above 32 (line 1 of the feed)"),
        (b"2001:db8::/129", "LCK003 `2001:db8::/129` has a prefix length above 128 (line 1 of the feed)"),
        (b"mail.example.org", "LCK003 `mail.example.org` is a host name, not an address (line 1 of the feed)"),
        (b"192.0.2.7/255.255.255.0", "LCK003 `192.0.2.7/255.255.255.0` has a netmask in place of a prefix length (line 1 of the feed)"),
        (b"192.0.2.7\x1b[2J", "LCK003 `192.0.2.7\\x1b[2J` has an invisible character (U+001B) in it (line 1 of the feed)"),
    ],
)
def test_anything_else_refuses_the_feed(body: bytes, finding: str) -> None:
    reading, findings = read(FEED, body)

    assert reading is None
    assert findings == [finding]


def test_a_feed_of_another_kind_has_a_few_findings_and_not_one_for_each_line() -> None:
    reading, findings = read(FEED, b"nothing\n" * 1000)

    assert reading is None
    assert len(findings) == 5
    assert findings[-1].endswith("(line 5 of the feed, and others after it)")


@pytest.mark.parametrize("body", [b"", b"# nothing yet\n"])
def test_an_empty_text_has_no_regions(body: bytes) -> None:
    assert read(FEED, body) == (Reading(()), [])


def test_an_array_of_texts_is_json_without_lists() -> None:
    reading, findings = read(JSON, b'["192.0.2.7", "2001:db8::/32"]')

    assert (texts(reading), findings) == ({"": ["192.0.2.7/32", "2001:db8::/32"]}, [])


def test_thousands_of_ranges_are_refused_before_they_are_taken_apart() -> None:
    reading, findings = read(FEED, b"2001:db8::1-2001:db8:ffff::fffe\n" * 1001)

    assert reading is None
    assert findings == ["LCK009 the feed holds more than 1000 ranges with a hyphen"]
