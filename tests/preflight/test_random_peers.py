"""Peers put together by chance from all that peers here do: whatever they do, there is a report, in time, and no password in it."""

import random
from typing import Final

import pytest

from tests.mail.lab.people import ALICE, PASSWORDS
from tests.preflight.lab import PreflightLab, host_of
from tests.preflight.lab.kit import Kit
from tests.preflight.lab.peer import Act, Listener, Reply, Script, Slow
from tests.preflight.lab.scripts import IMAP_AFTER, IMAP_BEFORE, IMAP_GREETING, SMTP_AFTER, SMTP_BEFORE, SMTP_GREETING
from tests.preflight.running import run_row
from tests.preflight.scenarios import Row
from tests.scale import scaled

ADDRESS: Final = "198.51.100.250"  # of random.example.org
TIMEOUT: Final = 1
PARTS: Final = (
    *("", "\r\n", "\n", "\0\0\0", "\u2028\r\n", "\udcff\udcfe\udc80\r\n", "\x1b[31m\r\n", "9\r\n"),
    *("{tag}", "{tag} OK\r\n", "{tag} NO\r\n", "{tag} BAD [X\r\n", "{tag} OK [CAPABILITY\r\n", "+ \r\n", "+\r\n"),
    *("* \r\n", "*\r\n", "* OK\r\n", "* BYE\r\n", "* PREAUTH\r\n", "* ID (\r\n", "{0}\r\n", "* 99999999999999999999 EXISTS\r\n"),
    *("* CAPABILITY\r\n", "* CAPABILITY " + "X" * 5000 + "\r\n", "* LIST\r\n", '* LIST () "/" {5}\r\nab'),
    *('* LIST (\\Sent "/" "a\r\n', "* LIST () NIL {3}\r\nabc\r\n"),
    *("220\r\n", "220-\r\n", "220 ok\r\n", "235\r\n", "250 \r\n", "250-AUTH\r\n250 \r\n", "250 AUTH=\r\n", "2500 \r\n"),
    *("250-STARTTLS\r\n", "250 STARTTLS\r\n", "334\r\n", "334 !!!\r\n", "421 \r\n", "535 5.7.8\r\n", "550\r\n"),
    *(Act.CLOSE, Act.RESET, Act.HANG, Act.TLS, Act.HEAR, Act.ONE_LINE, Act.BINARY, Act.UNTAGGED, Act.CONTINUED, Act.LINES),
    *(Slow("{tag} OK slowly\r\n"), Slow("250 slowly\r\n")),
)


def make_script(chance: random.Random, kit: Kit, application: str, *, implicit: bool) -> Script:
    """A good server of which a few replies are something else."""
    greeting, before, after = (
        (IMAP_GREETING, IMAP_BEFORE, IMAP_AFTER) if application == "imap" else (SMTP_GREETING, SMTP_BEFORE, SMTP_AFTER)
    )

    def spoil(reply: Reply) -> Reply:
        if chance.random() < 0.8:
            return reply
        parts = tuple(chance.choices(PARTS, k=chance.randint(1, 4)))
        return (
            (*parts, *(reply if isinstance(reply, tuple) and not isinstance(reply, Slow) else (reply,))) if chance.random() < 0.4 else parts
        )

    spoiled = [{command: spoil(reply) for command, reply in replies.items()} for replies in (before, after)]
    return Script(spoil(greeting), spoiled[0], spoiled[1], kit.tls(), implicit=implicit)


@pytest.mark.parametrize("seed", range(scaled(500)))
def test_there_is_always_a_report(seed: int, preflight_lab: PreflightLab) -> None:
    chance = random.Random(seed)
    application, implicit = chance.choice(("imap", "smtp")), chance.random() < 0.5
    script = make_script(chance, Kit(preflight_lab.office), application, implicit=implicit)
    port = {"imap": (143, 993), "smtp": (587, 465)}[application][implicit]
    preflight_lab.names.zone = {**preflight_lab.names.zone, f"{host_of('random')}.": [f"A {ADDRESS}"]}
    listener = preflight_lab.namespace.run(Listener, ADDRESS, port, script)

    try:
        outcome = run_row(Row("", f"--{application} random:{port} --login --timeout {TIMEOUT}"), preflight_lab, "--format", "json", "-v")
    finally:
        listener.close()

    assert outcome.status in (0, 1)
    assert outcome.report["seconds"] < TIMEOUT + 2
    assert PASSWORDS[ALICE] not in outcome.stdout + outcome.stderr
