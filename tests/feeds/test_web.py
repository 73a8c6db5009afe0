"""Which addresses `update` opens, by which proxy, and how it unpacks."""

import gzip
import time
from functools import partial
from pathlib import Path

import pytest

from generator.feeds.fetch import Web, fetch
from generator.feeds.together import run_together
from generator.feeds.unpack import DamagedError, unpack
from generator.feeds.web import Clock, FetchError, Limits, check_url, proxy_for
from tests.feeds.server.web import Reply, Vendor

PROXY = "http://proxy.example.org:3128"


@pytest.mark.parametrize(
    ("url", "came_from", "expected"),
    [
        ("https://feeds.example.org/a", None, "https://feeds.example.org/a"),
        ("/b", "https://feeds.example.org/a", "https://feeds.example.org/b"),
        ("//other.example.org/b", "https://feeds.example.org/a", "https://other.example.org/b"),
        ("http://localhost:8000/a", None, "http://localhost:8000/a"),
        ("http://127.0.0.1/a", None, "http://127.0.0.1/a"),
        ("http://[::1]:8000/a", None, "http://[::1]:8000/a"),
        ("http://localhost/b", "http://localhost/a", "http://localhost/b"),
    ],
)
def test_an_address_that_is_opened(url: str, came_from: str | None, expected: str) -> None:
    assert check_url(url, came_from) == expected


@pytest.mark.parametrize(
    ("url", "came_from"),
    [
        ("http://feeds.example.org/a", None),
        ("http://localhost/b", "https://feeds.example.org/a"),
        ("http://localhost.example.org/b", None),
        ("http://feeds.example.org/b", "http://localhost/a"),
        ("ftp://feeds.example.org/a", None),
        ("file:///etc/passwd", "https://feeds.example.org/a"),
        ("javascript:alert(1)", "https://feeds.example.org/a"),
        ("https://me@feeds.example.org/a", None),
        ("https://feeds.example.org\\@evil.example.org/a", None),
        ("https://[feeds", None),
        ("https://feeds.example.org:99999/a", None),
        ("https:///a", None),
        ("https://feeds.example.org/ä", "https://feeds.example.org/a"),
        ("https://feeds.example.org/a b", "https://feeds.example.org/a"),
        ("https://feeds.example.org/\x1b[31m", "https://feeds.example.org/a"),
    ],
)
def test_an_address_that_is_not_opened(url: str, came_from: str | None) -> None:
    with pytest.raises(FetchError) as caught:
        check_url(url, came_from)

    assert caught.value.code == "LCK043"
    assert str(caught.value).isprintable()
    assert "me@" not in str(caught.value)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"https_proxy": PROXY}, PROXY),
        ({"HTTPS_PROXY": "proxy.example.org:3128"}, PROXY),
        ({"all_proxy": PROXY}, PROXY),
        ({"http_proxy": PROXY}, None),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "http://other.example.org"}, PROXY),
        ({"https_proxy": PROXY, "no_proxy": "*"}, None),
        ({"https_proxy": PROXY, "NO_PROXY": "other.example.org, feeds.example.org"}, None),
        ({"https_proxy": PROXY, "no_proxy": ".example.org"}, None),
        ({"https_proxy": PROXY, "no_proxy": "*.example.org"}, None),
        ({"https_proxy": PROXY, "no_proxy": "example.org:443"}, None),
        ({"https_proxy": PROXY, "no_proxy": "EXAMPLE.ORG"}, None),
        ({"https_proxy": PROXY, "no_proxy": "example.org:8443"}, PROXY),
        ({"https_proxy": PROXY, "no_proxy": "ample.org, eeds.example.org, , 192.0.2.1"}, PROXY),
    ],
)
def test_the_environment_names_the_proxy(environ: dict[str, str], expected: str | None) -> None:
    assert proxy_for("https://feeds.example.org/list.json", environ) == expected


def test_a_request_header_can_name_no_proxy() -> None:
    assert proxy_for("http://localhost/a", {"HTTP_PROXY": PROXY}) is None


def test_members_of_a_gzip_file_are_one_document() -> None:
    assert unpack(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", 100, "") == b"one two"


def test_a_document_of_exactly_the_limit_is_taken() -> None:
    assert unpack(gzip.compress(b"x" * 100), "gzip", 100, "") == b"x" * 100


@pytest.mark.parametrize("members", [1, 2, 101])
def test_a_document_above_the_limit_is_not_unpacked(members: int) -> None:
    with pytest.raises(FetchError):
        unpack(gzip.compress(b"x" * (101 // members + 1)) * members, "gzip", 100, "")


def test_a_gzip_file_that_ends_too_early_is_damaged() -> None:
    with pytest.raises(DamagedError):
        unpack(gzip.compress(b"x" * 100)[:-1], "gzip", 1000, "")


def test_what_a_job_raises_is_raised() -> None:
    def fail() -> int:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_together([lambda: 1, fail], workers=2, patience_seconds=5, on_done=lambda _: None)


def test_results_come_in_the_order_of_the_jobs() -> None:
    counts: list[int] = []

    assert run_together([partial(int, number) for number in range(20)], workers=3, patience_seconds=5, on_done=counts.append) == tuple(
        range(20)
    )
    assert counts == list(range(1, 21))


@pytest.mark.parametrize(("asked", "slept"), [("60", [60.0]), ("61", []), ("x", [1.0])])
def test_a_server_that_asks_for_much_patience_is_left(site: Path, vendor: Vendor, asked: str, slept: list[float]) -> None:
    waited: list[float] = []
    web = Web(agent="tests", environ={}, limits=Limits(tries=2), clock=Clock(lambda: 0.0, waited.append))
    vendor.put("/list.json", Reply(status=429, headers=(("Retry-After", asked),)))

    with pytest.raises(FetchError):
        fetch(web, f"{vendor.base}/list.json", 120.0)

    assert waited == slept


def test_an_answer_that_comes_byte_by_byte_ends_with_patience(site: Path, vendor: Vendor) -> None:
    web = Web(agent="tests", environ={}, limits=Limits(tries=1), clock=Clock(time.monotonic, time.sleep))
    vendor.put("/list.json", Reply(b" " * 200, drip_seconds=0.02))
    begin = time.monotonic()

    with pytest.raises(FetchError, match="takes too long"):
        fetch(web, f"{vendor.base}/list.json", begin + 0.4)

    assert time.monotonic() - begin < 3
