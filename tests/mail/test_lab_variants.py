"""The mail lab's servers in other shapes: those that a test is to find fault with are found fault with."""

import ssl

import pytest

from tests.mail.lab import ALICE, CAROL, MailLab, Reached

FOREIGN = "somebody@example.com"
SOURCES = ("198.51.100.7", "2001:db8:77::7")
TLS_1_2 = ssl.TLSVersion.TLSv1_2


def test_an_open_relay_is_seen(machine_lab: MailLab) -> None:
    machine_lab.dovecot()
    machine_lab.postfix(settings={"mynetworks": "198.51.100.0/24 [2001:db8:77::]/48"})

    outcomes = [machine_lab.smtp(source, 25, recipient=FOREIGN) for source in SOURCES]

    assert [(outcome.reached, outcome.text) for outcome in outcomes] == [(Reached.DONE, "250 2.1.5 Ok")] * 2


def test_a_refusal_at_the_greeting_is_seen(mail_lab: MailLab) -> None:
    mail_lab.dovecot()
    mail_lab.postfix(settings={"smtpd_client_restrictions": "reject", "smtpd_delay_reject": "no"})

    outcomes = [mail_lab.smtp(source, port) for source in SOURCES for port in (25, 465, 587)]

    assert {(outcome.reached, outcome.text[:9]) for outcome in outcomes} == {(Reached.GREETING, "554 5.7.1")}


def test_a_floor_of_tls_1_3_stops_a_client_that_ends_at_1_2(mail_lab: MailLab) -> None:
    mail_lab.dovecot(settings=["ssl_min_protocol = TLSv1.3"])
    mail_lab.postfix(settings={"smtpd_tls_protocols": ">=TLSv1.3", "smtpd_tls_mandatory_protocols": ">=TLSv1.3"})

    imap = [mail_lab.try_imap("198.51.100.7", port=port, at_most=TLS_1_2) for port in (993, 143)]
    smtp = [mail_lab.smtp("198.51.100.7", port, at_most=TLS_1_2) for port in (465, 587)]
    newer = [mail_lab.try_imap("198.51.100.7"), mail_lab.smtp("198.51.100.7", 587)]

    assert {outcome.reached for outcome in (*imap, *smtp)} == {Reached.TLS}
    assert [outcome.tls for outcome in newer] == ["TLSv1.3", "TLSv1.3"]


@pytest.mark.parametrize("implicit", ["submissions", "smtps", "465", ""])
def test_port_465_has_the_service_that_was_asked_for(machine_lab: MailLab, implicit: str) -> None:
    machine_lab.dovecot()
    postfix = machine_lab.postfix(implicit=implicit, submission=False)

    services = postfix.run("postconf", "-M").stdout
    outcomes = [machine_lab.smtp("198.51.100.7", port).reached for port in (465, 587)]

    assert [line.split()[0] for line in services.splitlines() if "inet" in line] == ["smtp", *filter(None, [implicit])]
    assert outcomes == [Reached.DONE if implicit else Reached.CONNECT, Reached.CONNECT]


def test_postscreen_before_port_25_passes_mail_on(mail_lab: MailLab) -> None:
    mail_lab.dovecot()
    postfix = mail_lab.postfix(postscreen=True, settings={"postscreen_greet_wait": "1s"})

    sent = mail_lab.smtp("198.51.100.7", 25, recipient=CAROL, message="Subject: x\n\nscreened")

    assert sent.done
    assert mail_lab.read_mail("198.51.100.7", CAROL, "screened")
    assert "PASS NEW [198.51.100.7]" in postfix.log()


def test_postfix_and_dovecot_read_their_configuration_again_on_reload(mail_lab: MailLab) -> None:
    dovecot, postfix = mail_lab.dovecot(), mail_lab.postfix()
    before = [mail_lab.try_imap("198.51.100.7").done, mail_lab.smtp("198.51.100.7", 587, user=ALICE).done]

    dovecot.folder.joinpath("users").write_text("", encoding="utf-8")
    dovecot.folder.joinpath("conf.d", "99-none.conf").write_text("auth_cache_size = 0\n", encoding="utf-8")
    dovecot.reload()
    postfix.run("postconf", "-P", "submission/inet/smtpd_sasl_auth_enable=no")
    postfix.reload()
    after = [mail_lab.try_imap("198.51.100.7").reached, mail_lab.smtp("198.51.100.7", 587, user=ALICE).text]

    assert before == [True, True]
    assert after == [Reached.LOGIN, "SMTP AUTH extension not supported by server."]
