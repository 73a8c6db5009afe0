"""The output folder: one writer at a time, files replaced whole, and a manifest of the bytes that gatepost wrote.

A file is staged under a reserved name beside its place (written, given its mode, flushed) and published by a rename, so whoever looks sees
the old file or the new one, whole, even if the process is killed between any two steps. POSIX only.
"""

import fcntl
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Final, NamedTuple

MANIFEST: Final = ".gatepost.json"
SCHEMA: Final = "gatepost.manifest/1"
_STAGED = re.compile(r"\.gatepost-[0-9]+\.tmp")
_SHA256 = re.compile(r"[0-9a-f]{64}")

Known = Mapping[str, frozenset[str]]
"""For each path in a target's folder the digests of all bytes that gatepost may have written there: several after an interrupted run."""


class ManifestError(ValueError):
    """A manifest that gatepost did not write like this."""


class Staged(NamedTuple):
    """A complete file under its reserved name, and the place where it belongs."""

    temporary: Path
    path: Path


def is_safe_path(path: str) -> bool:
    """Whether a POSIX path stays inside its folder, is printable, and takes none of the names that gatepost reserves."""
    parts = PurePosixPath(path).parts
    inside = bool(parts) and not path.startswith("/") and ".." not in parts and str(PurePosixPath(path)) == path
    return inside and path.isprintable() and not any(part == MANIFEST or _STAGED.fullmatch(part) for part in parts)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder's writer lock, waiting for another process that has it. The kernel lets go of it when a process dies."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_folders(folder: Path) -> list[Path]:
    """Create a folder and the ones above it; return those that were missing, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()][::-1]
    for path in missing:
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
    return missing


def stage(path: Path, data: bytes, mode: int, number: int) -> Staged:
    """Write a file completely under the reserved name `number` beside its place."""
    staged = Staged(path.parent / f".gatepost-{number}.tmp", path)
    try:
        file_mode(path)  # a name that the file system cannot hold fails here, and not when other files are published already
        descriptor = os.open(staged.temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
    except OSError as error:
        discard([staged])
        error.filename = str(path)  # what the user knows, and a failed write names no file at all
        raise
    return staged


def publish(staged: Staged) -> None:
    """Put a staged file into its place, whatever file is there."""
    os.replace(staged.temporary, staged.path)


def discard(staged: Iterable[Staged]) -> None:
    """Remove staged files that were not published."""
    for file in staged:
        with suppress(OSError):
            file.temporary.unlink()


def remove_leftovers(folder: Path) -> None:
    """Remove what a killed run had staged here. Only the holder of the lock may: otherwise it could be a file being written."""
    with os.scandir(folder) as entries:
        names = [entry.name for entry in entries if _STAGED.fullmatch(entry.name) and entry.is_file(follow_symlinks=False)]
    for name in names:
        (folder / name).unlink()


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove those of the folders that are empty, innermost first."""
    for folder in sorted(folders, key=lambda path: len(path.parts), reverse=True):
        with suppress(OSError):
            folder.rmdir()


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_mode(path: Path) -> int | None:
    """The type and permission bits of what is at a path, a link not followed; None where nothing is."""
    try:
        return path.lstat().st_mode
    except FileNotFoundError:
        return None


def read_regular(path: Path) -> bytes:
    """The bytes of a file; a link or pipe that took its place meanwhile is not followed or waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as file:
        return file.read()


def read_manifest(folder: Path) -> Known:
    """What gatepost wrote into a target's folder before; empty where no manifest is.

    Raises:
        ManifestError: the manifest was damaged.
    """
    mode = file_mode(folder / MANIFEST)
    if mode is None:
        return {}
    if not stat.S_ISREG(mode):
        raise ManifestError("it is not a regular file")
    known: dict[str, frozenset[str]] = {}
    for path, digest in _parse_manifest(read_regular(folder / MANIFEST)):
        if not is_safe_path(path) or not _SHA256.fullmatch(digest):
            raise ManifestError("it lists a path or a digest that gatepost never writes")
        known[path] = known.get(path, frozenset()) | {digest}
    return known


def _parse_manifest(data: bytes) -> list[tuple[str, str]]:
    try:
        document = json.loads(data)
        lines = [(str(file["path"]), str(file["sha256"])) for file in document["files"]]
        schema = document["schema"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ManifestError("it is not the JSON that gatepost writes") from error
    if schema != SCHEMA:
        raise ManifestError(f"its schema is not {SCHEMA}")
    return lines


def manifest_text(known: Known) -> str:
    """The manifest file: one line for each path and digest, sorted."""
    lines = [json.dumps({"path": path, "sha256": digest}) for path in sorted(known) for digest in sorted(known[path])]
    return f'{{\n  "schema": "{SCHEMA}",\n  "files": [\n' + ",\n".join(f"    {line}" for line in lines) + "\n  ]\n}\n"
