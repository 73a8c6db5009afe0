"""The words for texts of the wrong form: names, host names, addresses of pages, dates, control characters, lengths."""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from generator.decode.faults import Fault, Place
from generator.diagnostics import Report, Span
from generator.models import feed, fields
from generator.source import Scalar, quoted


class Words(NamedTuple):
    """A finding without its place."""

    code: str
    message: str
    hint: str


def report_pattern(fault: Fault, report: Report) -> None:
    """Tell of a text that does not match the pattern of its kind."""
    span, text = _text_at(fault.place)
    pattern = fault.context.get("pattern", "")
    words = _BY_PATTERN.get(pattern, _other)(text)
    if words.code == "SCH017" and not words.hint:
        words = words._replace(hint=f"{fault.place.schema.get('description', 'Its form is fixed.')} It matches {pattern}")
    report.add(words.code, span, words.message, hint=words.hint)


def report_length(fault: Fault, report: Report) -> None:
    """Tell of a text that is empty or too long."""
    span, text = _text_at(fault.place)
    if fault.type == "string_too_short":
        report.add("SCH009", span, "an empty text stands here", hint="write a text, or leave it out")
        return
    message = f"{quoted(text)} has {len(text)} characters, the limit is {fault.context['max_length']}"
    report.add("SCH009", span, message, hint="shorten it")


def report_date(fault: Fault, report: Report) -> None:
    """Tell of a value that is no date."""
    span, text = _text_at(fault.place)
    what = quoted(text) if text else "this"
    hint = "write year, month and day with hyphens, such as 2027-06-30"
    if re.fullmatch(fields.DATE, text):
        hint = "the calendar has no such day"
    report.add("SCH006", span, f"{what} is no date", hint=hint)


def _text_at(place: Place) -> tuple[Span, str]:
    if place.is_key and place.entry is not None:
        return place.entry.key.span, place.entry.key.text
    return place.node.span, place.node.text if isinstance(place.node, Scalar) else ""


def _slug(text: str) -> Words:
    return _named(text, "name", "-", "small letters, digits and single hyphens")


def _region(text: str) -> Words:
    return _named(text, "region", "-", "small letters, digits and single hyphens or dots")


def _option(text: str) -> Words:
    return _named(text, "option", "_", "small letters, digits and single underscores")


def _named(text: str, what: str, joint: str, alphabet: str) -> Words:
    suggested = re.sub(r"[^a-z0-9.]+" if what == "region" else r"[^a-z0-9]+", joint, text.lower()).strip("-_.0123456789")
    hint = f"it starts with a letter and has {alphabet}" + (f", such as {suggested}" if suggested else "")
    return Words("SCH005", f"{quoted(text)} is no {what}" if text else f"an empty text is no {what}", hint)


def _line(text: str) -> Words:
    character = next(char for char in text if char == "\n" or not re.fullmatch(fields.LINE, char))
    if character in "\n\r\u2028\u2029":
        return Words("SCH008", f"{quoted(text)} has a line end in it", "write one line; `>-` in place of `|` makes one of several")
    return Words("SCH008", f"{quoted(text)} has the control character U+{ord(character):04X} in it", "write one line of printable text")


def _fqdn(text: str) -> Words:
    hint = "write the full host name that the certificate carries, such as imap.example.org"
    if not text.isascii():
        hint = _ascii_hint(text) or hint
    elif re.fullmatch(fields.FQDN, text[:-1]) and text.endswith("."):
        hint = f"write it without the dot at the end: {text[:-1]}"
    elif re.fullmatch(r"[0-9.]*[0-9][0-9.]*|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", text):
        hint = "write the host name that the certificate carries; addresses go under `server.addresses`"
    return Words("SCH012", f"{quoted(text)} is no full host name" if text else "an empty text is no full host name", hint)


def _ascii_hint(text: str) -> str:
    """The ASCII form of an internationalised name (IDNA 2003, the one that Python has)."""
    try:
        name = text.encode("idna").decode()
    except UnicodeError:
        return ""
    return f"write its ASCII form: {name}" if re.fullmatch(fields.FQDN, name) else ""


def _url(text: str) -> Words:
    return Words("SCH014", f"{quoted(text)} is no web address", "write the whole address, with https:// and without blanks")


def _ports(text: str) -> Words:
    return Words("SCH017", f"{quoted(text)} is no port", 'write a number such as 993, a range such as "10000-10010", or a list of those')


def _code(text: str) -> Words:
    return Words("SCH017", f"{quoted(text)} is no code of a finding", "write the code that the finding shows, such as NET017")


def _json_path(text: str) -> Words:
    hint = "join keys by dots; `[]` is every item of an array, `*` every value of an object, `{region}` the same: `ips.egress.all[]`"
    return Words("SCH017", f"{quoted(text)} is no path into a document", hint)


def _dns_name(text: str) -> Words:
    return Words("SCH012", f"{quoted(text)} is no name in the DNS", "write the full name, without a dot at its end: _spf.example.org")


def _other(text: str) -> Words:
    return Words("SCH017", f"{quoted(text)} has not the form that is needed here", "")


_BY_PATTERN: Final[dict[str, Callable[[str], Words]]] = {
    fields.SLUG: _slug,
    fields.REGION: _region,
    fields.OPTION: _option,
    fields.LINE: _line,
    fields.FQDN: _fqdn,
    fields.URL: _url,
    fields.PORTS: _ports,
    fields.CODE: _code,
    feed.JSON_PATH: _json_path,
    feed.DNS_NAME: _dns_name,
}
