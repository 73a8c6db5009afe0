"""Findings as a person reads them: exact texts, and nothing that could steer a terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cli.printable import cells, printable, printable_lines, width
from generator.cli.text_reporter import format_findings, format_summary, make_excerpt
from generator.diagnostics import Diagnostic, Related, Report, Severity, Span

YAML = """\
kind: site
name: acme
connectors:
  - use: hubspot
    networks:
      - 198.51.100.7/24
\t- "名前: \x1b[31m"
"""


def plain(_kind: str, text: str) -> str:
    return text


def marked(kind: str, text: str) -> str:
    return f"<{kind}>{text}</{kind}>"


def finding(span: Span | None, *, hint: str = "", related: tuple[Related, ...] = (), severity: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic("NET002", severity, span, "`198.51.100.7/24` has host bits set", hint, related)


def shown(given: Diagnostic, text: str | None = YAML, columns: int = 100) -> str:
    report = Report()
    if text is not None:
        report.remember("site.yaml", text)
    return "\n".join(format_findings([given], report.text_of, plain, columns))


def test_a_finding_shows_place_fact_line_span_and_cure() -> None:
    given = finding(Span("site.yaml", 6, 9, 6, 24), hint="write 198.51.100.0/24 for the whole network, or 198.51.100.7 for the one host")

    assert shown(given) == (
        "site.yaml:6:9: error[NET002]: `198.51.100.7/24` has host bits set\n"
        "  |\n"
        "6 |       - 198.51.100.7/24\n"
        "  |         ^^^^^^^^^^^^^^^\n"
        "  = help: write 198.51.100.0/24 for the whole network, or 198.51.100.7 for the one host"
    )


def test_the_gutter_is_as_wide_as_the_line_number() -> None:
    text = "\n" * 1233 + "name: x\n"

    assert shown(finding(Span("site.yaml", 1234, 7, 1234, 8)), text) == (
        "site.yaml:1234:7: error[NET002]: `198.51.100.7/24` has host bits set\n     |\n1234 | name: x\n     |       ^"
    )


def test_other_places_are_notes() -> None:
    given = finding(Span("site.yaml", 2, 1, 2, 5), related=(Related(Span("more.txt", 3, 1, 3, 9), "the first one"),))

    assert shown(given).splitlines()[-1] == "  = note: more.txt:3:1: the first one"


def test_a_finding_without_a_place_starts_with_its_severity() -> None:
    assert shown(finding(None, hint="do it")) == "error[NET002]: `198.51.100.7/24` has host bits set\n  = help: do it"


def test_a_file_that_could_not_be_read_has_no_excerpt() -> None:
    assert shown(finding(Span("site.yaml", 1, 1, 1, 1)), None) == "site.yaml:1:1: error[NET002]: `198.51.100.7/24` has host bits set"


def test_a_place_behind_the_last_line_has_no_excerpt() -> None:
    assert shown(finding(Span("site.yaml", 99, 1, 99, 1))).count("\n") == 0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_kind_of_line_end_counts(end: str) -> None:
    text = f"first{end}second{end}third{end}"

    assert shown(finding(Span("site.yaml", 2, 1, 2, 7)), text).splitlines()[2:] == ["2 | second", "  | ^^^^^^"]


def test_tabs_wide_characters_and_controls_keep_the_carets_in_place() -> None:
    assert shown(finding(Span("site.yaml", 7, 9, 7, 14))).splitlines()[2:] == [
        '7 |     - "名前: \\x1b[31m"',
        "  |              ^^^^^^^^",
    ]


def test_a_combining_mark_takes_no_column() -> None:
    assert make_excerpt("e\u0301x", Span("", 1, 3, 1, 4), 80) == ("e\u0301x", 1, 1)


def test_a_span_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert make_excerpt("abc def", Span("", 1, 5, 3, 2), 80) == ("abc def", 4, 3)


def test_a_span_without_width_gets_one_caret() -> None:
    assert make_excerpt("abc", Span("", 1, 4, 1, 4), 80) == ("abc", 3, 1)


def test_a_long_line_is_cut_at_its_end() -> None:
    assert make_excerpt("abcdefghij" * 3, Span("", 1, 2, 1, 4), 20) == ("abcdefghijabcdefg...", 1, 2)


def test_a_long_line_is_cut_on_both_sides_of_a_span_far_inside() -> None:
    line = "x" * 100 + "HERE" + "y" * 100

    assert make_excerpt(line, Span("", 1, 101, 1, 105), 40) == ("..." + "x" * 16 + "HERE" + "y" * 14 + "...", 19, 4)


def test_a_line_of_a_megabyte_is_shown_at_once() -> None:
    line = "\t" * 1_000_000

    assert len(make_excerpt(line, Span("", 1, 500_000, 1, 900_000), 80).shown) <= 80


@given(st.text(max_size=200), st.integers(1, 210), st.integers(0, 210), st.integers(40, 120))
def test_an_excerpt_fits_is_printable_and_its_marks_lie_inside(line: str, column: int, length: int, room: int) -> None:
    excerpt = make_excerpt(line, Span("", 1, column, 1, column + length), room)

    assert width(excerpt.shown) <= room
    assert excerpt.shown.isprintable()
    assert excerpt.before + excerpt.marked <= max(width(excerpt.shown), excerpt.before + 1)


def test_colours_go_round_severity_and_never_into_the_text() -> None:
    report = Report()
    report.remember("site.yaml", YAML)
    texts = format_findings([finding(Span("site.yaml", 6, 9, 6, 24), hint="do it")], report.text_of, marked, 100)

    assert list(texts) == [
        "<path>site.yaml:6:9</path>: <error>error[NET002]</error>: `198.51.100.7/24` has host bits set\n"
        "  <gutter>|</gutter>\n"
        "<gutter>6</gutter> <gutter>|</gutter>       - 198.51.100.7/24\n"
        "  <gutter>|</gutter>         <error>^^^^^^^^^^^^^^^</error>\n"
        "  <gutter>=</gutter> <help>help</help>: do it"
    ]


@pytest.mark.parametrize(
    ("severities", "summary"),
    [
        ([], ""),
        ([Severity.ERROR], "1 error"),
        ([Severity.WARNING, Severity.ERROR, Severity.ERROR], "2 errors, 1 warning"),
        ([Severity.NOTE, Severity.NOTE], "2 notes"),
    ],
)
def test_the_summary_counts_each_severity(severities: list[Severity], summary: str) -> None:
    assert format_summary(finding(None, severity=severity) for severity in severities) == summary


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    assert printable(text).isprintable()
    assert "".join(cells(text)).isprintable()


def test_escapes_are_those_of_the_language() -> None:
    assert printable("a\x1b\n\u202eb\u2028é名\u00a0") == "a\\x1b\\n\\u202eb\\u2028é名\\xa0"


def test_lines_and_tabs_stay_where_lines_are_wanted() -> None:
    assert printable_lines("a\tb\n\x07c\n") == "a\tb\n\\x07c\n"
