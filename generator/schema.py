"""JSON Schema (draft 2020-12) of the documents, made from the models that check them."""

from functools import cache
from typing import Any, Final, Literal

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from generator.models import FEED_FORMATS, FEED_NEEDS, foreign_keys

Schema = dict[str, Any]

# What `decode_connector` asks of a profile besides the single keys.
_SOURCE_RULE: Final[Schema] = {
    "if": {
        "anyOf": [
            {"required": ["networks"], "properties": {"networks": {"minItems": 1}}},
            {"required": ["regions"], "properties": {"regions": {"minProperties": 1}}},
        ]
    },
    "then": {"required": ["addresses"], "properties": {"addresses": {"required": ["source", "retrieved"]}}},
}

# And of its feed.
_FEED_RULE: Final[Schema] = {
    "properties": {
        "addresses": {
            "if": {"properties": {"policy": {"const": "feed"}}},
            "then": {"required": ["feed"]},
            "else": {"properties": {"feed": False}},
            "properties": {
                "feed": {
                    "allOf": [
                        {
                            "if": {"properties": {"format": {"const": name}}},
                            "then": {"required": list(FEED_NEEDS.get(name, ())), "properties": dict.fromkeys(foreign_keys(name), False)},
                        }
                        for name in FEED_FORMATS
                    ]
                }
            },
        }
    }
}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator without `null` (no key takes one: a key without a value is a finding) and without titles made from names."""

    def nullable_schema(self, schema: Any) -> Schema:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: Any) -> Schema:
        made = super().default_schema(schema)
        if made.get("default", "") in (None, "", [], {}) or isinstance(made.get("default"), dict):
            made.pop("default", None)
        return made

    def dict_schema(self, schema: Any) -> Schema:
        """Names by `propertyNames`: under `patternProperties` a name that matches no pattern would be accepted with any value."""
        made: Schema = {"type": "object", "additionalProperties": self.generate_inner(schema["values_schema"])}
        names = {key: value for key, value in self.generate_inner(schema["keys_schema"]).items() if key != "type"}
        bounds = {"minProperties": schema.get("min_length"), "maxProperties": schema.get("max_length")}
        made |= {key: value for key, value in bounds.items() if value is not None}
        return made | ({"propertyNames": names} if names else {})

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


@cache
def model_schema(model_type: Any) -> Schema:
    """The schema of one model; do not change what you get."""
    made = TypeAdapter(model_type).json_schema(schema_generator=_Generator)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def document_schema(kind: Literal["site", "connector"]) -> Schema:
    """The schema of one kind of document, for editors and other tools."""
    from generator.models import ConnectorModel, SiteModel

    if kind == "site":
        return {**model_schema(SiteModel), "title": "gatepost site"}
    return {**model_schema(ConnectorModel), "title": "gatepost connector profile", "allOf": [_SOURCE_RULE, _FEED_RULE]}


@cache
def inlined_schema(model_type: Any) -> Schema:
    """The schema of one model with every `$ref` replaced by what it points at, for walking along; do not change what you get."""
    whole = model_schema(model_type)
    inlined: Schema = _inline(whole, whole.get("$defs", {}))
    return inlined


def _inline(value: Any, definitions: Schema) -> Any:
    if isinstance(value, list):
        return [_inline(item, definitions) for item in value]
    if not isinstance(value, dict):
        return value
    beside = {key: _inline(item, definitions) for key, item in value.items() if key not in ("$ref", "$defs")}
    if "$ref" not in value:
        return beside
    return {**_inline(definitions[value["$ref"].removeprefix("#/$defs/")], definitions), **beside}


def branches_of(schema: Schema) -> list[Schema]:
    """The schemas that a place chooses from: one, or the branches of its union."""
    branches: list[Schema] = schema.get("anyOf", [schema])
    return branches
