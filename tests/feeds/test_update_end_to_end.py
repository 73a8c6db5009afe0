"""From a vendor's server to rules, with shipped profiles and their own addresses: a proxy leads those to the tests' server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.dns_server import Behaviour, serve_dns
from tests.feeds.reads import sample
from tests.feeds.server.web import Proxy, Reply, Vendor, running_proxy
from tests.feeds.updates import SITE, update
from tests.support.cli import gatepost

AUTH0 = {
    "last_updated_at": "2026-02-18T10:00:00Z",
    "regions": {"US": {"ipv4_cidrs": ["192.0.2.1/32", "198.51.100.7/32"]}, "EU": {"ipv4_cidrs": ["203.0.113.9/32"]}},
}
TAGS = {
    "changeNumber": 232,
    "cloud": "Public",
    "values": [
        {
            "name": f"AzureConnectors{region}",
            "id": f"AzureConnectors{region}",
            "properties": {"changeNumber": 7, "region": region[1:].lower(), "platform": "Azure", "addressPrefixes": prefixes},
        }
        for region, prefixes in (
            ("", ["192.0.2.0/28", "198.51.100.0/28"]),
            (".WestEurope", ["192.0.2.0/28"]),
            (".EastUS", ["198.51.100.0/28"]),
        )
    ],
}
ANNOUNCED = {**json.loads(sample("ripestat-announced-prefixes.json"))}
ANNOUNCED["data"] = {
    "resource": "42427",
    "prefixes": [{"prefix": "192.0.2.0/24", "timelines": []}, {"prefix": "2001:db8::/32", "timelines": []}],
}
ENDPOINTS = [{"id": 1, "serviceArea": "Exchange", "ips": ["192.0.2.0/24", "2001:db8:1::/48"], "tcpPorts": "143,993"}]
PAGE = b'<a href="https://download.microsoft.com/download/7/1/d/x/ServiceTags_Public_20261116.json">file</a>'
FILE = "download.microsoft.com/download/7/1/d/x/ServiceTags_Public_20261116.json"


@pytest.fixture
def proxy(site: Path, vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with running_proxy(vendor.port) as way:
        monkeypatch.setenv("HTTPS_PROXY", f"http://user:s3cr3t@{way.address}")
        yield way


def use(profile: str, *keys: str) -> None:
    """Write a site that uses one shipped connector."""
    used = "".join(f"    {key}\n" for key in keys)
    text = SITE.replace("  - use: ./crm.yaml\n    feed_url: URL\n", f"  - use: {profile}\n{used}").replace(
        "access: {imaps: allowlist}\n", ""
    )
    Path("acme.yaml").write_text(text)


def rendered() -> str:
    """The rules for nftables, which name each network; and no error on the way."""
    done = gatepost("render", "acme.yaml", "-t", "nftables", "-o", "out")
    assert done.status == 0, done.err
    return "".join(path.read_text() for path in sorted(Path("out/acme/nftables").glob("*.nft")))


def dump(value: object) -> bytes:
    return json.dumps(value).encode()


@pytest.mark.parametrize(
    ("profile", "keys", "pages", "networks"),
    [
        pytest.param(
            "auth0-smtp",
            ["region: us"],
            {"cdn.auth0.com/ip-ranges.json": dump(AUTH0)},
            ["192.0.2.1", "198.51.100.7"],
            id="json with regions",
        ),
        pytest.param(
            "pipedrive",
            [],
            {"raw.githubusercontent.com/pipedrive/ip-ranges/master/ip-ranges.json": b'["192.0.2.1", "198.51.100.0/28"]'},
            ["192.0.2.1", "198.51.100.0/28"],
            id="json array",
        ),
        pytest.param(
            "betterstack", [], {"uptime.betterstack.com/ips.txt": b"192.0.2.1\n2001:db8::1\n"}, ["192.0.2.1", "2001:db8::1"], id="text"
        ),
        pytest.param(
            "m365-imap-migration",
            [],
            {"/version/worldwide": sample("m365-version.json"), "/endpoints/worldwide": dump(ENDPOINTS)},
            ["192.0.2.0/24", "2001:db8:1::/48"],
            id="microsoft-365",
        ),
        pytest.param(
            "power-platform",
            ["region: westeurope"],
            {"/en-us/download/details.aspx": PAGE, FILE: dump(TAGS)},
            ["192.0.2.0/28"],
            id="azure-service-tags",
        ),
        pytest.param(
            "mimecast", [], {"/data/announced-prefixes/data.json": dump(ANNOUNCED)}, ["192.0.2.0/24", "2001:db8::/32"], id="ripestat"
        ),
    ],
)
def test_a_feed_of_the_web_ends_in_rules(
    vendor: Vendor, proxy: Proxy, profile: str, keys: list[str], pages: dict[str, bytes], networks: list[str]
) -> None:
    use(profile, *keys)
    for where, body in pages.items():
        vendor.put(where, Reply(body, etag='"1"'))

    first = update()
    rules = rendered()
    second = update()

    assert (first.exit, first.status) == (0, "written"), first.messages
    assert [network for network in networks if network not in rules] == []
    assert "203.0.113.9" not in rules
    assert (second.exit, second.status) == (0, "current"), second.messages
    assert "s3cr3t" not in json.dumps(first.document)
    assert proxy.asked[0][0].startswith("CONNECT ")


@pytest.mark.parametrize(
    ("profile", "records", "networks"),
    [
        pytest.param(
            "gmail-outbound",
            {
                ("_spf.google.com.", "TXT"): ['"v=spf1 include:_netblocks.google.com ~all"'],
                ("_netblocks.google.com.", "TXT"): ['"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/36 ~all"'],
            },
            ["192.0.2.0/24", "2001:db8::/36"],
            id="spf",
        ),
        pytest.param(
            "superblocks",
            {("nat.superblocks.com.", "A"): ["192.0.2.7", "192.0.2.9"], ("nat.superblocks.com.", "AAAA"): ["2001:db8::7"]},
            ["192.0.2.7", "192.0.2.9", "2001:db8::7"],
            id="dns",
        ),
    ],
)
def test_a_feed_of_the_dns_ends_in_rules(site: Path, profile: str, records: dict[tuple[str, str], list[str]], networks: list[str]) -> None:
    use(profile)
    with serve_dns(Behaviour(records)) as port:
        first = update("--nameserver", f"127.0.0.1#{port}")
        second = update("--nameserver", f"127.0.0.1#{port}")
    rules = rendered()

    assert (first.exit, first.status, second.status) == (0, "written", "current"), first.messages
    assert [network for network in networks if network not in rules] == []


def test_spf_records_that_include_each_other_are_refused(site: Path) -> None:
    use("gmail-outbound")
    records = {("_spf.google.com.", "TXT"): ['"v=spf1 include:_spf.google.com -all"']}

    with serve_dns(Behaviour(records)) as port:
        done = update("--nameserver", f"127.0.0.1#{port}")

    assert (done.exit, done.status) == (1, "refused")
    assert not Path("acme.lock").exists()


def test_spf_records_with_eleven_look_ups_are_read_and_told(site: Path) -> None:
    use("gmail-outbound")
    names = [f"n{number}.example.org" for number in range(11)]
    every = '" "'.join(f"include:{name} " for name in names)
    leaves = {(f"{name}.", "TXT"): [f'"v=spf1 ip4:192.0.2.{number} -all"'] for number, name in enumerate(names)}
    records = {("_spf.google.com.", "TXT"): [f'"v=spf1 {every}-all"'], **leaves}

    with serve_dns(Behaviour(records)) as port:
        done = update("--nameserver", f"127.0.0.1#{port}")

    assert (done.exit, done.status) == (0, "written"), done.messages
    assert "look-up" in done.messages


def test_a_dns_server_that_says_nothing_is_not_reachable(site: Path) -> None:
    use("superblocks")
    with serve_dns(Behaviour({}, silent=frozenset({"nat.superblocks.com."}))) as port:
        done = update("--timeout", "1", "--nameserver", f"127.0.0.1#{port}")

    assert (done.exit, done.status, done.errors) == (3, "unreachable", ["LCK048"])


def test_a_saved_copy_needs_no_network(site: Path) -> None:
    use("auth0-smtp", "region: us", "feed_url: file:saved.json")
    (site / "saved.json").write_bytes(dump(AUTH0))

    done = update()

    assert (done.exit, done.status) == (0, "written")
    assert "198.51.100.7" in rendered()


def test_microsoft_is_asked_for_the_list_only_when_the_version_changed(vendor: Vendor, proxy: Proxy) -> None:
    use("m365-imap-migration")
    vendor.put("/version/worldwide", sample("m365-version.json"))
    vendor.put("/endpoints/worldwide", dump(ENDPOINTS))
    update()
    vendor.requests.clear()

    update()

    assert [request.path.partition("?")[0] for request in vendor.requests] == ["/version/worldwide"]


def test_a_host_of_no_proxy_is_asked_directly(vendor: Vendor, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "localhost")
    use("pipedrive", f"feed_url: {vendor.base}/list.json")
    vendor.put("/list.json", b'["192.0.2.1"]')

    done = update()

    assert done.status == "written"
    assert proxy.asked == []


def test_a_login_for_the_proxy_goes_to_the_proxy(vendor: Vendor, proxy: Proxy) -> None:
    use("pipedrive", f"feed_url: {vendor.base}/list.json")
    vendor.put("/list.json", b'["192.0.2.1"]')

    update()

    assert proxy.asked[0][1].startswith("Basic ")
    assert "Proxy-Authorization" not in vendor.requests[0].headers


def test_a_proxy_that_is_not_there_is_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:s3cr3t@127.0.0.1:1")
    use("pipedrive")

    done = update("--timeout", "1")

    assert (done.exit, done.errors) == (3, ["LCK040"])
    assert "proxy" in done.messages
    assert "s3cr3t" not in done.messages


def test_a_bare_connector_has_a_lock_too(vendor: Vendor, proxy: Proxy) -> None:
    vendor.put("cdn.auth0.com/ip-ranges.json", dump({**AUTH0, "regions": {"US": {"ipv4_cidrs": ["1.2.3.4/32"]}}}))

    done = update(site="auth0-smtp")
    listed = gatepost("plan", "auth0-smtp")

    assert (done.status, done.document["lock"]) == ("written", "auth0-smtp.lock")
    assert "1.2.3.4/32" in listed.out
