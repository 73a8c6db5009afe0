"""Courier is told from others by what real servers were heard to say."""

import pytest

from generator.preflight.demands import make_demands
from generator.preflight.result import Status
from generator.preflight.software import Signs, judge_software, recognise
from tests.preflight.values import DEMANDS, profile

COURIER = "* OK [CAPABILITY IMAP4rev1 UIDPLUS ACL ACL2=UNION STARTTLS] Courier-IMAP ready. Copyright 1998-2019 Double Precision, Inc."
DOVECOT = "* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED] Dovecot (Debian) ready."
CYRUS = "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE STARTTLS AUTH=PLAIN] mail Cyrus IMAP 3.6.1-Debian-3.6.1-4+deb12u4 server ready"
COURIER_ID = '* ID ("name" "Courier-IMAP" "version" "1.0.16 (Courier-IMAP 5.0.13)" "os" "Linux" "vendor" "Double Precision, Inc.")'

BEHIND_A_PROXY = (
    Signs("* OK ready", bye="* BYE Courier-IMAP server shutting down"),
    Signs("* OK ready", id=COURIER_ID),
    Signs("* OK ready", capabilities=("IMAP4REV1", "ACL2=UNION")),
    Signs("* OK ready", capabilities=("XMAGICTRASH",)),
    Signs("* OK ready", capabilities=("XCOURIEROUTBOX=INBOX.OUTBOX",)),
)


@pytest.mark.parametrize("signs", [Signs(COURIER), *BEHIND_A_PROXY])
def test_any_sign_of_courier_fails(signs: Signs) -> None:
    check = judge_software(signs, DEMANDS)

    assert check is not None
    assert (check.status, recognise(signs)) == (Status.FAIL, "Courier-IMAP")
    assert "replies that arrive in its mailboxes are not logged" in check.detail


@pytest.mark.parametrize(("greeting", "product"), [(DOVECOT, "Dovecot"), (CYRUS, "Cyrus IMAP"), ("* OK Gimap ready for requests", "Gmail")])
def test_other_servers_pass_by_their_names(greeting: str, product: str) -> None:
    check = judge_software(Signs(greeting), DEMANDS)

    assert check is not None
    assert (check.status, check.title) == (Status.PASS, f"not Courier-IMAP: it says {product}")


@pytest.mark.parametrize("signs", [Signs("* OK IMAP4rev1 ready"), Signs("* OK ready", capabilities=("ACL", "ACL2", "XMAGIC"))])
def test_a_server_without_a_name_is_a_note_and_no_pass(signs: Signs) -> None:
    check = judge_software(signs, DEMANDS)

    assert check is not None
    assert check.status is Status.NOTE


def test_a_connector_that_refuses_no_server_has_no_such_check() -> None:
    demands = make_demands(profile("nylas"), name="nylas", mailboxes=1, ipv6_known=False)

    assert judge_software(Signs(COURIER), demands) is None
