"""What `update` refuses to take without being told to, and what it takes when it is."""

from pathlib import Path

import pytest

from generator.feeds.judge import judge_version
from tests.feeds.server.web import Reply, Vendor
from tests.feeds.updates import LIST, feed, pinned, update, write_site
from tests.support.cli import gatepost

PUBLIC = [f"1.2.{number}.0/24" for number in range(10)]  # never in a file of rules


@pytest.fixture
def crm(site: Path, vendor: Vendor) -> Vendor:
    """A vendor whose feed, ten networks in version 5, is in the lock."""
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", feed(*PUBLIC, version=5))
    assert update().status == "written"
    return vendor


WRONG = [
    pytest.param((), 6, "LCK050", id="empty"),
    pytest.param(PUBLIC[:5], 6, "LCK051", id="halved"),
    pytest.param([*PUBLIC, *(f"1.3.{number}.0/24" for number in range(6))], 6, "LCK052", id="grown by 60 percent"),
    pytest.param([*PUBLIC, "2606:4700::/48"], 6, "LCK052", id="a new family"),
    pytest.param([*PUBLIC, "1.64.0.0/11"], 6, "LCK053", id="too wide"),
    pytest.param([*PUBLIC, "10.0.0.0/30"], 6, "LCK054", id="private"),
    pytest.param([*PUBLIC, "240.1.2.0/30"], 6, "LCK054", id="reserved"),
    pytest.param([*PUBLIC, "1.4.0.0/24"], 4, "LCK056", id="version going back"),
]
NEVER = [
    pytest.param("0.0.0.0/0", id="everybody"),
    pytest.param("::/0", id="everybody in IPv6"),
    pytest.param("127.0.0.1/32", id="loopback"),
    pytest.param("169.254.0.0/24", id="link-local"),
    pytest.param("224.0.0.0/24", id="multicast"),
    pytest.param("1.0.0.0/7", id="wider than /8"),
]


@pytest.mark.parametrize(("networks", "version", "code"), WRONG)
def test_what_looks_wrong_is_refused_and_the_lock_stays(crm: Vendor, networks: list[str], version: int, code: str) -> None:
    crm.put("/list.json", feed(*networks, version=version))

    done = update()

    assert (done.exit, done.status) == (1, "refused")
    assert code in done.errors
    assert pinned() == PUBLIC


@pytest.mark.parametrize(("networks", "version", "code"), WRONG)
def test_what_looks_wrong_is_taken_when_it_is_accepted_by_name(crm: Vendor, networks: list[str], version: int, code: str) -> None:
    crm.put("/list.json", feed(*networks, version=version))

    done = update("--accept", "crm")

    assert (done.exit, done.status, done.errors) == (0, "written", [])
    assert f"accepted ({code})" in done.messages
    assert set(pinned()) == set(networks)


@pytest.mark.parametrize("network", NEVER)
def test_what_never_is_a_source_address_cannot_be_accepted(crm: Vendor, network: str) -> None:
    crm.put("/list.json", feed(*PUBLIC, network, version=6))

    done = update("--accept", "crm")

    assert (done.exit, done.errors) == (1, ["LCK055"])
    assert pinned() == PUBLIC


def test_neighbours_that_are_too_wide_together_cannot_be_accepted(crm: Vendor) -> None:
    crm.put("/list.json", feed(*PUBLIC, "20.0.0.0/8", "21.0.0.0/8", version=6))

    assert update("--accept", "crm").errors == ["LCK055"]


def test_accepting_one_code_accepts_no_other(crm: Vendor) -> None:
    crm.put("/list.json", feed(*PUBLIC[:5], version=4))

    done = update("--accept", "crm=LCK051")

    assert (done.errors, done.others) == (["LCK056"], ["LCK060"])
    assert pinned() == PUBLIC


def test_accepting_nothing_is_told(crm: Vendor) -> None:
    assert update("--accept", "crm=LCK051").others == ["LCK061"]


def test_a_lower_version_of_what_the_lock_has_is_refused_too(crm: Vendor) -> None:
    crm.put("/list.json", feed(*PUBLIC, version=4))

    assert update().errors == ["LCK056"]


@pytest.mark.parametrize(
    ("new", "old", "refused"),
    [
        ("10", "9", False),
        ("9", "10", True),
        ("2026112300", "2026102800", False),
        ("2026-04-02-19-34-44", "2026-04-02-09-34-44", False),
        ("2026-02-18T00:00:00Z", "2026-11-02T00:00:00Z", True),
        ("", "9", True),
        ("9", "", False),
        ("new", "old", True),
        ("old", "old", False),
    ],
)
def test_a_version_grows(new: str, old: str, refused: bool) -> None:
    assert bool(judge_version("crm", new, old)) == refused


def test_the_site_sets_the_thresholds(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {shrink_percent: 60, growth_percent: 100, widest: {ipv4: 8}}\n")
    crm.put("/list.json", feed(*PUBLIC[:4], "1.2.128.0/22", version=6))

    assert update().status == "written"


def test_what_was_accepted_once_is_not_asked_again(crm: Vendor) -> None:
    crm.put("/list.json", feed(*PUBLIC, "10.0.0.0/30", "1.64.0.0/11", version=6))
    update("--accept", "crm")
    crm.put("/list.json", feed(*PUBLIC, "10.0.0.0/30", "1.64.0.0/11", "1.2.10.0/24", version=7))

    assert update().status == "written"


def test_an_allowance_of_the_site_covers_its_networks(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", feed(*LIST))
    allowed = update().status
    Path("acme.lock").unlink()
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("NET055, network: 192.0.2", "NET055, network: 192.0.3"))

    assert (allowed, update().errors) == ("written", ["LCK054"])


def test_the_order_of_a_feed_is_no_change(crm: Vendor) -> None:
    before = Path("acme.lock").read_bytes()
    crm.put("/list.json", feed(*reversed(PUBLIC), PUBLIC[0], version=6))

    assert update().status == "current"
    assert Path("acme.lock").read_bytes() == before


def test_a_removed_network_stays_for_its_grace_period(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {grace_days: 14}\n")
    crm.put("/list.json", feed(*PUBLIC[1:], "1.2.10.0/24", version=6))

    added = update(today="2026-11-24")
    at_last = update(today="2026-12-08")
    kept = Path("acme.lock").read_text()
    gone = update(today="2026-12-09")

    assert added.document["connectors"][0]["lost"]["prefixes"] == []
    assert added.document["connectors"][0]["leaving"] == [{"network": "1.2.0.0/24", "region": None, "until": "2026-12-08"}]
    assert '{network: "1.2.0.0/24", until: 2026-12-08}' in kept
    assert at_last.document["connectors"][0]["lost"]["prefixes"] == []
    assert gone.document["connectors"][0]["lost"] == {"prefixes": ["1.2.0.0/24"], "addresses": "256"}
    assert "leaving" not in Path("acme.lock").read_text()


def test_a_network_that_comes_back_is_leaving_no_more(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {grace_days: 14}\n")
    crm.put("/list.json", feed(*PUBLIC[1:], version=6))
    update()
    crm.put("/list.json", feed(*PUBLIC, version=7))

    done = update()

    assert done.document["connectors"][0]["gained"]["prefixes"] == []
    assert pinned() == PUBLIC


def test_a_lock_without_news_gets_a_new_stamp_only_now_and_then(crm: Vendor) -> None:
    soon = update(today="2026-11-30").status
    later = update(today="2026-12-01").status

    assert (soon, later) == ("current", "written")
    assert 'fetched: "2026-12-01T00:00:00Z"' in Path("acme.lock").read_text()


def test_a_lock_from_the_future_is_stamped_anew(crm: Vendor) -> None:
    assert update(today="2026-11-01").status == "written"


def test_check_writes_nothing_and_tells_what_would_change(crm: Vendor) -> None:
    before = Path("acme.lock").read_bytes()
    current = update("--check")
    crm.put("/list.json", feed(*PUBLIC, "1.2.10.0/24", version=6))

    done = update("--check")

    assert (current.exit, current.status) == (0, "current")
    assert (done.exit, done.status) == (1, "would-change")
    assert done.document["services"] == [
        {"name": "imaps", "gained": {"prefixes": ["1.2.10.0/24"], "addresses": "256"}, "lost": {"prefixes": [], "addresses": "0"}}
    ]
    assert Path("acme.lock").read_bytes() == before


def test_a_lock_with_marks_of_a_merge_is_told_and_kept(crm: Vendor) -> None:
    lock = Path("acme.lock")
    lock.write_text(lock.read_text().replace("      - 1.2.3.0/24\n", "<<<<<<< ours\n      - 1.2.3.0/24\n=======\n>>>>>>> theirs\n"))
    before = lock.read_bytes()

    done = update()

    assert (done.exit, done.others) == (1, ["LCK049"])
    assert "`gatepost update acme.yaml`" in done.messages
    assert lock.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"kind: site\nname: acme\n", b"kind: lock\nschema: gatepost.lock/2\n", b"- 1.2.3.0/24\n"]
)
def test_a_lock_that_is_none_is_told_with_the_cure_and_kept(crm: Vendor, content: bytes) -> None:
    Path("acme.lock").write_bytes(content)

    done = update()

    assert (done.exit, done.others) == (1, ["LCK049"])
    assert Path("acme.lock").read_bytes() == content


def test_a_network_that_somebody_broke_in_the_lock_is_told_at_its_line(crm: Vendor) -> None:
    lock = Path("acme.lock")
    lock.write_text(lock.read_text().replace("1.2.3.0/24", "1.2.3.7/24"))

    done = update()

    assert done.errors == ["NET002"]
    assert done.document["findings"][0]["span"]["path"] == "acme.lock"


def test_a_lock_that_somebody_edited_is_made_anew_though_the_server_says_that_nothing_changed(crm: Vendor) -> None:
    crm.put("/list.json", Reply(feed(*PUBLIC, version=5), etag='"five"'))
    Path("acme.lock").unlink()
    update()
    lock = Path("acme.lock")
    whole = lock.read_text()
    lock.write_text(whole.replace("1.2.3.0/24\n", "1.2.3.0/24\n      - 6.6.6.0/24\n"))
    checked = gatepost("check", "acme.yaml", "--today", "2026-11-23").err

    done = update()

    assert "warning[LCK034]" in checked
    assert (done.status, done.document["connectors"][0]["lost"]["prefixes"]) == ("written", ["6.6.6.0/24"])
    assert lock.read_text() == whole


def test_what_was_edited_in_a_lock_stays_told_while_the_feed_is_refused(crm: Vendor) -> None:
    lock = Path("acme.lock")
    lock.write_text(lock.read_text().replace("1.2.3.0/24\n", "1.2.3.0/24\n      - 6.6.6.0/24\n"))
    crm.put("/list.json", feed())

    update()

    assert "warning[LCK034]" in gatepost("check", "acme.yaml", "--today", "2026-11-23").err


def test_an_edited_version_of_the_lock_is_told(crm: Vendor) -> None:
    lock = Path("acme.lock")
    lock.write_text(lock.read_text().replace('version: "5"', 'version: "9"'))

    assert update().errors == ["LCK056"]


def test_a_grace_period_ends_with_the_calendar(crm: Vendor) -> None:
    with Path("acme.yaml").open("a") as site:
        site.write("updates: {grace_days: 14}\n")
    crm.put("/list.json", feed(*PUBLIC[1:], version=6))

    assert update(today="9999-12-30").document["connectors"][0]["leaving"][0]["until"] == "9999-12-31"


def test_a_connector_that_left_the_site_leaves_the_lock(crm: Vendor) -> None:
    text = Path("acme.yaml").read_text()
    Path("acme.yaml").write_text(text.replace("    feed_url", "    name: renamed\n    feed_url"))

    done = update()

    assert (done.status, done.others) == ("written", ["LCK062"])
    assert "  crm:" not in Path("acme.lock").read_text()
