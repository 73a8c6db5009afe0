"""Writes the merged backup: whole or not at all, readable by its owner alone from the first byte on."""

import fcntl
import os
import stat
from contextlib import suppress
from typing import Final

from generator.diagnostics import Report

_MODE: Final = 0o600
_STAGED: Final = ".gatepost-merge.tmp"


def check_output(backup: str, output: str, report: Report) -> None:
    """Report what forbids to write a file: it is the backup itself, or something that is no regular file."""
    try:
        found = os.lstat(output)
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        _refuse(output, error, report)
        return
    if _is_backup(backup, output):
        hint = "write another file: the backup as it was is what undoes the change"
        report.add("TGT150", None, f"`{output}` is the backup itself", hint=hint)
    elif not stat.S_ISREG(found.st_mode):
        what = "a directory" if stat.S_ISDIR(found.st_mode) else "a link" if stat.S_ISLNK(found.st_mode) else "no regular file"
        report.add("TGT150", None, f"`{output}` is {what}", hint="name a regular file, which may be there or not")


def write_output(data: bytes, output: str, report: Report) -> bool:
    """Put a file into its place with mode 0600; False after an error that was reported."""
    folder = os.path.dirname(output) or "."
    staged = os.path.join(folder, _STAGED)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # so whatever bears the reserved name is what a killed run has left
            with suppress(FileNotFoundError):
                os.unlink(staged)
            try:
                _write(staged, data)
                os.replace(staged, output)
            except OSError:
                with suppress(OSError):
                    os.unlink(staged)
                raise
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        _refuse(output, error, report)
        return False
    return True


def _write(path: str, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _MODE)
    with open(descriptor, "wb") as file:
        os.fchmod(descriptor, _MODE)  # a umask may have taken bits away, never added any
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def _is_backup(backup: str, output: str) -> bool:
    try:
        return os.path.samefile(backup, output)
    except (OSError, ValueError):
        return False


def _refuse(output: str, error: Exception, report: Report) -> None:
    reason = (getattr(error, "strerror", None) or "no path").lower()
    report.add("TGT150", None, f"`{output}` can't be written: {reason}", hint="check the folder, its owner and mode, and the free space")
