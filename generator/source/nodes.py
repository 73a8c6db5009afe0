"""Parsed YAML as plain values: every scalar, list and mapping with its span. Nothing here knows a YAML library."""

import re
from typing import Final, NamedTuple

from generator.diagnostics import Span

Plain = str | int | bool | None | tuple["Plain", ...] | dict[str, "Plain"]
"""What models are made from: sequences are tuples, keys are the texts of the key scalars."""

# YAML 1.2 core schema, decimal integers alone: `010`, `0x10`, `1_000`, `25:30`, `1e3` and `NO` are text, so that no reader counts in
# another base than the person who wrote them. 18 digits fit every integer type; more is no port, count or size.
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


class Scalar(NamedTuple):
    """One value. `text` is what YAML read, `plain` whether it stood without quotes; quoted values are always text."""

    value: str | int | bool | None
    text: str
    plain: bool
    span: Span


class Sequence(NamedTuple):
    """A list."""

    items: tuple["Node", ...]
    span: Span


class Entry(NamedTuple):
    """One `key: value` of a mapping."""

    key: Scalar
    value: "Node"


class Mapping(NamedTuple):
    """A mapping; of a key that occurs twice the first entry counts. `by_key` is made from `entries` for fast look-ups."""

    entries: tuple[Entry, ...]
    span: Span
    by_key: dict[str, Entry]


Node = Scalar | Sequence | Mapping


def resolve_scalar(text: str, plain: bool) -> str | int | bool | None:
    """The value of a scalar by the YAML 1.2 core schema (decimal integers, booleans, null; all else is text)."""
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    return int(text) if _INTEGER.fullmatch(text) else text


def to_data(node: Node) -> Plain:
    """The node without spans, for a model."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return tuple(map(to_data, node.items))
    return {key: to_data(entry.value) for key, entry in node.by_key.items()}
