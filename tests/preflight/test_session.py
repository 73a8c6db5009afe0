"""What is read of a mailbox after the login."""

from collections.abc import Mapping

import pytest

from generator.preflight.context import Credentials
from generator.preflight.demands import Demands
from generator.preflight.imap import ImapDialogue
from generator.preflight.result import Check, Status
from generator.preflight.session import finish, log_in
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.visit import Visit
from tests.preflight.peers import connect, serve
from tests.preflight.talks import imap, smtp
from tests.preflight.values import DEMANDS, FITS, IMAPS, SUBMISSION, context

GREETING = "* OK [CAPABILITY IMAP4rev1] ready\r\n"
EXAMINED = "* 12 EXISTS\r\nTAG OK done\r\n"


def visit_imap(listed: str, offers: str = "IMAP4rev1", script: Mapping[str, str] | None = None) -> dict[str, Check]:
    usual = {"LOGIN": f"TAG OK [CAPABILITY {offers}] in\r\n", "LIST": f"{listed}TAG OK done\r\n", "EXAMINE": EXAMINED}
    answers = {**(script or {}), **usual}
    with serve(imap(GREETING, answers)) as port:
        visit = Visit(IMAPS, context(credentials=Credentials("bob", "secret")), lambda _address: "")
        visit.dialogue = ImapDialogue(connect(port))
        visit.add(FITS)
        visit.dialogue.greet()
        visit.during(log_in)
        visit.during(finish)
    return {check.id: check for check in visit.checks}


def visit_smtp(sender: str, reply: str) -> dict[str, Check]:
    answers = {"EHLO": "250-x\r\n250 AUTH PLAIN\r\n", "AUTH": "235 in\r\n", f"MAIL FROM:<{sender}>": f"{reply}\r\n", "RSET": "250 ok\r\n"}
    with serve(smtp("220 x\r\n", answers)) as port:
        visit = Visit(SUBMISSION, context(credentials=Credentials("bob", "secret", sender)), lambda _address: "")
        visit.dialogue = SmtpDialogue(connect(port))
        visit.add(FITS)
        visit.dialogue.greet()
        visit.dialogue.ask_offers()
        visit.during(log_in)
        visit.during(finish)
    return {check.id: check for check in visit.checks}


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        ('* LIST (\\HasNoChildren \\Sent) "/" Outbox\r\n', "Outbox (marked \\Sent), of 1"),
        ('* LIST () "." INBOX\r\n* LIST () "." "INBOX.Sent"\r\n', "INBOX.Sent (by its name), of 2"),
        ('* LIST () "/" "Gesendete Objekte"\r\n', "Gesendete Objekte (by its name), of 1"),
        ('* LIST () "/" "&AMk-l&AOk-ments envoy&AOk-s"\r\n', "Éléments envoyés (by its name), of 1"),
        ("* LIST () NIL Sent\r\n", "Sent (by its name), of 1"),
        ('* LIST () "\\\\" "INBOX\\\\Sent"\r\n', "INBOX\\Sent (by its name), of 1"),
        ('* LIST () "/" {4}\r\nSent\r\n', "Sent (by its name), of 1"),
        ('* LIST () "/" Sent\r\n* LIST (\\Sent) "/" "Sent &AOI-"\r\n', "Sent â (marked \\Sent), of 2"),
    ],
)
def test_the_folder_for_sent_mail_is_found(listed: str, told: str) -> None:
    assert visit_imap(listed)["folders"].detail == told


@pytest.mark.parametrize(
    "listed",
    [
        "",
        '* LIST () "." INBOX\r\n',
        '* LIST () "." Absent\r\n',
        '* LIST () "." "&broken-"\r\n',
        '* LIST () "." "&2D0-"\r\n',
        "* LIST nonsense\r\n",
    ],
)
def test_a_mailbox_without_one_is_warned_of(listed: str) -> None:
    assert visit_imap(listed)["folders"].status is Status.WARN


def test_a_server_that_tells_uses_only_when_asked_is_asked() -> None:
    only_asked = {'LIST "" "*" RETURN (SPECIAL-USE)': '* LIST (\\Sent) "/" X\r\nTAG OK done\r\n'}
    checks = visit_imap("", "IMAP4rev1 SPECIAL-USE LIST-EXTENDED", only_asked)

    assert checks["folders"].detail.startswith("X (marked")


def test_the_inbox_is_only_looked_at() -> None:
    assert visit_imap("")["inbox"].detail == "12 messages"


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ("250 2.1.0 Ok", Status.PASS),
        ("450 4.7.1 later", Status.WARN),
        ("553 5.7.1 not owned by user bob", Status.FAIL),
        ("530 5.7.0 first log in", Status.FAIL),
        ("nonsense", Status.FAIL),
    ],
)
def test_the_sender_is_asked_for(reply: str, status: Status) -> None:
    assert visit_smtp("bob@example.org", reply)["sender"].status is status


def test_a_user_that_is_no_address_sends_as_nobody() -> None:
    assert visit_smtp("", "")["sender"].status is Status.SKIP


def log_in_after(*checks: Check, demands: Demands = DEMANDS) -> Visit:
    """A visit that came as far as the login of a server which would accept it, with these checks before."""
    with serve(imap(GREETING, {"LOGIN": "TAG OK in\r\n"})) as port:
        visit = Visit(IMAPS, context(demands, Credentials("bob", "secret")), lambda _address: "")
        visit.dialogue = ImapDialogue(connect(port))
        visit.add(*checks)
        visit.dialogue.greet()
        visit.during(log_in)
        visit.hang_up()
    return visit


@pytest.mark.parametrize("rule", ["san+cn", "san-only", "wildcard", "partial-wildcard", "cn-only"])
def test_a_certificate_for_the_host_is_enough_to_log_in(rule: str) -> None:
    visit = log_in_after(FITS._replace(data=(("rule", rule),)))

    assert [check.status for check in visit.checks if check.id == "login"] == [Status.PASS]


@pytest.mark.parametrize("status", [Status.FAIL, Status.WARN])
@pytest.mark.parametrize("rule", ["mismatch", "cn-ignored", "address", "no-host-name"])
def test_no_password_goes_to_a_server_with_another_name_whatever_the_vendor_says_of_names(rule: str, status: Status) -> None:
    visit = log_in_after(Check("cert.name", status, "wrong", data=(("rule", rule),)))

    assert "no password is sent" in visit.stopped_by
    assert [check.id for check in visit.checks] == ["cert.name"]


@pytest.mark.parametrize(
    "checks",
    [(), (Check("cert.name", Status.SKIP, "not run"),), (FITS, Check("cert.intercepted", Status.WARN, "a scanner"))],
)
def test_no_password_goes_to_a_server_that_shows_no_certificate_or_one_of_a_scanner(checks: tuple[Check, ...]) -> None:
    assert "no password is sent" in log_in_after(*checks).stopped_by


@pytest.mark.parametrize("login", ["oauth", "none"])
def test_a_connector_that_needs_no_password_gives_none(login: str) -> None:
    visit = log_in_after(FITS, demands=DEMANDS._replace(login=login))

    assert visit.stopped_by == "HubSpot logs in without a password"
    assert "login" not in [check.id for check in visit.checks]
