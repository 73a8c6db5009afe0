"""Laws of merging, for any backup in any white space."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given, settings

from tests.scale import scaled
from tests.support.backups import merged_text, removed_text
from tests.support.random_backups import backups, versions


def not_ours(text: str) -> str:
    """The canonical form of everything but the objects of `acme`, and but rows; an empty list counts as none."""
    root = ET.fromstring(text.removeprefix("\ufeff"))  # noqa: S314 (the test made it)
    for parent in list(root.iter()):
        for child in list(parent):
            ours = any((child.findtext(name) or "").startswith(("gatepost_acme__", "gatepost acme: ")) for name in ("name", "descr"))
            if ours:
                parent.remove(child)
    for name in ("aliases", "filter"):
        root[:] = [child for child in root if child.tag != name or len(child)]
    for row in root.iter("row"):
        row.text = ""
    return ET.canonicalize(ET.tostring(root, encoding="unicode"), strip_text=True)


@settings(max_examples=scaled(2000))
@given(backups(), versions())
def test_removing_gives_every_byte_back(backup: str, version: tuple[str, str]) -> None:
    assert removed_text(merged_text(backup, "pfsense", version), "pfsense") == backup


@settings(max_examples=scaled(2000))
@given(backups(), versions())
def test_merging_again_changes_no_byte(backup: str, version: tuple[str, str]) -> None:
    once = merged_text(backup, "pfsense", version)

    assert merged_text(once, "pfsense", version) == once


@settings(max_examples=scaled(2000))
@given(backups(), versions())
def test_everything_else_means_what_it_meant(backup: str, version: tuple[str, str]) -> None:
    assert not_ours(merged_text(backup, "pfsense", version)) == not_ours(backup)


@settings(max_examples=scaled(2000))
@given(backups(), versions(), versions())
def test_a_new_version_is_as_if_there_had_been_no_other(backup: str, older: tuple[str, str], newer: tuple[str, str]) -> None:
    over = merged_text(merged_text(backup, "pfsense", older), "pfsense", newer)

    fresh = merged_text(backup, "pfsense", newer)
    assert re.sub(r"<row>fr\d+</row>", "", over) == re.sub(r"<row>fr\d+</row>", "", fresh)
    assert removed_text(over, "pfsense") == backup


@settings(max_examples=scaled(2000))
@given(backups(), versions())
def test_sites_come_and_go_in_any_order(backup: str, version: tuple[str, str]) -> None:
    second = tuple(text.replace("gatepost_acme_", "gatepost_acme_2_").replace("acme:", "acme-2:").replace(">20", ">21") for text in version)
    fragments = (second[0], second[1])

    both = merged_text(merged_text(backup, "pfsense", version), "pfsense", fragments, site="acme-2")

    assert removed_text(both, "pfsense", site="acme-2") == merged_text(backup, "pfsense", version)
    assert removed_text(removed_text(both, "pfsense"), "pfsense", site="acme-2") == backup
