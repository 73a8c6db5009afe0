"""Whatever the bytes of a backup are: findings or a merge, never an exception, and never a word of the backup."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import Report
from generator.merge import LAYOUTS, load_backup, merge_objects, recognise
from generator.merge.tree import parse_xml
from tests.scale import scaled
from tests.support.backups import FRAGMENTS, SECRET, TEXTS, area, owner, read_wanted, removed_text

PIECES = [
    b"<",
    b">",
    b"/",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?x?>",
    b"<!DOCTYPE s3cr3t>",
    b"&#0;",
    b"\x00",
    b"\xff",
    b"\r",
    b"\xef\xbb\xbf",
]
PIECES += [
    b"<filter>",
    b"</filter>",
    b"<aliases/>",
    b"<rule/>",
    b"<rule>",
    b"</rule>",
    b"fr",
    b"999999999999",
    b"gatepost acme: ",
    b"gatepost_acme__",
]
SOURCES = [("pfsense", TEXTS["pfsense"]), ("opnsense", TEXTS["opnsense"])]
SOURCES += [("pfsense", area(TEXTS["pfsense"], name)) for name in ("aliases", "filter")]
SOURCES += [("pfsense", removed_text(TEXTS["pfsense"], "pfsense").replace("s3cr3t rule", "gatepost other: s3cr3t"))]


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bytes]:
    """A product, and a backup with some of its bytes lost, doubled, moved or replaced."""
    product, text = draw(st.sampled_from(SOURCES))
    data = text.encode()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 10, 100])))
        piece = draw(st.sampled_from([b"", *PIECES, data[start:end] * 2]) | st.binary(max_size=3))
        data = data[:start] + piece + data[end:]
    return product, data


@settings(max_examples=scaled(10000))
@given(mutants())
def test_no_bytes_raise_and_none_are_told(mutant: tuple[str, bytes]) -> None:
    product, data = mutant
    report = Report()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "config.xml"
        path.write_bytes(data)
        backup = load_backup(str(path), report)
    document = None if backup is None else recognise(backup, LAYOUTS[product], report)
    who = owner()
    wanted = read_wanted(product, FRAGMENTS[product], who, report)
    merged = None if document is None else merge_objects(document, wanted, who, report)

    assert (merged is None) == report.has_errors
    assert not any(SECRET in f"{finding.message} {finding.hint}" for finding in report.findings)
    if merged is not None:
        parse_xml(merged.data)
