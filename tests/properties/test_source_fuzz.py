from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given
from hypothesis import strategies as st

from generator.decode import decode_connector, decode_site
from generator.diagnostics import Report, Span
from generator.network_list import parse_network_list
from generator.source import parse_yaml, read_source
from tests.properties.mutations import edited, garbage
from tests.support.documents import CONNECTOR, SITE, make_source

texts = garbage() | edited(SITE) | edited(CONNECTOR)


def is_inside(span: Span | None, text: str) -> bool:
    """Whether a span is a stretch of the text; one column past the end of a line is the line's end."""
    lines = text.split("\n")
    return span is not None and (
        (1, 1) <= (span.line, span.column) <= (span.end_line, span.end_column)
        and span.end_line <= len(lines)
        and span.column <= len(lines[span.line - 1]) + 1
        and span.end_column <= len(lines[span.end_line - 1]) + 2
    )


@given(texts)
@example("[" * 3000)
@example("? ")
@example("&a\n  !!str ? {}\n")
@example("!~!!str ")
@example('a: "\\U00110000"')
def test_both_parsers_read_a_text_alike(text: str) -> None:
    fast, pure = Report(), Report()
    nodes = parse_yaml(make_source(text), fast), parse_yaml(make_source(text), pure, pure=True)

    assert nodes[0] == nodes[1]
    assert fast.findings == pure.findings


@given(texts)
def test_whatever_stands_in_a_file_is_a_document_or_a_finding_inside_it(text: str) -> None:
    for decode in (decode_site, decode_connector):
        report = Report()
        document = decode(make_source(text), report)

        assert (document is None) == report.has_errors
        assert [finding for finding in report.findings if not is_inside(finding.span, text)] == []


@given(texts)
def test_findings_are_single_printable_lines_with_a_hint(text: str) -> None:
    report = Report()
    decode_site(make_source(text), report)

    assert [finding for finding in report.findings if not finding.message.isprintable() or not finding.hint.isprintable()] == []
    assert [finding for finding in report.findings if not finding.hint or finding.message.endswith(".")] == []


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode) | edited(SITE).map(lambda text: text.encode("utf-16")))
def test_whatever_bytes_a_file_has_they_are_a_text_or_a_finding(content: bytes) -> None:
    report = Report()
    with TemporaryDirectory() as folder:
        path = Path(folder, "f.yaml")
        path.write_bytes(content)
        source = read_source(path, shown="f.yaml", name="f.yaml", report=report)

    assert (source is None) == report.has_errors


@given(st.lists(st.sampled_from(["192.0.2.1", "2001:db8::/32", "#", " ", "\t", "\n", "\n\n", ",", "x", "é"]), max_size=30).map("".join))
def test_every_entry_of_a_list_stands_where_its_span_says(text: str) -> None:
    report = Report()
    parsed = parse_network_list(make_source(text), report)

    assert (parsed is None) == report.has_errors
    lines = text.split("\n")
    spans = [parsed.span(index) for index in range(len(parsed.texts))] if parsed else []
    assert [lines[span.line - 1][span.column - 1 : span.end_column - 1] for span in spans] == list(parsed.texts if parsed else ())


@given(garbage().map(lambda text: "[" + text))
def test_whatever_follows_a_bracket_is_a_list_or_a_finding_inside_it(text: str) -> None:
    report = Report()
    parsed = parse_network_list(make_source(text), report)

    assert (parsed is None) == report.has_errors
    assert [finding for finding in report.findings if not is_inside(finding.span, text)] == []
