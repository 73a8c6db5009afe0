"""JSON as command line tools print it: one document, or several one after the other."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.diagnostics import Report, Span


def load_json(text: str, path: str, what: str, hint: str, report: Report) -> list[Any] | None:
    """All documents of a text. None after an error; `what` and `hint` say what was expected and how to make it."""
    found: list[Any] = []
    decoder = json.JSONDecoder()
    position, text = 0, text.removeprefix("\ufeff")
    try:
        while position < len(text):
            if text[position] in " \t\r\n":
                position += 1
                continue
            document, position = decoder.raw_decode(text, position)
            found.append(document)
    except json.JSONDecodeError as error:
        place = Span(path, error.lineno, error.colno, error.lineno, error.colno)
        report.add("AUD001", place, f"this is not {what}: it is no JSON from here on", hint=hint)
        return None
    except (RecursionError, ValueError):  # brackets without end; a number of thousands of digits
        report.add("AUD001", top(path), f"this is not {what}", hint=hint)
        return None
    strange = [one for one in found if not isinstance(one, dict | list) or (isinstance(one, list) and len(objects(one)) < len(one))]
    if strange or not found:
        why = "" if found else ": the file is empty"
        report.add("AUD001", top(path), f"this is not {what}{why}", hint=hint)
        return None
    return found


def top(path: str) -> Span:
    """The place of a finding about a whole file."""
    return Span(path, 1, 1, 1, 1)


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; of anything else, none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[str]:
    """The texts of a list, or a text alone; none of anything else."""
    if isinstance(value, str):
        return [value] if value else []
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []


def inside(value: Any, *keys: str) -> Mapping[str, Any]:
    """The object that keys lead to; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def whole_number(text: str, otherwise: int) -> int:
    """A number of a few digits, which all numbers of rules are."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else otherwise


def walk_objects(documents: list[Any]) -> Iterator[Mapping[str, Any]]:
    """Every object that stands at the top or in a list there."""
    for document in documents:
        if isinstance(document, dict):
            yield document
        else:
            yield from objects(document)
