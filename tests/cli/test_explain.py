"""`gatepost explain`: the verdict and why."""

import json
from pathlib import Path

import pytest

from tests.support.cli import PROFILE, SITE, gatepost, write_site


def ask(source: str, to: str) -> str:
    return gatepost("explain", "acme.yaml", "--from", source, "--to", to).out


def test_an_allowed_address_is_traced_to_its_line(folder: Path) -> None:
    assert ask("203.0.113.5", "imaps") == (
        "203.0.113.5 to imaps (tcp 993): allow\n"
        "  because  a rule lets the address in\n"
        "  rule     acme/crm/imaps/v4\n"
        "  prefix   203.0.113.0/28\n"
        "  line     acme.yaml:9:9\n"
    )


def test_a_port_stands_for_its_service(folder: Path) -> None:
    assert ask("203.0.113.5", "993") == ask("203.0.113.5", "imaps").replace("to 993", "to imaps")


def test_a_trusted_address_is_traced_too(folder: Path) -> None:
    assert "  rule     acme/trusted/imaps/v4\n  prefix   10.20.0.0/16\n  line     acme.yaml:4:11\n" in ask("10.20.255.255", "imaps")


def test_every_line_that_holds_the_address_is_named(folder: Path) -> None:
    write_site(folder, SITE.replace("      - 203.0.113.0/28\n", "      - 203.0.113.0/28\n      - 203.0.113.4/31\n"))

    assert "  prefix   203.0.113.0/28\n  line     acme.yaml:9:9\n  line     acme.yaml:10:9\n" in ask("203.0.113.5", "imaps")


def test_a_line_of_a_list_file_is_named(folder: Path) -> None:
    (folder / "more.txt").write_text("# ours\n203.0.113.64/28\n203.0.113.80-203.0.113.90\n", encoding="utf-8")
    write_site(folder, SITE.replace("    mailboxes: 3", "    networks_file: more.txt\n    mailboxes: 3"))

    assert "  prefix   203.0.113.88/31\n  line     more.txt:3:1\n" in ask("203.0.113.88", "imaps")


def test_a_denied_address_is_told_how_far_it_is_off(folder: Path) -> None:
    assert ask("203.0.113.20", "imaps") == (
        "203.0.113.20 to imaps (tcp 993): deny\n"
        "  because  the service is closed to everybody but its connectors and the trusted networks\n"
        "  nearest  acme/crm/imaps/v4, prefix 203.0.113.0/28: the address is 5 outside it\n"
    )


def test_a_denied_address_of_the_other_family_is_told_so(folder: Path) -> None:
    assert ask("2001:db8::1", "imaps").endswith(
        "  nearest  acme/crm/imaps/v4, prefix 198.51.100.10/32: it is for the other address family\n"
    )


def test_an_address_that_may_reach_another_service_is_told_so(folder: Path) -> None:
    write_site(folder, SITE.replace("    mailboxes: 3", "    services: [submission]\n    mailboxes: 3"))

    assert ask("203.0.113.5", "imaps").endswith(
        "  nearest  acme/crm/submission/v4, prefix 203.0.113.0/28: it lets this address in to submission\n"
    )


def test_a_public_service_lets_everybody_in(folder: Path) -> None:
    assert ask("192.0.2.99", "submission") == (
        "192.0.2.99 to submission (tcp 587): allow\n  because  the site makes the service public: everybody gets in\n"
    )


def test_a_port_outside_the_plan_is_untouched(folder: Path) -> None:
    assert ask("203.0.113.5", "22") == (
        "203.0.113.5 to port 22: untouched\n  because  no service of the plan has this port: it stays as the host has it\n"
    )


def test_port_25_is_opened_to_connectors_and_closed_to_nobody(folder: Path) -> None:
    smtp = PROFILE.replace("services:\n", "services:\n  smtp: {port: 25, application: smtp, tls: starttls}\n")
    (folder / "crm.yaml").write_text(smtp, encoding="utf-8")

    assert ask("203.0.113.5", "25").startswith("203.0.113.5 to smtp (tcp 25): allow\n")
    assert ask("192.0.2.1", "smtp").startswith(
        "192.0.2.1 to smtp (tcp 25): untouched\n"
        "  because  no rule lets the address in, and the port is not closed either: it stays as the host has it\n"
    )


def test_an_expectation_that_fails_is_no_hindrance(folder: Path) -> None:
    write_site(folder, SITE + "expect:\n  - {from: 192.0.2.1, to: imaps, verdict: allow}\n")

    result = gatepost("explain", "acme.yaml", "--from", "192.0.2.1", "--to", "imaps")

    assert result.status == 0
    assert result.out.startswith("192.0.2.1 to imaps (tcp 993): deny\n")
    assert result.err.startswith("acme.yaml:20:43: warning[PLN040]: expected allow from 192.0.2.1 to `imaps`, but the plan says deny\n")


QUESTIONS = "# who gets in?\n198.51.100.10 imaps\n\n  192.0.2.1\t993  # nobody\n"


def test_many_questions_come_from_a_file(folder: Path) -> None:
    (folder / "questions.txt").write_text(QUESTIONS, encoding="utf-8")

    result = gatepost("explain", "acme.yaml", "--queries", "questions.txt")

    assert result.status == 0
    assert [line for line in result.out.splitlines() if line[:1].isdigit()] == [
        "198.51.100.10 to imaps (tcp 993): allow",
        "192.0.2.1 to imaps (tcp 993): deny",
    ]


def test_many_questions_come_from_standard_input_and_are_answered_in_json(folder: Path) -> None:
    result = gatepost("explain", "acme.yaml", "--queries", "-", "--format", "json", given=QUESTIONS)

    assert json.loads(result.out) == {
        "schema": "gatepost.explain/1",
        "site": "acme",
        "answers": [
            {
                "from": "198.51.100.10",
                "to": "imaps",
                "service": "imaps",
                "verdict": "allow",
                "reason": "a rule lets the address in",
                "rules": [
                    {
                        "id": "acme/crm/imaps/v4",
                        "prefix": "198.51.100.10/32",
                        "origins": [{"path": "acme.yaml", "line": 8, "column": 9, "end_line": 8, "end_column": 22}],
                    }
                ],
                "nearest": None,
            },
            {
                "from": "192.0.2.1",
                "to": "993",
                "service": "imaps",
                "verdict": "deny",
                "reason": "the service is closed to everybody but its connectors and the trusted networks",
                "rules": [],
                "nearest": {
                    "rule": "acme/crm/imaps/v4",
                    "service": "imaps",
                    "prefix": "198.51.100.10/32",
                    "differs": "address",
                    "distance": 104_030_729,
                },
            },
        ],
    }


def test_questions_that_cannot_be_read_are_findings(folder: Path) -> None:
    result = gatepost(
        "explain", "acme.yaml", "--queries", "-", given="192.0.2.1\n 192.0.2.0/24 imaps\n192.0.2.1 70000\n192.0.2.1 submision\n"
    )

    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "-:1:1: error[PLN042]: `192.0.2.1` is no question\n"
        "  |\n"
        "1 | 192.0.2.1\n"
        "  | ^^^^^^^^^\n"
        "  = help: write an address and a service: 198.51.100.10 imaps\n"
        "\n"
        "-:2:2: error[PLN042]: `192.0.2.0/24` is a network, not an address\n"
        "  |\n"
        "2 |  192.0.2.0/24 imaps\n"
        "  |  ^^^^^^^^^^^^^^^^^^\n"
        "  = help: ask about one address\n"
        "\n"
        "-:3:1: error[PLN042]: `70000` is no port\n"
        "  |\n"
        "3 | 192.0.2.1 70000\n"
        "  | ^^^^^^^^^^^^^^^\n"
        "  = help: ports go from 1 to 65535\n"
        "\n"
        "-:4:1: error[PLN042]: `submision` is no service of the plan\n"
        "  |\n"
        "4 | 192.0.2.1 submision\n"
        "  | ^^^^^^^^^^^^^^^^^^^\n"
        "  = help: did you mean `submission`? in the plan are: imap, submissions, submission, imaps; or ask about a port\n"
        "\n"
        "4 errors\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--from", "192.0.2.1"),
        ("--to", "imaps"),
        ("--from", "192.0.2.1", "--to", "imaps", "--queries", "x"),
        ("--from", "192.0.2", "--to", "imaps"),
        ("--from", "192.0.2.1", "--to", "imapz"),
    ],
)
def test_a_question_that_makes_no_sense_is_status_2(folder: Path, arguments: tuple[str, ...]) -> None:
    result = gatepost("explain", "acme.yaml", *arguments)

    assert (result.status, result.out) == (2, "")


def test_standard_input_is_read_once(folder: Path) -> None:
    assert gatepost("explain", "-", "--queries", "-", given=SITE).status == 2


def test_a_site_with_errors_explains_nothing(folder: Path) -> None:
    write_site(folder, SITE.replace("198.51.100.10", "198.51.100.0.1"))

    result = gatepost("explain", "acme.yaml", "--from", "192.0.2.1", "--to", "imaps", "--format", "json")

    assert result.status == 1
    assert json.loads(result.out)["schema"] == "gatepost.findings/1"
