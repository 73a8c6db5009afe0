"""Lines of logs that are read wrong easily: other programs that quote one, hosts called like a verdict, lines made up to take long."""

import gzip
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator.net import Family
from generator.review.audit_log_lines import Outcome, Sighting, read_line
from tests.house.tree import ROOT
from tests.support.cli import gatepost, write_site

PACKET = "IN=eth0 OUT= MAC=aa SRC=198.51.100.10 DST=192.0.2.25 LEN=60 PROTO=TCP SPT=40000 DPT=993 WINDOW=64240 RES=0x00 SYN URGP=0"
LOGIN = "Login: user=<bob>, method=PLAIN, rip=198.51.100.10, lip=192.0.2.25, TLS, session=<x>"
REJECT = "NOQUEUE: reject: CONNECT from unknown[198.51.100.10]: 554 5.7.1 <unknown>: Client host rejected: Access denied; proto=SMTP"


def outcome(line: str) -> Outcome | None:
    seen = read_line(line, "acme")
    return seen.outcome if seen else None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("May 01 10:00:00 mx-droplet kernel: ", Outcome.SEEN),
        ("May 01 10:00:00 mx-droplet ulogd[12]: ", Outcome.SEEN),
        ("May 01 10:00:00 mx kernel: [12.5] accepted ", Outcome.ADMITTED),
        ("May 01 10:00:00 mx ulogd[12]: DROP ", Outcome.REFUSED),
        ("May 01 10:00:00 droplet kernel: [UFW BLOCK] ", Outcome.REFUSED),
        ("2026-05-01T10:00:00.123456+02:00 droplet kernel: [12.5] allow ", Outcome.ADMITTED),
        ("[12.5] DROP ", Outcome.REFUSED),
    ],
)
def test_the_words_of_the_firewall_count_and_not_the_name_of_the_host(head: str, expected: Outcome) -> None:
    assert outcome(head + PACKET) is expected


@pytest.mark.parametrize(
    "line",
    [
        f"May 01 10:00:00 mx sshd[7]: Invalid user DROP {PACKET} from 203.0.113.9 port 4",
        f"May 01 10:00:00 mx sshd[7]: Invalid user kernel: DROP {PACKET} from 203.0.113.9 port 4",
        f"May 01 10:00:00 mx sshd[7]: Invalid user imap-login: {LOGIN} from 203.0.113.9 port 4",
        f"May 01 10:00:00 mx sshd[7]: Invalid user postfix/smtpd[1]: {REJECT} from 203.0.113.9 port 4",
        "May 01 10:00:00 mx sshd[7]: Invalid user allow_nets check failed: IP 198.51.100.10 not in from 203.0.113.9",
    ],
)
def test_what_another_program_quotes_is_no_line_of_ours(line: str) -> None:
    assert read_line(line, "acme") is None


@pytest.mark.parametrize(
    ("flags", "counts"), [("SYN", True), ("ACK SYN", False), ("ACK", False), ("ACK FIN", False), ("ECE CWR SYN", True)]
)
def test_the_first_packet_of_a_connection_counts_and_no_answer_to_one(flags: str, counts: bool) -> None:
    line = f"May 01 10:00:00 mx kernel: DROP {PACKET.replace('SYN', flags)}"

    assert (read_line(line, "acme") is not None) is counts


def test_a_user_name_that_looks_like_a_line_of_postfix_is_a_user_name() -> None:
    name = f"postfix/smtpd[1]: {REJECT}"
    line = f"mx dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<{name}>, rip=203.0.113.9, lip=192.0.2.25"

    assert read_line(line, "acme") == Sighting(Family.V4, 0xCB007109, Outcome.FAILED, services=("imap", "imaps"))


@pytest.mark.parametrize(
    "head",
    ["mx dovecot: imap-login: ", "mx dovecot[9]: imap-login: ", "May 01 10:00:00 imap-login: Info: ", "mx imap-login[9]: imap-login: "],
)
def test_a_login_is_one_wherever_dovecot_writes_it(head: str) -> None:
    assert outcome(head + LOGIN) is Outcome.ADMITTED


@pytest.mark.parametrize("name", ["postfix", "postfix-out", "postfix/submission"])
def test_an_instance_of_postfix_has_any_name(name: str) -> None:
    assert outcome(f"May 01 10:00:00 mx {name}/smtpd[1]: {REJECT}") is Outcome.REFUSED


def test_a_line_made_up_to_take_long_takes_no_time() -> None:
    line = f"mx dovecot: imap-login: x user=<{'a-' * 4000}smtpd["

    start = time.perf_counter()
    read_line(line, "acme")

    assert time.perf_counter() - start < 0.1


def test_a_packed_log_is_read_from_standard_input_too(tmp_path: Path) -> None:
    write_site(tmp_path)
    packed = gzip.compress(f"mx kernel: {PACKET}\n".encode())

    done = subprocess.run(
        [sys.executable, "-m", "generator", "audit", "acme.yaml", "--log", "-"],
        input=packed,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )

    assert done.stdout.startswith(b"logs  -: 1 lines, 1 about services of the plan\n")


def test_an_empty_log_is_a_warning_in_the_exit_status_as_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_site(tmp_path)
    Path("log").write_text("", encoding="utf-8")

    results = [gatepost("audit", "acme.yaml", "--log", "log", *strict) for strict in ((), ("--strict",))]

    assert ["AUD064" in result.out for result in results] == [True, True]
    assert [result.status for result in results] == [0, 1]
