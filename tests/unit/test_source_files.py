import os
import sys
from collections.abc import Iterator
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from generator.diagnostics import Report, Span
from generator.source import SourceFile, read_source
from tests.support.documents import describe


def read(path: Path, *, max_bytes: int = 1000, named_at: Span | None = None) -> tuple[SourceFile | None, list[str]]:
    report = Report()
    source = read_source(path, shown="f.yaml", name="f.yaml", report=report, max_bytes=max_bytes, named_at=named_at)
    return source, [describe(report, index) for index in range(len(report.findings))]


def read_bytes(folder: Path, content: bytes) -> tuple[SourceFile | None, list[str]]:
    path = folder / "f.yaml"
    path.write_bytes(content)
    return read(path)


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    source, found = read_bytes(tmp_path, "a: é\n".encode())

    assert source is not None
    assert source.text == "a: é\n"
    assert found == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "YML005 1:1-1:1"),
        (b" \n\t\n", "YML005 1:1-1:1"),
        ("a: é\nb: ü".encode("latin-1"), "YML006 1:4-1:5"),
        (b"a: \xc3\xa9\xc3\xa9 \xff", "YML006 1:7-1:8"),
        (b"a: 1\nb: \xc3", "YML006 2:4-2:5"),
        ("a: 1".encode("utf-16"), "YML007 1:1-1:1"),
        ("a: 1".encode("utf-32"), "YML007 1:1-1:1"),
        (b"a: 1\nb: \0\n", "YML009 2:4-2:5"),
        ("a: x\u202ey\n".encode(), "YML009 1:5-1:6"),
        ("a: 1 # \u2028b: 2\n".encode(), "YML009 1:8-1:9"),
        ("a: \x85\n".encode(), "YML009 1:4-1:5"),
        ("a: \ufeffb\n".encode(), "YML009 1:4-1:5"),
        (b"# harmless\rb: 2\n", "YML011 1:11-1:12"),
    ],
)
def test_a_text_that_is_none_is_refused_at_its_first_bad_place(tmp_path: Path, content: bytes, expected: str) -> None:
    source, found = read_bytes(tmp_path, content)

    assert source is None
    assert found == [expected]


def test_a_byte_order_mark_is_told_and_taken_off(tmp_path: Path) -> None:
    source, found = read_bytes(tmp_path, b"\xef\xbb\xbfa: 1\n")

    assert source is not None
    assert source.text == "a: 1\n"
    assert found == ["YML008 1:1-1:1"]


def test_line_ends_of_windows_are_told_and_read_as_those_of_unix(tmp_path: Path) -> None:
    source, found = read_bytes(tmp_path, b"a: 1\r\nb: 2\r\n")

    assert source is not None
    assert source.text == "a: 1\nb: 2\n"
    assert found == ["YML010 1:1-1:1"]


def test_the_digest_is_the_same_for_every_checkout(tmp_path: Path) -> None:
    unix, _ = read_bytes(tmp_path, b"a: 1\nb: 2\n")
    windows, _ = read_bytes(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")

    assert unix == windows


def test_every_control_character_is_told(tmp_path: Path) -> None:
    _, found = read_bytes(tmp_path, b"a: \0\nb: \x1b\n")

    assert found == ["YML009 1:4-1:5", "YML009 2:4-2:5"]


def test_a_binary_file_gives_twenty_findings_and_not_a_thousand(tmp_path: Path) -> None:
    _, found = read_bytes(tmp_path, b"\0" * 900)

    assert len(found) == 20


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "none") == (None, ["YML001 1:1-1:1"])


def test_a_directory_is_told(tmp_path: Path) -> None:
    assert read(tmp_path) == (None, ["YML002 1:1-1:1"])


def test_a_path_through_a_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\n")

    assert read(path / "g") == (None, ["YML003 1:1-1:1"])


@pytest.mark.parametrize("name", ["a\0b", "a" * 300])
def test_a_path_that_no_system_takes_is_told(tmp_path: Path, name: str) -> None:
    assert read(tmp_path / name) == (None, ["YML003 1:1-1:1"])


@pytest.fixture
def _without_privileges() -> Iterator[None]:
    """Root reads every file: be nobody for a while."""
    user = os.geteuid()
    os.seteuid(65534 if user == 0 else user)
    yield
    os.seteuid(user)


@pytest.mark.usefixtures("_without_privileges")
def test_a_file_without_permission_is_told() -> None:
    assert read(Path("/proc/1/mem")) == (None, ["YML003 1:1-1:1"])


def test_a_file_that_the_system_refuses_is_told() -> None:
    assert read(Path("/proc/self/mem")) == (None, ["YML003 1:1-1:1"])


def test_a_large_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    with path.open("wb") as stream:
        stream.truncate(200_000_000_000)  # sparse: reading it would take minutes

    assert read(path) == (None, ["YML004 1:1-1:1"])


def test_an_endless_device_is_refused_after_the_limit() -> None:
    assert read(Path("/dev/zero")) == (None, ["YML004 1:1-1:1"])


def test_a_file_of_exactly_the_limit_is_read(tmp_path: Path) -> None:
    source, _ = read_bytes(tmp_path, b"#" * 1000)

    assert source is not None


def test_a_file_that_a_document_names_is_told_where_it_is_named(tmp_path: Path) -> None:
    place = Span("site.yaml", 7, 20, 7, 28)
    _, found = read(tmp_path / "none", named_at=place)

    assert found == ["YML001 7:20-7:28"]


def read_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> tuple[SourceFile | None, list[str]]:
    monkeypatch.setattr(sys, "stdin", None if content is None else TextIOWrapper(BytesIO(content)))
    report = Report()
    source = read_source(Path("-"), shown="-", name="-", report=report, max_bytes=1000)
    return source, [describe(report, index) for index in range(len(report.findings))]


def test_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    source, found = read_stdin(monkeypatch, b"a: 1\n")

    assert source is not None
    assert source.text == "a: 1\n"
    assert found == []


@pytest.mark.parametrize(("content", "expected"), [(b"#" * 1001, "YML004 1:1-1:1"), (None, "YML003 1:1-1:1"), (b"", "YML005 1:1-1:1")])
def test_standard_input_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch, content: bytes | None, expected: str) -> None:
    assert read_stdin(monkeypatch, content) == (None, [expected])
