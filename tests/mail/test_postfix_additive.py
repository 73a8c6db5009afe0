"""Port 25 where the site only opens it, services that are public, and what undo.sh gives back to a Postfix that runs."""

from functools import partial

from tests.mail.lab import ALICE, BOB, MailLab, Outcome, Reached, at_once
from tests.mail.postfix_site import CONNECTOR, STRANGERS, render, site_text

V4, V6 = STRANGERS[0], STRANGERS[-1]
CLOSED = site_text("smtp", more="access: {smtp: {mode: allowlist, exclusive: true}}\n")


def mails(lab: MailLab, port: int, user: str = "") -> list[Reached]:
    """How far mail to BOB gets from a connector and from strangers."""
    outcomes: list[Outcome] = at_once(*(partial(lab.smtp, source, port, user=user, recipient=BOB) for source in (CONNECTOR[0], V4, V6)))
    return [outcome.reached for outcome in outcomes]


def test_postscreen_spares_connectors_and_still_tests_the_world(machine_lab: MailLab) -> None:
    postfix = machine_lab.postfix(postscreen=True, settings={"postscreen_greet_wait": "1s"})

    render(machine_lab, postfix, site_text("smtp")).apply()

    assert mails(machine_lab, 25) == [Reached.DONE] * 3
    passed = [line for line in postfix.log().splitlines() if "PASS NEW" in line]
    assert [any(f"[{source}]" in line for line in passed) for source in (CONNECTOR[0], V4, V6)] == [False, True, True]


def test_a_port_25_that_is_only_opened_gets_no_setting_at_all(machine_lab: MailLab) -> None:
    postfix = machine_lab.postfix()
    before = postfix.folder.joinpath("master.cf").read_bytes()

    render(machine_lab, postfix, site_text("smtp")).apply()

    assert (postfix.folder.joinpath("master.cf").read_bytes(), list(postfix.folder.glob("*gatepost*"))) == (before, [])
    assert mails(machine_lab, 25) == [Reached.DONE] * 3


def test_a_public_service_stays_open_with_tls_and_a_login(machine_lab: MailLab) -> None:
    machine_lab.dovecot()
    postfix = machine_lab.postfix(submission=False)

    render(machine_lab, postfix, site_text("submission", more="access: {submission: public}\n")).apply()

    assert (mails(machine_lab, 587, ALICE), mails(machine_lab, 587)) == ([Reached.DONE] * 3, [Reached.RECIPIENT] * 3)


def test_undo_opens_a_running_postfix_again_and_takes_its_listeners_away(machine_lab: MailLab) -> None:
    machine_lab.dovecot()
    postfix = machine_lab.postfix(submission=False)
    site = render(machine_lab, postfix, CLOSED.replace("[smtp]", "[smtp, submission]"))

    site.apply()
    closed = (mails(machine_lab, 25), mails(machine_lab, 587))
    site.undo()

    assert closed == ([Reached.DONE] + [Reached.GREETING] * 2, [Reached.RECIPIENT] + [Reached.GREETING] * 2)
    assert (mails(machine_lab, 25), mails(machine_lab, 587)) == ([Reached.DONE] * 3, [Reached.CONNECT] * 3)


def test_a_closed_port_25_still_asks_what_needs_the_recipient(machine_lab: MailLab) -> None:
    check = {"smtpd_sender_restrictions": f"check_recipient_access inline:{{{BOB}=REJECT}}"}
    postfix = machine_lab.postfix(settings=check)

    told = render(machine_lab, postfix, CLOSED).apply().stderr

    assert mails(machine_lab, 25) == [Reached.RECIPIENT] * 3
    assert machine_lab.smtp(CONNECTOR[0], 25, recipient=ALICE).reached == Reached.DONE
    assert machine_lab.smtp(V4, 25, recipient=ALICE).reached == Reached.RECIPIENT
    assert "strangers are refused at theirs, and not at the greeting" in told


def test_a_port_that_something_else_holds_is_told_before_postfix_ends(machine_lab: MailLab) -> None:
    postfix = machine_lab.postfix()
    postfix.run("postconf", "-MX", "submissions/inet")
    before = postfix.folder.joinpath("master.cf").read_bytes()

    refused = render(machine_lab, postfix, site_text("submissions")).apply(check=False)

    assert (refused.returncode, postfix.folder.joinpath("master.cf").read_bytes()) == (1, before)
    assert "port 465 (submissions) is taken, and not by a service in master.cf" in refused.stderr
    assert mails(machine_lab, 25) == [Reached.DONE] * 3


def test_a_postfix_that_can_not_open_a_listener_is_started_again(machine_lab: MailLab) -> None:
    postfix = machine_lab.postfix()
    edited = postfix.folder / "master.cf"
    edited.write_text(edited.read_text(encoding="utf-8") + "203.0.113.250:2525 inet n - y - - smtpd\n", encoding="utf-8")
    before = edited.read_bytes()
    site = render(machine_lab, postfix, site_text("submission"))

    failed = site.apply(check=False)

    assert (failed.returncode, edited.read_bytes()) == (1, before)
    assert "Postfix has ended; its log tells why" in failed.stderr
