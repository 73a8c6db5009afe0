import pytest

from generator.diagnostics import Report, Span
from generator.network_list import NetworkList, parse_network_list
from tests.support.documents import describe, make_source


def parse(text: str) -> tuple[NetworkList | None, list[str]]:
    report = Report()
    parsed = parse_network_list(make_source(text), report)
    return parsed, [describe(report, index) for index in range(len(report.findings))]


def entries(text: str) -> list[tuple[str, int, int, int]]:
    parsed, found = parse(text)
    assert parsed is not None, found
    assert found == []
    spans = [parsed.span(index) for index in range(len(parsed.texts))]
    assert all(span.path == "f.yaml" and span.line == span.end_line for span in spans)
    return [(text, span.line, span.column, span.end_column) for text, span in zip(parsed.texts, spans, strict=True)]


def test_a_text_has_one_entry_a_line() -> None:
    assert entries("192.0.2.1\n2001:db8::/32\n") == [("192.0.2.1", 1, 1, 10), ("2001:db8::/32", 2, 1, 14)]


def test_blank_lines_and_comments_are_skipped() -> None:
    text = "# list\n\n  192.0.2.1 # one\n\t\n192.0.2.2#two\n   # none\n192.0.2.3-192.0.2.9"

    assert entries(text) == [("192.0.2.1", 3, 3, 12), ("192.0.2.2", 5, 1, 10), ("192.0.2.3-192.0.2.9", 7, 1, 20)]


def test_blank_lines_in_a_bare_list_do_not_shift_the_places() -> None:
    assert entries("\n192.0.2.1\n\n\n192.0.2.2") == [("192.0.2.1", 2, 1, 10), ("192.0.2.2", 5, 1, 10)]


def test_what_an_entry_is_worth_is_not_judged_here() -> None:
    assert [entry[0] for entry in entries("999.1.2.3/99\nexample.org\n10/8\n192.0.2.0/ 24\n")] == [
        "999.1.2.3/99",
        "example.org",
        "10/8",
        "192.0.2.0/ 24",
    ]


@pytest.mark.parametrize("line", ["192.0.2.1 192.0.2.2", "192.0.2.1,192.0.2.2", "192.0.2.1; 2001:db8::1", "::1\t::2  # both"])
def test_several_networks_in_a_line_are_told_as_one_place(line: str) -> None:
    parsed, found = parse(f"203.0.113.1\n{line}\n")

    assert parsed is None
    assert found == [f"YML030 2:1-2:{len(line.partition('#')[0].strip()) + 1}"]


def test_a_json_array_gives_its_texts_with_their_places() -> None:
    text = '[ "192.0.2.1",\n  "2001:db8::\\u002f32", "a\\"b" ]\n'

    assert entries(text) == [("192.0.2.1", 1, 3, 14), ("2001:db8::/32", 2, 3, 23), ('a"b', 2, 25, 31)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('["192.0.2.1",]', "YML031 1:14-1:15"),
        ('["192.0.2.1"\n "192.0.2.2"]', "YML031 2:2-2:3"),
        ("['192.0.2.1']", "YML031 1:2-1:3"),
        ('["192.0.2.1"', "YML031 1:13-1:14"),
        ('\n {"prefixes": []}', "YML032 2:2-2:3"),
        ("[" * 100_000, "YML032 1:1-1:2"),
        (f"[{'9' * 5000}]", "YML032 1:1-1:2"),
        ("# nothing\n", "YML033 1:1-1:1"),
        ("[]", "YML033 1:1-1:1"),
    ],
)
def test_a_list_that_is_none_is_told(text: str, expected: str) -> None:
    assert parse(text) == (None, [expected])


def test_every_item_that_is_no_text_is_told_at_its_place() -> None:
    _, found = parse('[\n  "192.0.2.1", 5,\n  {"ip": "192.0.2.2",\n   "x": [1]},\n  null]')

    assert found == ["YML032 2:16-2:17", "YML032 3:3-4:13", "YML032 5:3-5:7"]


def test_a_span_is_made_only_when_asked_for() -> None:
    parsed, _ = parse("192.0.2.1\n" * 3)

    assert parsed is not None
    assert parsed.span(2) == Span("f.yaml", 3, 1, 3, 10)
