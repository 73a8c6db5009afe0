"""What is no backup, and where: every refusal names a place and a cure, and nothing that the file holds."""

import os
from pathlib import Path

import pytest

from generator.diagnostics import Report
from generator.merge import LAYOUTS, is_backup, load_backup, recognise
from generator.merge.backup import MAX_BYTES
from generator.merge.tree import MAX_DEPTH, MAX_ELEMENTS
from tests.support.backups import OPNSENSE, PFSENSE, SECRET, area, codes_of, owner, read_wanted

HEAD = b'<?xml version="1.0"?>\n'


def found_in(data: bytes, folder: Path, product: str = "pfsense") -> list[str]:
    """What reading a file finds: `CODE line:column message`."""
    path = folder / "config.xml"
    path.write_bytes(data)
    report = Report()
    backup = load_backup(str(path), report)
    document = None if backup is None else recognise(backup, LAYOUTS[product], report)
    assert (document is None) == report.has_errors
    assert not any(SECRET in f"{finding.message} {finding.hint}" for finding in report.findings)
    assert report.text_of(str(path)) is None
    assert all(finding.hint for finding in report.findings)
    return [f"{finding.code} {finding.span.line}:{finding.span.column} {finding.message}" for finding in report.findings if finding.span]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(b"", "TGT140 1:1 the backup is empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf\n ", "TGT140 1:1 the backup is empty", id="blank"),
        pytest.param(b"---- BEGIN config.xml ----\ns3cr3t\n", "TGT141 1:1 the backup is encrypted", id="encrypted"),
        pytest.param(b"\x1f\x8b\x08s3cr3t", "TGT141 1:1 the backup is compressed", id="gzip"),
        pytest.param(b"PK\x03\x04s3cr3t", "TGT141 1:1 the backup is compressed", id="zip"),
        pytest.param(PFSENSE.encode("utf-16"), "TGT141 1:1 the backup is UTF-16 or UTF-32, not UTF-8", id="utf-16"),
        pytest.param("<pfsense/>".encode("utf-16-be"), "TGT141 1:1 the backup is UTF-16 or UTF-32, not UTF-8", id="utf-16-without-mark"),
        pytest.param(b"<pfsense>\n <s3cr3t>\xe9</s3cr3t></pfsense>", "TGT141 2:10 a byte of the backup is not UTF-8", id="latin-1"),
        pytest.param(
            b'<?xml version="1.0" encoding="ISO-8859-1"?><pfsense/>',
            "TGT141 1:1 the backup declares another encoding than UTF-8",
            id="declared-latin-1",
        ),
        pytest.param(b"s3cr3t: yaml\n", "TGT142 1:1 the backup is not well-formed XML: syntax error", id="yaml"),
        pytest.param(
            HEAD + b"<pfsense>\n<s3cr3t>s3cr3t</x></pfsense>",
            "TGT142 3:17 the backup is not well-formed XML: mismatched tag",
            id="mismatched",
        ),
        pytest.param(b"<pfsense><s3cr3t>", "TGT142 1:18 the backup is not well-formed XML: no element found", id="cut"),
        pytest.param(b"<pfsense>&s3cr3t;</pfsense>", "TGT142 1:10 the backup is not well-formed XML: undefined entity", id="entity"),
        pytest.param(
            b'<!DOCTYPE pfsense [<!ENTITY x SYSTEM "file:///s3cr3t">]><pfsense>&x;</pfsense>',
            "TGT143 1:1 the backup declares a document type",
            id="doctype",
        ),
        pytest.param(
            b"<pfsense>" + b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH + b"</pfsense>",
            f"TGT143 1:{10 + 3 * (MAX_DEPTH - 1)} the backup is nested more than {MAX_DEPTH} levels deep",
            id="deep",
        ),
        pytest.param(b"<pfsense/>", "TGT145 1:1 the configuration is empty", id="no-content"),
        pytest.param(
            b"<s3cr3t/>",
            "TGT144 1:1 the backup is none of pfSense, or one of another area: "
            "it does not begin with `<pfsense>`, `<aliases>` or `<filter>`",
            id="other-root",
        ),
        pytest.param(OPNSENSE.encode(), "TGT144 2:1 the backup is one of OPNsense, not of pfSense", id="opnsense"),
        pytest.param(b"<pfsense><filter/>\n<filter/></pfsense>", "TGT145 2:1 the backup has `<filter>` twice", id="twice"),
        pytest.param(
            b"<pfsense>\n<filter>s3cr3t</filter></pfsense>", "TGT145 2:1 text stands in `<filter>` where only elements belong", id="text"
        ),
    ],
)
def test_what_is_no_backup_of_pfsense(data: bytes, told: str, tmp_path: Path) -> None:
    assert found_in(data, tmp_path) == [told]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        pytest.param(PFSENSE.encode(), "TGT144 2:1 the backup is one of pfSense, not of OPNsense", id="pfsense"),
        pytest.param(
            area(PFSENSE, "filter").encode(),
            "TGT144 2:1 the backup is none of OPNsense, or one of another area: it does not begin with `<opnsense>`",
            id="area-of-pfsense",
        ),
        pytest.param(b"<opnsense><system/></opnsense>", "TGT145 1:1 the backup has no `<OPNsense>`", id="no-models"),
        pytest.param(
            b"<opnsense><OPNsense>\n<Firewall/><Firewall/></OPNsense></opnsense>",
            "TGT145 2:12 the backup has `<Firewall>` twice",
            id="twice",
        ),
    ],
)
def test_what_is_no_backup_of_opnsense(data: bytes, told: str, tmp_path: Path) -> None:
    assert found_in(data, tmp_path, "opnsense")[0] == told


def test_too_many_elements(tmp_path: Path) -> None:
    found = found_in(b"<pfsense>" + b"<a/>" * MAX_ELEMENTS + b"</pfsense>", tmp_path)

    assert found == [f"TGT143 1:{10 + 4 * (MAX_ELEMENTS - 1)} the backup has more than 1,000,000 elements"]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "config.xml"
    path.touch()
    os.truncate(path, MAX_BYTES + 1)
    report = Report()

    assert load_backup(str(path), report) is None
    assert [finding.message for finding in report.findings] == ["the backup has more than 67,108,864 bytes"]


@pytest.mark.parametrize(("name", "told"), [("none.xml", "does not exist"), (".", "is a directory"), ("a\0b", "can't be read: no path")])
def test_what_is_no_file(name: str, told: str, tmp_path: Path) -> None:
    report = Report()

    assert load_backup(f"{tmp_path}/{name}", report) is None
    assert [(finding.code, finding.message) for finding in report.findings] == [("TGT140", f"the backup {told}")]


def test_the_column_counts_characters_and_no_byte_order_mark(tmp_path: Path) -> None:
    found = found_in("\ufeff<pfsense><ä>é</ö></pfsense>".encode(), tmp_path)

    assert found == ["TGT142 1:16 the backup is not well-formed XML: mismatched tag"]


@pytest.mark.parametrize("data", [b"<pfsense/>", b"\xef\xbb\xbf \n<?xml", b"---- BEGIN config.xml ----", b"\x1f\x8b", b"\xff\xfe<\0"])
def test_a_backup_is_told_from_a_site(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(data)

    assert is_backup(str(path))


@pytest.mark.parametrize("data", [b"", b"kind: site\n", b"--- \n", b"# <pfsense>"])
def test_a_site_is_told_from_a_backup(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(data)

    assert not is_backup(str(path))


@pytest.mark.parametrize(
    ("fragments", "told"),
    [
        pytest.param(("<alias>", ""), "no XML", id="broken"),
        pytest.param(("<alias>&amp;<name>gatepost_acme__x</name></alias>text", ""), "text outside", id="text"),
        pytest.param(("<rule/>", ""), "no `<alias>`", id="other-element"),
        pytest.param(("<alias><name>mine</name></alias>", ""), "without the site's mark", id="other-prefix"),
        pytest.param(("", "<rule><tracker>2000000001</tracker></rule>"), "without the site's mark", id="no-mark"),
        pytest.param(("", "<rule><descr>gatepost acme: x</descr></rule>"), "without the site's mark", id="no-tracker"),
        pytest.param(("", "<rule><tracker>5</tracker><descr>gatepost acme: x</descr></rule>" * 2), "two objects", id="same-number"),
    ],
)
def test_templates_that_make_what_can_t_be_merged(fragments: tuple[str, str], told: str) -> None:
    report = Report()

    read_wanted("pfsense", fragments, owner(), report)

    assert [finding.code for finding in report.findings] == ["TGT151"]
    assert told in report.findings[0].message


def test_nothing_is_found_in_a_good_backup() -> None:
    assert (codes_of(PFSENSE, "pfsense"), codes_of(OPNSENSE, "opnsense")) == ([], [])
