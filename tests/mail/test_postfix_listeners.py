"""A server as its administrator has made it: listeners by address, postscreen, lowered limits, checks of HELO. The site holds on it."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import pytest

from tests.mail.lab import ALICE, BOB, MailLab, Postfix, Reached, at_once
from tests.mail.postfix_site import CONNECTOR, TRUSTED, edit_master, render, site_text

V4, V6 = "203.0.113.99", "2001:db8:ffff::25:1"  # strangers
FOREIGN = "somebody@example.com"
SETTINGS: Final = {
    "smtpd_helo_restrictions": "reject_unknown_helo_hostname, permit_sasl_authenticated",  # refuses the lab's clients before they log in
    "smtpd_client_connection_count_limit": "3",
    "postscreen_client_connection_count_limit": "50",
    "postscreen_greet_wait": "1s",
}
LISTENERS: Final = """\
[2001:db8::25]:587 inet n - n - - smtpd
  -o smtpd_client_restrictions=permit
  -o { smtpd_relay_restrictions = check_client_access static:OK, reject }
127.0.0.1:587 inet n - n - - smtpd
"""
CLOSED: Final = site_text("submission", "submissions", "smtp", more="access: {smtp: {mode: allowlist, exclusive: true}}\n")


@pytest.fixture(scope="module")
def postfix(module_lab: MailLab) -> Iterator[Postfix]:
    """587 on three addresses, 465 by its old name, postscreen before 25; and a site that closes all three."""
    module_lab.dovecot()
    made = module_lab.postfix(implicit="smtps", postscreen=True, settings=SETTINGS, start=False)
    edit_master(made, "\nsubmission inet n", "\n192.0.2.25:submission inet n")
    with (made.folder / "master.cf").open("a", encoding="utf-8") as file:
        file.write(LISTENERS)
    made.start()
    render(module_lab, made, CLOSED).apply()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def lab(module_lab: MailLab, postfix: Postfix) -> MailLab:
    del postfix
    return module_lab


def reached(lab: MailLab, sources: Sequence[str], port: int, *, user: str = ALICE, recipient: str = BOB) -> list[Reached]:
    """How far mail gets from each source; port 25 takes no login."""
    login = "" if port == 25 else user
    outcomes = at_once(*(partial(lab.smtp, source, port, user=login, recipient=recipient) for source in sources))
    return [outcome.reached for outcome in outcomes]


def greetings(lab: MailLab, source: str, port: int, count: int) -> list[bytes]:
    """What each of several connections at once is greeted with."""
    sockets = [lab.connect(source, port) for _ in range(count)]
    found = at_once(*(partial(sock.recv, 3) for sock in sockets))
    for sock in sockets:
        sock.close()
    return sorted(found)


def test_every_listener_on_the_port_is_closed_whatever_address_it_is_bound_to(lab: MailLab) -> None:
    assert reached(lab, [*CONNECTOR, *TRUSTED, "127.0.0.1"], 587) == [Reached.DONE] * 5
    assert reached(lab, [V4, V6], 587) == [Reached.GREETING] * 2


def test_a_listener_that_relayed_for_everybody_does_so_no_more(lab: MailLab) -> None:
    assert reached(lab, [CONNECTOR[1], TRUSTED[1]], 587, user="", recipient=FOREIGN) == [Reached.RECIPIENT] * 2


def test_the_service_on_465_is_found_by_its_old_name(lab: MailLab, postfix: Postfix) -> None:
    services = [line.split()[0] for line in postfix.run("postconf", "-M", "*/inet").stdout.splitlines()]

    assert services == ["smtp", "192.0.2.25:submission", "smtps", "[2001:db8::25]:587", "127.0.0.1:587"]
    assert reached(lab, [*CONNECTOR, V4, V6], 465) == [Reached.DONE] * 2 + [Reached.GREETING] * 2


def test_port_25_is_closed_behind_postscreen(lab: MailLab) -> None:
    assert reached(lab, [*TRUSTED, V4, V6], 25) == [Reached.DONE] * 2 + [Reached.GREETING] * 2


def test_connectors_pass_postscreen_without_its_tests(lab: MailLab, postfix: Postfix) -> None:
    reached(lab, [*CONNECTOR, *TRUSTED], 25)

    lines = [line.partition("postscreen[")[2] for line in postfix.log().splitlines()]
    listed = {source: any("LISTED [" in line and f"[{source}]" in line for line in lines) for source in (*CONNECTOR, *TRUSTED)}
    assert listed == {**dict.fromkeys(CONNECTOR, True), **dict.fromkeys(TRUSTED, False)}


def test_connectors_are_spared_the_limit_that_holds_for_others(lab: MailLab) -> None:
    assert greetings(lab, CONNECTOR[0], 587, 6) == [b"220"] * 6
    assert greetings(lab, TRUSTED[0], 587, 6) == [b"220"] * 3 + [b"421"] * 3


def test_main_cf_says_what_it_said(postfix: Postfix) -> None:
    text = postfix.folder.joinpath("main.cf").read_text(encoding="utf-8")

    assert "gatepost_" not in text
    assert postfix.run("postconf", "-h", "mynetworks").stdout.split() == ["127.0.0.0/8", "[::ffff:127.0.0.0]/104", "[::1]/128"]
