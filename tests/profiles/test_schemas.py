"""The JSON Schemas that ship are those of the models, and every shipped document names and satisfies its own."""

import json
from pathlib import Path
from typing import Literal

import jsonschema
import pytest

from generator.diagnostics import Report
from generator.schema import document_schema
from generator.source import parse_yaml, read_source, to_data
from tests.profiles.shipped import DOCUMENTS, PROFILES, SITES, stem

MODELINE = "# yaml-language-server: $schema="
every_document = pytest.mark.parametrize("path", DOCUMENTS, ids=stem)


def named_schema(path: Path) -> Path:
    """The schema that a document's first line names."""
    return path.parent / path.read_text(encoding="utf-8").splitlines()[0].removeprefix(MODELINE)


@pytest.mark.parametrize("kind", ["connector", "site"])
def test_the_shipped_schema_is_the_one_of_the_models(kind: Literal["connector", "site"]) -> None:
    shipped = PROFILES.joinpath("schema", f"{kind}.schema.json").read_text(encoding="utf-8")

    assert shipped == json.dumps(document_schema(kind), indent=2) + "\n"  # gatepost schema KIND > profiles/schema/KIND.schema.json


@pytest.mark.parametrize("kind", ["connector", "site"])
def test_the_shipped_schema_is_a_schema(kind: Literal["connector", "site"]) -> None:
    jsonschema.Draft202012Validator.check_schema(document_schema(kind))


@every_document
def test_a_document_names_the_schema_of_its_kind(path: Path) -> None:
    kind = "site" if path in SITES else "connector"

    assert named_schema(path).resolve() == PROFILES / "schema" / f"{kind}.schema.json"


@every_document
def test_a_document_satisfies_the_schema_that_it_names(path: Path) -> None:
    report = Report()
    source = read_source(path, shown=path.name, name=path.name, report=report)
    assert source is not None
    node = parse_yaml(source, report)
    assert node is not None

    validator = jsonschema.Draft202012Validator(json.loads(named_schema(path).read_text(encoding="utf-8")))

    assert [error.message for error in validator.iter_errors(_plain(to_data(node)))] == []


def _plain(value: object) -> object:
    """Tuples as the lists that JSON knows."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple | list) else value
