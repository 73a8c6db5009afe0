"""Answers of the DNS that somebody saved in a file, as `dig +noall +answer` prints them: name, perhaps TTL and class, type, data."""

import re
from typing import Final

from generator.feeds.body import decode_text
from generator.feeds.values import FeedError, Note, RecordType, Resolve
from generator.net import PrefixError, parse_prefix
from generator.source import quoted

_LINE: Final = re.compile(r"(?P<name>[^\s;]+)(?:\s+[0-9]+)?(?:\s+IN)?\s+(?P<kind>A|AAAA|MX|TXT|CNAME)\s+(?P<data>\S.*)")
_TEXT: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\([0-9]{3}|.)")
_MOST_ALIASES: Final = 8


def parse_records(body: bytes) -> Resolve:
    """A function that answers from the saved records and has no others.

    Raises:
        FeedError: a line is no record of a known type.
    """
    records: dict[tuple[str, str], list[str]] = {}
    for number, line in enumerate(decode_text(body).splitlines(), 1):
        if not line.strip() or line.lstrip().startswith((";", "#")):
            continue
        parts = _LINE.fullmatch(line.strip())
        data = _read_data(parts["kind"], parts["data"].strip()) if parts else None
        if parts is None or data is None:
            hint = "write name, type and data, such as: mail.example.org. A 192.0.2.7; `dig +noall +answer NAME TYPE` prints them"
            raise FeedError(Note("LCK020", f"line {number} of the saved answers is no DNS record: {quoted(line.strip())}", hint))
        records.setdefault((_canonical(parts["name"]), parts["kind"]), []).append(data)

    def resolve(name: str, kind: RecordType) -> tuple[str, ...]:
        owner = _canonical(name)
        for _ in range(_MOST_ALIASES):
            if (owner, kind) in records or (owner, "CNAME") not in records:
                break
            owner = records[owner, "CNAME"][0]
        return tuple(records.get((owner, kind), ()))

    return resolve


def _canonical(name: str) -> str:
    return name.lower().rstrip(".")


def _read_data(kind: str, data: str) -> str | None:
    """The data of a record as resolvers give it; None when it is none of its type."""
    if kind == "TXT":
        strings = _TEXT.findall(data)
        complete = not _TEXT.sub("", data).strip() and strings
        return "".join(_ESCAPE.sub(_unescape, string) for string in strings) if complete else None
    if kind == "MX":
        preference, _, name = data.partition(" ")
        return _canonical(name.strip()) if preference.isdecimal() and len(name.split()) == 1 else None
    if kind == "CNAME":
        return _canonical(data) if len(data.split()) == 1 else None
    try:
        address = parse_prefix(data)
    except PrefixError:
        return None
    return data if "/" not in data and address.family == (4 if kind == "A" else 6) else None


def _unescape(match: re.Match[str]) -> str:
    digits = match[1]
    return chr(int(digits)) if len(digits) == 3 and int(digits) < 256 else digits
