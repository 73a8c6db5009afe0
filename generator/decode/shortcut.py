"""The short way from nodes to a model, for a document without mistakes.

Pydantic decides what a document may say; it also takes longer to import than the rest of a run. This reader follows the same types and
gives up at the first doubt, and then pydantic is asked. So a slip here can cost time, or, where it takes what pydantic would refuse, be
caught by the property test that reads mutated documents both ways.
"""

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from generator.models.fields import Day, Filled, Text, Whole, parse_date
from generator.source import Mapping, Node, Scalar, Sequence

T = TypeVar("T")
Reader = Callable[[Node], Any]


class DoubtError(Exception):
    """Something that a faultless document of the kind does not have."""


def read_shortly(node: Node, model_type: type[T]) -> T | None:
    """The model of a document without mistakes; None when pydantic should look at it."""
    hint: Any = model_type
    try:
        model: T = _reader(hint)(node)
    except DoubtError:
        return None
    return model


@cache
def _reader(hint: Any) -> Reader:
    """A function that reads values of one type."""
    if get_origin(hint) is Annotated:
        inner, rule = get_args(hint)
        return _ruled_reader(inner, rule)
    if get_origin(hint) in (Union, UnionType):
        return _union_reader(tuple(branch for branch in get_args(hint) if branch is not NoneType))
    if get_origin(hint) is Literal:
        return _word_reader(get_args(hint))
    if get_origin(hint) is tuple:
        return _list_reader(get_args(hint)[0])
    if get_origin(hint) in (dict, MappingType):
        return _names_reader(*get_args(hint))
    if is_dataclass(hint):
        return _part_reader(hint)
    return _scalar_reader(hint) if hint in (str, int, bool) else _doubt


def _doubt(node: Node) -> Any:
    raise DoubtError


def _scalar_reader(wanted: type) -> Reader:
    def read(node: Node) -> Any:
        if type(node) is Scalar and type(node.value) is wanted:
            return node.value
        raise DoubtError

    return read


def _ruled_reader(inner: Any, rule: object) -> Reader:
    """A reader of values that keep a rule besides their type."""
    read_inner = _reader(str if inner is date else inner)
    read_rule = _RULES.get(type(rule))
    if read_rule is None:
        return _doubt

    def read(node: Node) -> Any:
        return read_rule(rule, read_inner(node))

    return read


def _text(rule: Text, text: str) -> str:
    if rule.accepts(text):
        return text
    raise DoubtError


def _whole(rule: Whole, number: int) -> int:
    if rule.lowest <= number <= rule.highest:
        return number
    raise DoubtError


def _filled(rule: Filled, values: Any) -> Any:
    if len(values) >= rule.least:
        return values
    raise DoubtError


def _day(rule: Day, text: str) -> date:
    found = parse_date(text)
    if found is None:
        raise DoubtError
    return found


_RULES: dict[type, Callable[[Any, Any], Any]] = {Text: _text, Whole: _whole, Filled: _filled, Day: _day}


def _union_reader(branches: tuple[Any, ...]) -> Reader:
    readers = tuple(map(_reader, branches))

    def read(node: Node) -> Any:
        for reader in readers:
            try:
                return reader(node)
            except DoubtError:
                continue
        raise DoubtError

    return read if len(readers) > 1 else readers[0]


def _word_reader(words: tuple[Any, ...]) -> Reader:
    def read(node: Node) -> Any:
        if type(node) is Scalar and type(node.value) is str and node.value in words:
            return node.value
        raise DoubtError

    return read


def _list_reader(item: Any) -> Reader:
    read_item = _reader(item)

    def read(node: Node) -> tuple[Any, ...]:
        if type(node) is not Sequence:
            raise DoubtError
        return tuple(map(read_item, node.items))

    return read


def _names_reader(name: Any, item: Any) -> Reader:
    read_item = _reader(item)
    rule = next(iter(get_args(name)[1:]), None)
    if not isinstance(rule, Text):
        return _doubt
    accept_name = rule.accepts

    def read(node: Node) -> dict[str, Any]:
        if type(node) is not Mapping or not all(map(accept_name, node.by_key)):
            raise DoubtError
        return {key: read_item(entry.value) for key, entry in node.by_key.items()}

    return read


def _part_reader(part: Any) -> Reader:
    by_key = {field.metadata.get("alias", field.name): field for field in fields(part)}
    readers = {key: (field.name, _reader(cast(Any, field.type))) for key, field in by_key.items()}
    required = {key for key, field in by_key.items() if field.default is MISSING and field.default_factory is MISSING}

    def read(node: Node) -> Any:
        if type(node) is not Mapping or not required <= node.by_key.keys() or not node.by_key.keys() <= readers.keys():
            raise DoubtError
        given = {}
        for key, entry in node.by_key.items():
            name, read_value = readers[key]
            given[name] = read_value(entry.value)
        return part(**given)

    return read
