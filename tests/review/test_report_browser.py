"""The report in a real browser: it runs nothing, asks for nothing, shows what the plan says, and can be read by everybody."""

import contextlib
import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import ROOT
from tests.review.report_pages import CONTRASTS, PREFLIGHT
from tests.review.report_sites import ATTACK, FULL, HOSTILE_URL, TODAY, write_full, write_hostile
from tests.support.browser import Browser, Page, run_browser
from tests.support.cli import gatepost, write_site

# One browser for all of them, in one process: starting it is what costs.
pytestmark = pytest.mark.xdist_group("browser")

# The parts of the picture that stick out of it, and the texts that are wider than the box that they are in.
OVERFLOWS: Final = """
[...document.querySelectorAll("svg g.box")].filter(box => {
  const frame = box.querySelector("rect").getBoundingClientRect();
  return [...box.querySelectorAll("text")].some(text => {
    const place = text.getBoundingClientRect();
    return place.left < frame.left || place.right > frame.right || place.top < frame.top || place.bottom > frame.bottom;
  });
}).map(box => box.querySelector("title").textContent)
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with run_browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def load(browser: Browser, *options: str | Path, site: str | Path = "acme.yaml") -> Page:
    """The report of a site, with everything that a report can have."""
    done = gatepost("report", site, "--today", TODAY, "--preflight", PREFLIGHT, *options, "-o", "page.html")
    assert (done.status, done.out) == (0, ""), done.err
    return browser.open(Path("page.html").resolve())


@pytest.fixture(scope="module")
def loaded(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("full")
    write_full(folder)
    (folder / "old.yaml").write_text(
        FULL.replace("203.0.113.0/28", "203.0.113.0/29").replace("submission: public", "submission: allowlist")
    )
    with contextlib.chdir(folder):
        return load(browser, "--against", "old.yaml")


@pytest.fixture
def page(loaded: Page) -> Page:
    """A page with something of everything, on a light screen of common width."""
    loaded.show()
    return loaded


def test_the_browser_has_nothing_to_complain_about(page: Page) -> None:
    assert page.complaints == []


def test_the_page_asks_for_nothing_but_itself(page: Page) -> None:
    assert page.requests == [page.url]


def test_the_page_has_no_script_and_nothing_from_elsewhere(page: Page) -> None:
    assert page.ask("document.querySelectorAll('script, link, img, iframe, object, embed, form, base, [src], [srcset]').length") == 0
    assert (
        page.ask("[...document.querySelectorAll('*')].flatMap(one => one.getAttributeNames()).filter(name => name.startsWith('on'))") == []
    )


def test_nothing_runs_or_loads_even_if_it_gets_into_the_page(browser: Browser, folder: Path) -> None:
    write_full(folder)
    (folder / "own" / "report").mkdir(parents=True)
    foreign = "<script>document.title = 'ran'</script><img src='https://192.0.2.1/x.png'>"
    page = f'{{% extends "builtin/report/page.html.j2" %}}{{% block before %}}{foreign}{{% endblock %}}'
    (folder / "own" / "report" / "page.html.j2").write_text(page, encoding="utf-8")

    shown = load(browser, "--templates", "own")

    assert shown.ask("document.querySelectorAll('script, img').length") == 2
    assert shown.ask("document.title") == f"acme: who gets in, {TODAY}"
    assert len(shown.complaints) == 2
    assert [words for words in shown.complaints if "Content Security Policy" not in words] == []


def test_the_browser_reads_the_page_in_standards_mode(page: Page) -> None:
    assert page.ask("document.compatMode") == "CSS1Compat"


def test_links_within_the_page_lead_somewhere_and_others_to_the_web(page: Page) -> None:
    own = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(link => !document.getElementById(link.hash.slice(1))).length"
    others = "[...document.querySelectorAll('a:not([href^=\"#\"])')].map(link => [link.protocol, link.rel])"

    assert page.ask(own) == 0
    assert page.ask(others) == [["https:", "noopener noreferrer"]]


def test_ids_are_unique_also_where_names_resemble_each_other(browser: Browser, folder: Path) -> None:
    write_full(folder)
    second = "  - {use: ./crm.yaml, name: crm-title, networks: [198.51.100.77]}\nallow:\n"
    write_site(folder, FULL.replace("allow:\n", second))

    page = load(browser)

    ids = page.ask("[...document.querySelectorAll('[id]')].map(one => one.id)")
    assert "party-crm-title" in ids
    assert len(ids) == len(set(ids))


def test_the_table_says_what_the_plan_says(page: Page) -> None:
    rows = page.ask("[...document.querySelectorAll('#access tr')].map(row => [...row.children].map(cell => cell.firstChild.textContent))")

    assert rows == [
        ["who", "imap", "submissions", "submission", "imaps"],
        ["1. crm", *["let in (IPv4 alone)"] * 4],
        ["2. trusted networks", "let in (IPv4 alone)", "let in (IPv4 alone)", "let in, as everybody", "let in (IPv4 alone)"],
        ["everybody else", "kept out", "kept out", "let in, whoever it is", "kept out"],
    ]


def test_the_picture_has_a_line_for_every_way_in_and_a_cross_for_every_closed_door(page: Page) -> None:
    titles = page.ask("[...document.querySelectorAll('svg g.line')].map(line => line.querySelector('title').textContent)")
    crosses = page.ask("[...document.querySelectorAll('svg .cross')].map(cross => cross.parentNode.querySelector('title').textContent)")

    assert sorted(titles) == sorted(
        [f"crm to {service}: let in (IPv4 alone)" for service in ("imap", "imaps", "submission", "submissions")]
        + [f"trusted networks to {service}: let in (IPv4 alone)" for service in ("imap", "imaps", "submissions")]
        + [f"everybody else to {service}: kept out" for service in ("imap", "imaps", "submissions")]
        + ["everybody else to submission: let in, whoever it is"]
    )
    assert sorted(crosses) == [f"everybody else to {service}: kept out" for service in ("imap", "imaps", "submissions")]


def test_prefixes_on_the_page_are_those_of_the_plan(page: Page) -> None:
    site = Path(page.url.removeprefix("file://")).with_name("acme.yaml")
    plan = json.loads(gatepost("plan", site, "--format", "json").out)

    shown = page.ask("[...document.querySelectorAll('.prefixes td:first-child')].map(cell => cell.textContent)")

    assert sorted(shown) == sorted({prefix for rule in plan["rules"] for prefix in rule["sources"]})


def test_the_whole_of_a_preflight_can_be_seen(page: Page) -> None:
    outside = "one => one.getBoundingClientRect().right < 0 || one.getBoundingClientRect().height === 0"

    assert page.ask("document.querySelectorAll('#preflight .check').length") == 10
    assert page.ask(f"[...document.querySelectorAll('#preflight .check')].filter({outside}).length") == 0


def test_hostile_names_are_text_and_nothing_else(browser: Browser, folder: Path) -> None:
    write_hostile(folder)
    document = json.loads(PREFLIGHT.read_text(encoding="utf-8"))
    document["connector"]["title"] = document["endpoints"][0]["checks"][0]["title"] = document["reminders"][0] = ATTACK
    (folder / "preflight.json").write_text(json.dumps(document), encoding="utf-8")

    page = load(browser, "--preflight", "preflight.json")

    assert page.complaints == []
    assert page.requests == [page.url]
    assert page.ask("document.title") == f"acme: who gets in, {TODAY}"
    assert page.ask("document.querySelectorAll('script, img, [onerror], [onmouseover]').length") == 0
    assert page.ask("document.querySelector('h1').textContent") == ATTACK
    texts = page.ask("document.body.textContent")
    assert texts.count(ATTACK) == 19
    assert page.ask("document.querySelectorAll('a[href^=http]')[0].getAttribute('href')") == HOSTILE_URL


def test_control_characters_of_a_server_are_shown_as_escapes(browser: Browser, folder: Path) -> None:
    write_full(folder)
    text = PREFLIGHT.read_text(encoding="utf-8").replace("the host name resolves", "a\\u0000b\\u202ec\\u001b[31m\\ud800")
    (folder / "preflight.json").write_text(text, encoding="utf-8")

    page = load(browser, "--preflight", "preflight.json")

    assert "a\\x00b\\u202ec\\x1b[31m\\ud800" in page.ask("document.body.textContent")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast_enough(scheme: str, page: Page) -> None:
    page.show(scheme=scheme)

    assert page.ask(CONTRASTS) == []


def test_a_dark_screen_has_a_dark_page_and_paper_a_light_one(page: Page) -> None:
    page.show(scheme="dark")
    dark = page.ask("getComputedStyle(document.documentElement).backgroundColor")
    page.show(scheme="dark", media="print")
    paper = page.ask("getComputedStyle(document.documentElement).backgroundColor")

    assert (dark, paper) == ("rgb(15, 20, 25)", "rgb(255, 255, 255)")


@pytest.mark.parametrize("width", [320, 360, 768, 1600])
def test_the_page_never_scrolls_sideways(width: int, page: Page) -> None:
    page.show(width=width)

    assert page.ask("document.documentElement.scrollWidth") <= width


def test_the_keyboard_gets_to_the_content_at_once(page: Page) -> None:
    page.press("Tab")
    first = page.ask("document.activeElement.textContent")
    page.press("Enter")

    assert (first, page.ask("document.activeElement.id")) == ("Skip to the content", "main")


def test_a_screen_reader_is_told_the_picture_and_the_names_of_tables(page: Page) -> None:
    page.tell("Accessibility.enable")
    nodes = page.tell("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node.get("name", {}).get("value", "")): node for node in nodes if not node["ignored"]}

    picture = named["image", "Who reaches which service through the firewall"]
    assert "imaps: crm, trusted networks let in; everybody else kept out." in picture["description"]["value"]
    assert ("navigation", "Contents") in named
    assert {name for role, name in named if role == "region"} >= {"Access by party and service", "Findings", "What changed"}


def test_headings_leave_out_no_level(page: Page) -> None:
    levels = page.ask("[...document.querySelectorAll('h1, h2, h3, h4')].map(one => Number(one.tagName[1]))")

    assert levels[0] == 1
    assert max(after - before for before, after in itertools.pairwise(levels)) == 1


def test_whatever_scrolls_can_be_scrolled_by_keyboard(page: Page) -> None:
    page.show(width=360)
    scrolling = "[...document.querySelectorAll('body *')].filter(one => one.scrollWidth > one.clientWidth + 1"
    scrolling += " && getComputedStyle(one).overflowX === 'auto')"

    assert page.ask(f"{scrolling}.length") > 0
    assert page.ask(f"{scrolling}.filter(one => one.tabIndex !== 0).length") == 0


def test_every_heading_of_a_table_says_what_it_heads(page: Page) -> None:
    assert page.ask("document.querySelectorAll('th:not([scope])').length") == 0


def test_texts_of_the_picture_stay_in_their_boxes(browser: Browser, folder: Path) -> None:
    write_full(folder)
    long_name = "w" * 63
    entry = f"  - {{use: ./crm.yaml, name: {long_name}, networks: [198.51.100.77]}}\nallow:\n"
    write_site(folder, FULL.replace("allow:\n", entry))

    assert load(browser).ask(OVERFLOWS) == []


def test_a_prefix_stays_on_one_line_beside_a_long_note(browser: Browser, folder: Path) -> None:
    write_full(folder)
    write_site(folder, FULL.replace("the old sync host", "n" * 200))

    page = load(browser)

    broken = "[...document.querySelectorAll('.prefixes td:first-child code')].filter(code => code.getClientRects().length > 1)"
    assert page.ask(f"{broken}.map(code => code.textContent)") == []


def test_folded_lists_are_whole_on_paper(browser: Browser, folder: Path) -> None:
    write_full(folder)
    (folder / "list.txt").write_text("".join(f"203.0.113.{number}\n" for number in range(17, 255, 2)), encoding="utf-8")
    write_site(folder, FULL.replace("    mailboxes: 3\n", "    mailboxes: 3\n    networks_file: list.txt\n"))
    assert shutil.which("pdftotext"), "pdftotext is not here"

    page = load(browser)
    closed = page.ask("document.querySelectorAll('details:not([open])').length")
    text = subprocess.run(["pdftotext", "-", "-"], input=page.print(), capture_output=True, check=True).stdout.decode()

    assert closed == 1
    assert [number for number in range(17, 255, 2) if f"203.0.113.{number}/32" not in text] == []


@pytest.mark.parametrize("site", ["acme", "cloud", "docker-host", "hubspot-two-addresses", "mail-server", "two-servers-billing"])
def test_every_example_opens_without_a_complaint(site: str, browser: Browser, folder: Path) -> None:
    page = load(browser, site=ROOT / "profiles" / "sites" / f"{site}.yaml")

    assert page.complaints == []
    assert page.ask(OVERFLOWS) == []
