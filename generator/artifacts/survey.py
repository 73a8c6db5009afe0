"""Compares the output folder with the artifacts: what is there, what belongs there, and whose it is. Writes nothing."""

import stat
from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from generator.artifacts import disk
from generator.artifacts.artifact import Artifact
from generator.diagnostics import Report

# Version control keeps only the executable bit, and a checkout applies its user's umask: the other bits are no drift.
_MODE_BITS = stat.S_IXUSR | stat.S_IWOTH
_ELSEWHERE = "move it away, or choose another folder with -o"


class State(StrEnum):
    """How what is on the disk relates to what the site renders."""

    CURRENT = "current"
    MISSING = "missing"
    OUTDATED = "outdated"  # the bytes of an earlier run
    EDITED = "edited"  # gatepost wrote the file, somebody changed it
    FOREIGN = "foreign"  # no manifest knows the file
    STALE = "stale"  # the bytes of an earlier run, and the site renders no such file any more
    ABANDONED = "abandoned"  # the same, but edited: it belongs to whoever edited it


class Place(NamedTuple):
    """One file of a target's folder, named relative to it. `artifact` is None where nothing belongs, `found` where nothing is."""

    file: str
    shown: str
    artifact: Artifact | None
    state: State
    found: bytes | None
    found_mode: int

    @property
    def mode_differs(self) -> bool:
        """Whether the file is executable or writable for everybody and should not be, or the other way round."""
        return self.artifact is not None and self.found is not None and bool((self.found_mode ^ self.artifact.mode) & _MODE_BITS)


class TargetFolder(NamedTuple):
    """The folder of one target of one site, every file that is or belongs there, and what its manifest knows."""

    path: Path
    known: disk.Known
    places: tuple[Place, ...]


def survey(artifacts: Sequence[Artifact], directory: Path, report: Report) -> list[TargetFolder]:
    """Look at every folder that the artifacts go to. What stands in the way becomes a finding."""
    check_paths(artifacts, report)
    if report.has_errors:
        return []
    by_folder: dict[str, dict[str, Artifact]] = {}
    for artifact in artifacts:
        by_folder.setdefault(artifact.folder, {})[artifact.path.removeprefix(f"{artifact.folder}/")] = artifact
    folders = (_survey_folder(directory, name, wanted, report) for name, wanted in sorted(by_folder.items()))
    return [folder for folder in folders if folder is not None]


def check_paths(artifacts: Sequence[Artifact], report: Report) -> None:
    """Report every path that two artifacts take: the manifest of a user's own target can name one file twice.

    Raises:
        ValueError: a path leaves its target's folder (a bug: neither sites nor targets can be named so that it does).
    """
    seen: set[str] = set()
    for artifact in artifacts:
        inside = artifact.path.startswith(f"{artifact.folder}/") and artifact.folder.count("/") == 1
        if not inside or not disk.is_safe_path(artifact.path):
            raise ValueError(f"{artifact.target!r} may not write to {artifact.path!r}")
        if artifact.path in seen:
            hint = "give the sites, or the outputs in target.yaml, different names"
            report.add("TGT051", None, f"two files of this run are named `{artifact.path}`", hint=hint)
        seen.add(artifact.path)


def _survey_folder(directory: Path, name: str, wanted: Mapping[str, Artifact], report: Report) -> TargetFolder | None:
    path = directory / name
    try:
        if _find_obstacle(directory, PurePosixPath(name), report):
            return None
        known = disk.read_manifest(path)
        places = (_find_place(directory, name, file, wanted.get(file), known.get(file), report) for file in sorted({*wanted, *known}))
        return TargetFolder(path, known, tuple(place for place in places if place is not None))
    except disk.ManifestError as error:
        hint = "restore it from version control, or move the folder away, and render again"
        report.add("TGT055", None, f"`{path / disk.MANIFEST}` is damaged: {error}", hint=hint)
    except OSError as error:
        report_refusal(error, path, report)
    return None


def _find_place(
    directory: Path, name: str, file: str, artifact: Artifact | None, known: frozenset[str] | None, report: Report
) -> Place | None:
    path = directory / name / file
    shown = f"{name}/{file}"
    # What the site no longer renders is not in the way, whatever became of it.
    blame = report if artifact else Report()
    if _find_obstacle(directory, PurePosixPath(shown).parent, blame):
        return None
    mode = disk.file_mode(path)
    if mode is None:
        return Place(file, shown, artifact, State.MISSING, None, 0) if artifact else None
    if not stat.S_ISREG(mode):
        blame.add("TGT053", None, f"`{path}` is {_kind(mode)}, and a file belongs there", hint=_ELSEWHERE)
        return None
    found = disk.read_regular(path)
    return Place(file, shown, artifact, _find_state(found, artifact, known), found, stat.S_IMODE(mode))


def _find_state(found: bytes, artifact: Artifact | None, known: frozenset[str] | None) -> State:
    ours = known is not None and sha256(found).hexdigest() in known
    if artifact is None:
        return State.STALE if ours else State.ABANDONED
    if found == artifact.data:
        return State.CURRENT
    if known is None:
        return State.FOREIGN
    return State.OUTDATED if ours else State.EDITED


def _find_obstacle(directory: Path, relative: PurePosixPath, report: Report) -> bool:
    """Report the first part of a folder's path that is no folder. A link below `directory` is none: it could lead anywhere."""
    path = directory
    mode = directory.stat().st_mode if directory.exists() else None
    for part in ("", *relative.parts):
        if part:
            path /= part
            mode = disk.file_mode(path)
        if mode is None:
            return False
        if not stat.S_ISDIR(mode):
            report.add("TGT054", None, f"`{path}` is {_kind(mode)}, and a folder belongs there", hint=_ELSEWHERE)
            return True
    return False


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file"}
    return kinds.get(stat.S_IFMT(mode), "neither a file nor a folder")


def report_refusal(error: OSError, path: Path, report: Report) -> None:
    """Turn what the operating system says about a path into a finding."""
    shown = error.filename if isinstance(error.filename, str) else path
    hint = "no file was left half written: cure it and run the same command again"
    report.add("TGT056", None, f"`{shown}` cannot be used: {error.strerror or error}", hint=hint)
