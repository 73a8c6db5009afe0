"""Every mistake in the address itself: exact code, message and hint."""

import pytest

from generator.net import PrefixError, parse_networks

EVERYBODY = "to let everybody in, say so for the service: `access: {imaps: public}`"
FORMS = "write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 198.51.100.0/24"
GROUPS = "an IPv6 address is eight groups of up to four hexadecimal digits; `::` stands for groups of zeros, once"

IPV4 = [
    ("10/8", "NET004", "`10/8` leaves out numbers, and programs disagree which", "write 10.0.0.0/8"),
    ("192.0.2", "NET004", "`192.0.2` leaves out numbers, and programs disagree which", "write all four numbers, such as 192.0.2.0/24"),
    ("10", "NET004", "`10` leaves out numbers, and programs disagree which", "write all four numbers, such as 10.0.0.0/8"),
    ("010.0.0.1", "NET005", "`010.0.0.1` has a leading zero, so some programs read 8.0.0.1", "write 10.0.0.1"),
    ("010.0.0.0/8", "NET005", "`010.0.0.0/8` has a leading zero, so some programs read 8.0.0.0", "write 10.0.0.0/8"),
    ("192.0.2.08", "NET005", "`192.0.2.08` has a leading zero", "write 192.0.2.8"),
    ("192.0.2.256", "NET021", "`192.0.2.256` has the number `256`", "the numbers of an IPv4 address are 0 to 255"),
    ("192.0.2.1000", "NET021", "`192.0.2.1000` has the number `1000`", "the numbers of an IPv4 address are 0 to 255"),
    ("192.0.2.0.1", "NET021", "`192.0.2.0.1` has 5 numbers, an IPv4 address has four", FORMS),
    ("192..2.1", "NET021", "`192..2.1` has a dot without a number beside it", FORMS),
    ("192.0.2.", "NET021", "`192.0.2.` has a dot without a number beside it", FORMS),
    ("192.0.2.7:993", "NET018", "`192.0.2.7:993` has a port", "write 192.0.2.7; ports belong to services"),
    ("192.0.2.0/24:993", "NET018", "`192.0.2.0/24:993` has a port", "write 192.0.2.0/24; ports belong to services"),
    ("192.0.2.*", "NET020", "`192.0.2.*` is a wildcard", "write 192.0.2.0/24"),
    ("192.0.*.*", "NET020", "`192.0.*.*` is a wildcard", "write 192.0.0.0/16"),
    ("192.0.2.x", "NET020", "`192.0.2.x` is a wildcard", "write 192.0.2.0/24"),
    ("192.*.2.*", "NET020", "`192.*.2.*` is a wildcard", "write the networks that are meant, one by one"),
    ("*", "NET020", "`*` is a wildcard", EVERYBODY),
    ("any", "NET020", "`any` is a wildcard", EVERYBODY),
    ("3221225985", "NET023", "`3221225985` is a plain number, which some programs read as 192.0.2.1", "write 192.0.2.1"),
    ("0xC0000201", "NET023", "`0xC0000201` is a plain number, which some programs read as 192.0.2.1", "write 192.0.2.1"),
    ("4294967296", "NET001", "`4294967296` is no network", FORMS),
]

IPV6 = [
    ("2001:db8:::1", "NET022", "`2001:db8:::1` has three colons in a row", GROUPS),
    ("2001:db8::1::2", "NET022", "`2001:db8::1::2` has more than one `::`", GROUPS),
    ("2001:db8:0:0:0:0:0:0:1", "NET022", "`2001:db8:0:0:0:0:0:0:1` has 9 groups, too many", GROUPS),
    ("2001:db8:1", "NET022", "`2001:db8:1` has 3 groups, too few", GROUPS),
    ("2001:db8:1:2:3:4:5:6::", "NET022", "`2001:db8:1:2:3:4:5:6::` has 8 groups, too many", GROUPS),
    ("2001:db8::12345", "NET022", "`2001:db8::12345` has the group `12345` of more than four digits", GROUPS),
    ("2001:db8::g", "NET022", "`2001:db8::g` has the character `g`, which is no hexadecimal digit", GROUPS),
    ("2001:db8::192.0.2.256", "NET022", "`2001:db8::192.0.2.256` has a malformed IPv4 address at its end", GROUPS),
    (":2001:db8::", "NET022", "`:2001:db8::` has a single colon at its start or end", GROUPS),
    ("00:00:5e:00:53:01", "NET022", "`00:00:5e:00:53:01` is a MAC address", GROUPS),
    ("fe80::1%eth0", "NET011", "`fe80::1%eth0` has a zone id, which means something on one machine only", "write fe80::1"),
    ("fe80::%25eth0/64", "NET011", "`fe80::%25eth0/64` has a zone id, which means something on one machine only", "write fe80::/64"),
    ("::ffff:192.0.2.1", "NET012", "`::ffff:192.0.2.1` is an IPv4-mapped IPv6 address, which no packet carries", "write 192.0.2.1"),
    (
        "::ffff:192.0.2.0/120",
        "NET012",
        "`::ffff:192.0.2.0/120` is an IPv4-mapped IPv6 address, which no packet carries",
        "write 192.0.2.0/24",
    ),
    ("::FFFF:C000:201", "NET012", "`::FFFF:C000:201` is an IPv4-mapped IPv6 address, which no packet carries", "write 192.0.2.1"),
    (
        "0:0:0:0:0:ffff:c000:0201",
        "NET012",
        "`0:0:0:0:0:ffff:c000:0201` is an IPv4-mapped IPv6 address, which no packet carries",
        "write 192.0.2.1",
    ),
    (
        "::ffff:0:0/96",
        "NET012",
        "`::ffff:0:0/96` is an IPv4-mapped IPv6 address, which no packet carries",
        "write the IPv4 networks that are meant",
    ),
    ("[2001:db8::1]", "NET019", "`[2001:db8::1]` has brackets around the address", "write 2001:db8::1"),
    ("[2001:db8::1]:993", "NET019", "`[2001:db8::1]:993` has brackets around the address", "write 2001:db8::1"),
    ("[2001:db8::]/32", "NET019", "`[2001:db8::]/32` has brackets around the address", "write 2001:db8::/32"),
    ("[2001:db8::1", "NET019", "`[2001:db8::1` has brackets around the address", "write 2001:db8::1"),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), IPV4)
def test_malformed_ipv4_addresses_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), IPV6)
def test_malformed_ipv6_addresses_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)
