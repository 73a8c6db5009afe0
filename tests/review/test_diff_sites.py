"""`gatepost diff` between sites and saved plans: the exact words, the settings, the exit status."""

import json
from pathlib import Path

import pytest

from tests.review.diffing import NETWORK, change, folder, status
from tests.support.cli import SITE, gatepost

__all__ = ["folder"]


def document(old: str, new: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(change(old, new, "--format", "json"))
    return found


def test_nothing_is_different(folder: Path) -> None:
    done = gatepost("diff", "acme.yaml", "acme.yaml")

    assert done == (0, "old  acme.yaml\nnew  acme.yaml\nsame: the same addresses get in\n", "")


def test_a_network_that_grew_lets_more_in(folder: Path) -> None:
    assert change(NETWORK, "      - 203.0.113.0/27\n", "--fail-on", "never") == (
        "old  acme.yaml\n"
        "new  new.yaml\n"
        "wider: more addresses get in\n"
        "\n"
        "+ crm gets in now\n"
        "    to    imap (tcp 143), submissions (tcp 465), imaps (tcp 993)\n"
        "    from  IPv4, 1 prefix, 16 addresses\n"
        "          203.0.113.16/28\n"
        "\n"
        "~ crm gets in as before, now as crm\n"
        "    to    submission (tcp 587)\n"
        "    from  IPv4, 1 prefix, 16 addresses\n"
        "          203.0.113.16/28\n"
    )


def test_a_network_that_shrank_keeps_some_out(folder: Path) -> None:
    assert "narrower: fewer addresses get in\n\n- crm no longer gets in\n" in change(NETWORK, "      - 203.0.113.0/29\n")


def test_a_network_that_moved_does_both(folder: Path) -> None:
    assert "\nboth: some addresses gained access, others lost it\n" in change(NETWORK, "      - 203.0.113.16/28\n")


def test_the_same_addresses_in_other_prefixes_are_the_same(folder: Path) -> None:
    assert status(NETWORK, "      - 203.0.113.8-203.0.113.15\n      # a comment\n      - 203.0.113.0/29\n") == 0


def test_a_service_that_opens_lets_everybody_else_in(folder: Path) -> None:
    assert change("  imap: allowlist\n", "  imap: public\n") == (
        "old  acme.yaml\n"
        "new  new.yaml\n"
        "wider: more addresses get in\n"
        "\n"
        "+ everybody but these gets in now\n"
        "    to    imap (tcp 143)\n"
        "    from  IPv4, all but 3 prefixes, 4,294,901,743 addresses\n"
        "          not 10.20.0.0/16\n"
        "          not 198.51.100.10\n"
        "          not 203.0.113.0/28\n"
        "\n"
        "+ everybody gets in now\n"
        "    to    imap (tcp 143)\n"
        "    from  IPv6, every address\n"
        "\n"
        "settings\n"
        "  service imap access: allowlist -> public\n"
    )


def test_a_service_that_leaves_the_plan_is_left_to_the_host(folder: Path) -> None:
    Path("two.yaml").write_text(SITE.replace("    mailboxes: 3\n", "    services: [imaps]\n"), encoding="utf-8")
    Path("one.yaml").write_text(Path("two.yaml").read_text().replace("  imap: allowlist\n", ""), encoding="utf-8")

    printed = gatepost("diff", "two.yaml", "one.yaml").out

    assert "\n+ everybody but these is no longer kept out; left as the host has it\n    to    imap (tcp 143)\n" in printed
    assert "\n- trusted is no longer let in; left as the host has it\n    to    imap (tcp 143)\n" in printed
    assert "\n  service imap: protocol tcp, ports 143, tls starttls, application imap, access allowlist -> none\n" in printed


def test_an_address_that_changes_hands_is_told_and_changes_nobody_s_access(folder: Path) -> None:
    printed = change("trusted: [10.20.0.0/16]", "trusted: [10.20.0.0/16, 203.0.113.8/29]", "--fail-on", "wider")

    assert "\nsame: the same addresses get in; other things differ\n" in printed
    assert "~ trusted gets in as before, now as trusted\n" in printed


@pytest.mark.parametrize(
    ("network", "statuses"),
    [
        ("203.0.113.0/28", {"different": 0, "wider": 0, "narrower": 0, "never": 0}),
        ("203.0.113.0/27", {"different": 1, "wider": 1, "narrower": 0, "never": 0}),
        ("203.0.113.0/29", {"different": 1, "wider": 0, "narrower": 1, "never": 0}),
        ("203.0.113.16/28", {"different": 1, "wider": 1, "narrower": 1, "never": 0}),
    ],
)
def test_the_exit_status_says_what_it_was_asked(network: str, statuses: dict[str, int], folder: Path) -> None:
    assert {word: status(NETWORK, f"      - {network}\n", "--fail-on", word) for word in statuses} == statuses


def test_json_has_every_prefix_with_the_rule_and_its_place(folder: Path) -> None:
    found = document(NETWORK, "      - 203.0.113.0/27\n")

    assert {key: found[key] for key in ("schema", "verdict", "same", "may_widen", "may_narrow")} == {
        "schema": "gatepost.diff/1",
        "verdict": "wider",
        "same": False,
        "may_widen": True,
        "may_narrow": False,
    }
    changes = found["changes"]
    assert isinstance(changes, list)
    assert changes[-2] == {
        "service": "submission",
        "protocol": "tcp",
        "ports": [[587, 587]],
        "family": 4,
        "party": "crm",
        "before": "open",
        "after": "open",
        "joined": True,
        "verdict": "same",
        "addresses": 16,
        "all_but": False,
        "prefixes": ["203.0.113.16/28"],
        "doubts": [],
        "why": ["acme/crm/submission/v4"],
        "places": [{"path": "new.yaml", "line": 7, "column": 5, "end_line": 7, "end_column": 13}],
        "where": [],
    }


def test_markdown_is_a_table_for_a_pull_request(folder: Path) -> None:
    assert change(NETWORK, "      - 203.0.113.0/27\n", "--format", "markdown") == (
        "### gatepost: **wider**, more addresses get in\n"
        "\n"
        "`acme.yaml` → `new.yaml`\n"
        "\n"
        "| | who | what | to | from |\n"
        "| :-: | --- | --- | --- | --- |\n"
        "| + | crm | gets in now | imap (tcp 143)<br>submissions (tcp 465)<br>imaps (tcp 993)"
        " | IPv4: 1 prefix, 16 addresses<br>`203.0.113.16/28` |\n"
        "| ~ | crm | gets in as before, now as crm | submission (tcp 587) | IPv4: 1 prefix, 16 addresses<br>`203.0.113.16/28` |\n"
    )


def test_no_text_of_a_user_means_anything_in_markdown(folder: Path) -> None:
    printed = change("mailboxes: 3\n", 'mailboxes: 3\n    owner: "<b>|`x` @all #1 [a](http://example.org)"\n', "--format", "markdown")

    assert "&#60;b&#62;&#124;&#96;x&#96; &#64;<!-- -->all &#35;<!-- -->1 &#91;a&#93;(http:&#47;&#47;example.org)" in printed


def test_sarif_names_the_line_that_lets_more_in(folder: Path) -> None:
    found = json.loads(change(NETWORK, "      - 203.0.113.0/27\n", "--format", "sarif"))["runs"][0]["results"]

    assert [(item["ruleId"], item["level"], item["locations"][0]["physicalLocation"]["region"]["startLine"]) for item in found] == [
        ("AUD083", "warning", 7),
        ("AUD086", "note", 7),
    ]
    assert found[0]["message"]["text"].startswith("crm gets in now: imap (tcp 143), submissions (tcp 465), imaps (tcp 993); IPv4,")


def test_what_happens_to_everybody_has_the_line_that_says_so(folder: Path) -> None:
    changes = document("  imap: allowlist\n", "  imap: public\n")["changes"]

    assert isinstance(changes, list)
    assert [(change["family"], [place["line"] for place in change["places"]]) for change in changes] == [(4, [16]), (6, [16])]


def test_sarif_has_no_empty_list_of_everybody(folder: Path) -> None:
    found = json.loads(change("  imap: allowlist\n", "  imap: public\n", "--format", "sarif"))["runs"][0]["results"]

    assert found[1]["message"]["text"] == "everybody gets in now: imap (tcp 143); IPv6, every address"
