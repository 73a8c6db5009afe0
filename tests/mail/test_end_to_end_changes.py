"""A server that runs both Postfix and Dovecot, before the site's files, with them and without them again."""

import ssl
from collections.abc import Iterator
from functools import partial
from typing import Unpack

import pytest

from tests.mail.hubspot_site import CONNECTOR, LOOPBACK, SITE, STRANGERS, TRUSTED, Server, mail_server
from tests.mail.lab import ALICE, Options, Reached, at_once
from tests.support.cli import gatepost

SOME_STRANGERS = (STRANGERS[0], STRANGERS[-1])
SOURCES = (CONNECTOR[1], CONNECTOR[3], TRUSTED[0], *SOME_STRANGERS, *LOOPBACK)
OPEN = (Reached.DONE,) * 4  # reading on 993 and 143, sending on 465 and 587
CLOSED = (Reached.LOGIN, Reached.LOGIN, Reached.GREETING, Reached.GREETING)
TLS_1_2 = ssl.TLSVersion.TLSv1_2
FLOOR = "protocol imap {\n  ssl_min_protocol = TLSv1.3\n}\n"


@pytest.fixture
def server(release: str) -> Iterator[Server]:
    with mail_server(release) as server:
        yield server


def try_all(server: Server, source: str, **options: Unpack[Options]) -> tuple[Reached, ...]:
    """How far somebody with the right password gets, reading on 993 and 143, sending on 465 and 587."""
    read = [server.lab.try_imap(source, port=port, **options).reached for port in (993, 143)]
    return (*read, *(server.lab.smtp(source, port, user=ALICE, **options).reached for port in (465, 587)))


def meet(server: Server) -> dict[str, tuple[Reached, ...]]:
    """The same for many sources."""
    return dict(zip(SOURCES, at_once(*(partial(try_all, server, source) for source in SOURCES)), strict=True))


def test_apply_closes_the_server_to_strangers_and_undo_leaves_no_trace(server: Server) -> None:
    before, at_first = server.configuration(), meet(server)
    server.apply()
    applied, closed = server.configuration(), meet(server)
    server.undo()
    after, at_last = server.configuration(), meet(server)

    open_to_all = dict.fromkeys(SOURCES, OPEN)
    assert at_first == at_last == open_to_all
    assert closed == open_to_all | dict.fromkeys(SOME_STRANGERS, CLOSED)
    assert applied != before
    assert after == before


def test_a_client_that_ends_at_tls_1_2_gets_in_and_a_floor_of_1_3_would_keep_it_out(server: Server) -> None:
    server.apply()
    met = try_all(server, CONNECTOR[0], at_most=TLS_1_2)

    server.dovecot.folder.joinpath("conf.d", "99-floor.conf").write_text(FLOOR, encoding="utf-8")
    server.dovecot.reload()
    for service in ("submission", "submissions"):
        server.postfix.age()
        server.postfix.run("postconf", "-P", f"{service}/inet/smtpd_tls_mandatory_protocols=>=TLSv1.3")
    server.postfix.reload()

    assert met == OPEN
    assert try_all(server, CONNECTOR[0], at_most=TLS_1_2) == (Reached.TLS,) * 4


def test_a_floor_above_what_the_connector_speaks_is_an_error(server: Server) -> None:
    site = server.lab.folder / "mail.yaml"
    site.write_text(SITE.replace("tls_minimum: TLSv1.2", "tls_minimum: TLSv1.3"), encoding="utf-8")

    done = gatepost("render", site, "--output", server.lab.folder / "higher")

    assert done.status == 1
    assert "TLSv1.3" in done.err
