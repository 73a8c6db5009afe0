"""Reads a backup: its bytes, its elements, and a place for every finding. Nothing of its content ever reaches a finding.

A backup holds passwords, keys and certificates. So its text is not given to the report, which would show the lines that findings point
at, and no message names anything that the user did not type or gatepost did not make.
"""

import os
import stat
from typing import Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.merge.tree import Element, XmlMistakeError, parse_xml

MAX_BYTES: Final = 64 * 1024 * 1024
_BOM: Final = b"\xef\xbb\xbf"
_ENCRYPTED: Final = b"---- BEGIN "
_COMPRESSED: Final = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"\x28\xb5\x2f\xfd")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_AGAIN: Final = "download it again from the firewall, as it is"


class Backup(NamedTuple):
    """A backup that is well-formed XML. `path` is as the user typed it."""

    path: str
    data: bytes
    root: Element

    def span(self, element: Element) -> Span:
        """Where the start tag of an element is."""
        line, column = _position(self.data, element.start)
        width = len(self.data[element.start : element.inner_start].decode("utf-8", errors="replace").partition("\n")[0])
        return Span(self.path, line, column, line, column + width)


def load_backup(path: str, report: Report) -> Backup | None:
    """Read a backup; None after an error that was reported."""
    data = _read(path, report)
    if data is None or not _is_plain(path, data, report):
        return None
    try:
        data.decode("utf-8")
        return Backup(path, data, parse_xml(data))
    except UnicodeDecodeError as error:
        hint = f"save it as UTF-8; better, {_AGAIN}"
        report.add("TGT141", _place(path, data, error.start), "a byte of the backup is not UTF-8", hint=hint)
    except XmlMistakeError as error:
        report.add(error.code, _place(path, data, error.offset), error.message, hint=error.hint)
    return None


def is_backup(path: str) -> bool:
    """Whether a file begins like a backup rather than like YAML. For the first argument: its lines are shown where it has mistakes."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as stream:
            start = stream.read(4096)
    except (OSError, ValueError):
        return False
    return begins_like_backup(start)


def begins_like_backup(start: bytes) -> bool:
    """Whether bytes begin like a backup rather than like YAML."""
    return start.removeprefix(_BOM).lstrip().startswith((b"<", _ENCRYPTED)) or start.startswith((*_COMPRESSED, *_UTF16))


def _read(path: str, report: Report) -> bytes | None:
    """The bytes of the file, of which no more are read than the limit and one."""
    top = Span(path, 1, 1, 1, 1)
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            report.add("TGT140", top, "the backup is a directory", hint="name the XML file in it")
            return None
        with open(path, "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        report.add("TGT140", top, "the backup does not exist", hint="check the path; it counts from the folder where the command runs")
        return None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = (getattr(error, "strerror", None) or "no path").lower()
        report.add("TGT140", top, f"the backup can't be read: {reason}", hint="check the path, and the owner and mode of the file")
        return None
    if len(data) > MAX_BYTES:
        hint = "back up without the data of graphs (RRD) and packages, or only the area"
        report.add("TGT140", top, f"the backup has more than {MAX_BYTES:,} bytes", hint=hint)
        return None
    return data


def _is_plain(path: str, data: bytes, report: Report) -> bool:
    """Whether the bytes can be XML in UTF-8 at all."""
    top = Span(path, 1, 1, 1, 1)
    begins = data.removeprefix(_BOM).lstrip()
    if not begins:
        report.add("TGT140", top, "the backup is empty", hint=_AGAIN)
    elif begins.startswith(_ENCRYPTED):
        hint = "download it again without encryption, and keep it where only you can read it"
        report.add("TGT141", top, "the backup is encrypted", hint=hint)
    elif data.startswith(_COMPRESSED):
        report.add("TGT141", top, "the backup is compressed", hint="unpack it first, for example with `gunzip`")
    elif data.startswith(_UTF16):
        report.add("TGT141", top, "the backup is UTF-16 or UTF-32, not UTF-8", hint=f"save it as UTF-8; better, {_AGAIN}")
    else:
        return True
    return False


def _place(path: str, data: bytes, offset: int) -> Span:
    line, column = _position(data, min(max(offset, 0), len(data)))
    return Span(path, line, column, line, column)


def _position(data: bytes, offset: int) -> tuple[int, int]:
    """The line and column of a byte, counted from 1, in characters."""
    before = data[data.rfind(b"\n", 0, offset) + 1 : offset].removeprefix(_BOM)
    return data.count(b"\n", 0, offset) + 1, len(before.decode("utf-8", errors="replace")) + 1
