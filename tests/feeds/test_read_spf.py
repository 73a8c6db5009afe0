import pytest

from generator.feeds.spf import MOST_QUERIES
from generator.feeds.values import RecordType
from generator.models import Feed
from tests.feeds.reads import ask, sample, spf, texts, zone

FEED = Feed(format="spf", domain="a.example.org")
ROOT: tuple[str, RecordType] = ("a.example.org", "TXT")
EVERY_SENDER = "of `a.example.org` asks the DNS about every sender, which no list can hold"
MACRO = "of `a.example.org` has a macro, which stands for something else with every sender"


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ({"a": "ip4:192.0.2.7 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all"}, ["192.0.2.7/32", "198.51.100.0/24", "2001:db8::/32"]),
        ({"a": "IP4:192.0.2.7  +ip4:192.0.2.7 -ALL"}, ["192.0.2.7/32"]),
        (
            {"a": "include:b.example.org ~all", "b": "ip4:192.0.2.7 include:c.example.org. -all", "c": "ip4:192.0.2.8"},
            ["192.0.2.7/32", "192.0.2.8/32"],
        ),
        ({"a": "redirect=b.example.org ip4:192.0.2.7", "b": "ip4:192.0.2.8 -all"}, ["192.0.2.7/32", "192.0.2.8/32"]),
        ({"a": "redirect=b.example.org ip4:192.0.2.7 -all"}, ["192.0.2.7/32"]),
        ({"a": "ip4:192.0.2.7 -all ip4:192.0.2.8 include:%{i}.example.org"}, ["192.0.2.7/32"]),
        ({"a": "ip4:192.0.2.7 exp=%{i}.example.org unknown=x -all"}, ["192.0.2.7/32"]),
        ({"a": "include:b.example.org include:c.example.org", "b": "include:c.example.org", "c": "ip4:192.0.2.7"}, ["192.0.2.7/32"]),
        ({"a": "?all"}, []),
        ({"a": ""}, []),
    ],
)
def test_the_networks_that_pass_are_the_list(records: dict[str, str], expected: list[str]) -> None:
    reading, findings = ask(FEED, spf(**records))

    assert texts(reading).get("", []) == expected
    assert findings == []


def test_addresses_of_a_and_mx_have_the_length_that_the_term_says() -> None:
    record = "v=spf1 a a:b.example.org/30//64 mx:c.example.org mx//48 -all"
    answers = zone(
        {
            ROOT: (record,),
            ("a.example.org", "A"): ("192.0.2.1",),
            ("b.example.org", "A"): ("198.51.100.7",),
            ("b.example.org", "AAAA"): ("2001:db8:0:1::7",),
            ("c.example.org", "MX"): ("m.example.org", "n.example.org"),
            ("m.example.org", "A"): ("203.0.113.1",),
            ("n.example.org", "A"): ("203.0.113.2",),
            ("a.example.org", "MX"): ("o.example.org", "."),
            ("o.example.org", "AAAA"): ("2001:db8:2:3::7",),
        }
    )

    reading, findings = ask(FEED, answers)

    assert texts(reading) == {
        "": ["192.0.2.1/32", "198.51.100.4/30", "203.0.113.1/32", "203.0.113.2/32", "2001:db8:0:1::/64", "2001:db8:2::/48"]
    }
    assert findings == []


def test_whoever_an_earlier_term_turns_away_is_not_let_in_by_a_later_one() -> None:
    reading, findings = ask(FEED, spf(a="ip4:192.0.2.1 ?include:b.example.org ip4:192.0.2.0/30 ip4:198.51.100.7", b="ip4:192.0.2.0/31"))

    assert texts(reading) == {"": ["192.0.2.1/32", "192.0.2.2/31", "198.51.100.7/32"]}
    assert findings == ["LCK019 the term `?include:b.example.org` of `a.example.org` lets nobody send, so it adds no address"]


def test_host_bits_and_names_without_an_address_are_told() -> None:
    reading, findings = ask(FEED, spf(a="ip4:192.0.2.7/24 a mx:b.example.org -all"))

    assert texts(reading) == {"": ["192.0.2.0/24"]}
    assert findings == [
        "LCK004 1 of 1 networks of the feed has host bits set: `192.0.2.7/24` is read as 192.0.2.0/24",
        "LCK018 the term `a` of `a.example.org` names no address",
        "LCK018 the term `mx:b.example.org` of `a.example.org` names no address",
    ]


@pytest.mark.parametrize(
    ("records", "finding"),
    [
        ({}, "LCK011 `a.example.org` has no SPF record"),
        ({"a": "include:b.example.org"}, "LCK011 `b.example.org` has no SPF record"),
        (
            {"a": "exists:b.example.org"},
            f"LCK012 the term `exists:b.example.org` {EVERY_SENDER}",
        ),
        ({"a": "-ptr"}, "LCK012 the term `-ptr` of `a.example.org` goes by the names of senders, which no list can hold"),
        (
            {"a": "include:%{ir}.%{v}.%{d}.b.example.org"},
            f"LCK012 the term `include:%{{ir}}.%{{v}}.%{{d}}.b.example.org` {MACRO}",
        ),
        (
            {"a": "a:%{d}/24"},
            f"LCK012 the term `a:%{{d}}/24` {MACRO}",
        ),
        (
            {"a": "redirect=%{d}.example.org"},
            f"LCK012 the term `redirect=%{{d}}.example.org` {MACRO}",
        ),
        ({"a": "ip4:192.0.2.7 all"}, "LCK013 the SPF record of `a.example.org` lets everybody send: `all`"),
        ({"a": "include:b.example.org -all", "b": "+ALL"}, "LCK013 the SPF record of `b.example.org` lets everybody send: `+ALL`"),
        ({"a": "include:a.example.org"}, "LCK014 the SPF record includes itself: `a.example.org` → `a.example.org`"),
        (
            {"a": "include:b.example.org", "b": "redirect=A.Example.Org."},
            "LCK014 the SPF record includes itself: `a.example.org` → `b.example.org` → `a.example.org`",
        ),
        (
            {"a": "ip4:192.0.2"},
            "LCK017 `192.0.2` leaves out numbers, and programs disagree which (the term `ip4:192.0.2` of `a.example.org`)",
        ),
        ({"a": "ip4:2001:db8::1"}, "LCK017 the term `ip4:2001:db8::1` of `a.example.org` has no IPv4 network"),
        ({"a": "ip6:192.0.2.1-192.0.2.9"}, "LCK017 the term `ip6:192.0.2.1-192.0.2.9` of `a.example.org` has no IPv6 network"),
        ({"a": "ip4"}, "LCK017 `ip4` in the SPF record of `a.example.org` is no term of SPF"),
        ({"a": "ipv4:192.0.2.7"}, "LCK017 `ipv4:192.0.2.7` in the SPF record of `a.example.org` is no term of SPF"),
        ({"a": "192.0.2.7"}, "LCK017 `192.0.2.7` in the SPF record of `a.example.org` is no term of SPF"),
        ({"a": "-all:b.example.org"}, "LCK017 `-all:b.example.org` in the SPF record of `a.example.org` is no term of SPF"),
        ({"a": "a/33"}, "LCK017 `a/33` in the SPF record of `a.example.org` has a prefix length out of range"),
        ({"a": "a//129"}, "LCK017 `a//129` in the SPF record of `a.example.org` has a prefix length out of range"),
        ({"a": "include:b"}, "LCK017 `include:b` in the SPF record of `a.example.org` has `b` where a domain belongs"),
        (
            {"a": "redirect=b.example.org redirect=c.example.org"},
            "LCK017 `redirect=c.example.org` in the SPF record of `a.example.org` is a second `redirect`",
        ),
    ],
)
def test_what_no_list_can_hold_is_refused_in_words(records: dict[str, str], finding: str) -> None:
    assert ask(FEED, spf(**records)) == (None, [finding])


def test_two_records_are_none() -> None:
    assert ask(FEED, zone({ROOT: ("v=spf1 -all", "v=spf1 ip4:192.0.2.7 -all")})) == (None, ["LCK011 `a.example.org` has 2 SPF records"])


def test_other_texts_of_the_domain_are_passed_over() -> None:
    answers = zone({ROOT: ("verification=x", "v=spf10 ip4:192.0.2.8 -all", "V=SPF1 ip4:192.0.2.7 -all")})

    assert texts(ask(FEED, answers)[0]) == {"": ["192.0.2.7/32"]}


def test_eleven_look_ups_are_told_and_followed() -> None:
    chain = {f"n{index}": f"ip4:192.0.2.{index} include:n{index + 1}.example.org" for index in range(11)} | {"n11": "ip4:192.0.2.11"}

    reading, findings = ask(Feed(format="spf", domain="n0.example.org"), spf(**chain))

    assert len(texts(reading)[""]) == 12
    assert findings == ["LCK015 the SPF record of `n0.example.org` causes 11 look-ups, the limit for mail servers is 10"]


def test_ten_look_ups_are_all_right() -> None:
    chain = {f"n{index}": f"ip4:192.0.2.{index} include:n{index + 1}.example.org" for index in range(10)} | {"n10": "ip4:192.0.2.11"}

    assert ask(Feed(format="spf", domain="n0.example.org"), spf(**chain))[1] == []


def test_a_domain_that_is_included_again_counts_again() -> None:
    records = {"a": " ".join(["include:b.example.org"] * 6), "b": "include:c.example.org", "c": "ip4:192.0.2.7"}

    assert ask(FEED, spf(**records))[1] == ["LCK015 the SPF record of `a.example.org` causes 12 look-ups, the limit for mail servers is 10"]


def test_a_record_that_asks_without_end_is_given_up() -> None:
    chain = {f"n{index}": f"include:n{index + 1}.example.org" for index in range(MOST_QUERIES + 1)}

    reading, findings = ask(Feed(format="spf", domain="n0.example.org"), spf(**chain))

    assert reading is None
    assert findings == ["LCK016 the SPF record needs more than 100 questions to the DNS"]


def test_more_than_ten_mail_servers_of_one_term_are_refused() -> None:
    answers = zone({ROOT: ("v=spf1 mx -all",), ("a.example.org", "MX"): tuple(f"m{index}.example.org" for index in range(11))})

    assert ask(FEED, answers) == (None, ["LCK016 `a.example.org` has 11 mail servers, an `mx` term may have 10"])


def test_several_domains_are_one_list() -> None:
    feed = Feed(format="spf", domain=("a.example.org", "b.example.org"))

    assert texts(ask(feed, spf(a="ip4:192.0.2.7", b="ip4:192.0.2.8"))[0]) == {"": ["192.0.2.7/32", "192.0.2.8/32"]}


def test_a_sample_of_google_is_read() -> None:
    reading, findings = ask(FEED, zone({ROOT: (sample("spf-google.txt").decode().strip(),)}))

    assert texts(reading)[""][:2] == ["74.125.0.0/16", "209.85.128.0/17"]
    assert (len(texts(reading)[""]), findings) == (8, [])


def test_an_address_of_the_dns_that_is_none_is_refused() -> None:
    answers = zone({ROOT: ("v=spf1 a -all",), ("a.example.org", "AAAA"): ("::ffff:192.0.2.7",)})

    reading, findings = ask(FEED, answers)

    assert reading is None
    assert [finding[:6] for finding in findings] == ["LCK003"]
