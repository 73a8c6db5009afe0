"""From the bytes of an answer to text, or to the values of JSON."""

import json
from typing import Final

from generator.feeds.values import FeedError, Note
from generator.source import quoted

Json = bool | int | float | str | None | list["Json"] | dict[str, "Json"]

_ELSEWHERE: Final = "open the address in a browser: a login, a proxy's notice or a notice of a failure may stand there, or the feed moved"


def decode_text(body: bytes) -> str:
    """The text of an answer, without a byte order mark.

    Raises:
        FeedError: it is not UTF-8, or it is a web page.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the answer is no UTF-8 text: byte {error.start + 1} is 0x{body[error.start]:02x}"
        raise FeedError(Note("LCK001", message, _ELSEWHERE)) from None
    if text.lstrip()[:1] == "<":
        begin = text.lstrip()[:40].splitlines()[0]
        raise FeedError(Note("LCK001", f"the answer is a web page or XML: it begins with {quoted(begin)}", _ELSEWHERE))
    return text


def decode_json(body: bytes) -> Json:
    """The value of a JSON text.

    Raises:
        FeedError: it is none, or says a key twice.
    """
    text = decode_text(body)
    try:
        value: Json = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        message = f"the answer is no JSON: {error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno})"
        hint = _ELSEWHERE if error.pos == len(text) - len(text.lstrip()) else "the answer may be cut off; try again"
        raise FeedError(Note("LCK001", message, hint)) from None
    except RecursionError:
        raise FeedError(Note("LCK001", "the answer is JSON with too many brackets inside each other", _ELSEWHERE)) from None
    except ValueError:  # a number of thousands of digits
        raise FeedError(Note("LCK001", "the answer is JSON with a number that is too long", _ELSEWHERE)) from None
    return value


def _unique(pairs: list[tuple[str, Json]]) -> Json:
    """Programs disagree about which of two equal keys counts, so neither does (RFC 8259, section 4)."""
    found = dict(pairs)
    if len(found) < len(pairs):
        left = iter(found)  # in the order of the first of each
        twice = next(key for key, _ in pairs if key != next(left, None))
        raise FeedError(
            Note(
                "LCK001", f"the answer is JSON that says the key {quoted(twice)} twice", "tell the vendor; which one counts is not defined"
            )
        )
    return found


def _refuse_constant(name: str) -> Json:
    raise FeedError(Note("LCK001", f"the answer is no JSON: `{name}` stands in it", _ELSEWHERE))


def kind_of(value: Json) -> str:
    """What a value is, in words."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, int | float):
        return f"the number {quoted(str(value))}"
    return "null" if value is None else "an array" if isinstance(value, list) else "an object"
