"""`gatepost report`: what is on the page, whatever it is written as."""

import json
import os
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.review.report_pages import make, read
from tests.review.report_sites import FULL, TODAY, write_full
from tests.support.cli import SITE, gatepost, write_site


@pytest.fixture
def full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_full(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_page_says_who_answers_for_an_access_and_until_when(full: Path) -> None:
    words = read(make(full)).words("party-crm")

    assert "owner it@example.org ticket NET-1042 expires 2027-06-30, in 219 days" in words
    assert "profile ./crm.yaml, held against its references on 2026-11-01" in words


def test_each_prefix_has_its_lines_and_notes(full: Path) -> None:
    words = read(make(full)).words("party-crm")

    assert "198.51.100.10/32 1 address acme.yaml:10" in words
    assert "203.0.113.0/28 16 addresses acme.yaml:11, acme.yaml:12 the old sync host" in words


def test_the_digest_of_the_prefixes_is_that_of_the_plan(full: Path) -> None:
    plan = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)
    sources = next(rule["sources"] for rule in plan["rules"] if rule["id"] == "acme/crm/imaps/v4")

    digest = sha256("".join(f"{prefix}\n" for prefix in sources).encode()).hexdigest()

    assert digest in read(make(full)).words("party-crm")


def test_every_prefix_and_rule_of_the_plan_is_on_the_page(full: Path) -> None:
    plan = json.loads(gatepost("plan", "acme.yaml", "--format", "json").out)
    page = read(make(full))

    assert {prefix for rule in plan["rules"] for prefix in rule["sources"]} - set(page.words("parties").split()) == set()


def test_digests_are_those_of_the_rendered_files(full: Path) -> None:
    document = json.loads(gatepost("render", "acme.yaml", "-o", "out", "--format", "json").out)
    words = read(make(full)).words("apply")

    assert document["artifacts"]
    assert [file["path"] for file in document["artifacts"] if file["sha256"] not in words] == []
    assert [file["path"] for file in document["artifacts"] if file["apply"] not in words or file["undo"] not in words] == []


def test_targets_are_chosen_as_for_render(full: Path) -> None:
    words = read(make(full, "-t", "postfix")).words("apply")

    assert "gatepost render acme.yaml -t postfix -o DIR" in words
    assert "nftables" not in words


def test_what_changed_is_told_against_another_side(full: Path) -> None:
    (full / "old.yaml").write_text(
        FULL.replace("      - 198.51.100.10\n", "").replace("198.51.100.10, to", "203.0.113.1, to"), encoding="utf-8"
    )

    page = read(make(full, "--against", "old.yaml"))

    assert "Against old.yaml : wider , more addresses get in." in page.words("changes")
    assert "+ wider crm gets in now" in page.words("changes")
    assert "To be looked at: 1 note. Open to everybody: submission. Against old.yaml: wider." in page.words("")


def test_without_another_side_nothing_is_said_of_changes(full: Path) -> None:
    assert "changes" not in read(make(full)).sections


def test_the_page_is_written_whole_into_a_file(full: Path) -> None:
    done = gatepost("report", "acme.yaml", "--today", TODAY, "-o", "acme.html")

    assert (done.status, done.out) == (0, "")
    assert (full / "acme.html").read_text(encoding="utf-8") == make(full)
    assert [path.name for path in full.iterdir() if path.name.endswith(".tmp")] == []


def test_a_page_that_others_may_not_read_stays_one(full: Path) -> None:
    page = full / "acme.html"
    page.touch(mode=0o600)

    gatepost("report", "acme.yaml", "--today", TODAY, "-o", "acme.html")

    assert (page.stat().st_mode & 0o777, page.stat().st_size > 0) == (0o600, True)


def test_a_page_that_others_may_not_read_is_never_readable_for_a_moment(full: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (full / "acme.html").touch(mode=0o600)
    before: list[int] = []
    monkeypatch.setattr(shutil, "copymode", lambda _, part: before.append(part.stat().st_mode & 0o777))

    gatepost("report", "acme.yaml", "--today", TODAY, "-o", "acme.html")

    assert before == [0o600]


@pytest.mark.parametrize("output", ["acme.yaml", "crm.yaml", "old.yaml", "link.yaml"])
def test_what_the_page_is_made_from_is_never_overwritten(output: str, full: Path) -> None:
    (full / "old.yaml").write_text(SITE, encoding="utf-8")
    (full / "link.yaml").symlink_to("acme.yaml")
    before = (full / output).read_text(encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--against", "old.yaml", "-o", output)

    assert (done.status, (full / output).read_text(encoding="utf-8")) == (2, before)


def test_a_pipe_is_written_to_and_not_replaced(full: Path) -> None:
    os.mkfifo(full / "pipe")
    reader = os.open(full / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = gatepost("report", "acme.yaml", "--today", TODAY, "-t", "postfix", "-f", "markdown", "-o", "pipe")
        beginning = os.read(reader, 14)
    finally:
        os.close(reader)

    assert (done.status, beginning) == (0, b"# Mail of ACME")
    assert (full / "pipe").is_fifo()


def test_an_error_that_stops_render_is_on_the_page_and_in_the_status(full: Path) -> None:
    write_site(full, FULL.replace("to: imaps, verdict: deny", "to: imaps, verdict: allow"))

    done = gatepost("report", "acme.yaml", "--today", TODAY)

    page = read(done.out)
    assert done.status == 1
    assert "error PLN040 expected allow from 192.0.2.1 to imaps , but the plan says deny acme.yaml:27" in page.words("findings")
    assert "from 192.0.2.1 to imaps allow does not hold" in page.words("findings")
    assert "Not to be applied as it is: 1 error" in page.words("")
    assert page.words("apply") == "Apply and undo Nothing is rendered as long as there are errors."


def test_an_expired_access_is_an_error_and_still_shows_the_files(full: Path) -> None:
    done = gatepost("report", "acme.yaml", "--today", "2027-07-01")

    page = read(done.out)
    assert done.status == 1
    assert "expires 2027-06-30, 1 day ago" in page.words("party-crm")
    assert "PLN050" in page.words("findings")
    assert "guard.nft" in page.words("apply")


def test_without_a_plan_there_is_no_page(full: Path) -> None:
    write_site(full, FULL.replace("203.0.113.0/28", "203.0.113.1/28"))

    done = gatepost("report", "acme.yaml", "--today", TODAY, "-o", "acme.html")

    assert (done.status, done.out) == (1, "")
    assert "NET002" in done.err
    assert not (full / "acme.html").exists()


def test_a_long_list_is_folded_cut_and_says_so(full: Path) -> None:
    (full / "v6.txt").write_text("".join(f"2001:db8:0:{number:x}::/64\n" for number in range(2, 1202, 2)), encoding="utf-8")
    write_site(full, SITE.replace("    mailboxes: 3\n", "    mailboxes: 3\n    networks_file: v6.txt\n"))

    page = make(full, "-t", "nftables")

    assert "IPv6: 600 prefixes, about 2^73 addresses" in page
    assert "100 more are not shown here; `gatepost plan` prints all of them" in page
    assert page.count("<details open>") == 2  # the short ones: IPv4 of the connector, and the trusted networks
    assert page.count("<tr><td><code>2001:db8:0:") == 500
    assert "400 more are not shown here; `gatepost check` prints all of them" in page


def test_the_same_input_gives_the_same_page(full: Path) -> None:
    assert make(full, "--against", "acme.yaml") == make(full, "--against", "acme.yaml")


def test_users_may_put_their_own_words_around_the_page(full: Path) -> None:
    own = full / "own" / "report"
    own.mkdir(parents=True)
    (own / "page.html.j2").write_text(
        '{% extends "builtin/report/page.html.j2" %}{% block before %}<p>ACME confidential, {{ view.title }}</p>{% endblock %}',
        encoding="utf-8",
    )

    assert "<p>ACME confidential, Mail of ACME</p>" in make(full, "--templates", "own")


def test_a_mistake_in_the_users_own_template_is_a_finding(full: Path) -> None:
    own = full / "own" / "report"
    own.mkdir(parents=True)
    (own / "page.html.j2").write_text("{{ view.nothing }}", encoding="utf-8")

    done = gatepost("report", "acme.yaml", "--templates", "own", "-o", "acme.html")

    assert done.status == 1
    assert "own/report/page.html.j2:1:1: error[TGT007]" in done.err
    assert not (full / "acme.html").exists()


def test_a_bare_connector_has_a_report_too() -> None:
    done = gatepost("report", "hubspot", "--network", "198.51.100.10", "--today", TODAY)

    assert done.status == 0
    assert "198.51.100.10/32" in read(done.out).words("party-hubspot")


@pytest.mark.parametrize("site", sorted((ROOT / "profiles" / "sites").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_has_a_page_that_is_well_formed(site: Path) -> None:
    done = gatepost("report", site, "--today", TODAY)

    page = read(done.out)
    ids = re.findall(r' id="([^"]*)"', done.out)
    assert done.status == 0
    assert page.words("access")
    assert len(ids) == len(set(ids))
    assert set(re.findall(r' href="#([^"]*)"', done.out)) - set(ids) == set()
