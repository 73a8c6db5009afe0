"""cidr tables of Postfix: random ones are read as postmap reads them; results mean what access(5) says."""

import ipaddress
import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.net import Family, PortRange
from generator.net.runs import has_number
from generator.readers.judge import Entry, Question, judge
from tests.review.meaning import doubts, read_back, read_files, shown
from tests.scale import scaled

OURS = "# gatepost acme: a cidr table\n# who may connect to submission, tcp 587, 1587-1590. The first match wins.\n"
NETWORKS = (
    *("0.0.0.0/0", "198.51.100.0/24", "198.51.100.0/25", "198.51.100.128/25", "198.51.100.7", "198.51.100.4/30", "203.0.113.0/24"),
    *("::/0", "2001:db8::/32", "2001:db8:1::/48", "[2001:db8:1::]/48", "2001:db8:1::7", "[2001:db8::7]"),
    *("198.51.100.7/24", "2001:db8::7/32", "::ffff:198.51.100.7", "mail.example.org", "198.51.100", "256.1.1.1", "198.51.100.0/33"),
)
ASKED = (
    "198.51.100.0",
    "198.51.100.7",
    "198.51.100.127",
    "198.51.100.128",
    "203.0.113.9",
    "192.0.2.1",
    "2001:db8::7",
    "2001:db8:1::7",
    "::1",
)
WORDS = {Entry.OPEN: "OK", Entry.CLOSED: "REJECT"}


@st.composite
def tables(draw: st.DrawFn, depth: int = 0) -> list[str]:
    lines: list[str] = []
    for _ in range(draw(st.integers(0, 5))):
        pattern = draw(st.sampled_from(("", "", "!", "! "))) + draw(st.sampled_from(NETWORKS))
        kind = draw(st.sampled_from(("entry", "entry", "entry", "if", "odd")))
        if kind == "entry":
            blank = draw(st.sampled_from((" ", "\t", "\n\t", "\n# between\n  ")))
            lines.append(f"{pattern}{blank}{draw(st.sampled_from(('OK', 'REJECT', 'ok yes', 'reject no')))}")
        elif kind == "if" and depth < 2:
            lines += [f"if {pattern}", *draw(tables(depth + 1)), draw(st.sampled_from(("endif", "ENDIF")))]
        elif kind == "odd":
            lines.append(draw(st.sampled_from(("", "   ", "# a comment", "  # another", "198.51.100.9", "endif" if depth == 0 else "#"))))
    return lines


def ask(folder: Path, table: str) -> Mapping[str, str]:
    """What postmap finds for each address; nothing where it finds nothing."""
    (folder / "table").write_text(table, encoding="utf-8")
    done = subprocess.run(
        ["postmap", "-q", "-", "cidr:table"], cwd=folder, input="\n".join(ASKED) + "\n", capture_output=True, text=True, check=False
    )
    return {key: value.split()[0].upper() for key, _, value in (line.partition("\t") for line in done.stdout.splitlines())}


@settings(max_examples=scaled(2000))
@given(tables())
def test_a_random_table_is_read_as_postmap_reads_it(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    with TemporaryDirectory() as folder:
        found = ask(Path(folder), text)
    ruleset, _ = read_back("postfix-cidr", OURS + text)
    assert ruleset is not None
    for address in ASKED:
        parsed = ipaddress.ip_address(address)
        segments = judge(ruleset, Question(Family(parsed.version), 587))
        (entry,) = [segment.entry for segment in segments if has_number(segment.sources, int(parsed))]

        assert WORDS[entry] == found.get(address, "REJECT"), (address, text)


@pytest.mark.parametrize(
    ("result", "entry"),
    [
        ("OK", "open"),
        ("ok", "open"),
        ("permit", "open"),
        ("20260101", "open"),
        ("REJECT", "closed"),
        ("554 5.7.1 no", "closed"),
        ("450 later", "closed"),
        ("DEFER_IF_PERMIT later", "closed"),
        ("DUNNO", "closed"),
        ("PREPEND X-From: crm", "closed"),
        ("permit_sasl_authenticated, reject", "unknown"),
        ("DISCARD", "unknown"),
        ("DEFER_IF_REJECT later", "closed"),  # for ours refuses what follows
        ("reject_unknown_client", "unknown"),
    ],
)
def test_a_result_means_what_access_5_says(result: str, entry: str) -> None:
    ruleset, findings = read_back("postfix-cidr", f"{OURS}0.0.0.0/0 {result}\n0.0.0.0/0 OK\n")

    assert findings == []
    assert shown(ruleset, Family.V4, 587) == {entry: "everybody"}


def test_a_refusal_only_if_another_restriction_refuses_is_none_of_its_own() -> None:
    ruleset, _ = read_back("postfix-cidr", "192.0.2.0/24 DEFER_IF_REJECT later\n")

    assert shown(ruleset, Family.V4, 587) == {"unknown": "everybody"}


def test_what_follows_a_table_that_is_not_ours_is_a_doubt() -> None:
    ruleset, findings = read_back("postfix-cidr", "192.0.2.0/24 OK\n198.51.100.7 REJECT\n203.0.113.0/24 DUNNO\n")

    assert findings == []
    assert shown(ruleset, Family.V4, 587) == {"open": "192.0.2.0/24", "closed": "198.51.100.7/32", "unknown": "the rest"}
    assert doubts(ruleset, Family.V4, 25) == ["what follows the table in smtpd_client_restrictions"]
    assert ruleset is not None
    assert ruleset.ports == (PortRange(25, 25), PortRange(465, 465), PortRange(587, 587))


def test_a_table_says_nothing_of_other_ports() -> None:
    ruleset, _ = read_back("postfix-cidr", f"{OURS}192.0.2.0/24 OK\n")

    answers = {port: shown(ruleset, Family.V4, port) for port in (586, 587, 588, 1586, 1587, 1590, 1591)}

    assert [port for port, found in answers.items() if found != {"open": "everybody"}] == [587, 1587, 1590]
    assert ruleset is not None
    assert ruleset.ports == (PortRange(587, 587), PortRange(1587, 1590))


def test_two_tables_of_one_server_are_judged_each_at_its_port() -> None:
    other = "# who may connect to submissions, tcp 465. The first match wins.\n192.0.2.0/24 OK\n"
    spared = "# who is spared the client limits of submission. The first match wins.\n203.0.113.0/24 exempt\n"
    ruleset, findings = read_files(
        ("submission.limits.cidr", spared), ("submission.cidr", f"{OURS}198.51.100.0/24 OK\n"), ("submissions.cidr", other)
    )

    assert findings == []
    assert [shown(ruleset, Family.V4, port)["open"] for port in (465, 587, 993)] == ["192.0.2.0/24", "198.51.100.0/24", "everybody"]


@pytest.mark.parametrize("line", ["192.0.2.7/24 OK", "192.0.2.300 OK", "crm.example.org OK", "192.0.2.1-192.0.2.9 OK"])
def test_a_line_that_postfix_skips_is_said_and_skipped(line: str) -> None:
    ruleset, findings = read_back("postfix-cidr", f"{OURS}{line}\n")

    assert findings == [f"AUD024 Postfix skips this line: `{line.split()[0]}` is no network in canonical form"]
    assert shown(ruleset, Family.V4, 587) == {"closed": "everybody"}


def test_a_line_without_a_result_is_said() -> None:
    _, findings = read_back("postfix-cidr", f"{OURS}192.0.2.0/24\n")

    assert findings == ["AUD024 Postfix skips this line: it has no result"]


def test_another_file_is_refused() -> None:
    ruleset, findings = read_back("postfix-cidr", "hostname = mail\n")

    assert ruleset is None
    assert findings == ["AUD001 this is no cidr table of Postfix"]
