"""What the commands print as JSON satisfies the published schemas, which know every key, and the pages describe every key."""

import json
import re
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from tests.docs.markdown import codes_in, rows, section, text_of
from tests.docs.shell import type_in
from tests.house.tree import ROOT
from tests.profiles.shipped import SITES, stem

SCHEMAS: Final = ROOT / "docs" / "schemas"
PLAN: Final = ROOT / "docs" / "PLAN-SCHEMA.md"
RENDER: Final = ROOT / "docs" / "RENDER-SCHEMA.md"
MISTAKE: Final = "kind: site\nname: acme\nconnectors:\n  - use: hubspot\n    networks: [192.0.2.0/8]\n"


def load_schema(name: str) -> dict[str, Any]:
    """A published schema."""
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8"))
    return found


def closed(schema: Any) -> Any:
    """A schema under which an object has no key that the schema does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    return {**inner, "additionalProperties": False} if "properties" in inner else inner


def faults(name: str, text: str) -> list[str]:
    """Where a printed document and its schema disagree."""
    validator = jsonschema.Draft202012Validator(closed(load_schema(name)))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(text))]


def objects(schema: dict[str, Any], name: str) -> list[tuple[str, set[str]]]:
    """Each object of a schema by its path, with its keys."""
    if "items" in schema:
        return objects(schema["items"], f"{name}[]")
    below = [pair for key, value in schema.get("properties", {}).items() for pair in objects(value, f"{name}.{key}".lstrip("."))]
    return ([(name, set(schema["properties"]))] if "properties" in schema else []) + below


def table_keys(text: str) -> set[str]:
    """The keys in the first column of the first table of a text."""
    table = re.split(r"\n\n", text.strip())[0]
    return {name for row in rows(table) if row[0] != "key" for name in codes_in(row[0])}


def described(page: Path, name: str) -> set[str]:
    """The keys that a page describes for one object: in the table under a line that begins with its name."""
    text = text_of(page)
    before = r"^\| key \| value \|$" if not name else rf"^`{re.escape(name)}`[^\n]*\n\n(?=\| key)"
    found = re.search(before, text, re.MULTILINE)
    assert found is not None, f"{page.name} does not describe {name!r}"
    return table_keys(text[found.start() if not name else found.end() :])


@pytest.mark.parametrize("name", [path.name.removesuffix(".schema.json") for path in sorted(SCHEMAS.glob("*.json"))])
def test_a_published_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(load_schema(name))


@pytest.mark.parametrize("site", SITES, ids=stem)
def test_a_printed_plan_satisfies_its_schema(site: Path, tmp_path: Path) -> None:
    printed = type_in(f"gatepost plan {site} --format json 2>/dev/null", tmp_path)

    assert faults("plan-1", printed) == []


@pytest.mark.parametrize("options", ["", " --check"])
def test_a_printed_render_satisfies_its_schema(options: str, tmp_path: Path) -> None:
    printed = type_in(f"gatepost render {SITES[0]} -o out --format json{options} 2>/dev/null || test $? = 1", tmp_path)

    assert faults("render-1", printed) == []


def test_printed_findings_satisfy_their_schema(tmp_path: Path) -> None:
    tmp_path.joinpath("site.yaml").write_text(MISTAKE, encoding="utf-8")

    printed = type_in("gatepost check site.yaml --format json || test $? = 1", tmp_path)

    assert faults("findings-1", printed) == []


@pytest.mark.parametrize(("name", "keys"), objects(load_schema("plan-1"), ""))
def test_the_page_describes_every_key_of_a_plan(name: str, keys: set[str]) -> None:
    assert described(PLAN, name) == keys


@pytest.mark.parametrize(("name", "keys"), objects(load_schema("render-1"), ""))
def test_the_page_describes_every_key_of_a_render(name: str, keys: set[str]) -> None:
    assert described(RENDER, name) == keys


@pytest.mark.parametrize(("name", "key"), [("findings[]", "finding"), ("span", "span"), ("place", "place")])
def test_the_pages_describe_findings_and_places(name: str, key: str) -> None:
    page, schema = (PLAN, load_schema("plan-1")) if key == "place" else (RENDER, load_schema("findings-1"))

    assert described(page, "origin" if key == "place" else name) == set(schema["$defs"][key]["properties"])


def test_the_page_describes_the_rest_of_the_findings() -> None:
    beside = table_keys(section(RENDER, "## Findings").rpartition("\n\n")[2])

    assert beside == set(load_schema("findings-1")["properties"]) - {"findings"}
