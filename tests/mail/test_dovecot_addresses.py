"""`allow_nets` on a real Dovecot, 2.3 and 2.4: whose password is taken, and from where; each tried again when the cache is filled."""

from functools import partial

import pytest

from tests.mail.dovecot_site import CONNECTOR, LIST, STRANGERS, TRUSTED, Rendered, add_file, exclude_list, include_list, render
from tests.mail.lab import ALICE, PASSWORDS, Dovecot, MailLab, Outcome, Reached, Tls, at_once

INSIDE = (*CONNECTOR, "203.0.113.16", "203.0.113.31", "2001:db8:ffff::25", *TRUSTED)
OUTSIDE = (*STRANGERS, "192.0.2.127", "192.0.2.192", "2001:db8:ff:ffff:ffff:ffff:ffff:ffff", "2001:db8:ffff::24", "2001:db8:ffff::26")
LOOPBACK = ("127.0.0.1", "::1")
RIGHT, WRONG = PASSWORDS[ALICE], "guess"
ALLOW_NETS = "allow_nets: true"


@pytest.fixture(scope="module")
def dovecot(module_lab: MailLab) -> Dovecot:
    server = module_lab.dovecot()
    render(module_lab, server, options=ALLOW_NETS).apply_with_list()
    return server


@pytest.fixture
def lab(dovecot: Dovecot, module_lab: MailLab) -> MailLab:
    del dovecot
    return module_lab


def tries(lab: MailLab, source: str, *words: str, port: int = 993) -> list[Reached]:
    """How far passwords get, one after the other."""
    return [lab.try_imap(source, ALICE, word, port=port).reached for word in words]


def ask(dovecot: Dovecot, word: str, *about: str) -> bool:
    """Whether Dovecot takes a password from a program that asks it, as Postfix does, about a client."""
    words = [part for item in about for part in ("-x", item)]
    return dovecot.run("doveadm", "auth", "test", *words, ALICE, word, check=False).returncode == 0


def test_from_connectors_trusted_networks_and_the_server_the_right_password_is_taken_and_no_other(lab: MailLab) -> None:
    sources = (*INSIDE, *LOOPBACK)

    reached = at_once(*(partial(tries, lab, source, RIGHT, WRONG, RIGHT, WRONG) for source in sources))

    assert dict(zip(sources, reached, strict=True)) == {
        source: [Reached.DONE, Reached.LOGIN, Reached.DONE, Reached.LOGIN] for source in sources
    }


def test_from_anywhere_else_no_password_is_taken_not_even_the_right_one(lab: MailLab) -> None:
    reached = at_once(*(partial(tries, lab, source, RIGHT, WRONG, RIGHT) for source in OUTSIDE))

    assert dict(zip(OUTSIDE, reached, strict=True)) == {source: [Reached.LOGIN] * 3 for source in OUTSIDE}


def test_starttls_makes_no_difference(lab: MailLab) -> None:
    sources = (CONNECTOR[0], CONNECTOR[1], STRANGERS[0], STRANGERS[-1])

    reached = at_once(*(partial(tries, lab, source, RIGHT, WRONG, RIGHT, port=143) for source in sources))

    assert reached == [[Reached.DONE, Reached.LOGIN, Reached.DONE]] * 2 + [[Reached.LOGIN] * 3] * 2


def test_webmail_on_the_server_goes_on_without_tls(lab: MailLab) -> None:
    outcomes = [lab.try_imap(source, ALICE, word, port=143, tls=Tls.NONE) for source in LOOPBACK for word in (RIGHT, WRONG)]

    assert [outcome.reached for outcome in outcomes] == [Reached.DONE, Reached.LOGIN] * 2


@pytest.mark.parametrize("service", ["smtp", "pop3", "sieve"])
def test_programs_that_ask_dovecot_are_told_the_same(dovecot: Dovecot, service: str) -> None:
    about = f"service={service}"
    inside = [ask(dovecot, word, about, f"rip={CONNECTOR[0]}") for word in (RIGHT, WRONG, RIGHT)]
    outside = [ask(dovecot, word, about, f"rip={STRANGERS[0]}") for word in (RIGHT, WRONG, RIGHT)]
    without_an_address = [ask(dovecot, word, about) for word in (RIGHT, WRONG, RIGHT)]

    assert (inside, outside, without_an_address) == ([True, False, True], [False] * 3, [True, False, True])


def end(outcomes: list[Outcome]) -> list[Reached]:
    return [outcome.reached for outcome in outcomes]


def test_a_connector_that_is_gone_is_refused_at_once_and_undo_lets_everybody_in_again(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    site = render(mail_lab, dovecot, options=ALLOW_NETS)
    site.apply_over_list()
    before = [mail_lab.try_imap(CONNECTOR[0]), mail_lab.try_imap("203.0.113.20")]
    for version in ("2.3", "2.4"):
        site.tamper(f"allow-nets-{version}.inc", ",198.51.100.10", "")
    site.apply()
    after = [mail_lab.try_imap(CONNECTOR[0]), mail_lab.try_imap("203.0.113.20")]
    exclude_list(dovecot)
    site.undo()
    undone = [mail_lab.try_imap(CONNECTOR[0]), mail_lab.try_imap(STRANGERS[0])]

    assert (end(before), end(after), end(undone)) == ([Reached.DONE] * 2, [Reached.LOGIN, Reached.DONE], [Reached.DONE] * 2)


def lengthen(site: Rendered) -> None:
    """Put 10,000 more prefixes before those of the site."""
    v4 = ",".join(f"10.{number >> 7}.{number * 2 & 255}.0/24" for number in range(5000))
    v6 = ",".join(f"2001:db8:2:{number:x}::/64" for number in range(0, 10000, 2))
    for version in ("2.3", "2.4"):
        site.tamper(f"allow-nets-{version}.inc", ",198.51.100.10", f",{v4},{v6},198.51.100.10")


def test_ten_thousand_prefixes_are_one_list(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    site = render(mail_lab, dovecot, options=ALLOW_NETS)
    lengthen(site)
    site.apply_over_list()
    sources = (CONNECTOR[0], "10.39.14.7", "2001:db8:2:270e::1", "10.39.15.7", "2001:db8:2:270f::1", STRANGERS[0])

    reached = [mail_lab.try_imap(source).reached for source in sources]

    assert reached == [Reached.DONE] * 3 + [Reached.LOGIN] * 3


def test_the_users_own_addresses_are_narrowed_and_never_widened(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    users = dovecot.folder / "users"
    text = users.read_text(encoding="utf-8").replace("/alice::", f"/alice::allow_nets={CONNECTOR[0]},{STRANGERS[0]}")
    users.write_text(text, encoding="utf-8")
    render(mail_lab, dovecot, options=ALLOW_NETS).apply_over_list()

    reached = [mail_lab.try_imap(source).reached for source in (CONNECTOR[0], STRANGERS[0], TRUSTED[0], "127.0.0.1")]

    assert reached == [Reached.DONE, Reached.LOGIN, Reached.LOGIN, Reached.LOGIN]


def test_two_passdbs_share_the_list(mail_lab: MailLab) -> None:
    dovecot = mail_lab.dovecot()
    second = "passdb second {\n  driver = passwd-file\n" if dovecot.is_24 else "passdb {\n  driver = passwd-file\n"
    place = "passwd_file_path = /etc/dovecot/users" if dovecot.is_24 else "args = /etc/dovecot/users"
    other = add_file(dovecot, "conf.d/95-second.conf", f"{second}  {place}\n", "}")
    site = render(mail_lab, dovecot, options=ALLOW_NETS)
    refused = [site.apply(check=False).stderr]
    include_list(dovecot)
    refused.append(site.apply(check=False).stderr)
    include_list(dovecot, file=other.name)
    site.apply()

    reached = [mail_lab.try_imap(source).reached for source in (CONNECTOR[0], STRANGERS[0])]

    assert [text.count("lacks the list: ") for text in refused] == [2, 1]
    assert dovecot.run("doveconf", "-n").stdout.count(f"127.0.0.0/8,::1,local,192.0.2.128/26,{CONNECTOR[0]},") == 2
    assert (reached, (dovecot.folder / LIST).exists()) == ([Reached.DONE, Reached.LOGIN], True)


def test_a_master_users_password_is_bound_to_the_list_too(mail_lab: MailLab) -> None:
    is_24 = mail_lab.release == "trixie"
    place = "passwd_file_path = /etc/dovecot/masters" if is_24 else "args = /etc/dovecot/masters"
    block = ["passdb masters {" if is_24 else "passdb {", "  driver = passwd-file", "  master = yes", f"  {place}", "}", ""]
    files = {"conf.d/05-master.conf": "\n".join(block), "masters": "admin:{PLAIN}boss\n"}
    dovecot = mail_lab.dovecot(settings=["auth_master_user_separator = *"], files=files)
    before = mail_lab.try_imap(STRANGERS[0], f"{ALICE}*admin", "boss").reached
    site = render(mail_lab, dovecot, options=ALLOW_NETS)
    site.apply(check=False)
    include_list(dovecot)
    refused = site.apply(check=False).stderr
    include_list(dovecot, file="05-master.conf")
    site.apply()

    reached = [
        mail_lab.try_imap(source, f"{ALICE}*admin", word).reached for source in (STRANGERS[0], CONNECTOR[0]) for word in ("boss", "x")
    ]

    assert refused.count("lacks the list: ") == 1
    assert [before, *reached] == [Reached.DONE, Reached.LOGIN, Reached.LOGIN, Reached.DONE, Reached.LOGIN]
