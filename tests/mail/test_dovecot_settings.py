"""What a real Dovecot, 2.3 and 2.4, makes of the settings: who logs in how, how often at once, and what stays as it was."""

import ssl
from contextlib import ExitStack
from functools import partial

import pytest

from tests.mail.dovecot_site import CONNECTOR, STRANGERS, Rendered, render, setting
from tests.mail.lab import ALICE, BOB, CAROL, Dovecot, MailLab, Outcome, Reached, Tls, at_once

TLS12 = ssl.TLSVersion.TLSv1_2
# An administrator who lets POP3 and IMAP clients do as they like, and TLS begin at the oldest.
CARELESS = ("ssl = yes", "ssl_min_protocol = TLSv1", "ssl_cipher_list = ALL:@SECLEVEL=0")


@pytest.fixture(scope="module")
def dovecot(module_lab: MailLab) -> Dovecot:
    """A Dovecot that was careless before the site was set up in it."""
    allow = "auth_allow_cleartext = yes" if module_lab.release == "trixie" else "disable_plaintext_auth = no"
    server = module_lab.dovecot(settings=[*CARELESS, allow])
    before = module_lab.try_imap(STRANGERS[0], port=143, tls=Tls.NONE)
    assert before.done, before
    render(module_lab, server, each=14).apply()
    return server


@pytest.fixture
def lab(dovecot: Dovecot, module_lab: MailLab) -> MailLab:
    del dovecot
    return module_lab


def test_every_setting_reads_back(dovecot: Dovecot) -> None:
    cleartext = "auth_allow_cleartext" if dovecot.is_24 else "disable_plaintext_auth"
    names = ("ssl", "ssl_min_protocol", cleartext, "mail_max_userip_connections")
    imap = {name: setting(dovecot, name, protocol="imap") for name in names}
    listeners = {
        f"{name} {key}": setting(dovecot, f"service/imap-login/inet_listener/{name}/{key}")
        for name in ("imap", "imaps")
        for key in ("port", "ssl")
    }
    processes = [setting(dovecot, f"service/{name}/process_limit") for name in ("imap-login", "imap")]

    assert imap == dict(zip(names, ("required", "TLSv1.2", "no" if dovecot.is_24 else "yes", "14"), strict=True))
    assert listeners == {"imap port": "143", "imap ssl": "no", "imaps port": "993", "imaps ssl": "yes"}
    assert processes == ["142", "1066"]


def test_other_protocols_keep_their_settings(dovecot: Dovecot) -> None:
    cleartext = "auth_allow_cleartext" if dovecot.is_24 else "disable_plaintext_auth"
    names = ("ssl", "ssl_min_protocol", cleartext)

    kept = {protocol: [setting(dovecot, name, protocol=protocol) for name in names] for protocol in ("pop3", "lmtp", "sieve", "submission")}

    assert set(map(tuple, kept.values())) == {("yes", "TLSv1", "yes" if dovecot.is_24 else "no")}


@pytest.mark.parametrize("source", CONNECTOR)
@pytest.mark.parametrize("port", [993, 143])
def test_five_sessions_at_once_with_tls_1_2_as_the_ceiling(lab: MailLab, port: int, source: str) -> None:
    sessions = lab.hold_imap(5, source, port=port, at_most=TLS12)

    assert {(session.reached, session.tls) for session in sessions} == {(Reached.DONE, "TLSv1.2")}
    assert len(sessions) == 5


def test_as_many_sessions_at_once_as_the_connector_needs_and_no_more(lab: MailLab) -> None:
    with ExitStack() as leave:
        sessions = [leave.enter_context(session) for session in at_once(*[partial(lab.imap, CONNECTOR[0], BOB)] * 14)]
        further = [lab.try_imap(source, user) for source, user in ((CONNECTOR[0], BOB), (CONNECTOR[0], CAROL), (CONNECTOR[1], BOB))]
        alive = [session.alive() for session in sessions]

    assert (alive, [outcome.done for outcome in further]) == ([True] * 14, [False, True, True])


def test_no_password_is_taken_in_cleartext_but_from_the_server_itself(lab: MailLab) -> None:
    sources = (CONNECTOR[0], STRANGERS[0], "127.0.0.1", "::1")

    outcomes = at_once(*(partial(lab.try_imap, source, port=143, tls=Tls.NONE) for source in sources))

    assert [outcome.reached for outcome in outcomes] == [Reached.LOGIN, Reached.LOGIN, Reached.DONE, Reached.DONE]
    assert "[PRIVACYREQUIRED]" in outcomes[0].text


def test_dovecot_logs_no_complaint(dovecot: Dovecot, lab: MailLab) -> None:
    lab.try_imap(CONNECTOR[0], ALICE)

    complaints = [line for line in dovecot.log().splitlines() if any(word in line for word in ("Error:", "Fatal:", "Panic:"))]
    warnings = [line for line in dovecot.log().splitlines() if "Warning:" in line and "SIGHUP" not in line]

    assert (complaints, warnings) == ([], [])


def with_floor(lab: MailLab, site: Rendered) -> Outcome:
    """What a client meets whose newest version is TLS 1.2."""
    site.apply()
    return lab.try_imap(CONNECTOR[0], at_most=TLS12)


def test_a_floor_of_tls_1_3_would_refuse_what_the_floor_of_the_site_lets_in(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    site = render(mail_lab, dovecot)
    as_it_is = with_floor(mail_lab, site)
    site.tamper(f"dovecot-{'2.4' if dovecot.is_24 else '2.3'}.conf", "ssl_min_protocol = TLSv1.2", "ssl_min_protocol = TLSv1.3")

    assert (as_it_is.reached, with_floor(mail_lab, site).reached) == (Reached.DONE, Reached.TLS)


def test_a_floor_of_tls_1_0_is_spelled_as_dovecot_spells_it(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot(settings=CARELESS)
    render(mail_lab, dovecot, server="tls_minimum: TLSv1.0").apply()

    assert mail_lab.try_imap(CONNECTOR[0], at_most=TLS12).tls == "TLSv1.2"


def test_a_plan_without_starttls_leaves_cleartext_imap_as_it_was(mail_lab: MailLab) -> None:
    allow = "auth_allow_cleartext = yes" if mail_lab.release == "trixie" else "disable_plaintext_auth = no"
    dovecot = mail_lab.dovecot(settings=[*CARELESS, allow])
    render(mail_lab, dovecot, "imaps").apply()

    outcomes = [mail_lab.try_imap(STRANGERS[0], port=143, tls=Tls.NONE), mail_lab.try_imap(CONNECTOR[0])]

    assert [outcome.reached for outcome in outcomes] == [Reached.DONE, Reached.DONE]


def test_many_mailboxes_make_dovecot_warn_of_nothing(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    render(mail_lab, dovecot, each=500).apply()

    assert dovecot.run("doveconf", "-n").stderr == ""
    assert setting(dovecot, "default_client_limit") == "2600"


def test_every_port_of_a_service_has_a_listener(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    render(mail_lab, dovecot, server="ports: {imaps: [993, 1993-1994]}").apply()

    outcomes = [mail_lab.try_imap(CONNECTOR[0], port=port, tls=Tls.IMPLICIT) for port in (993, 1993, 1994)]

    assert [outcome.reached for outcome in outcomes] == [Reached.DONE] * 3


def test_certificates_for_names_go_on_beside_the_settings_for_imap(mail_lab: MailLab) -> None:
    file, key = mail_lab.certificates.certificate, mail_lab.certificates.key
    is_24 = mail_lab.release == "trixie"
    pair = [f"ssl_server_cert_file = {file}", f"ssl_server_key_file = {key}"] if is_24 else [f"ssl_cert = <{file}", f"ssl_key = <{key}"]
    dovecot = mail_lab.dovecot(settings=["local_name imap.example.org {", *pair, "}"])
    render(mail_lab, dovecot).apply()

    outcomes = [mail_lab.try_imap(CONNECTOR[0], port=port) for port in (993, 143)]

    assert [outcome.reached for outcome in outcomes] == [Reached.DONE] * 2
