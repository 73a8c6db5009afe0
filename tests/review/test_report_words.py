"""What the first sentence, the table, the picture and the changes of a report say, in the cases that differ."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.review.report_pages import PREFLIGHT, make, read
from tests.review.report_sites import FULL, TODAY, write_full
from tests.support.cli import PROFILE, SITE, gatepost, write_site

ALLOWED = "allow:\n  - {code: NET055, network: 203.0.113.1, reason: an example}\n"
MX = "kind: site\nname: acme\nconnectors:\n  - {use: gmail-outbound, networks_only: true, networks: [203.0.113.1]}\n" + ALLOWED


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_full(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def banner(*options: str | Path) -> str:
    """The first sentence, with its kind."""
    page = gatepost("report", "acme.yaml", "--today", TODAY, "-t", "nftables", *options).out
    return page.partition('<p class="banner ')[2].partition("</p>")[0]


def preflight(folder: Path, verdict: str) -> Path:
    document: dict[str, Any] = json.loads(PREFLIGHT.read_text(encoding="utf-8"))
    path = folder / "preflight.json"
    path.write_text(json.dumps({**document, "verdict": verdict}), encoding="utf-8")
    return path


def test_what_is_open_to_the_world_is_in_the_first_sentence(full: Path) -> None:
    assert banner() == 'good" id="summary">Nothing stands in the way: 1 note. Open to everybody: submission.'


def test_without_a_public_service_nothing_is_open(full: Path) -> None:
    write_site(full, FULL.replace("submission: public", "submission: allowlist"))

    assert banner() == 'good" id="summary">Nothing stands in the way: 1 note.'


def test_a_warning_is_in_the_first_sentence(full: Path) -> None:
    write_site(full, FULL.replace("  - {code: NET055, network: 198.51.100.10, reason: an example}\n", ""))

    assert banner().startswith('warning" id="summary">To be looked at: 1 warning, 1 note.')


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("ready", 'good" id="summary">Nothing stands in the way: '),
        ("ready-with-warnings", 'warning" id="summary">To be looked at: '),
        ("could-not-test", 'warning" id="summary">To be looked at: '),
        ("not-ready", 'error" id="summary">The server has to be mended first: '),
    ],
)
def test_the_first_sentence_is_that_of_a_preflight_too(verdict: str, words: str, full: Path) -> None:
    assert banner("--preflight", preflight(full, verdict)).startswith(words)


@pytest.mark.parametrize(
    ("old", "kind"),
    [
        (FULL, "good"),
        (FULL.replace("203.0.113.0/28", "203.0.113.0/27"), "good"),
        (FULL.replace("203.0.113.0/28", "203.0.113.8/29"), "warning"),
        (FULL.replace("203.0.113.0/28", "203.0.113.8/29").replace("imap: allowlist", "imap: public"), "warning"),
    ],
    ids=["same", "narrower", "wider", "both"],
)
def test_who_lets_more_in_has_to_look(old: str, kind: str, full: Path) -> None:
    (full / "old.yaml").write_text(old, encoding="utf-8")

    assert banner("--against", "old.yaml").startswith(f'{kind}"')


def test_a_change_that_can_not_be_told_is_to_be_looked_at_and_says_why(full: Path) -> None:
    rule = "-A INPUT -p tcp -m tcp --dport 993 -m recent --update --name x -j ACCEPT\n"
    (full / "old.rules").write_text(f"*filter\n:INPUT DROP [0:0]\n{rule}COMMIT\n", encoding="utf-8")

    assert banner("--against", "old.rules").startswith('warning"')
    assert "may have got in, and does now; why: -m recent --update" in read(make(full, "--against", "old.rules")).words("changes")


def test_what_was_not_compared_is_told(full: Path) -> None:
    (full / "other.yaml").write_text(FULL.replace("name: acme", "name: other"), encoding="utf-8")
    gatepost("render", "other.yaml", "-t", "iptables", "-o", "out")

    told = "not compared: out has no rules of the site"
    assert f"\n- {told} &#96;acme&#96;\n" in make(full, "--against", "out", "-f", "markdown")
    assert f"{told} `acme`" in read(make(full, "--against", "out")).words("changes")
    assert banner("--against", "out").startswith('warning"')


def test_errors_come_before_notes(full: Path) -> None:
    words = read(gatepost("report", "acme.yaml", "--today", "2027-07-01").out).words("findings")

    assert 0 < words.index("error PLN050") < words.index("note NET071")


def test_an_expectation_about_a_service_that_is_not_there_does_not_hold(full: Path) -> None:
    write_site(full, FULL.replace("to: imaps, verdict: deny", "to: pop3s, verdict: deny"))

    words = read(gatepost("report", "acme.yaml", "--today", TODAY).out).words("findings")

    assert "from 192.0.2.1 to pop3s deny does not hold" in words
    assert "from 198.51.100.10 to imaps allow holds" in words


def test_a_backtick_that_a_user_typed_splits_no_message(full: Path) -> None:
    write_site(full, FULL.replace("from: 192.0.2.1", 'from: "192`0.2.1"'))

    assert "`192`0.2.1`" in read(gatepost("report", "acme.yaml", "--today", TODAY).out).words("findings")


def test_a_finding_names_the_other_places(full: Path) -> None:
    assert "acme.yaml:11: this one holds it: 203.0.113.0/28" in read(make(full)).words("findings")


def test_addresses_of_the_server_are_told_in_both_families(full: Path) -> None:
    write_site(full, FULL.replace("smtp: smtp.example.org}", 'smtp: smtp.example.org, addresses: [192.0.2.25, "2001:db8::25"]}'))

    assert "its addresses 192.0.2.25, 2001:db8::25" in read(make(full)).words("access")


def test_a_party_of_both_families_is_let_in_by_both(full: Path) -> None:
    write_site(full, SITE.replace("      - 203.0.113.0/28\n", '      - "2001:db8::/64"\n'))

    words = read(gatepost("report", "acme.yaml", "--today", TODAY).out).words("access")

    assert "1. crm let in (IPv4 and IPv6)" in words
    assert "crm IPv4: 1 prefix, IPv6: 1 prefix" in words


def test_a_mail_exchanger_is_left_as_the_host_has_it(full: Path) -> None:
    write_site(full, MX)

    page = make(full)
    words = read(page).words("access")

    assert "smtp: gmail-outbound let in; everybody else as the host has it." in words
    assert "everybody else as the host has it" in words
    assert "everybody else nothing is closed to them" in words
    assert "Dashed: left as the host has it." in words
    assert 'class="cross"' not in page
    assert page.count('class="arrow"') == 2
    assert "Open to everybody" not in page


def test_nothing_is_dashed_where_every_service_is_decided(full: Path) -> None:
    page = make(full)

    assert "Dashed" not in page
    assert "everybody else kept out of 3 services" in read(page).words("access")
    assert page.count('class="cross"') == 3


def test_a_connector_without_addresses_says_so(full: Path) -> None:
    write_site(full, "kind: site\nname: acme\nconnectors: [{use: openproject-cloud}]\naccess: {imaps: public, submission: public}\n")

    page = read(make(full))

    assert "openproject-cloud no addresses of its own" in page.words("access")
    assert "1. openproject-cloud let in, as everybody" in page.words("access")
    assert "written in" not in page.words("party-openproject-cloud")


def test_long_changes_are_folded_cut_and_say_so(full: Path) -> None:
    (full / "list.txt").write_text("".join(f"198.51.100.{number}\n" for number in range(16, 256, 2)), encoding="utf-8")
    write_site(full, FULL.replace("    mailboxes: 3\n", "    mailboxes: 3\n    networks_file: list.txt\n"))
    (full / "old.yaml").write_text(FULL, encoding="utf-8")

    changes = make(full, "--against", "old.yaml").partition('id="changes"')[2].partition("</section>")[0]

    assert "20 more are not shown here; `gatepost diff --format json` prints all of them" in changes
    assert changes.count('<code class="line">198.51.100.') == 200  # twice: who got in before, too
    assert "<details>\n<summary>IPv4: 120 prefixes, 120 addresses</summary>" in changes


def test_everybody_but_some_is_told_by_those_that_are_not_meant(full: Path) -> None:
    (full / "old.yaml").write_text(FULL.replace("imap: allowlist", "imap: public"), encoding="utf-8")

    assert "all but 3 prefixes" in read(make(full, "--against", "old.yaml")).words("changes")
    assert "not 203.0.113.0/28" in read(make(full, "--against", "old.yaml")).words("changes")


def test_commands_are_those_of_files_that_can_be_checked(full: Path) -> None:
    words = read(make(full, "-t", "nftables")).words("apply")

    assert "guard, guard-apply check nft -c -f guard.nft apply sh guard-apply.sh undo sh guard-undo.sh" in words
    assert words.count("undo sh guard-undo.sh") == 1


def test_access_that_ends_today_is_not_over(full: Path) -> None:
    words = read(gatepost("report", "acme.yaml", "--today", "2027-06-30").out).words("party-crm")

    assert "expires 2027-06-30, today" in words


def test_a_list_of_the_profile_a_file_and_the_site_are_told_apart(full: Path) -> None:
    profile = PROFILE.replace("policy: per-account", "policy: published\n  source: https://example.org/list\n  retrieved: 2026-10-02")
    (full / "crm.yaml").write_text(f"{profile}reviewed: 2026-11-01\nnetworks: [198.51.100.99]\n", encoding="utf-8")
    (full / "list.txt").write_text("198.51.100.77\n", encoding="utf-8")
    write = FULL.replace("    mailboxes: 3\n", "    mailboxes: 3\n    networks_file: list.txt\n    exclude: [203.0.113.15]\n")
    (full / "acme.yaml").write_text(write, encoding="utf-8")

    words = read(make(full)).words("party-crm")

    assert "the vendor's list 1 entry read on 2026-10-02" in words
    assert "the site's file list.txt 1 entry no date: the site itself is their source" in words
    assert "the site's own list 3 entries no date: the site itself is their source acme.yaml:9" in words
    assert "taken out 203.0.113.15" in words


def test_regions_are_not_named_where_the_vendors_list_is_not_used(full: Path) -> None:
    write_site(
        full,
        "kind: site\nname: acme\nconnectors:\n  - {use: nylas, networks_only: true, networks: [203.0.113.1]}\n" + ALLOWED,
    )

    assert "region" not in read(make(full)).words("party-nylas").partition(" addresses ")[0]


def test_a_warning_is_an_error_where_it_counts_as_one_and_the_page_is_there(full: Path) -> None:
    write_site(full, FULL.replace("  - {code: NET055, network: 198.51.100.10, reason: an example}\n", ""))

    assert gatepost("report", "acme.yaml", "--today", TODAY, "-o", "page.html").status == 0
    assert gatepost("report", "acme.yaml", "--today", TODAY, "--strict", "-o", "strict.html").status == 1
    assert (full / "strict.html").read_bytes() == (full / "page.html").read_bytes()


def test_markdown_says_how_many_findings_are_left_out(full: Path) -> None:
    (full / "list.txt").write_text("".join(f"203.0.113.{number}\n" for number in range(16, 250)), encoding="utf-8")
    write_site(full, SITE.replace("    mailboxes: 3\n", "    mailboxes: 3\n    networks_file: list.txt\n"))

    assert "more are not shown here; &#96;gatepost check&#96; prints all of them" in make(full, "-f", "markdown")


def test_everybody_else_has_a_colour_of_their_own(full: Path) -> None:
    page = make(full)

    assert page.count('class="box crest"') == 1
    assert 'class="line crest out"' in page
    assert 'class="line c0 in"' in page
