"""The generic reader of JSON: a mapping in the profile says where the records are, which count, and where the prefixes stand in them."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from generator.feeds.body import Json, decode_json, kind_of
from generator.feeds.collect import bounded
from generator.feeds.values import Entry, Extract, FeedError, Note
from generator.models import Feed, FeedList, Value, Values
from generator.source import quoted

_STEP: Final = re.compile(r"\[\]|\{region\}|\*|[^.\[\]{}*]+")
_LONGEST_VALUE: Final = 200
_WHOLE: Final = FeedList(path="[]")


class Record(NamedTuple):
    """A value that a path leads to. `around` are the objects on the way, the nearest first; `region` the key that `{region}` stood for."""

    value: Json
    where: str
    around: tuple[dict[str, Json], ...] = ()
    region: str = ""


def read_json(feed: Feed, body: bytes) -> Extract:
    """What the lists of a feed select in a document.

    Raises:
        FeedError: the document has another shape.
    """
    document = decode_json(body)
    entries: list[Entry] = []
    notes: list[Note] = []
    for selection in feed.lists or (_WHOLE,):
        found = bounded(select(selection, Record(document, "")))
        entries += found
        if not found and selection.where:
            wanted = ", ".join(f"{key}: {' or '.join(value_texts(values))}" for key, values in selection.where.items())
            message = f"no record of {quoted(selection.path)} in the feed has {quoted(wanted)}"
            notes.append(Note("LCK005", message, "the vendor may have renamed it; see what the feed has now"))
    return Extract(entries, _single(feed.version, document, "version"), _single(feed.date, document, "date"), tuple(notes))


def shape_error(
    where: str, problem: str, hint: str = "the vendor changed the feed, or the profile is wrong; nothing is read until they fit"
) -> FeedError:
    """The finding for a document that has not the shape that the profile says."""
    return FeedError(Note("LCK002", f"{where} {problem}", hint))


def text_of(value: Json) -> str | None:
    """A scalar as the text that `where` compares; None for every other value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else None


def value_texts(values: Values) -> tuple[str, ...]:
    """The texts of one condition of `where`."""
    every: tuple[Value, ...] = values if isinstance(values, tuple) else (values,)
    return tuple(text for value in every if (text := text_of(value)) is not None)


def walk(record: Record, steps: tuple[str, ...]) -> Iterator[Record]:
    """Yield what a path leads to, in the order of the document.

    Raises:
        FeedError: something else stands on the way.
    """
    if not steps:
        yield record
        return
    for inner in _inner(record, steps[0]):
        yield from walk(inner, steps[1:])


def steps_of(path: str) -> tuple[str, ...]:
    """The steps of a path: keys, `[]`, `*`, `{region}`."""
    return tuple(_STEP.findall(path))


def _inner(record: Record, step: str) -> Iterator[Record]:
    value, where = record.value, record.where
    if step == "[]":
        if not isinstance(value, list):
            raise shape_error(_named(where), f"is {kind_of(value)}, an array is expected")
        yield from (record._replace(value=item, where=f"{where}[{index}]") for index, item in enumerate(value))
        return
    if not isinstance(value, dict):
        raise shape_error(_named(where), f"is {kind_of(value)}, an object is expected")
    around = (value, *record.around)
    if step in ("*", "{region}"):
        for key, item in value.items():
            yield Record(item, _join(where, key), around, key if step == "{region}" else record.region)
        return
    if step not in value:
        raise shape_error(_named(where), f"has no {quoted(step)}")
    yield Record(value[step], _join(where, step), around, record.region)


def select(selection: FeedList, whole: Record) -> Iterator[Entry]:
    """Yield what one list selects in a document or in a part of it.

    Raises:
        FeedError: something in it has another shape.
    """
    missing = dict.fromkeys(selection.where)
    count = 0
    for count, record in enumerate(walk(whole, steps_of(selection.path)), 1):  # noqa: B007  # counts them
        if missing:
            missing = {key: None for key in missing if not _look_up(record, key)}
        if all(_holds(record, key, values) for key, values in selection.where.items()):
            yield from _entries(record, selection)
    if count and missing:
        raise shape_error(f"no record of {quoted(selection.path)} in the feed", f"has the key {quoted(next(iter(missing)))}")


def _look_up(record: Record, key: str) -> tuple[Json, ...]:
    """The value of a key in a record or in the nearest one around it; nothing when there is none."""
    objects = (record.value, *record.around) if isinstance(record.value, dict) else record.around
    return next(((found[key],) for found in objects if key in found), ())


def _holds(record: Record, key: str, values: Values) -> bool:
    found = _look_up(record, key)
    given = found[0] if found and isinstance(found[0], list) else found
    return not {*value_texts(values)}.isdisjoint(text for value in given if (text := text_of(value)) is not None)


def _entries(record: Record, selection: FeedList) -> Iterator[Entry]:
    regions = _regions(record, selection.region)
    for text, where in prefix_texts(record, selection):
        yield from (Entry(region, text, where) for region in regions)


def _regions(record: Record, key: str | None) -> list[str]:
    if key is None:
        return [record.region]
    found = _look_up(record, key)
    if not found:
        raise shape_error(_named(record.where), f"has no {quoted(key)}, which names its region")
    given = found[0] if isinstance(found[0], list) else [found[0]]
    regions = [region for region in given if isinstance(region, str) and region]
    if not regions or len(regions) < len(given):
        raise shape_error(_named(_join(record.where, key)), f"is {kind_of(found[0])}, the name of a region is expected")
    return list(dict.fromkeys(regions))


def prefix_texts(record: Record, selection: FeedList) -> Iterator[tuple[str, str]]:
    """Yield the texts of the prefixes of a record, each with its place.

    Raises:
        FeedError: the record holds none, or something else.
    """
    if selection.prefix is None:
        yield _text(record.value, record.where), record.where
        return
    if not isinstance(record.value, dict):
        raise shape_error(_named(record.where), f"is {kind_of(record.value)}, an object is expected")
    keys = selection.prefix if isinstance(selection.prefix, tuple) else (selection.prefix,)
    # Vendors leave one of two keys empty where a record has one family alone.
    given = [key for key in keys if record.value.get(key) not in (None, "")]
    if not given:
        raise shape_error(_named(record.where), f"has no {' or '.join(map(quoted, keys))}")
    for key in given:
        value, where = record.value[key], _join(record.where, key)
        if isinstance(value, list):
            yield from ((_text(item, f"{where}[{index}]"), f"{where}[{index}]") for index, item in enumerate(value))
        else:
            yield _text(value, where), where


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str):
        raise shape_error(_named(where), f"is {kind_of(value)}, the text of a prefix is expected")
    return value


def _single(path: str | None, document: Json, name: str) -> str:
    """The version or date of a document; empty when the profile gives no path to it."""
    if path is None:
        return ""
    found = [*walk(Record(document, ""), steps_of(path))]
    value = found[0].value if len(found) == 1 else None
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not 0 < len(text) <= _LONGEST_VALUE or not text.isprintable():
        shown = kind_of(value) if len(found) == 1 else f"{len(found)} values"
        raise shape_error(_named(path), f"is {shown}, the {name} of the feed is expected")
    return text


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key


def _named(where: str) -> str:
    return f"{quoted(where)} in the feed" if where else "the feed's document"
