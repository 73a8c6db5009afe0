"""One line on a terminal that says what is being done while somebody waits; nothing anywhere else."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

from generator.cli.console import columns, write_err
from generator.cli.printable import printable

_FRAMES: Final = "|/-\\"
_SECONDS: Final = 0.15


@contextmanager
def spinner() -> Iterator[Callable[[str], None]]:
    """Give a function that takes what is being done; the line is taken back at the end."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _doing: None
        return
    doing, ended = [""], Event()

    def turn() -> None:
        frame = 0
        while not ended.wait(_SECONDS):
            if doing[0]:
                text = f"{_FRAMES[frame % len(_FRAMES)]} {printable(doing[0])}"
                write_err(f"\r\x1b[K{text[: columns(sys.stderr) - 1]}")
                frame += 1

    thread = Thread(target=turn, daemon=True)
    thread.start()
    try:
        yield lambda text: doing.__setitem__(0, text)
    finally:
        ended.set()
        thread.join()
        write_err("\r\x1b[K")
