import json
from typing import Any

import jsonschema
import pytest

from generator.models import ConnectorModel, SiteModel
from generator.schema import Schema, document_schema, inlined_schema
from generator.source import to_data
from tests.support.documents import CONNECTOR, MINIMAL_CONNECTOR, MINIMAL_SITE, SITE, read_root

SCHEMAS = [document_schema("site"), document_schema("connector")]


def errors_of(schema: Schema, text: str) -> list[str]:
    data = json.loads(json.dumps(to_data(read_root(text))))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return [error.json_path for error in validator.iter_errors(data)]


def subschemas(schema: Schema) -> list[Schema]:
    inner = [part for value in schema.values() for part in (value if isinstance(value, list) else [value]) if isinstance(part, dict)]
    return [schema, *(found for part in inner for found in subschemas(part))]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_schema_is_one_of_draft_2020_12(schema: Schema) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize(
    ("schema", "text"), [(SCHEMAS[0], SITE), (SCHEMAS[0], MINIMAL_SITE), (SCHEMAS[1], CONNECTOR), (SCHEMAS[1], MINIMAL_CONNECTOR)]
)
def test_documents_without_mistakes_satisfy_it(schema: Schema, text: str) -> None:
    assert errors_of(schema, text) == []


def test_networks_need_a_source_in_it() -> None:
    text = MINIMAL_CONNECTOR + "networks: [192.0.2.1]\naddresses: {policy: published}\n"

    assert errors_of(SCHEMAS[1], text) == ["$.addresses", "$.addresses"]


@pytest.mark.parametrize("model", [SiteModel, ConnectorModel])
def test_every_key_is_described_and_no_unknown_one_accepted(model: Any) -> None:
    mappings = [part for part in subschemas(inlined_schema(model)) if isinstance(part.get("properties"), dict)]

    assert all(part["additionalProperties"] is False and part["description"] for part in mappings)
    assert [key for part in mappings for key, field in part["properties"].items() if not field.get("description", "").endswith(".")] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_nothing_takes_null(schema: Schema) -> None:
    assert [part for part in subschemas(schema) if part.get("type") == "null" or ("default" in part and part["default"] is None)] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_example_satisfies_its_own_schema(schema: Schema) -> None:
    definitions = {"$defs": schema["$defs"]}
    shown = [(part, example) for part in subschemas(schema) for example in part.get("examples", [])]

    assert shown
    assert [example for part, example in shown if not jsonschema.Draft202012Validator({**definitions, **part}).is_valid(example)] == []
