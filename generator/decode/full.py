"""The long way from nodes to a model: pydantic looks at the document and says everything that is wrong with it."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast

from generator.diagnostics import Report
from generator.source import Mapping, Node, Scalar, Sequence, to_data

M = TypeVar("M")


def read_fully(root: Mapping, model_type: type[M], report: Report) -> M | None:
    """The model of a document; None after every mistake that pydantic finds in it, and every key without a value, was reported."""
    from pydantic import ValidationError

    from generator.decode.faults import find_faults
    from generator.decode.wording import report_fault

    model: M | None = None
    errors = []
    try:
        # JSON mode: only there do strict dataclasses take mappings.
        model = _adapter(cast(Any, model_type)).validate_json(json.dumps(to_data(root)))
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
    for fault in find_faults(errors, _find_empty(root), root, model_type):
        report_fault(fault, report)
    return model


@cache
def _adapter(model_type: Any) -> Any:
    from pydantic import TypeAdapter

    return TypeAdapter(model_type)


def _find_empty(node: Node, *path: str | int) -> Iterator[tuple[str | int, ...]]:
    """The paths of keys and list items without a value; an alias, which has its finding already, is none."""
    if isinstance(node, Scalar):
        if node.value is None and not node.text.startswith("*"):
            yield path
    elif isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            yield from _find_empty(item, *path, index)
    else:
        for key, entry in node.by_key.items():
            yield from _find_empty(entry.value, *path, key)
