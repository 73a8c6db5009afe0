"""Further connections: to whom the password goes on them."""

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from generator.preflight.context import Credentials
from generator.preflight.demands import Demands
from generator.preflight.holding import hold_connections
from generator.preflight.outcome import Reachability
from generator.preflight.reach import Attempt
from generator.preflight.result import Check, Status
from generator.preflight.run import run_preflight
from generator.preflight.tls import Handshake, Outcome
from generator.preflight.visit import Visit
from tests.preflight.paper import Paper, intermediate, make, root
from tests.preflight.peers import Play, serve, server_context, speak_tls
from tests.preflight.values import DEMANDS, FITS, IMAPS, NOTHING, context

FIRST = make()


def remembering(heard: list[str], paper: Paper, folder: Path) -> Play:
    """A server that says yes to everything; `heard` is what it was asked."""
    file = folder / "chain.pem"
    file.write_bytes(paper.key_pem + paper.pem + intermediate().pem)

    def play(tls: ssl.SSLSocket) -> None:
        tls.sendall(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        for line in tls.makefile("rb"):
            tag, command = line.decode().split()[:2]
            heard.append(command)
            tls.sendall(f"{tag} OK done\r\n".encode())

    return speak_tls(server_context(file), play)


def test_no_other_endpoint_has_a_connection_open_while_they_are_counted(tmp_path: Path) -> None:
    heard: list[list[str]] = [[], []]
    paper = make(issuer=intermediate())
    with serve(remembering(heard[0], paper, tmp_path), 2) as one, serve(remembering(heard[1], paper, tmp_path), 2) as two:
        run = replace(context(DEMANDS._replace(connections_per_mailbox=1), Credentials("bob", "secret"), 9), trusted=root().pem)
        endpoints = [IMAPS._replace(port=port) for port in (one, two)]
        result = run_preflight(endpoints, run, site="", reachability=Reachability((), (), (), ""), known=lambda _endpoint, _address: "")

    assert [report.connections_made for report in result.endpoints] == [1, 2]
    assert [words.count("LOGIN") for words in heard] == [1, 2]


def hold_one(paper: Paper, folder: Path, demands: Demands = DEMANDS) -> tuple[Check, list[str]]:
    """What is said of one further connection, where the first had another certificate."""
    heard: list[str] = []
    with serve(remembering(heard, paper, folder)) as port:
        run = context(demands._replace(connections_per_mailbox=1), Credentials("bob", "secret"))
        visit = Visit(IMAPS._replace(port=port), replace(run, trusted=root().pem), lambda _address: "")
        visit.attempts = (Attempt("127.0.0.1", "", "", 0),)
        visit.info = NOTHING._replace(handshake=Handshake(Outcome.DONE, chain=(FIRST.der,)))
        visit.add(FITS)
        visit.during(hold_connections)
        visit.hang_up()
    return visit.checks[-1], heard


def test_a_further_connection_may_have_another_certificate_for_the_host(tmp_path: Path) -> None:
    check, heard = hold_one(make(issuer=intermediate()), tmp_path)

    assert (check.status, heard) == (Status.PASS, ["LOGIN", "NOOP", "LOGOUT"])


@pytest.mark.parametrize(
    ("paper", "why"),
    [
        (make("other.example.org", ("other.example.org",), issuer=intermediate()), "is not for this host name"),
        (make(organisation="Avast"), "was made by something in between"),
    ],
)
def test_no_password_goes_to_another_server_on_a_further_connection(paper: Paper, why: str, tmp_path: Path) -> None:
    check, heard = hold_one(paper, tmp_path)

    assert check.status is Status.FAIL
    assert f"another certificate comes than on the first connection: the certificate {why}, and no password was sent" in check.detail
    assert heard == []


@pytest.mark.parametrize(("known", "status"), [(True, Status.FAIL), (False, Status.WARN)])
def test_too_few_connections_are_a_warning_where_the_vendor_tells_no_number(known: bool, status: Status, tmp_path: Path) -> None:
    check, _ = hold_one(make(organisation="Avast"), tmp_path, DEMANDS._replace(connections_known=known))

    assert (check.status, "does not say how many" in check.detail) == (status, not known)
