from datetime import date

import pytest

from generator.decode import Spans
from generator.diagnostics import Span
from generator.models import AccessMode, ConnectorUse, Expectation, NetworkEntry
from tests.support.documents import (
    CONNECTOR,
    MINIMAL_SITE,
    SITE,
    hints_in,
    messages_in,
    read_connector,
    read_root,
    read_site,
)


def test_a_site_with_every_key_is_read() -> None:
    site = read_site(SITE).model

    assert site.connectors[1] == ConnectorUse(
        use="./own.yaml", region=("eu", "eu1.example.com"), networks_file="more.txt", exclude=(NetworkEntry(network="198.51.100.11"),)
    )
    assert site.connectors[0].expires == date(2027, 6, 30)
    assert site.access == {"submission": "public", "smtp": AccessMode(mode="allowlist", exclusive=True)}
    assert site.targets["nftables"]["interfaces"] == ("eth0", "eth1")
    assert site.targets["nftables"]["counters"] is True
    assert site.server.ports == {"imaps": 1993, "submission": "5870-5872", "submissions": (465, "4650")}
    assert site.expect[1] == Expectation(from_="203.0.113.200", to=993, verdict="deny")


def test_a_connector_with_every_key_is_read() -> None:
    connector = read_connector(CONNECTOR).model

    assert connector.services["submission"].port == (587, "2525-2526")
    assert [use.count for use in connector.requires.connections] == [2, 3]
    assert connector.regions["eu1.example.com"].networks == ("2001:db8:100::/48",)
    assert connector.addresses.how == 'Settings > Mail: tick "Static addresses"'


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("name",), (2, 7), (2, 1)),
        (("connectors",), (15, 3), (14, 1)),
        (("connectors", 0), (15, 5), (15, 5)),
        (("connectors", 0, "networks", 1), (17, 31), (17, 31)),
        (("connectors", 0, "networks", 1, "network"), (17, 31), (17, 31)),
        (("trusted", 1, "network"), (13, 15), (13, 6)),
        (("connectors", 0, "nothing"), (15, 5), (15, 5)),
        (("connectors", 9, "use"), (15, 3), (14, 1)),
        (("access", "smtp", "exclusive"), (33, 38), (33, 27)),
        (("name", "deeper", 3), (2, 7), (2, 1)),
    ],
)
def test_spans_lead_to_a_value_and_its_key_or_to_the_nearest_parent(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    spans = Spans(read_root(SITE))

    assert (spans.at(*path)[1:3], spans.key(*path)[1:3]) == (value, key)


def test_without_a_path_the_span_is_the_document() -> None:
    assert Spans(read_root("a: 1\n")).at() == Span("f.yaml", 1, 1, 1, 5)


@pytest.mark.parametrize("text", ["quotes ' \" `", "/* */ <!-- --> ]]> ${x} %s {{ x }}", "ünïcödé ☃ 漢字", "a\u00a0b", "ends with \\"])
def test_free_text_may_hold_every_printable_character(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')

    assert read_site(f'{MINIMAL_SITE}    owner: "{quoted}"\n').model.connectors[0].owner == text


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("netwroks: []", "did you mean `networks`?"),
        ("tls_minimum: TLSv1.2", "it is a key of `server`"),
        ("mailboxes: 1_000", "1000"),
        ("mailboxes: '3'", "remove the quotes: 3"),
        ("networks: 192.0.2.1", "write a list: [192.0.2.1]"),
        ("networks: [993]", "write - 198.51.100.10"),
        ("networks: [[]]", "write - 198.51.100.10"),
        ("networks_only: yes", "write true or false, without quotes"),
        ("name: My Connector!", "such as my-connector"),
        ("expires: 30.6.2027", "2027-06-30"),
        ("mailboxes: 0", "write a whole number from 1 to 1000000"),
        ("exclude:", "write exclude: [198.51.100.10], or remove the key"),
    ],
)
def test_the_hint_says_what_to_write(line: str, hint: str) -> None:
    (found,) = hints_in(f"{MINIMAL_SITE}    {line}\n")

    assert hint in found


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("bücher.example", "xn--bcher-kva.example"),
        ("mail.example.org.", "without the dot at the end: mail.example.org"),
        ("192.0.2.1", "`server.addresses`"),
        ("mail", "imap.example.org"),
        ("..", "imap.example.org"),
        ("a" * 64 + "ü.example", "imap.example.org"),
    ],
)
def test_the_hint_for_a_host_name_says_what_is_wrong_with_it(name: str, hint: str) -> None:
    (found,) = hints_in(f"{MINIMAL_SITE}server: {{imap: '{name}'}}\n")

    assert hint in found


def test_a_key_that_is_missing_is_shown_with_an_example() -> None:
    assert hints_in("kind: site\n") == ["write connectors: [{use: hubspot}]", "write name: acme"]


def test_a_message_names_the_place_and_the_value() -> None:
    text = f"{MINIMAL_SITE}    networks: [3]\n    mailboxes: many\n"

    assert messages_in(text) == [
        "item 1 of `networks` is the number `3`, text or a mapping is needed",
        "`mailboxes` is the text `many`, a whole number is needed",
    ]
