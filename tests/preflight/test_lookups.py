"""Names and records by name servers that play what a test tells them to."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Final

import dns.message
import dns.rcode
import dns.rrset
import pytest

from generator.plan import TlsMode
from generator.preflight.dns_notes import find_dns_notes, mail_domain
from generator.preflight.resolve import Resolved, ask_server, ask_system
from generator.preflight.result import Endpoint, Status
from generator.preflight.wire import Deadline
from tests.preflight.values import IMAPS, SUBMISSION

ZONE: Final = {
    ("two.example.org.", "A"): ["192.0.2.100", "192.0.2.9"],
    ("two.example.org.", "AAAA"): ["2001:db8::1"],
    ("text.example.org.", "TXT"): ["nothing"],
}


@contextlib.contextmanager
def name_server(zone: Mapping[tuple[str, str], list[str]], *, fails: bool = False) -> Iterator[int]:
    """A name server on loopback; its port."""
    plug = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    plug.bind(("127.0.0.1", 0))

    def run() -> None:
        with contextlib.suppress(OSError):
            while True:
                wire, client = plug.recvfrom(4096)
                if not wire:
                    return
                plug.sendto(_answer(wire, zone, fails=fails), client)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    port = int(plug.getsockname()[1])
    try:
        yield port
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", port))
        thread.join(5)
        plug.close()


def _answer(wire: bytes, zone: Mapping[tuple[str, str], list[str]], *, fails: bool) -> bytes:
    query = dns.message.from_wire(wire)
    answer = dns.message.make_response(query)
    name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
    if fails:
        answer.set_rcode(dns.rcode.SERVFAIL)
    elif (name, kind) in zone:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *zone[name, kind]))
    elif not any(known == name for known, _ in zone):
        answer.set_rcode(dns.rcode.NXDOMAIN)
    return answer.to_wire()


def deadline(seconds: float = 3.0) -> Deadline:
    return Deadline.after(time.monotonic, seconds)


def titles(zone: Mapping[tuple[str, str], list[str]], *endpoints: Endpoint) -> list[tuple[Status, str]]:
    with name_server(zone) as port:
        checks = find_dns_notes("example.org", endpoints, ("127.0.0.1", port), deadline())
    return [(check.status, check.title) for check in checks]


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("two.example.org", (("192.0.2.9", "192.0.2.100", "2001:db8::1"), "")),
        ("text.example.org", ((), "no-address")),
        ("nowhere.example.org", ((), "no-name")),
        (f"{'a' * 64}.example.org", ((), "bad-name")),
    ],
)
def test_a_name_server_is_asked(host: str, found: tuple[tuple[str, ...], str]) -> None:
    with name_server(ZONE) as port:
        answer = ask_server("127.0.0.1", port)(host, deadline())

    assert (answer.addresses, answer.failure) == found


@pytest.mark.parametrize("fails", [True, False])
def test_a_name_server_that_fails_or_is_not_there_is_on_this_side(fails: bool) -> None:
    with name_server(ZONE, fails=fails) as port:
        answer = ask_server("127.0.0.1", port if fails else 1)("two.example.org", deadline(1.0))

    assert answer.failure == "no-server"


def test_the_machine_itself_knows_its_own_name() -> None:
    assert "127.0.0.1" in ask_system("localhost", deadline()).addresses


def test_the_machine_is_not_waited_for_longer_than_there_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def wait(*_arguments: object, **_options: object) -> list[object]:
        ended.wait(5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", wait)

    found = ask_system("imap.example.org", deadline(0.05))
    ended.set()

    assert found == Resolved(failure="no-server", detail="the name servers of this machine did not answer in time")


@pytest.mark.parametrize(
    ("records", "found"),
    [
        (["0 1 993 imap.example.org."], (Status.PASS, "_imaps._tcp.example.org agrees")),
        (["0 1 993 IMAP.Example.org."], (Status.PASS, "_imaps._tcp.example.org agrees")),
        (["0 0 0 ."], (Status.NOTE, "_imaps._tcp.example.org: the domain does not offer this service")),
        (
            ["9 1 993 b.example.org.", "0 1 1993 a.example.org."],
            (Status.NOTE, "_imaps._tcp.example.org names a.example.org:1993, b.example.org:993"),
        ),
    ],
)
def test_records_of_the_service_are_compared(records: list[str], found: tuple[Status, str]) -> None:
    assert titles({("_imaps._tcp.example.org.", "SRV"): records}, IMAPS) == [found]


def test_records_of_another_service_are_left_alone() -> None:
    assert titles({("_submission._tcp.example.org.", "SRV"): ["0 1 587 other.example.org."]}, IMAPS) == []
    assert titles({("_imap._tcp.example.org.", "SRV"): ["0 1 143 other.example.org."]}, IMAPS) == []


@pytest.mark.parametrize(
    ("records", "title"),
    [
        (["10 example-org.mail.protection.outlook.com."], "mail for example.org goes to Microsoft 365"),
        (["1 aspmx.l.google.com.", "5 alt1.aspmx.l.google.com."], "mail for example.org goes to Google"),
        (["0 ."], "example.org takes no mail"),
    ],
)
def test_where_mail_goes_is_a_note(records: list[str], title: str) -> None:
    assert titles({("example.org.", "MX"): records}, IMAPS) == [(Status.NOTE, title)]


@pytest.mark.parametrize("record", ["10 mx.example.org.", "10 notgoogle.com."])
def test_an_ordinary_mail_server_is_no_note(record: str) -> None:
    assert titles({("example.org.", "MX"): [record]}, IMAPS, SUBMISSION) == []


@pytest.mark.parametrize(
    ("user", "host", "domain"),
    [
        ("bob@Example.net", "imap.example.org", "example.net"),
        ("bob@müller.example", "imap.example.org", "xn--mller-kva.example"),
        ("bob", "imap.example.org.", "example.org"),
        ("", "192.0.2.1", ""),
        ("", "localhost", ""),
        ("", "example.org", ""),
    ],
)
def test_the_domain_is_that_of_the_mailbox_or_of_the_host(user: str, host: str, domain: str) -> None:
    assert mail_domain(user, [Endpoint("imap", host, 993, TlsMode.IMPLICIT)]) == domain


def test_a_host_that_can_be_no_name_agrees_with_no_record() -> None:
    records = {("_imaps._tcp.example.org.", "SRV"): ["0 1 993 imap.example.org."]}

    assert titles(records, IMAPS._replace(host="ü..example.org")) == [(Status.NOTE, "_imaps._tcp.example.org names imap.example.org:993")]
