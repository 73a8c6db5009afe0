"""What is made of a name's addresses, and of ports that answer or don't."""

import pytest

from generator.preflight.names import ascii_name
from generator.preflight.reach import Attempt, judge_dns, judge_tcp
from generator.preflight.resolve import Resolved, find_local_address, hidden_kind, order_addresses
from generator.preflight.result import Status
from tests.preflight.values import DEMANDS, IMAPS

MADE = Attempt("192.0.2.10", "", "", 3)


def attempt(kind: str, address: str = "192.0.2.11") -> Attempt:
    return Attempt(address, kind, "the system's words", 0)


@pytest.mark.parametrize(
    ("resolved", "status"),
    [
        (Resolved(("192.0.2.10",)), Status.PASS),
        (Resolved(("192.0.2.10", "2001:db8::10")), Status.PASS),
        (Resolved(("2001:db8::10",)), Status.FAIL),
        (Resolved(("10.1.2.3",)), Status.WARN),
        (Resolved(("127.0.0.1",)), Status.WARN),
        (Resolved(("192.0.2.10", "fd00::1")), Status.WARN),
        (Resolved(("100.64.0.1",)), Status.WARN),
        (Resolved(failure="no-name"), Status.FAIL),
        (Resolved(failure="no-address"), Status.FAIL),
        (Resolved(failure="no-server"), Status.FAIL),
        (Resolved(failure="bad-name"), Status.FAIL),
    ],
)
def test_addresses_are_judged_as_a_connector_meets_them(resolved: Resolved, status: Status) -> None:
    assert judge_dns(resolved, DEMANDS, ()).status is status


def test_ipv6_alone_is_fine_for_a_connector_that_has_it() -> None:
    assert judge_dns(Resolved(("2001:db8::10",)), DEMANDS._replace(ipv6_known=True), ()).status is Status.PASS


@pytest.mark.parametrize(("published", "status"), [(("192.0.2.10",), Status.PASS), (("192.0.2.99",), Status.WARN)])
def test_the_addresses_of_the_site_are_compared(published: tuple[str, ...], status: Status) -> None:
    assert judge_dns(Resolved(("192.0.2.10",)), DEMANDS, published).status is status


@pytest.mark.parametrize(
    ("attempts", "status", "title"),
    [
        ((MADE,), Status.PASS, "port 993 answers"),
        ((attempt("timeout"),), Status.FAIL, "port 993 can't be reached: timeout"),
        ((attempt("refused"), attempt("timeout")), Status.FAIL, "port 993 can't be reached: refused and timeout"),
        ((attempt("no-route"),), Status.FAIL, "port 993 can't be reached: no-route"),
        ((MADE, attempt("refused")), Status.WARN, "port 993 answers at 1 of 2 addresses"),
        ((MADE, attempt("no-route", "2001:db8::10")), Status.NOTE, "port 993 answers, not every address could be tried"),
    ],
)
def test_every_address_counts(attempts: tuple[Attempt, ...], status: Status, title: str) -> None:
    check = judge_tcp(IMAPS, attempts, "198.51.100.7", "")

    assert (check.status, check.title) == (status, title)


def test_what_the_plan_says_stands_with_the_failure() -> None:
    check = judge_tcp(IMAPS, (attempt("timeout"),), "", "The plan has no rule that lets hubspot in to imaps")

    assert check.detail.endswith("The plan has no rule that lets hubspot in to imaps")


def test_a_failure_without_a_name_shows_the_words_of_the_system() -> None:
    assert "the system's words" in judge_tcp(IMAPS, (attempt("other"),), "", "").detail


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("IMAP.Example.ORG.", "imap.example.org"),
        ("müller.example.org", "xn--mller-kva.example.org"),
        ("faß.example.org", "xn--fa-hia.example.org"),  # IDNA 2008, where the older rules said fass
    ],
)
def test_names_go_over_the_wire_in_ascii(host: str, name: str) -> None:
    assert ascii_name(host) == name


@pytest.mark.parametrize("host", ["ü" * 64 + ".example.org", "\u0300a.example.org"])
def test_what_can_be_no_name_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ascii_name(host)


def test_addresses_are_in_one_order_whatever_the_name_server_says() -> None:
    answer = ("2001:db8::2", "192.0.2.100", "192.0.2.9", "192.0.2.100")

    assert order_addresses(answer) == ("192.0.2.9", "192.0.2.100", "2001:db8::2")


@pytest.mark.parametrize(
    ("address", "kind"),
    [("192.168.1.1", "private space"), ("fe80::1%eth0", "link-local space"), ("192.0.2.1", ""), ("::ffff:10.0.0.1", "")],
)
def test_hidden_addresses_are_named(address: str, kind: str) -> None:
    assert hidden_kind(address) == kind


def test_the_own_address_is_found_without_a_packet() -> None:
    assert find_local_address("127.0.0.1") == "127.0.0.1"
