"""The words for mistakes in a document's shape: keys, types, words, numbers."""

import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Final

from generator.decode.faults import TYPE_ERRORS, UNKNOWN_KEY, Fault, Path, Place, shapes_of, suggest_key
from generator.decode.text_wording import report_date, report_length, report_pattern
from generator.diagnostics import Report
from generator.schema import Schema, branches_of
from generator.source import Mapping, Node, Scalar, Sequence, quoted

_SHAPES: Final = {"array": "a list", "object": "a mapping", "integer": "a whole number", "boolean": "true or false", "string": "text"}
_NOUNS: Final = {
    "protocol": "transport protocol",
    "tls": "TLS mode",
    "policy": "address policy",
    "verdict": "verdict",
    "mode": "access mode",
}
_CLEARTEXT: Final = frozenset({"none", "no", "off", "false", "plain", "plaintext", "cleartext", "clear", "optional"})


def report_fault(fault: Fault, report: Report) -> None:
    """Add the finding of one fault."""
    _REPORTERS.get(fault.type, _report_other)(fault, report)


def name_place(path: Path) -> str:
    """A place in words: `port`, item 2 of `connectors`, the document."""
    if not path:
        return "the document"
    last = path[-1]
    return quoted(last) if isinstance(last, str) else f"item {last + 1} of {name_place(path[:-1])}"


def _report_missing(fault: Fault, report: Report) -> None:
    place = fault.place
    span = place.entry.key.span if place.entry is not None else place.node.span
    if place.entry is None and isinstance(place.node, Mapping) and place.node.entries:
        span = place.node.entries[0].key.span
    wanted = place.outer.get("properties", {}).get(place.missing, {})
    message = f"{name_place(place.path[:-1])} has no {quoted(place.missing)}"
    report.add("SCH002", span, message, hint=f"write {place.missing}: {_example(wanted)}")


def _report_unknown(fault: Fault, report: Report) -> None:
    place = fault.place
    key, accepted = str(place.path[-1]), place.outer.get("properties", {})
    hint = f"keys here: {', '.join(accepted)}"
    if near := suggest_key(place):
        hint = f"did you mean `{near}`? {hint}"
    elif home := _home_of(key, fault.whole):
        hint = f"it is a key of `{home}`; {hint}"
    span = place.entry.key.span if place.entry is not None else place.node.span
    report.add("SCH001", span, f"{quoted(key)} is no key of {name_place(place.path[:-1])}", hint=hint)


def _home_of(key: str, whole: Schema) -> str:
    """The key of the document under which a key is at home; nothing when there is none."""
    for name, schema in whole.get("properties", {}).items():
        inner = schema.get("items") or schema.get("additionalProperties") or schema
        if key in inner.get("properties", {}):
            return str(name)
    return ""


def _report_word(fault: Fault, report: Report) -> None:
    """Tell of a word that is none of those accepted."""
    place, node = fault.place, fault.place.node
    words = _words(place.schema)
    one_of = f"one of: {', '.join(words)}"
    name = str(place.path[-1]) if place.path else ""
    if isinstance(node, Scalar) and name == "tls" and node.text.lower() in _CLEARTEXT:
        hint = f"gatepost opens only ports that speak TLS; {one_of}"
        report.add("SCH011", node.span, f"{quoted(node.text)} would be a port in cleartext", hint=hint)
    elif not isinstance(node, Scalar) or not isinstance(node.value, str):
        _report_type(fault, report)
    else:
        by_lower = {word.lower(): word for word in words if len(words) > 1}
        near = [by_lower[found] for found in get_close_matches(node.text.lower(), by_lower, 1, 0.6)]
        fact = f"is no {_NOUNS[name]}" if name in _NOUNS else f"is not accepted for {name_place(place.path)}"
        report.add("SCH003", node.span, f"{_shown(node)} {fact}", hint=f"did you mean `{near[0]}`? {one_of}" if near else one_of)


def _words(schema: Schema) -> list[str]:
    return [str(word) for branch in branches_of(schema) for word in branch.get("enum", [branch["const"]] if "const" in branch else [])]


def _report_type(fault: Fault, report: Report) -> None:
    place = fault.place
    needed = " or ".join(dict.fromkeys(_SHAPES.get(shape, shape) for shape in shapes_of(place.schema)))
    message = f"{name_place(place.path)} is {_typed(place.node)}, {needed or 'another value'} is needed"
    report.add("SCH004", place.node.span, message, hint=_type_hint(place))


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return quoted(node.text) if node.text else "an empty text"
    return "a list" if isinstance(node, Sequence) else "a mapping"


def _typed(node: Node) -> str:
    if not isinstance(node, Scalar) or not node.text:
        return _shown(node)
    word = {bool: "the word", int: "the number"}.get(type(node.value), "the text")
    return f"{word} {_shown(node)}"


def _type_hint(place: Place) -> str:
    node, shapes = place.node, shapes_of(place.schema)
    if words := _words(place.schema):
        return f"one of: {', '.join(words)}"
    if isinstance(node, Scalar):
        if "integer" in shapes and isinstance(node.value, str):
            return _integer_hint(node)
        if "string" in shapes and not {"integer", "object"} & {*shapes} and _matches(node.text, place.schema):
            return f'put it in quotes: "{node.text}"'
        if shapes == ["boolean"]:
            return "write true or false, without quotes"
        if shapes == ["array"] and re.fullmatch(r"[\w@./:+-]{0,60}[\w/]", node.text):
            return f"write a list: [{node.text}]"
    written = f"{place.path[-1]}:" if place.path and isinstance(place.path[-1], str) else "-"
    return f"write {written} {_example(_with_examples(place))}"


def _matches(text: str, schema: Schema) -> bool:
    """Whether a place takes the text of a value once it stands in quotes."""
    return any(re.fullmatch(branch.get("pattern", ".*"), text) for branch in branches_of(schema))


def _with_examples(place: Place) -> Schema:
    """The schema of a place; of a list's item with the examples of the list."""
    outer = place.outer.get("examples", [])
    return {**place.schema, "examples": outer[0]} if place.entry is None and outer and isinstance(outer[0], list) else place.schema


def _integer_hint(node: Scalar) -> str:
    if not node.plain and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,17})", node.text):
        return f"remove the quotes: {node.text}"
    if re.fullmatch(r"[1-9][0-9]*([_,' .][0-9]{3})+", node.text):
        return f"write it without signs between the digits: {re.sub('[^0-9]', '', node.text)}"
    if node.plain and re.fullmatch(r"[-+]?[1-9][0-9]{18,}", node.text):
        return "write a smaller number; nothing here needs more than 18 digits"
    return "write decimal digits alone, such as 5; gatepost knows no other base"


def _report_empty(fault: Fault, report: Report) -> None:
    place = fault.place
    if place.entry is None:
        report.add("SCH016", place.node.span, f"{name_place(place.path)} has no value", hint="write a value, or remove the item")
        return
    example = _example(place.schema)
    hint = f"write {place.entry.key.text}: {example}, or remove the key" if place.schema else "remove the key"
    report.add("SCH016", place.entry.key.span, f"{name_place(place.path)} has no value", hint=hint)


def _report_bound(fault: Fault, report: Report) -> None:
    place = fault.place
    low, high = place.schema.get("minimum"), place.schema.get("maximum")
    bound = f"below the smallest value, {low}" if fault.type == "greater_than_equal" else f"above the largest value, {high}"
    report.add("SCH007", place.node.span, f"{_shown(place.node)} is {bound}", hint=f"write a whole number from {low} to {high}")


def _report_too_few(fault: Fault, report: Report) -> None:
    place = fault.place
    written = f"{place.path[-1]}: {_example(place.schema)}" if place.path else "a key"
    report.add("SCH013", place.node.span, f"{name_place(place.path)} is empty", hint=f"write at least one, such as {written}")


def _report_other(fault: Fault, report: Report) -> None:
    place = fault.place
    reason = str(fault.context.get("error") or fault.type.replace("_", " "))
    hint = place.schema.get("description", "see the schema of the document: `gatepost schema`")
    report.add("SCH004", place.node.span, f"{name_place(place.path)} is not accepted: {reason}", hint=hint)


def _example(schema: Schema) -> str:
    """A value that a place accepts, in flow style."""
    if "examples" in schema:
        return _flow(schema["examples"][0])
    first = branches_of(schema)[0]
    if words := _words(first):
        return words[0]
    if first.get("type") == "array":
        return f"[{_example(first['items'])}]"
    if first.get("type") == "object" and "properties" in first:
        return "{" + ", ".join(f"{key}: {_example(first['properties'][key])}" for key in first.get("required", [])) + "}"
    if first.get("type") == "object" and "minProperties" not in first:
        return "{}"
    if first.get("type") == "object":
        return "{NAME: " + _example(first.get("additionalProperties") or {}) + "}"
    return {"integer": str(first.get("minimum", 1)), "boolean": "true"}.get(first.get("type", ""), "TEXT")


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    return str(value)


_REPORTERS: Final[dict[str, Callable[[Fault, Report], None]]] = {
    "empty": _report_empty,
    "missing": _report_missing,
    UNKNOWN_KEY: _report_unknown,
    "literal_error": _report_word,
    **dict.fromkeys(TYPE_ERRORS, _report_type),
    "greater_than_equal": _report_bound,
    "less_than_equal": _report_bound,
    "too_short": _report_too_few,
    "string_pattern_mismatch": report_pattern,
    "string_too_short": report_length,
    "string_too_long": report_length,
    "iso_date": report_date,
}
