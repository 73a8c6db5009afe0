"""Every mistake in the text as a whole: characters, names, ranges: exact code, message and hint."""

import pytest

from generator.net import PrefixError, parse_networks

FORMS = "write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 198.51.100.0/24"
LOOK_UP = "write its addresses; gatepost looks no names up, and a firewall does so only once, when it loads the rules"

CHARACTERS = [
    ("192.0.2.0/\uff124", "NET009", "`192.0.2.0/\uff124` has the character `\uff12` (U+FF12), which is not ASCII", "write 192.0.2.0/24"),
    (
        "\u0661\u0669\u0662.0.2.7",
        "NET009",
        "`\u0661\u0669\u0662.0.2.7` has the character `\u0661` (U+0661), which is not ASCII",
        "write 192.0.2.7",
    ),
    (
        "192.0.2.1\u2013192.0.2.9",
        "NET009",
        "`192.0.2.1\u2013192.0.2.9` has the character `\u2013` (U+2013), which is not ASCII",
        "write 192.0.2.1-192.0.2.9",
    ),
    ("192.0.2.0\uff0f24", "NET009", "`192.0.2.0\uff0f24` has the character `\uff0f` (U+FF0F), which is not ASCII", "write 192.0.2.0/24"),
    ("192.0.2.7\u2026", "NET009", "`192.0.2.7\u2026` has the character `\u2026` (U+2026), which is not ASCII", FORMS),
    ("192.0.2.0/ 24", "NET010", "`192.0.2.0/ 24` has a space in it", "write 192.0.2.0/24"),
    ("192.0.2.0/24 ", "NET010", "`192.0.2.0/24 ` ends with a space", "write 192.0.2.0/24"),
    ("192.0.2.0/24\n", "NET010", "`192.0.2.0/24\\n` ends with a line break", "write 192.0.2.0/24"),
    (" 192.0.2.7", "NET010", "` 192.0.2.7` starts with a space", "write 192.0.2.7"),
    ("192.0.2.0\t/24", "NET010", "`192.0.2.0\\t/24` has a tab in it", "write 192.0.2.0/24"),
    ("192.0.2.1 - 192.0.2.9", "NET010", "`192.0.2.1 - 192.0.2.9` has a space in it", "write 192.0.2.1-192.0.2.9"),
    ("192.0.2.1 2", "NET010", "`192.0.2.1 2` has a space in it", "write 192.0.2.1"),
    ("192.0.2.0/24 # office", "NET010", "`192.0.2.0/24 # office` has a space in it", "write 192.0.2.0/24"),
    ("192.0.2.7\u200b", "NET010", "`192.0.2.7\\u200b` ends with an invisible character (U+200B)", "write 192.0.2.7"),
    ("\ufeff192.0.2.7", "NET010", "`\\ufeff192.0.2.7` starts with an invisible character (U+FEFF)", "write 192.0.2.7"),
    ("192.0.2.7\0", "NET010", "`192.0.2.7\\x00` ends with a NUL character", "write 192.0.2.7"),
    ("- 192.0.2.7", "NET010", "`- 192.0.2.7` has a space in it", "write 192.0.2.7"),
    ("\u200b", "NET010", "`\\u200b` ends with an invisible character (U+200B)", FORMS),
    ("", "NET015", "an empty text where a network belongs", FORMS),
    ("  ", "NET015", "an empty text where a network belongs", FORMS),
    ("'192.0.2.7'", "NET027", "`'192.0.2.7'` has punctuation around the network", "write 192.0.2.7"),
    ("192.0.2.0/24,", "NET027", "`192.0.2.0/24,` has punctuation around the network", "write 192.0.2.0/24"),
    ("192.0.2.1, 192.0.2.2", "NET024", "`192.0.2.1, 192.0.2.2` is 2 networks in one entry", "write each as an entry of its own"),
    (
        "192.0.2.1 2001:db8::1 192.0.2.3",
        "NET024",
        "`192.0.2.1 2001:db8::1 192.0.2.3` is 3 networks in one entry",
        "write each as an entry of its own",
    ),
]

NAMES = [
    ("imap.example.org", "NET013", "`imap.example.org` is a host name, not an address", LOOK_UP),
    ("imap.example.org:993", "NET013", "`imap.example.org:993` is a host name, not an address", LOOK_UP),
    ("localhost", "NET013", "`localhost` is a host name, not an address", LOOK_UP),
    ("bücher.example", "NET013", "`bücher.example` is a host name, not an address", LOOK_UP),
    ("ec2-192-0-2-7.example.org", "NET013", "`ec2-192-0-2-7.example.org` is a host name, not an address", LOOK_UP),
    ("imap.example.org/24", "NET013", "`imap.example.org/24` is a host name, not an address", LOOK_UP),
    (
        "https://example.org/networks.txt",
        "NET014",
        "`https://example.org/networks.txt` is a URL",
        "write the addresses behind it; gatepost looks no names up",
    ),
]

RANGES = [
    ("192.0.2.9-192.0.2.1", "NET016", "`192.0.2.9-192.0.2.1` is upside down", "write 192.0.2.1-192.0.2.9"),
    ("2001:db8::9-2001:db8::1", "NET016", "`2001:db8::9-2001:db8::1` is upside down", "write 2001:db8::1-2001:db8::9"),
    ("192.0.2.1-2001:db8::9", "NET017", "`192.0.2.1-2001:db8::9` mixes IPv4 and IPv6", "write one range for each"),
    ("192.0.2.1-9", "NET025", "`192.0.2.1-9` leaves out the start of its second address", "write 192.0.2.1-192.0.2.9"),
    (
        "192.0.2.0/28-192.0.2.64",
        "NET025",
        "`192.0.2.0/28-192.0.2.64` is a range with a prefix length in it",
        "a range goes from one address to another",
    ),
    ("010.0.0.1-10.0.0.9", "NET005", "`010.0.0.1` has a leading zero, so some programs read 8.0.0.1", "write 10.0.0.1"),
    ("192.0.2.1-192.0.2.256", "NET021", "`192.0.2.256` has the number `256`", "the numbers of an IPv4 address are 0 to 255"),
]

NOTHING = [
    ("192.0.2.0\\24", "NET001", "`192.0.2.0\\24` is no network", FORMS),
    ("/24", "NET001", "`/24` is no network", FORMS),
    ("-", "NET001", "`-` is no network", FORMS),
    ("192.0.2.1-", "NET001", "`192.0.2.1-` is no network", FORMS),
    ("192.0.2.1-192.0.2.3-192.0.2.5", "NET001", "`192.0.2.1-192.0.2.3-192.0.2.5` is no network", FORMS),
    ("\ud800", "NET010", "`\\ud800` ends with an invisible character (U+D800)", FORMS),
]


@pytest.mark.parametrize(("text", "code", "message", "hint"), CHARACTERS)
def test_characters_that_belong_to_no_network_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), NAMES)
def test_names_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), RANGES)
def test_malformed_ranges_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)


@pytest.mark.parametrize(("text", "code", "message", "hint"), NOTHING)
def test_other_texts_are_refused(text: str, code: str, message: str, hint: str) -> None:
    with pytest.raises(PrefixError) as refusal:
        parse_networks(text)

    assert (refusal.value.code, str(refusal.value), refusal.value.hint) == (code, message, hint)
