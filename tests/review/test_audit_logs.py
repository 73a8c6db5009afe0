"""`gatepost audit --log`: who was refused and who tried, from lines that real servers wrote."""

import gzip
import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.cli import Result, gatepost, write_site

LOGS: Final = Path(__file__).parent / "logs"
SITE: Final = """\
kind: site
name: acme
connectors:
  - use: ./crm.yaml
    services: [imaps, submission, submissions]
    networks: [198.51.100.10, "2001:db8:100::/48", 198.51.100.9]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the site."""
    monkeypatch.chdir(tmp_path)
    write_site(tmp_path, SITE)
    return tmp_path


def audited(*names: str) -> Result:
    return gatepost("audit", "acme.yaml", *(word for name in names for word in ("--log", str(LOGS / name))))


def told(result: Result) -> list[str]:
    """What is said of each group, with its first address."""
    blocks = result.out.replace(f"{LOGS}/", "").split("\n\n")[1:]
    return [" | ".join(line.strip() for line in block.splitlines()[:2]) for block in blocks]


def written(*lines: str) -> Result:
    """Audit a log of these lines."""
    Path("log").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return gatepost("audit", "acme.yaml", "--log", "log")


def test_a_firewalls_log_tells_the_first_packets_and_what_became_of_them() -> None:
    result = audited("kernel.log")

    assert told(result) == [
        "warning[AUD061] crm was refused at imaps for too many connections: once, by 1 address | 198.51.100.10  once, last at kernel.log:3",
        "warning[AUD061] crm was refused at submission: once, by 1 address | 2001:db8:100::7  once, last at kernel.log:4",
        "warning[AUD063] outsiders were let in to imaps: once, by 1 address | 203.0.113.78  once, last at kernel.log:6",
        "note[AUD062] outsiders tried imaps: 2 times, by 1 address | 203.0.113.77  2 times, last at kernel.log:2",
    ]


def test_a_log_of_postfix_tells_its_listeners_apart_and_leaves_the_mx_port_alone() -> None:
    result = audited("postfix.log")

    assert told(result) == [
        "note[AUD062] outsiders tried submission: 2 times, by 2 addresses | 198.51.100.11  once, last at postfix.log:9",
        "note[AUD062] outsiders tried submissions: 2 times, by 2 addresses | 198.51.100.11  once, last at postfix.log:21",
    ]


@pytest.mark.parametrize("name", ["dovecot-2.3.log", "dovecot-2.4.log"])
def test_a_log_of_dovecot_tells_the_logins_that_were_refused_for_their_address(name: str) -> None:
    result = audited(name)

    assert [line.partition(", last")[0] for line in told(result)] == [
        "warning[AUD061] crm was refused at the login: 2 times, by 1 address | 198.51.100.9  2 times",
        *(line for line in (LOGS / name).with_suffix(".told").read_text(encoding="utf-8").splitlines()),
    ]


def test_a_wrong_password_of_an_outsider_means_that_the_firewall_let_him_in() -> None:
    result = written(
        "Nov 23 20:30:34 mx dovecot: imap-login: Disconnected: Connection closed (auth failed, 3 attempts in 9 secs): "
        "user=<x rip=198.51.100.10>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.25, TLS, session=<x>",
        "Nov 23 20:30:34 mx postfix/submission/smtpd[7]: connect from unknown[203.0.113.8]",
        "Nov 23 20:30:34 mx postfix/submission/smtpd[7]: warning: unknown[203.0.113.8]: SASL LOGIN authentication failed: UGFzc3dvcmQ6",
        "Nov 23 20:30:34 mx postfix/submissions/smtpd[7]: connect from unknown[203.0.113.7]",
    )

    assert told(result) == [
        "warning[AUD063] outsiders got in to submissions: once, by 1 address | 203.0.113.7  once, last at log:4",
        "warning[AUD063] outsiders got in to, and tried passwords at, imap or imaps: once, by 1 address | 203.0.113.9  once, last at log:1",
        "warning[AUD063] outsiders got in to, and tried passwords at, submission: once, by 1 address | 203.0.113.8  once, last at log:3",
    ]


def test_a_refusal_at_one_service_hides_nothing_at_another() -> None:
    result = written(
        "Nov 23 20:30:34 mx postfix/submission/smtpd[7]: NOQUEUE: reject: CONNECT from unknown[203.0.113.8]: 554 5.7.1 "
        "<unknown[203.0.113.8]>: Client host rejected: Access denied; proto=SMTP",
        "Nov 23 20:30:34 mx postfix/submissions/smtpd[7]: connect from unknown[203.0.113.8]",
        "Nov 23 20:30:34 mx kernel: DROP IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.25 PROTO=TCP SPT=40000 DPT=993 SYN URGP=0",
        "Nov 23 20:30:34 mx dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<x>, rip=203.0.113.9, lip=192.0.2.25",
    )

    assert [line.partition(": once")[0] for line in told(result)] == [
        "warning[AUD063] outsiders got in to submissions",
        "warning[AUD063] outsiders got in to, and tried passwords at, imap or imaps",
        "note[AUD062] outsiders tried imaps",
        "note[AUD062] outsiders tried submission",
    ]


def test_an_ipv4_address_in_the_clothes_of_ipv6_is_one() -> None:
    result = written("mx dovecot: imap-login: Login: user=<a>, method=PLAIN, rip=::ffff:203.0.113.9, lip=::ffff:192.0.2.25, TLS")

    assert told(result) == ["warning[AUD063] outsiders were let in to imap or imaps: once, by 1 address | 203.0.113.9  once, last at log:1"]


def test_no_user_name_is_ever_shown() -> None:
    assert "alice" not in audited("postfix.log", "dovecot-2.3.log").out


def test_a_log_may_be_packed_and_may_hold_bytes_that_are_no_text(folder: Path) -> None:
    packed = gzip.compress(b"\xff\xfe\x00\n" + (LOGS / "kernel.log").read_bytes())
    (folder / "log.gz").write_bytes(packed)

    assert "outsiders tried imaps: 2 times" in gatepost("audit", "acme.yaml", "--log", "log.gz").out


def test_what_a_log_says_is_a_warning_that_strict_counts() -> None:
    log = str(LOGS / "kernel.log")

    assert [gatepost("audit", "acme.yaml", "--log", log, *more).status for more in ((), ("--strict",))] == [0, 1]


def test_a_log_about_something_else_and_one_that_cannot_be_read_are_said_to_be() -> None:
    other, none = written("hello"), gatepost("audit", "acme.yaml", "--log", "nowhere")

    assert "warning[AUD064] no line is about a service of the plan" in other.out
    assert "error[AUD065]: the log `nowhere` cannot be read: no such file or directory" in none.err
    assert (other.status, none.status) == (0, 1)


def test_the_json_has_every_visitor() -> None:
    document: dict[str, Any] = json.loads(gatepost("audit", "acme.yaml", "--log", str(LOGS / "kernel.log"), "--format", "json").out)

    assert (document["verdict"], document["log"]["lines"], document["log"]["understood"]) == (None, 7, 5)
    assert document["log"]["groups"][3]["visitors"] == [
        {
            "address": "203.0.113.77",
            "party": None,
            "services": ["imaps"],
            "outcome": "refused",
            "times": 2,
            "file": str(LOGS / "kernel.log"),
            "last_line": 2,
        }
    ]
