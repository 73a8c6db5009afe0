"""docs/AUDIT.md shows what the command prints, and describes every code and key."""

import re
from typing import Any, Final

import pytest

from generator.codes.aud_audit import CODES
from tests.diagnostics.cases import HERE
from tests.docs.markdown import text_of
from tests.docs.test_json_documents import described, load_schema, objects
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs" / "AUDIT.md"
SCHEMA: Final = load_schema("audit-1")
KEYS: Final[list[tuple[str, set[str]]]] = [*objects(SCHEMA, ""), *objects(SCHEMA["$defs"]["log"], "log")]
PROPERTIES: Final[dict[str, Any]] = SCHEMA["properties"]


@pytest.mark.parametrize(("name", "keys"), KEYS, ids=[name or "top" for name, _ in KEYS])
def test_the_page_describes_every_key(name: str, keys: set[str]) -> None:
    assert described(PAGE, name) == keys


def test_the_page_shows_what_is_printed() -> None:
    printed = (HERE / "audit-of-an-old-rule.out").read_text(encoding="utf-8").partition("\n")[2].rpartition("[exit status")[0]
    shown = printed.replace("audit-of-an-old-rule.yaml", "acme.yaml").replace("with/host.rules", "live.rules")

    assert f"```text\n{shown}```\n" in text_of(PAGE)


def test_the_page_names_every_code_but_those_of_files_that_are_none() -> None:
    named = set(re.findall(r"^\| (AUD\d{3}) \|", text_of(PAGE), re.MULTILINE))

    assert named == {code.name for code in CODES} - {"AUD064", "AUD065"}


def test_the_page_names_the_kinds_of_faults_as_the_schema_does() -> None:
    kinds = re.findall(r"^\| AUD0[56]\d \| ([a-z-]+):", text_of(PAGE), re.MULTILINE)

    assert kinds == PROPERTIES["faults"]["items"]["properties"]["kind"]["enum"]
