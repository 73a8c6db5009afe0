import pytest

from generator.decode import decode_connector
from tests.support.documents import CONNECTOR, MINIMAL_CONNECTOR, MINIMAL_SITE, find_in


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("netwroks: []", ["SCH001 5:5-5:13"]),
        ("connectors: []", ["SCH001 5:5-5:15"]),
        ("mailboxes: three", ["SCH004 5:16-5:21"]),
        ("mailboxes: 1_000", ["SCH004 5:16-5:21"]),
        ("mailboxes: 25:30", ["SCH004 5:16-5:21"]),
        ("mailboxes: 0x10", ["SCH004 5:16-5:20"]),
        ("mailboxes: '3'", ["SCH004 5:16-5:19"]),
        ("mailboxes: 3.0", ["SCH004 5:16-5:19"]),
        ("mailboxes: true", ["SCH004 5:16-5:20"]),
        ("mailboxes: [3]", ["SCH004 5:16-5:19"]),
        ("mailboxes: 0", ["SCH007 5:16-5:17"]),
        ("mailboxes: 1000001", ["SCH007 5:16-5:23"]),
        ("mailboxes: " + "9" * 18, ["SCH007 5:16-5:34"]),
        ("mailboxes: " + "9" * 5000, ["SCH004 5:16-5:5016"]),
        ("mailboxes:", ["SCH016 5:5-5:14"]),
        ("mailboxes: ~", ["SCH016 5:5-5:14"]),
        ("networks: 192.0.2.1", ["SCH004 5:15-5:24"]),
        ("networks: [993]", ["SCH004 5:16-5:19"]),
        ("networks: [true, [x], {network: 3}]", ["SCH004 5:16-5:20", "SCH004 5:22-5:25", "SCH004 5:37-5:38"]),
        ("networks: [{}]", ["SCH002 5:16-5:18"]),
        ("networks: [{note: x}]", ["SCH002 5:17-5:21"]),
        ("networks: [{network: x, nota: y}]", ["SCH001 5:29-5:33"]),
        ("networks: [{netwrk: x}]", ["SCH001 5:17-5:23"]),
        ("networks: [x, ]", []),
        ("networks: ['']", ["SCH009 5:16-5:18"]),
        ("networks: [~]", ["SCH016 5:16-5:17"]),
        ("networks: [{network: ~}]", ["SCH016 5:17-5:24"]),
        ("networks: {a: ~, b: [~]}", ["SCH004 5:15-5:29"]),
        ("netwroks: {a: ~}", ["SCH001 5:5-5:13"]),
        ('networks: ["192.0.2.1\\n"]', ["SCH008 5:16-5:29"]),
        ("networks_only: yes", ["SCH004 5:20-5:23"]),
        ("services: [imaps, IMAP]", ["SCH005 5:23-5:27"]),
        ("services: []", []),
        ("region: []", ["SCH013 5:13-5:15"]),
        ("region: EU", ["SCH005 5:13-5:15"]),
        ("region: [eu, 3]", ["SCH004 5:18-5:19"]),
        ("region: {eu: x}", ["SCH004 5:13-5:20"]),
        ("expires: 2027-02-30", ["SCH006 5:14-5:24"]),
        ("expires: 30.06.2027", ["SCH006 5:14-5:24"]),
        ("expires: 20270630", ["SCH006 5:14-5:22"]),
        ("expires: [2027-06-30]", ["SCH006 5:14-5:26"]),
        ("owner: ''", ["SCH009 5:12-5:14"]),
        ("owner: " + "x" * 1001, ["SCH009 5:12-5:1013"]),
        ('owner: "a\\tb"', ["SCH008 5:12-5:18"]),
        ('owner: "a\\u202eb"', ["SCH008 5:12-5:22"]),
        ("owner: |\n      two\n      lines", ["SCH008 5:12-7:12"]),
        ("owner: 3", ["SCH004 5:12-5:13"]),
        ("name: My Connector", ["SCH005 5:11-5:23"]),
        ("name: " + "x" * 64, ["SCH009 5:11-5:75"]),
    ],
)
def test_a_mistake_in_a_connector_of_a_site_is_one_finding_at_its_place(line: str, expected: list[str]) -> None:
    assert find_in(f"{MINIMAL_SITE}    {line}\n") == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("trusted:", ["SCH016 5:1-5:8"]),
        ("trusted: {}", ["SCH004 5:10-5:12"]),
        ("server: imap.example.org", ["SCH004 5:9-5:25"]),
        ("server: {imap: 192.0.2.1}", ["SCH012 5:16-5:25"]),
        ("server: {imap: '2001:db8::1'}", ["SCH012 5:16-5:29"]),
        ("server: {imap: mail}", ["SCH012 5:16-5:20"]),
        ("server: {imap: mail.example.org.}", ["SCH012 5:16-5:33"]),
        ("server: {imap: mail_1.example.org}", ["SCH012 5:16-5:34"]),
        ("server: {imap: -mail.example.org}", ["SCH012 5:16-5:33"]),
        ("server: {imap: mail.example.org:993}", ["SCH012 5:16-5:36"]),
        ("server: {imap: bücher.example}", ["SCH012 5:16-5:30"]),
        ("server: {imap: xn--bcher-kva.example}", []),
        ("server: {imap: 4.example.org, smtp: MAIL.Example.ORG}", []),
        ("server: {imap: " + "a." * 126 + "de}", ["SCH009 5:16-5:270"]),
        ("server: {tls_minimum: SSLv3}", ["SCH003 5:23-5:28"]),
        ("server: {tls_minimum: 1.2}", ["SCH003 5:23-5:26"]),
        ("server: {ports: {imaps: any}}", ["SCH017 5:25-5:28"]),
        ("server: {ports: {imaps: []}}", ["SCH013 5:25-5:27"]),
        ("server: {ports: {imaps: [993, x, {}]}}", ["SCH017 5:31-5:32", "SCH004 5:34-5:36"]),
        ("server: {ports: {IMAPS: 993}}", ["SCH005 5:18-5:23"]),
        ("server: {ports: {imaps: true}}", ["SCH004 5:25-5:29"]),
        ("access: {imaps: publik}", ["SCH003 5:17-5:23"]),
        ("access: {imaps: {mode: open, exclusive: 1}}", ["SCH003 5:24-5:28", "SCH004 5:41-5:42"]),
        ("access: {imaps: {exclusive: true}}", ["SCH002 5:10-5:15"]),
        ("access: {imaps: []}", ["SCH004 5:17-5:19"]),
        ("access: {Imaps: public}", ["SCH005 5:10-5:15"]),
        ("access: {Imaps: publik}", ["SCH005 5:10-5:15", "SCH003 5:17-5:23"]),
        ("targets: {nftables: {limit: ~}}", ["SCH016 5:22-5:27"]),
        ("targets: {nftables: {limit: {a: 1}}}", ["SCH004 5:29-5:35"]),
        ("targets: {nftables: {limit: [[1]]}}", ["SCH004 5:30-5:33"]),
        ('targets: {nftables: {limit: "a\\nb"}}', ["SCH008 5:29-5:35"]),
        ("targets: {nftables: {max-limit: 3}}", ["SCH005 5:22-5:31"]),
        ("targets: {nftables: [limit]}", ["SCH004 5:21-5:28"]),
        ("targets: [nftables]", ["SCH004 5:10-5:20"]),
        ("expect: [{from: 192.0.2.1, to: imaps, verdict: maybe}]", ["SCH003 5:48-5:53"]),
        ("expect: [{from: 192.0.2.1, to: [imaps], verdict: deny}]", ["SCH004 5:32-5:39"]),
        ("expect: [{form: 192.0.2.1, to: imaps, verdict: deny}]", ["SCH001 5:11-5:15"]),
        ("expect: [{from_: 192.0.2.1, to: imaps, verdict: deny}]", ["SCH001 5:11-5:16"]),
        ("allow: [{code: net1, network: 192.0.2.1, reason: x}]", ["SCH017 5:16-5:20"]),
        ("allow: [{code: NET017, network: 192.0.2.1}]", ["SCH002 5:10-5:14"]),
        ("title: [x]", ["SCH004 5:8-5:11"]),
        ("imap: imap.example.org", ["SCH001 5:1-5:5"]),
        ("'': x", ["SCH001 5:1-5:3"]),
    ],
)
def test_a_mistake_in_a_site_is_one_finding_at_its_place(line: str, expected: list[str]) -> None:
    assert find_in(f"{MINIMAL_SITE}{line}\n") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name: acme\n", ["SCH002 1:1-1:5", "SCH002 1:1-1:5"]),
        ("kind: site\nname: acme\nconnectors: []\n", ["SCH013 3:13-3:15"]),
        ("kind: site\nname: Acme\nconnectors: [3]\n", ["SCH005 2:7-2:11", "SCH004 3:14-3:15"]),
        ("kind: sites\nname: acme\nconnectors: [{use: x}]\n", ["SCH003 1:7-1:12"]),
        ("kind: 3\nname: acme\nconnectors: [{use: x}]\n", ["SCH004 1:7-1:8"]),
        (MINIMAL_CONNECTOR, ["SCH010 1:7-1:16"]),
        ("kind: target\nname: nftables\n", ["SCH010 1:7-1:13"]),
        (
            "kind: site\nname: &a acme\nconnectors: *a\nconnectors: []\nfoo: 1\n",
            ["YML014 2:7-2:9", "YML015 3:13-3:15", "YML013 4:1-4:11", "SCH001 5:1-5:4"],
        ),
        ("kind: site\n<<: {name: acme}\nconnectors: [{use: 3}]\n", ["YML017 2:1-2:3", "SCH004 3:20-3:21"]),
        ("kind: site\n*a : 1\nname: acme\nconnectors: [{use: x}]\n", ["YML015 2:1-2:3"]),
    ],
)
def test_a_mistake_in_a_whole_site_is_told(text: str, expected: list[str]) -> None:
    assert find_in(text) == expected


def change(old: str, new: str) -> str:
    assert old in CONNECTOR
    return CONNECTOR.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("protocol: tcp", "protocol: tpc", ["SCH003 27:38-27:41"]),
        ("tls: implicit", "tls: none", ["SCH011 27:67-27:71"]),
        ("tls: implicit", "tls: no", ["SCH011 27:67-27:69"]),
        ("tls: implicit", "tls: false", ["SCH011 27:67-27:72"]),
        ("tls: implicit", "tls: ssl", ["SCH003 27:67-27:70"]),
        ("tls: implicit", "tls: ~", ["SCH016 27:62-27:65"]),
        ("application: imap", "application: pop3", ["SCH003 27:56-27:60"]),
        ("port: 993", "port: 993/tcp", ["SCH017 27:23-27:30"]),
        ("port: 993, ", "", ["SCH002 27:3-27:8"]),
        ("imaps:  ", "imaps.1:", ["SCH005 27:3-27:10"]),
        ("published", "publishd", ["SCH003 13:11-13:19"]),
        ("https://example.org/docs?page=1", "example.org/docs", ["SCH014 8:10-8:26"]),
        ("https://example.org/docs?page=1", "https://example.org/a b", ["SCH014 8:10-8:33"]),
        ("  source: https://example.org/addresses\n", "", ["SCH015 18:1-18:9"]),
        ("  source: https://example.org/addresses\n  retrieved: 2026-11-23\n", "", ["SCH015 17:1-17:9"]),
        ("TLSv1.2]", "TLSv2]", ["SCH003 30:43-30:48"]),
        ("count: 2", "count: 0", ["SCH007 33:15-33:16"]),
        ("public_ca: preferred", "public_ca: maybe", ["SCH003 35:48-35:53"]),
        ("confidence: high", "confidence: very", ["SCH003 6:13-6:17"]),
        ("eu1.example.com:", "EU:", ["SCH005 24:3-24:5"]),
        ("{networks: [203.0.113.0/28], note: United States}", "{networks: []}", ["SCH013 23:18-23:20"]),
        ("reviewed: 2026-11-23", "reviewed: today", ["SCH006 5:11-5:16"]),
        ("kind: connector", "kind: site", ["SCH010 1:7-1:11"]),
        ("services:", "servcies:", ["SCH001 26:1-26:9"]),
    ],
)
def test_a_mistake_in_a_connector_is_one_finding_at_its_place(old: str, new: str, expected: list[str]) -> None:
    assert find_in(change(old, new), decode_connector) == expected


def test_networks_of_regions_alone_need_a_source_too() -> None:
    text = MINIMAL_CONNECTOR + "regions: {eu: {networks: [192.0.2.1]}}\n"

    assert find_in(text, decode_connector) == ["SCH015 6:1-6:8"]


def test_a_profile_without_networks_needs_no_source() -> None:
    text = MINIMAL_CONNECTOR + "addresses: {policy: per-account}\nnetworks: []\nregions: {}\n"

    assert find_in(text, decode_connector) == []
