"""`allow_nets` beside settings that let logins past the list: apply.sh certifies none of them."""

import pytest

from tests.mail.dovecot_site import LIST, add_file, fresh, include_list, refusal, render
from tests.mail.lab import Dovecot, MailLab

ALLOW_NETS = "allow_nets: true"
ADVICE = "Into every block that lacks it goes this line"
WIDE = {
    "login": "login_trusted_networks = 127.0.0.1 10.0.0.0/8",
    "haproxy": "haproxy_trusted_networks = ::/0",
    "for IMAP": "protocol imap {\n  login_trusted_networks = 127.0.0.0/7\n}",
    "a word": "login_trusted_networks = ::1, 127.0.0.1.example.org",
}
OPEN = [f"result_{end} = {action}-ok" for end in ("failure", "internalfail") for action in ("return", "continue")]


def told_of(lab: MailLab, *settings: str, block: str = "") -> str:
    """What apply.sh says about the list where the only passdb of Debian has it."""
    dovecot = fresh(lab, *settings)
    site = render(lab, dovecot, options=ALLOW_NETS)
    (dovecot.folder / LIST).write_text("# none\n", encoding="utf-8")
    include_list(dovecot)
    if block:
        add_passdb(dovecot, block)
    return refusal(site, "--check")


def add_passdb(dovecot: Dovecot, *lines: str) -> None:
    """Add a passdb that has the list."""
    opening = "passdb second {" if dovecot.is_24 else "passdb {"
    add_file(dovecot, "conf.d/95-second.conf", opening, "  driver = static", f"  !include /etc/dovecot/{LIST}", *lines, "}")


@pytest.mark.parametrize("setting", WIDE.values(), ids=WIDE)
def test_whoever_may_claim_another_address_is_told(module_lab: MailLab, setting: str) -> None:
    told = told_of(module_lab, setting)
    name = "haproxy_trusted_networks" if "haproxy" in setting else "login_trusted_networks"

    assert f"\n{name} is wider than this server: whoever is there can claim an address of the list\n" in told
    assert (ADVICE in told, ":passdb" in told) == (False, False)


def test_webmail_on_the_server_may_tell_its_clients_addresses(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab, "login_trusted_networks = 127.0.0.0/8, ::1 127.0.0.1/32", "haproxy_trusted_networks = ::1/128")
    render(module_lab, dovecot, options=ALLOW_NETS).apply_over_list()

    assert "login_trusted_networks" in dovecot.run("doveconf", "-n").stdout


@pytest.mark.parametrize("line", OPEN)
@pytest.mark.parametrize("deny", ["", "\n  deny = yes"], ids=["checks", "denies"])
def test_a_passdb_that_lets_in_whom_it_does_not_know_is_told(module_lab: MailLab, line: str, deny: str) -> None:
    told = told_of(module_lab, block=f"  {line}{deny}")

    assert f"takes logins without checking their password ({line}): passdb" in told
    assert (ADVICE in told, ":passdb" in told) == (False, True)


@pytest.mark.parametrize("result", ["continue", "continue-ok", "continue-fail"])
def test_a_passdb_whose_success_is_not_the_end_is_told(module_lab: MailLab, result: str) -> None:
    told = told_of(module_lab, block=f"  result_success = {result}")

    assert f"takes logins without checking their password (result_success = {result}): passdb" in told


def test_a_passdb_for_some_mechanisms_needs_the_list_and_one_for_none_does_not(module_lab: MailLab) -> None:
    dovecot = fresh(module_lab)
    site = render(module_lab, dovecot, options=ALLOW_NETS)
    (dovecot.folder / LIST).write_text("# none\n", encoding="utf-8")
    include_list(dovecot)
    name, key = ("passdb second {", "mechanisms_filter") if dovecot.is_24 else ("passdb {", "mechanisms")
    add_file(dovecot, "conf.d/95-second.conf", name, "  driver = static", f"  {key} = plain login", "}")
    told = refusal(site, "--check")

    assert (told.count("lacks the list: passdb"), told.count(ADVICE)) == (1, 1)
    if not dovecot.is_24:
        add_file(dovecot, "conf.d/95-second.conf", name, "  driver = static", f"  {key} = none", "}")
        assert site.apply("--check").stderr == ""


def test_winbind_that_answers_for_ntlm_is_told(module_lab: MailLab) -> None:
    told = told_of(module_lab, "auth_use_winbind = yes", "auth_mechanisms = plain ntlm")

    assert "auth_use_winbind lets winbind answer for ntlm, which asks no passdb" in told


def test_winbind_beside_gssapi_is_told(module_lab: MailLab) -> None:
    told = told_of(module_lab, "auth_use_winbind = yes", "auth_mechanisms = plain gss-spnego")

    assert "auth_mechanisms has gss-spnego, which asks no passdb" in told


def test_a_floor_that_no_connector_reaches_has_to_come_down_at_the_server(module_lab: MailLab) -> None:
    told = refusal(render(module_lab, fresh(module_lab, "ssl_min_protocol = TLSv1.3")))

    assert "the server's own floor has to come down to TLSv1.2, because crm can speak nothing newer" in told
    assert "tls_minimum" not in told
