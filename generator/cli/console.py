"""The streams: results to stdout, everything else to stderr; colour and progress only where somebody looks."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final, TextIO

PROGRESS_AFTER_SECONDS: Final = 0.5
PLAIN_COLUMNS: Final = 120  # where there is no terminal: the same bytes everywhere

_PIECE: Final = 65536

Painter = Callable[[str, str], str]
"""Puts a kind of text (`error`, `path`, …) into its colour."""

_CODES: Final = {  # SGR parameters of ECMA-48
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "help": "1;32",
    "path": "1",
    "gutter": "34",
    "added": "32",
    "removed": "31",
}


class Color(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def write_out(text: str) -> None:
    """Print a result, in pieces: an unbuffered stream (PYTHONUNBUFFERED) drops the rest of a write that its reader did not wait for."""
    for start in range(0, len(text), _PIECE):
        sys.stdout.write(text[start : start + _PIECE])


def write_bytes(data: bytes) -> None:
    """Print a result byte for byte, whatever the locale."""
    sys.stdout.flush()
    rest = memoryview(data)
    while rest:
        rest = rest[sys.stdout.buffer.write(rest[:_PIECE]) :]


def write_err(text: str) -> None:
    """Print what is not a result. What was printed before comes first, also where both streams are one file."""
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()


def make_painter(color: Color, stream: TextIO) -> Painter:
    """Colours for one stream: `auto` means a terminal that can, and nobody who objects (https://no-color.org)."""
    capable = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    if color is Color.NEVER or (color is Color.AUTO and not capable):
        return lambda _kind, text: text
    return lambda kind, text: f"\x1b[{_CODES[kind]}m{text}\x1b[0m" if text else text


def columns(stream: TextIO) -> int:
    """How wide a line may be: the terminal's width, or a fixed one."""
    return max(shutil.get_terminal_size((PLAIN_COLUMNS, 24)).columns, 40) if stream.isatty() else PLAIN_COLUMNS


def make_robust() -> None:
    """Let no stream that the caller closed (`>&-`) and no character that the locale cannot spell stop a command."""
    # Python has None for a closed stream. A result that has nowhere to go fails as the write would: "Bad file descriptor".
    sys.stdout = sys.stdout or open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115 (as long as the process)
    sys.stderr = sys.stderr or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


@contextmanager
def progress(doing: str) -> Iterator[None]:
    """Say on a terminal what is being done, if it takes long, and take the line back at the end."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    from threading import Event, Timer

    said = Event()

    def say() -> None:
        said.set()
        write_err(f"gatepost: {doing} ...")

    timer = Timer(PROGRESS_AFTER_SECONDS, say)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if said.is_set():
            write_err("\r\x1b[K")
