from collections.abc import Iterator
from itertools import cycle

import pytest

from generator.feeds.saved_records import parse_records
from generator.feeds.values import RecordType
from generator.models import Feed
from tests.feeds.reads import ask, read, texts, zone

FEED = Feed(format="dns", domain="a.example.org")
SPF = Feed(format="spf", domain="a.example.org")


def turns(*answers: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    return cycle(answers)


def test_addresses_of_both_families_are_the_list() -> None:
    feed = Feed(format="dns", domain=("a.example.org", "b.example.org"))
    answers = zone({("a.example.org", "A"): ("192.0.2.7",), ("b.example.org", "AAAA"): ("2001:db8::7",)})

    reading, findings = ask(feed, answers)

    assert (texts(reading), findings) == ({"": ["192.0.2.7/32", "2001:db8::7/128"]}, [])


def test_a_server_that_gives_a_part_each_time_is_asked_again() -> None:
    parts = turns(("192.0.2.1",), ("192.0.2.2",), ("192.0.2.3",))

    def resolve(name: str, kind: RecordType) -> tuple[str, ...]:
        return next(parts) if kind == "A" else ()

    assert texts(ask(FEED, resolve)[0]) == {"": ["192.0.2.1/32", "192.0.2.2/32", "192.0.2.3/32"]}


def test_a_name_without_an_address_refuses_the_feed() -> None:
    feed = Feed(format="dns", domain=("a.example.org", "b.example.org"))

    assert ask(feed, zone({("b.example.org", "A"): ("192.0.2.7",)})) == (
        None,
        ["LCK008 the name `a.example.org` has no address in the DNS"],
    )


def test_saved_answers_take_the_place_of_the_dns() -> None:
    body = b"""
; <<>> DiG <<>> +noall +answer a.example.org
a.example.org.\t300\tIN\tCNAME\tb.example.org.
B.example.org.\t300\tIN\tA\t192.0.2.7
b.example.org. AAAA 2001:db8::7
"""

    assert texts(read(FEED, body)[0]) == {"": ["192.0.2.7/32", "2001:db8::7/128"]}


def test_a_saved_text_may_have_several_strings() -> None:
    body = (
        b'a.example.org. 300 IN TXT "v=spf1 ip4:192." "0.2.7 mx" " -all"\na.example.org. MX 10 m.example.org.\nm.example.org. A 192.0.2.8\n'
    )

    assert texts(read(SPF, body)[0]) == {"": ["192.0.2.7/32", "192.0.2.8/32"]}


def test_aliases_that_lead_round_have_no_address() -> None:
    resolve = parse_records(b"a.example.org CNAME b.example.org\nb.example.org CNAME a.example.org\n")

    assert resolve("a.example.org", "A") == ()


@pytest.mark.parametrize(
    "line",
    [
        "a.example.org",
        "a.example.org A",
        "a.example.org A 192.0.2.0/24",
        "a.example.org A 2001:db8::1",
        "a.example.org AAAA 192.0.2.7",
        "a.example.org A mail.example.org",
        "a.example.org TXT v=spf1",
        'a.example.org TXT "v=spf1',
        "a.example.org MX m.example.org",
        "a.example.org CNAME b c",
        "a.example.org SOA x",
    ],
)
def test_a_line_that_is_no_record_refuses_the_saved_answers(line: str) -> None:
    assert read(FEED, f"a.example.org A 192.0.2.7\n{line}\n".encode()) == (
        None,
        [f"LCK020 line 2 of the saved answers is no DNS record: `{line}`"],
    )


def test_escapes_of_a_saved_text_are_undone() -> None:
    assert parse_records(rb'a.example.org TXT "a\"b\\c\032d"' + b"\n")("a.example.org", "TXT") == ('a"b\\c d',)
