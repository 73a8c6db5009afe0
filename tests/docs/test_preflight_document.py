"""The published schema of a preflight and its page name the same keys."""

from typing import Final

import pytest

from tests.docs.test_json_documents import described, load_schema, objects
from tests.house.tree import ROOT

PAGE: Final = ROOT / "docs" / "PREFLIGHT-SCHEMA.md"
SCHEMA: Final = load_schema("preflight-1")


@pytest.mark.parametrize("name", ["", "endpoints[]"])
def test_the_page_describes_every_key(name: str) -> None:
    keys = dict(objects(SCHEMA, ""))[name]

    assert described(PAGE, name) == keys


@pytest.mark.parametrize("name", sorted(SCHEMA["$defs"]))
def test_the_page_describes_every_key_of_a_part(name: str) -> None:
    assert described(PAGE, name) == set(SCHEMA["$defs"][name]["properties"])
