"""What the documents' models are made of: kinds of text and number, and `part` and `key` to put them together.

The models are frozen dataclasses whose types say what is accepted. Pydantic reads them (its JSON Schema is the published one, its errors
become the findings) but is not imported here: it costs more to load than all of gatepost, and a document without mistakes does without it.
"""

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field
from datetime import date
from typing import Annotated, Any, Final, NamedTuple, TypeVar, dataclass_transform

T = TypeVar("T")
Json = dict[str, Any]

SLUG: Final = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
REGION: Final = r"^[a-z][a-z0-9]*([.-][a-z0-9]+)*$"
OPTION: Final = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
# Control characters, line ends of every kind, and what turns the direction of writing round (CVE-2021-42574).
LINE: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]*$"
# RFC 1123 labels, two or more, and a last one that starts with a letter, so that no address passes for a name.
FQDN: Final = r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$"
URL: Final = r"^https?://[!-~]+$"
# A saved copy of a feed, relative to the site or absolute, or a URL.
FEED_URL: Final = r"^(https?://[!-~]+|file:[^\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+)$"
MOMENT: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
SHA256: Final = r"^[0-9a-f]{64}$"
PORTS: Final = r"^[0-9]+(-[0-9]+)?$"
CODE: Final = r"^[A-Z]{3}[0-9]{3}$"
DATE: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class Text(NamedTuple):
    """A text that matches `pattern` as a whole, of a length in characters. ECMA 262 and Rust read it alike."""

    pattern: str
    longest: int
    shortest: int = 0

    def accepts(self, text: str) -> bool:
        """Whether a text is of this kind."""
        return self.shortest <= len(text) <= self.longest and re.fullmatch(self.pattern, text) is not None

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Json]) -> Json:
        shortest = {"min_length": self.shortest} if self.shortest else {}
        return {**handler(source), "pattern": self.pattern, "max_length": self.longest, **shortest}


class Whole(NamedTuple):
    """A whole number from `lowest` to `highest`, both included."""

    lowest: int
    highest: int

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Json]) -> Json:
        return {**handler(source), "ge": self.lowest, "le": self.highest}


class Filled(NamedTuple):
    """A list or mapping with something in it."""

    least: int = 1

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Json]) -> Json:
        return {**handler(source), "min_length": self.least}


class Day(NamedTuple):
    """A calendar date in ISO 8601 with hyphens."""

    pattern: str = DATE

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], Json]) -> Json:
        from pydantic_core import PydanticCustomError

        def read(value: object) -> date:
            found = parse_date(value) if isinstance(value, str) else None
            if found is None:
                raise PydanticCustomError("iso_date", "not a date")
            return found

        return {"type": "function-plain", "function": {"type": "no-info", "function": read}}

    def __get_pydantic_json_schema__(self, core_schema: Json, handler: Callable[[Json], Json]) -> Json:
        return {"type": "string", "format": "date", "pattern": self.pattern}


def parse_date(text: str) -> date | None:
    """The date of a text such as `2027-06-30`; None for every other spelling (`date.fromisoformat` takes weeks and more)."""
    if re.fullmatch(DATE, text) is None or not text.isascii():
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


Slug = Annotated[str, Text(SLUG, 63)]
RegionKey = Annotated[str, Text(REGION, 63)]
OptionKey = Annotated[str, Text(OPTION, 63)]
Line = Annotated[str, Text(LINE, 1000, 1)]
Fqdn = Annotated[str, Text(FQDN, 253)]
Url = Annotated[str, Text(URL, 2000)]
FeedUrl = Annotated[str, Text(FEED_URL, 2000)]
Moment = Annotated[str, Text(MOMENT, 20)]
Digest = Annotated[str, Text(SHA256, 64)]
CodeName = Annotated[str, Text(CODE, 6)]
Date = Annotated[date, Day()]
Port = int | Annotated[str, Text(PORTS, 11)]  # numbers out of range are findings of `net`, in either spelling
Ports = Port | Annotated[tuple[Port, ...], Filled()]


def key(description: str, *, default: Any = MISSING, examples: tuple[Any, ...] = (), named: str = "") -> Any:
    """A key of a document; required without a default. `named` is the key where it cannot be a Python name."""
    metadata: Json = {"description": description}
    if examples:
        metadata["examples"] = list(examples)
    if named:
        metadata["alias"] = named
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(key,))
def part(cls: type[T]) -> type[T]:
    """Make a class a part of a document: a frozen dataclass with no unknown key and no conversion of values."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    made.__pydantic_config__ = {"strict": True, "extra": "forbid"}  # type: ignore[attr-defined]  # where pydantic looks for it
    return made


@part
class NetworkEntry:
    """A network with a word about it."""

    network: Line = key("Address, prefix or `first-last` range.", examples=("192.0.2.0/24",))
    note: Line = key("What it is, in one line.", default="")


Network = Line | NetworkEntry


def network_text(entry: str | NetworkEntry) -> str:
    """The network of an entry in either spelling."""
    return entry if isinstance(entry, str) else entry.network
