"""The oracle notices what matters: each of these breaks of apply.sh, tried on a real Postfix, changes who gets in or how."""

import ssl
from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

import pytest

from tests.mail.lab import ALICE, BOB, MACHINE, MailLab, Postfix, Reached, at_once
from tests.mail.postfix_site import CONNECTOR, STRANGERS, TRUSTED, edit_master, render, site_text

SITE: Final = site_text("submission", "smtp")
V4, V6 = STRANGERS[0], STRANGERS[-1]
FOREIGN = "somebody@example.com"


class Verdicts(NamedTuple):
    """How far each got."""

    connectors: list[Reached]
    strangers: list[Reached]
    without_login: list[Reached]
    old_tls: Reached
    port_25: list[Reached]


WANTED = Verdicts(
    connectors=[Reached.DONE] * 4,
    strangers=[Reached.GREETING] * 2,
    without_login=[Reached.RECIPIENT] * 2,
    old_tls=Reached.DONE,
    port_25=[Reached.DONE] * 3,
)


@pytest.fixture(scope="module")
def lab() -> Iterator[MailLab]:
    with MailLab(MACHINE) as lab:
        yield lab


@pytest.fixture(scope="module")
def postfix(lab: MailLab) -> Postfix:
    """587 has a listener for each family, of which one lets everybody relay; HELO is checked on them."""
    lab.dovecot()
    made = lab.postfix(implicit="", start=False)
    edit_master(made, "\nsubmission inet n", "\n192.0.2.25:submission inet n")
    with (made.folder / "master.cf").open("a", encoding="utf-8") as file:
        file.write("[2001:db8::25]:587 inet n - n - - smtpd\n  -o smtpd_helo_restrictions=reject_unknown_helo_hostname\n")
        file.write("  -o smtpd_relay_restrictions=check_client_access,static:OK,reject\n  -o smtpd_client_restrictions=permit\n")
    made.start()
    return made


def judge(lab: MailLab) -> Verdicts:
    """Try everything at once."""
    logged_in = [partial(lab.smtp, source, 587, user=ALICE, recipient=FOREIGN) for source in (*CONNECTOR, *TRUSTED, V4, V6)]
    bare = [partial(lab.smtp, source, 587, recipient=FOREIGN) for source in CONNECTOR]
    old = partial(lab.smtp, CONNECTOR[0], 587, user=ALICE, at_most=ssl.TLSVersion.TLSv1_2)
    mail = [partial(lab.smtp, source, 25, recipient=BOB) for source in (CONNECTOR[0], V4, V6)]
    found = [outcome.reached for outcome in at_once(*logged_in, *bare, old, *mail)]
    return Verdicts(found[:4], found[4:6], found[6:8], found[8], found[9:])


BREAKS: Final = [
    pytest.param("apply.sh", "cidr:$path,reject", "cidr:$path", id="nobody-refused"),
    pytest.param("apply.sh", 'echo "$entry/smtpd_delay_reject=no" >>', ": >>", id="refused-after-the-password"),
    pytest.param("apply.sh", 'echo "$entry/smtpd_helo_restrictions=" >>', ": >>", id="helo-before-the-login"),
    pytest.param("apply.sh", '=permit_sasl_authenticated,reject"', '=check_client_access,static:OK,reject"', id="open-relay"),
    pytest.param("apply.sh", 'entries="$entries $entry"', 'entries="$entry"', id="one-listener-only"),
    pytest.param("apply.sh", "!TLSv1,!TLSv1.1", "!TLSv1,!TLSv1.1,!TLSv1.2", id="floor-of-TLS-1.3"),
    pytest.param("submission.cidr", "2001:db8:100::/48 OK\n", "", id="IPv6-forgotten"),
    pytest.param("submission.cidr", "203.0.113.16/28 OK\n", "198.51.100.0/24 OK\n", id="a-prefix-too-wide"),
]


def test_the_site_as_it_is_rendered_holds(lab: MailLab, postfix: Postfix) -> None:
    site = render(lab, postfix, SITE)

    site.apply()

    assert judge(lab) == WANTED
    site.undo()


@pytest.mark.parametrize(("file", "old", "new"), BREAKS)
def test_a_break_is_noticed(lab: MailLab, postfix: Postfix, file: str, old: str, new: str) -> None:
    site = render(lab, postfix, SITE)
    for script in ("apply.sh", "undo.sh"):
        site.tamper(script, "sleep 1", "sleep 0.2")
    site.tamper(file, old, new)

    site.apply()
    broken = judge(lab)
    site.undo()

    assert broken != WANTED
