"""Pydantic's errors sorted out: one fault for each mistake, with its node and with what its place accepts.

The JSON Schema is walked along with each error. It tells which steps of an error's path are branches of a union and no keys, and what the
place accepts.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, Final, NamedTuple

from generator.schema import Schema, branches_of, inlined_schema
from generator.source import Entry, Mapping, Node, Scalar, Sequence

Path = tuple[str | int, ...]

TYPE_ERRORS: Final = ("string_type", "int_type", "bool_type", "tuple_type", "dict_type", "dataclass_type")
UNKNOWN_KEY: Final = "unexpected_keyword_argument"  # what pydantic calls it in a dataclass


class Place(NamedTuple):
    """Where a fault is. `node` is the value, `schema` what is accepted there; `around` and `outer` are the mapping or list it stands in and
    the schema of that. `entry` is the nearest key and value; `at_branch` when the path ends with a branch of a union.
    """

    path: Path
    node: Node
    entry: Entry | None
    schema: Schema
    around: Node
    outer: Schema
    is_key: bool = False
    at_branch: bool = False
    missing: str = ""


class Fault(NamedTuple):
    """One mistake: what pydantic calls it, what it says of it, and the place; `whole` is the schema of the document."""

    type: str
    context: dict[str, Any]
    place: Place
    whole: Schema


def find_faults(errors: Iterable[Any], empty: Iterable[Path], root: Mapping, model_type: Any) -> list[Fault]:
    """What is wrong, one fault for each place: pydantic's `errors`, and the paths of `empty` values, which no key takes."""
    whole = inlined_schema(model_type)
    found = [Fault(error["type"], error.get("ctx", {}), _locate(error["loc"], root, whole), whole) for error in errors]
    faults = [fault for fault in found if _counts(fault)]
    wrong = {fault.place.path for fault in faults if not fault.place.is_key}
    alone = [path for path in empty if not any(path[:length] in wrong for length in range(1, len(path)))]
    faults = [*(Fault("empty", {}, _locate(path, root, whole, tagged=False), whole) for path in alone), *faults]
    meant = {(*fault.place.path[:-1], near) for fault in faults if fault.type == UNKNOWN_KEY and (near := suggest_key(fault.place))}
    by_place: dict[tuple[Path, bool], Fault] = {}
    for fault in sorted(faults, key=lambda fault: fault.type in TYPE_ERRORS):
        if fault.type != "missing" or fault.place.path not in meant:
            by_place.setdefault((fault.place.path, fault.place.is_key), fault)
    return list(by_place.values())


def suggest_key(place: Place) -> str:
    """The accepted key that an unknown one looks like; nothing when there is none."""
    return next(iter(get_close_matches(str(place.path[-1]), place.outer.get("properties", {}), 1, 0.6)), "")


def fits(node: Node, schema: Schema) -> bool:
    """Whether a value has the shape that a schema is for, whatever its content."""
    return shape_of(node) in shapes_of(schema)


def shape_of(node: Node) -> str:
    """The JSON type of a value."""
    if isinstance(node, Sequence):
        return "array"
    if isinstance(node, Mapping):
        return "object"
    return {bool: "boolean", int: "integer", str: "string"}.get(type(node.value), "null")


def shapes_of(schema: Schema) -> list[str]:
    """The JSON types that a place accepts."""
    if "anyOf" in schema:
        return [shape for branch in schema["anyOf"] for shape in shapes_of(branch)]
    return [schema["type"]] if "type" in schema else []


def _locate(location: Path, root: Mapping, whole: Schema, *, tagged: bool = True) -> Place:
    """Follow a path through nodes and schema together. In an error's path (`tagged`) a step names the branch of every union it passes."""
    place = Place((), root, None, whole, root, whole)
    for step in location:
        branches = branches_of(place.schema)
        if step == "[key]":
            return place._replace(is_key=True, schema=place.outer.get("propertyNames", {}))
        if len(branches) > 1:
            chosen = next((branch for branch in branches if fits(place.node, branch)), {"anyOf": branches})
            place = place._replace(schema=chosen, at_branch=tagged)
            if tagged:
                continue
        inner = _step_into(place, step)
        if inner is None:
            return place._replace(path=(*place.path, step), around=place.node, outer=place.schema, missing=str(step))
        place = inner
    return place


def _step_into(place: Place, step: str | int) -> Place | None:
    """The place of one key or list item; None when it is not there."""
    node, schema, path = place.node, place.schema, (*place.path, step)
    if isinstance(node, Mapping) and isinstance(step, str) and step in node.by_key:
        entry = node.by_key[step]
        inner = schema.get("properties", {}).get(step) or schema.get("additionalProperties") or {}
        return Place(path, entry.value, entry, inner, node, schema)
    if isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
        return Place(path, node.items[step], None, schema.get("items") or {}, node, schema)
    return None


def _counts(fault: Fault) -> bool:
    """Whether an error is a mistake of its own, not the echo of another one."""
    place, node = fault.place, fault.place.node
    if isinstance(node, Scalar) and node.value is None and node.text.startswith("*"):  # an alias, told already
        return False
    if fault.type == "missing":  # what a merge key brings is not to be seen
        return not (isinstance(node, Mapping) and "<<" in node.by_key)
    if fault.type == UNKNOWN_KEY and place.entry is not None:
        key = place.entry.key
        return not (key.plain and (key.text == "<<" or key.text.startswith("*")))
    if fault.type == "too_short":  # pydantic counts the faultless items
        count = len(node.items) if isinstance(node, Sequence) else len(node.by_key) if isinstance(node, Mapping) else 0
        return bool(count < fault.context["min_length"])
    if not place.at_branch or "anyOf" in place.schema:
        return True
    # Another branch of the union takes values of this shape, so this one was not meant. Of a branch of words, only the words tell.
    return fault.type not in TYPE_ERRORS and (fault.type != "literal_error" or "enum" in place.schema)
