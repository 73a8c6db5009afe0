"""The report as Markdown: everything that the page says, and no text that formats, links or calls anybody."""

import re
from pathlib import Path
from typing import Final

import pytest

from generator.cli import markdown
from tests.review.report_pages import PREFLIGHT
from tests.review.report_sites import ATTACK, FULL, TODAY, write_full, write_hostile
from tests.support.cli import gatepost

EXPECTED: Final = Path(__file__).parent / "report.out"
# A span of code with what is in it, a link with where it leads, and the page's own tags.
CODE: Final = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
LINK: Final = re.compile(r"\]\(<[^<>]*>\)")
TAGS: Final = re.compile(r"<br>|<!-- -->|</?details(?: open)?>|</?summary>")


def make(*options: str | Path) -> str:
    done = gatepost("report", "acme.yaml", "--today", TODAY, "-f", "markdown", *options)
    assert done.status == 0, done.err
    return done.out


def test_the_whole_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_full(tmp_path)
    (tmp_path / "old.yaml").write_text(FULL.replace("203.0.113.0/28", "203.0.113.0/29").replace("mailboxes: 3", "mailboxes: 2"))

    report = make("-t", "postfix", "--against", "old.yaml", "--preflight", PREFLIGHT)

    assert re.sub(r"[0-9,]+ bytes \| `[0-9a-f]{64}`", "N bytes | `…`", report) == EXPECTED.read_text(encoding="utf-8")


def test_hostile_texts_are_text_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_hostile(tmp_path)

    report = make()

    prose = TAGS.sub("", LINK.sub("]", CODE.sub("", report)))
    assert report.count(markdown.text(ATTACK)) >= 15
    assert re.findall(r"[<>]|://|\{\{", prose) == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("@team and #12", "&#64;<!-- -->team and &#35;<!-- -->12"),
        ("it@example.org", "it&#64;<!-- -->example.org"),
        ("a @ b # c", "a &#64; b &#35; c"),
        ('!5 $10 ~"a" &1', '&#33;<!-- -->5 &#36;<!-- -->10 &#126;<!-- -->"a" &#38;<!-- -->1'),
        ("*a* _b_ ~c~ `d`", "&#42;a&#42; &#95;b&#95; &#126;<!-- -->c&#126; &#96;d&#96;"),
        ("[a](https://example.org)", "&#91;a&#93;(https:&#47;&#47;example.org)"),
        ("<b>&amp;</b>", "&#60;b&#62;&#38;<!-- -->amp;&#60;/b&#62;"),
        ("see www.example.org", "see &#119;&#119;&#119;&#46;example.org"),
        ("- a", "&#45; a"),
        ("1. a", "&#49;. a"),
        ("192.0.2.1", "192.0.2.1"),
        ("    a", "&#32;&#32;&#32;&#32;a"),
        ("a|b\\c", "a&#124;b&#92;c"),
        ("a\nb\u202ec", "a&#92;nb&#92;u202ec"),
    ],
)
def test_text_means_nothing(given: str, expected: str) -> None:
    assert markdown.text(given) == expected


@pytest.mark.parametrize(("given", "expected"), [("a", "`a`"), ("a`b", "`` a`b ``"), ("``", "``` `` ```"), ("", "` `"), ("<b>", "`<b>`")])
def test_code_holds_whatever_is_in_it(given: str, expected: str) -> None:
    assert markdown.code(given) == expected


def test_a_bar_ends_no_cell() -> None:
    assert markdown.row(markdown.code("a|b"), markdown.text("c|d")) == "| `a\\|b` | c&#124;d |"


def test_a_link_leads_nowhere_else() -> None:
    assert markdown.link("a]b", 'https://example.org/?a=<b>(c)"') == "[a&#93;b](<https://example.org/?a=%3Cb%3E%28c%29%22>)"
