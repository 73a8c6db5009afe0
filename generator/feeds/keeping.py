"""Keeping the lock: one writer at a time, the file replaced whole, and the old one left as it is whatever happens on the way."""

import os
import stat
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Final, TypeVar

from generator.artifacts import disk
from generator.diagnostics import Report

T = TypeVar("T")

_MODE: Final = 0o644


def hold_lock(path: Path, work: Callable[[], T], report: Report) -> T | None:
    """Do something while no other process writes the lock at `path`; what a killed run has left there is removed first.

    None after a refusal of the operating system, which is reported.
    """
    folder = Path(os.path.realpath(path)).parent
    with ExitStack() as held:
        try:
            held.enter_context(disk.locked(folder))
            with suppress(PermissionError):  # then writing says it, if anything is to be written
                disk.remove_leftovers(folder)
        except OSError as error:
            _report(error, path, report)
            return None
        return work()


def write_lock(path: Path, text: str, report: Report) -> bool:
    """Put a lock into its place, whole; the caller holds it. A link is followed, so that it stays one."""
    place = Path(os.path.realpath(path))
    try:
        found = disk.file_mode(place)
        mode = stat.S_IMODE(found) if found is not None else _MODE
        staged = disk.stage(place, text.encode(), mode, 0)
        try:
            disk.publish(staged)
        finally:
            disk.discard([staged])
        disk.sync_folder(place.parent)
    except OSError as error:
        _report(error, path, report)
        return False
    return True


def _report(error: OSError, path: Path, report: Report) -> None:
    message = f"`{path.as_posix()}` can't be written: {(error.strerror or str(error)).lower()}"
    report.add("LCK039", None, message, hint="the lock is as it was; cure it and run the same command again")
