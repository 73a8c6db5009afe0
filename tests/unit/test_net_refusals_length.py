"""Every mistake in what stands behind the slash: exact code, message and hint."""

import pytest

from generator.net import PrefixError, parse_networks

V4_LENGTHS = "a prefix length is a number from 0 to 32"

HOST_BITS = [
    (
        "198.51.100.7/24",
        "NET002",
        "`198.51.100.7/24` has host bits set",
        "write 198.51.100.0/24 for the whole network, or 198.51.100.7 for the one host",
    ),
    (
        "2001:db8::1/64",
        "NET002",
        "`2001:db8::1/64` has host bits set",
        "write 2001:db8::/64 for the whole network, or 2001:db8::1 for the one host",
    ),
    ("192.0.2.1/0", "NET002", "`192.0.2.1/0` has host bits set", "write 0.0.0.0/0 for the whole network, or 192.0.2.1 for the one host"),
    ("::1/0", "NET002", "`::1/0` has host bits set", "write ::/0 for the whole network, or ::1 for the one host"),
    (
        "192.0.2.3/31",
        "NET002",
        "`192.0.2.3/31` has host bits set",
        "write 192.0.2.2/31 for the whole network, or 192.0.2.3 for the one host",
    ),
]

LENGTHS = [
    ("192.0.2.0/33", "NET003", "`192.0.2.0/33` has a prefix length above 32", "IPv4 has prefix lengths from 0 to 32"),
    ("2001:db8::/129", "NET003", "`2001:db8::/129` has a prefix length above 128", "IPv6 has prefix lengths from 0 to 128"),
    ("192.0.2.0/4294967320", "NET003", "`192.0.2.0/4294967320` has a prefix length above 32", "IPv4 has prefix lengths from 0 to 32"),
    ("192.0.2.0/255.255.255.0", "NET006", "`192.0.2.0/255.255.255.0` has a netmask in place of a prefix length", "write 192.0.2.0/24"),
    (
        "192.0.2.7/255.255.255.0",
        "NET006",
        "`192.0.2.7/255.255.255.0` has a netmask in place of a prefix length",
        "write 192.0.2.0/24 for the whole network, or 192.0.2.7 for the one host",
    ),
    ("192.0.2.7/255.255.255.255", "NET006", "`192.0.2.7/255.255.255.255` has a netmask in place of a prefix length", "write 192.0.2.7"),
    ("192.0.2.0 255.255.255.0", "NET006", "`192.0.2.0 255.255.255.0` has a netmask in place of a prefix length", "write 192.0.2.0/24"),
    (
        "192.0.2.0/0.0.0.0",
        "NET006",
        "`192.0.2.0/0.0.0.0` is every address to some programs and one address to others",
        "write 192.0.2.0 for the one address",
    ),
    ("2001:db8::/ffff:ffff::", "NET006", "`2001:db8::/ffff:ffff::` has a netmask in place of a prefix length", "write 2001:db8::/32"),
    ("192.0.2.0/0.0.0.255", "NET007", "`192.0.2.0/0.0.0.255` has a hostmask in place of a prefix length", "write 192.0.2.0/24"),
    ("192.0.2.0 0.0.0.255", "NET007", "`192.0.2.0 0.0.0.255` has a hostmask in place of a prefix length", "write 192.0.2.0/24"),
    ("192.0.2.0/255.0.255.0", "NET008", "`192.0.2.0/255.0.255.0` has `255.0.255.0` where the prefix length belongs", V4_LENGTHS),
    ("192.0.2.0/ffff::", "NET008", "`192.0.2.0/ffff::` has `ffff::` where the prefix length belongs", V4_LENGTHS),
    ("192.0.2.0/+24", "NET008", "`192.0.2.0/+24` has `+24` where the prefix length belongs", "write 192.0.2.0/24"),
    ("192.0.2.0/-24", "NET008", "`192.0.2.0/-24` has `-24` where the prefix length belongs", V4_LENGTHS),
    (
        "192.0.2.0/024",
        "NET008",
        "`192.0.2.0/024` has `024` where the prefix length belongs, which some programs read as 20",
        "write 192.0.2.0/24",
    ),
    ("192.0.2.0/2_4", "NET008", "`192.0.2.0/2_4` has `2_4` where the prefix length belongs", "write 192.0.2.0/24"),
    ("192.0.2.0/", "NET008", "`192.0.2.0/` ends with a slash and no prefix length", "write 192.0.2.0"),
    ("192.0.2.0/24/24", "NET008", "`192.0.2.0/24/24` has `24/24` where the prefix length belongs", V4_LENGTHS),
    ("192.0.2.0/24x", "NET008", "`192.0.2.0/24x` has `24x` where the prefix length belongs", V4_LENGTHS),
    ("192.0.2.0/0x18", "NET008", "`192.0.2.0/0x18` has `0x18` where the prefix length belongs", V4_LENGTHS),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), HOST_BITS)
def test_host_bits_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), LENGTHS)
def test_other_prefix_lengths_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)
