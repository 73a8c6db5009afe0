"""Everything that goes wrong between here and a vendor: the lock keeps what it had, and the exit status tells whether to try again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.feeds.server.authority import Authority
from tests.feeds.server.web import Reply, Vendor, running_vendor
from tests.feeds.updates import LIST, feed, pinned, update, write_site

GOOD = feed(*LIST)
NEXT = feed(*LIST[1:], "203.0.113.128/25", version=2)


@pytest.fixture
def locked(site: Path, vendor: Vendor) -> Iterator[Vendor]:
    """A vendor whose feed is in the lock."""
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", GOOD)
    assert update().status == "written"
    vendor.requests.clear()
    yield vendor
    assert pinned() == list(LIST)


LATER = (("Retry-After", "Mon, 23 Nov 2099 00:00:00 GMT"), ("Date", "Mon, 23 Nov 2026 00:00:00 GMT"))
BOMB = Reply(b"[" + b" " * 40_000_000, packed=True)


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(Reply(b"gone", 404), "LCK042", id="404"),
        pytest.param(Reply(b"no", 403), "LCK042", id="403"),
        pytest.param(Reply(b"", 304), "LCK042", id="304 to a question without a condition"),
        pytest.param(Reply(b"<html>please log in</html>"), "LCK001", id="HTML instead of JSON"),
        pytest.param(Reply(b"\x89PNG\r\n\x1a\n"), "LCK001", id="wrong type"),
        pytest.param(Reply(b'{"networks": {"v4": []}, "version": 1}'), "LCK002", id="another shape"),
        pytest.param(Reply(b'{"networks": ["192.0.2.0/25"]'), "LCK001", id="cut JSON of the right length"),
        pytest.param(BOMB, "LCK044", id="gzip bomb"),
        pytest.param(Reply(b" " * 33_600_000), "LCK044", id="too long"),
        pytest.param(Reply(b"", 302, (("Location", "http://feeds.example.org/list.json"),)), "LCK043", id="redirect to http"),
        pytest.param(Reply(b"", 302, (("Location", "file:///etc/passwd"),)), "LCK043", id="redirect to a file"),
        pytest.param(Reply(b"", 302, (("Location", "/list.json"),)), "LCK043", id="redirects in a circle"),
        pytest.param(Reply(b"", 301), "LCK043", id="redirect to nowhere"),
    ],
)
def test_a_feed_that_is_not_the_feed_is_refused(locked: Vendor, reply: Reply, code: str) -> None:
    locked.put("/list.json", reply)

    done = update()

    assert (done.exit, done.status, done.errors) == (1, "refused", [code])


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(Reply(b"busy", 429, (("Retry-After", "3600"),)), "LCK040", id="429 that asks for an hour"),
        pytest.param(Reply(b"busy", 503, LATER), "LCK040", id="503 that names a day of another century"),
        pytest.param(Reply(GOOD, drip_seconds=0.2), "LCK040", id="slow"),
        pytest.param(Reply(GOOD, pause_seconds=5), "LCK040", id="silent"),
    ],
)
def test_a_feed_that_cannot_be_reached_may_be_tried_again_later(locked: Vendor, reply: Reply, code: str) -> None:
    locked.put("/list.json", reply)

    done = update("--timeout", "1")

    assert (done.exit, done.status, done.errors) == (3, "unreachable", [code])


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        pytest.param(Reply(b"oops", 500), "LCK040", id="500"),
        pytest.param(Reply(GOOD, length=10_000), "LCK045", id="truncated"),
        pytest.param(Reply(GOOD, chunked=True, length=0), "LCK045", id="truncated between chunks"),
        pytest.param(Reply(b"no gzip", headers=(("Content-Encoding", "gzip"),)), "LCK045", id="damaged"),
    ],
)
def test_what_may_be_different_next_time_is_tried_again_and_then_given_up(locked: Vendor, reply: Reply, code: str) -> None:
    locked.put("/list.json", reply)

    done = update("--timeout", "2")

    assert (done.exit, done.status, done.errors) == (3, "unreachable", [code])
    assert len(locked.requests) == 2


def test_a_server_that_recovers_is_heard(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", Reply(b"busy", 429, (("Retry-After", "0"),)), Reply(GOOD, length=9999), GOOD)

    done = update()

    assert (done.exit, done.status) == (0, "written")
    assert len(vendor.requests) == 3


@pytest.mark.parametrize("kind", ["expired", "of_other_names", "unknown"])
def test_a_server_that_cannot_prove_who_it_is_is_not_heard(site: Path, authority: Authority, kind: str) -> None:
    with running_vendor(getattr(authority, kind)()) as stranger:
        write_site(site, f"{stranger.base}/list.json")
        stranger.put("/list.json", GOOD)
        done = update()

    assert (done.exit, done.status, done.errors) == (3, "unreachable", ["LCK041"])
    assert stranger.requests == []


def test_no_server_at_all(site: Path) -> None:
    write_site(site, "https://localhost:1/list.json")

    done = update("--timeout", "2")

    assert (done.exit, done.errors) == (3, ["LCK040"])
    assert not Path("acme.lock").exists()


def test_a_redirect_to_https_is_followed(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/old.json")
    vendor.put("/old.json", Reply(b"", 301, (("Location", "/list.json"),)))
    vendor.put("/list.json", GOOD)

    assert update().status == "written"


def test_http_is_taken_from_this_machine_alone(site: Path) -> None:
    with running_vendor(None) as plain:
        write_site(site, f"{plain.base}/list.json")
        plain.put("/list.json", GOOD)
        here = update()
    write_site(site, "http://feeds.example.org/list.json")

    assert (here.status, update().errors) == ("written", ["LCK043"])


def test_a_password_in_an_address_is_not_repeated(site: Path) -> None:
    write_site(site, "https://somebody:s3cr3t@feeds.example.org/list.json")

    done = update()

    assert done.errors == ["LCK043"]
    assert "s3cr3t" not in done.messages


def test_an_answer_that_did_not_change_is_not_sent_again(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", Reply(GOOD, etag='"one"'))
    update()
    before = Path("acme.lock").read_bytes()

    done = update()

    assert (done.exit, done.status) == (0, "current")
    assert vendor.requests[1].headers["If-None-Match"] == '"one"'
    assert Path("acme.lock").read_bytes() == before


def test_one_bad_feed_does_not_stop_a_good_one(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    second = f"  - {{use: ./crm.yaml, name: other, feed_url: {vendor.base}/other.json}}\naccess:"
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("access:", second))
    vendor.put("/list.json", Reply(b"", 404))
    vendor.put("/other.json", GOOD)

    done = update()

    assert (done.exit, done.status) == (1, "refused")
    assert [connector["status"] for connector in done.document["connectors"]] == ["refused", "written"]
    assert pinned() == list(LIST)


def test_what_a_server_says_cannot_steer_the_terminal_or_break_the_lock(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    for number, version in enumerate(["\\u001b[31m1", "\\ud8001", "\\u202e1", "1\\n2", "\\uffff1", "1" * 2000]):
        vendor.put("/list.json", f'{{"version": "{version}", "networks": ["192.0.2.{number}"]}}'.encode())

        done = update("--accept", "crm")

        assert done.errors == [] or done.errors[0].startswith("LCK0"), done.messages
        assert done.messages.isascii() or done.messages.isprintable()
    assert update("--check").exit in (0, 1)


def test_two_entries_of_one_name_are_refused_before_anything_is_read(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    second = f"  - {{use: ./crm.yaml, feed_url: {vendor.base}/other.json}}\naccess:"
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("access:", second))

    assert update().errors == ["PLN003"]
    assert vendor.asked() == []


def test_one_connector_alone_is_updated(site: Path, vendor: Vendor) -> None:
    write_site(site, f"{vendor.base}/list.json")
    second = f"  - {{use: ./crm.yaml, name: other, feed_url: {vendor.base}/other.json}}\naccess:"
    Path("acme.yaml").write_text(Path("acme.yaml").read_text().replace("access:", second))
    vendor.put("/list.json", GOOD)
    vendor.put("/other.json", GOOD)

    done = update("--connector", "other")

    assert [connector["name"] for connector in done.document["connectors"]] == ["other"]
    assert vendor.asked() == ["localhost/other.json"]
