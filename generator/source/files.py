"""Reading an input file: bytes to text that has no surprises, every mistake a finding.

Line ends become `\\n` and a byte order mark goes before anything else looks at the text, so spans, digests and results are the same for a
checkout made on Windows.
"""

import hashlib
import os
import re
import stat
import sys
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.source.words import quoted

MAX_BYTES: Final = 32 * 1024 * 1024
_MAX_REPORTED: Final = 20

# Besides C0 and C1 controls: U+2028 and U+2029 are line ends for YAML 1.1 readers and for no editor; the bidirectional overrides and
# isolates make a line look like another (CVE-2021-42574); U+FEFF inside a text is invisible; U+FFFE and U+FFFF are no characters.
_FORBIDDEN: Final = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"


class SourceFile(NamedTuple):
    """One input file. `path` is as the user typed it (the path of spans), `name` the stable one for artifacts.

    `text` has `\\n` line ends and no byte order mark; `sha256` is the digest of exactly that text in UTF-8, so that a checkout with other
    line ends gives the same artifacts.
    """

    path: str
    name: str
    text: str
    sha256: str


def read_source(
    path: Path,
    *,
    shown: str,
    name: str,
    report: Report,
    max_bytes: int = MAX_BYTES,
    named_at: Span | None = None,
) -> SourceFile | None:
    """Read a file, or standard input when `shown` is `-`; None means that the report tells why not.

    `named_at` is where another document names this file: a file that cannot be read at all is reported there.
    """
    place = named_at or Span(shown, 1, 1, 1, 1)
    raw = _read_stdin(max_bytes, place, report) if shown == "-" else _read_path(path, shown, max_bytes, place, report)
    if raw is None:
        return None
    text = _decode(raw, shown, report)
    if text is None:
        return None
    report.remember(shown, text)
    if not _is_clean(text, shown, report):
        return None
    return SourceFile(shown, name, text, hashlib.sha256(text.encode()).hexdigest())


def _read_path(path: Path, shown: str, max_bytes: int, place: Span, report: Report) -> bytes | None:
    """The bytes of a file, of which no more are read than the limit and one."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            report.add("YML002", place, f"{quoted(shown)} is a directory", hint="name a file in it")
            return None
        if stat.S_ISREG(status.st_mode) and status.st_size > max_bytes:
            _refuse_size(quoted(shown), max_bytes, place, report)
            return None
        with open(path, "rb") as stream:
            raw = stream.read(max_bytes + 1)
    except FileNotFoundError:
        base = "the file that names it" if place.path != shown else "the folder where the command runs"
        report.add("YML001", place, f"{quoted(shown)} does not exist", hint=f"check the path; it counts from {base}")
        return None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        _refuse_unreadable(quoted(shown), error, place, report)
        return None
    return _keep_small(raw, quoted(shown), max_bytes, place, report)


def _read_stdin(max_bytes: int, place: Span, report: Report) -> bytes | None:
    try:
        raw = sys.stdin.buffer.read(max_bytes + 1)
    except (OSError, ValueError, AttributeError) as error:  # closed, or replaced by something without bytes
        _refuse_unreadable("standard input", error, place, report)
        return None
    return _keep_small(raw, "standard input", max_bytes, place, report)


def _keep_small(raw: bytes, what: str, max_bytes: int, place: Span, report: Report) -> bytes | None:
    if len(raw) <= max_bytes:
        return raw
    _refuse_size(what, max_bytes, place, report)  # a pipe or a device: nobody knows how much
    return None


def _refuse_size(what: str, max_bytes: int, place: Span, report: Report) -> None:
    hint = "check that it is the right file; a million networks are smaller"
    report.add("YML004", place, f"{what} has more than {max_bytes:,} bytes", hint=hint)


def _refuse_unreadable(what: str, error: Exception, place: Span, report: Report) -> None:
    closed = "it is closed" if isinstance(error, AttributeError) else ""  # Python has None for a standard input that is
    reason = closed or (getattr(error, "strerror", None) or str(error)).lower()
    report.add("YML003", place, f"{what} cannot be read: {reason}", hint="check the path, and the owner and mode of the file")


def _decode(raw: bytes, shown: str, report: Report) -> str | None:
    """Text without byte order mark and with `\\n` line ends."""
    top = Span(shown, 1, 1, 1, 1)
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff") or raw[:4] == b"\x00\x00\xfe\xff":
        report.add("YML007", top, "the file is UTF-16 or UTF-32, not UTF-8", hint="save it as UTF-8 without a byte order mark")
        return None
    if raw.startswith(b"\xef\xbb\xbf"):
        report.add("YML008", top, "the file starts with a byte order mark", hint="save it as UTF-8 without a byte order mark")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _report_byte(error.object, error.start, shown, report)
        return None
    if "\r\n" in text:
        hint = "nothing to do: they are read as LF; `dos2unix` makes them LF"
        report.add("YML010", top, "lines of the file end in CR LF", hint=hint)
        text = text.replace("\r\n", "\n")
    return text


def _report_byte(raw: bytes, offset: int, shown: str, report: Report) -> None:
    line = raw.count(b"\n", 0, offset) + 1
    column = len(raw[raw.rfind(b"\n", 0, offset) + 1 : offset].decode("utf-8")) + 1
    message = f"the byte 0x{raw[offset]:02x} is not UTF-8"
    report.remember(shown, raw.decode("utf-8", errors="replace"))
    report.add("YML006", Span(shown, line, column, line, column + 1), message, hint="save the file as UTF-8")


def _is_clean(text: str, shown: str, report: Report) -> bool:
    """Whether a text has something in it and no character that has no place in one; every such character is reported."""
    if not text.strip(" \t\n"):
        hint = "check that it is the right file; `gatepost init` writes a site"
        report.add("YML005", Span(shown, 1, 1, 1, 1), "the file is empty", hint=hint)
        return False
    found = list(islice(re.finditer(_FORBIDDEN, text), _MAX_REPORTED + 1))
    for index, match in enumerate(found[:_MAX_REPORTED], start=1):
        more = ", and more follow" if index == _MAX_REPORTED < len(found) else ""
        _report_character(text, match.start(), more, shown, report)
    return not found


def _report_character(text: str, offset: int, more: str, shown: str, report: Report) -> None:
    line, column = text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
    place = Span(shown, line, column, line, column + 1)
    if text[offset] == "\r":
        hint = "end every line with LF, or every line with CR LF"
        report.add("YML011", place, f"a carriage return stands alone in the line{more}", hint=hint)
        return
    message = f"the control character U+{ord(text[offset]):04X} stands in the text{more}"
    report.add("YML009", place, message, hint="remove it; an editor shows it as nothing, or as something else")
