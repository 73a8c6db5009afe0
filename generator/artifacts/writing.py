"""Writes artifacts: all of them or none, each whole, and nobody else's file touched.

A run may be killed between any two of its steps. In each target's folder they are: (1) every new file is staged under a reserved name,
(2) the manifest is replaced by one that knows the old bytes *and* the new ones, (3) the files are replaced one by one, (4) files of an
earlier run that nobody renders any more are removed, (5) the manifest is replaced by one that knows only the new bytes. A kill before (2)
leaves only reserved names, which the next run removes; a kill after it leaves a manifest that still tells our bytes from edited ones.
"""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from generator.artifacts import disk
from generator.artifacts.artifact import Artifact
from generator.artifacts.survey import Place, State, TargetFolder, check_paths, report_refusal, survey
from generator.diagnostics import Report, Severity

_MANIFEST_MODE = 0o644
_DIGEST_DIGITS = 12


class Written(NamedTuple):
    """What a run did to the output folder, as paths relative to it. `kept` are copies of files that had been edited by hand."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]


class _Change(NamedTuple):
    """What one folder needs, in the order in which it is published; `stale` files are removed before `last`."""

    folder: Path
    first: tuple[disk.Staged, ...]
    stale: tuple[Path, ...]
    last: tuple[disk.Staged, ...]


def write_artifacts(artifacts: Sequence[Artifact], directory: Path, report: Report, *, strict: bool = False) -> Written | None:
    """Write all artifacts below a folder, or none of them; files that are as they should be are not touched.

    None after an error in the report (with `strict`, after a warning as well): then nothing was written.
    """
    check_paths(artifacts, report)
    if _stops(report, strict=strict):
        return None
    made: list[Path] = []
    try:
        made = disk.make_folders(directory)
        with disk.locked(directory):
            return _write_locked(artifacts, directory, report, strict=strict)
    except OSError as error:
        report_refusal(error, directory, report)
        return None
    finally:
        disk.remove_empty(made)


def _stops(report: Report, *, strict: bool) -> bool:
    return report.has_errors or (strict and report.count(Severity.WARNING) > 0)


def _write_locked(artifacts: Sequence[Artifact], directory: Path, report: Report, *, strict: bool) -> Written | None:
    folders = survey(artifacts, directory, report)
    places = [place for folder in folders for place in folder.places]
    for place in places:
        _report_place(place, directory, report)
    if _stops(report, strict=strict):
        return None
    made: list[Path] = []
    staged: list[disk.Staged] = []
    try:
        for change in [_stage_folder(folder, made, staged) for folder in folders]:
            _publish(change)
    finally:
        disk.discard(staged)
        disk.remove_empty(made)
    return Written(
        written=tuple(place.shown for place in places if _is_written(place)),
        unchanged=tuple(place.shown for place in places if place.state is State.CURRENT and not place.mode_differs),
        removed=tuple(place.shown for place in places if place.state is State.STALE),
        kept=tuple(f"{place.shown.removesuffix(place.file)}{_copy_name(place)}" for place in places if place.state is State.EDITED),
    )


def _report_place(place: Place, directory: Path, report: Report) -> None:
    path = directory / place.shown
    if place.state is State.FOREIGN:
        hint = "move it away, or choose another folder with -o; it is never overwritten"
        report.add("TGT052", None, f"`{path}` is in the way: it is not what gatepost writes, and no earlier run wrote it", hint=hint)
    elif place.state is State.EDITED:
        _report_copy(place, path, report)
        hint = "carry the edits into the site file or into a template of your own (--templates), or they are gone again with every render"
        copy = Path(_copy_name(place)).name
        report.add("TGT057", None, f"`{path}` was edited by hand: it is replaced, and the edited text kept as `{copy}`", hint=hint)
    elif place.state is State.ABANDONED:
        hint = "remove it yourself if nothing loads it any more; gatepost does not touch it again"
        report.add("TGT058", None, f"`{path}` is rendered no more, but was edited by hand: it stays", hint=hint)


def _report_copy(place: Place, path: Path, report: Report) -> None:
    copy = path.with_name(Path(_copy_name(place)).name)
    if disk.file_mode(copy) is not None and disk.read_regular(copy) != place.found:
        report.add("TGT052", None, f"`{copy}` is in the way of keeping the edits to `{path}`", hint="move it away")


def _is_written(place: Place) -> bool:
    return place.artifact is not None and (place.state is not State.CURRENT or place.mode_differs)


def _copy_name(place: Place) -> str:
    """Where the edited bytes of a file go. The name is made of them: writing it twice is writing the same."""
    return f"{place.file}.edited-{sha256(place.found or b'').hexdigest()[:_DIGEST_DIGITS]}"


def _stage_folder(folder: TargetFolder, made: list[Path], staged: list[disk.Staged]) -> _Change:
    """Stage what a folder needs; `made` and `staged` are told step by step, for cleaning up after a failure."""

    def stage(file: str, data: bytes, mode: int) -> disk.Staged:
        place = folder.path / file
        made.extend(disk.make_folders(place.parent))
        staged.append(disk.stage(place, data, mode, len(staged)))
        return staged[-1]

    for parent in {folder.path, *((folder.path / place.file).parent for place in folder.places)}:
        if parent.is_dir():
            disk.remove_leftovers(parent)
    ours = {place.file: frozenset({place.artifact.sha256}) for place in folder.places if place.artifact is not None}
    both = {file: folder.known.get(file, frozenset()) | ours.get(file, frozenset()) for file in {*folder.known, *ours}}
    first: list[disk.Staged] = []
    last: list[disk.Staged] = []
    if both != folder.known:
        first.append(stage(disk.MANIFEST, disk.manifest_text(both).encode(), _MANIFEST_MODE))
    for place in folder.places:
        if place.state is State.EDITED and place.found is not None and disk.file_mode(folder.path / _copy_name(place)) is None:
            first.append(stage(_copy_name(place), place.found, place.found_mode))
        if place.artifact is not None and _is_written(place):
            first.append(stage(place.file, place.artifact.data, place.artifact.mode))
    if ours != both:
        last.append(stage(disk.MANIFEST, disk.manifest_text(ours).encode(), _MANIFEST_MODE))
    stale = tuple(folder.path / place.file for place in folder.places if place.state is State.STALE)
    return _Change(folder.path, tuple(first), stale, tuple(last))


def _publish(change: _Change) -> None:
    """Make the change visible. The folder is flushed between the steps: a power cut may not undo a step and keep the next one."""
    for file in change.first:
        disk.publish(file)
        if file.path.name == disk.MANIFEST:
            disk.sync_folder(change.folder)
    for folder in {file.path.parent for file in change.first}:
        disk.sync_folder(folder)
    for path in change.stale:
        path.unlink()
        disk.sync_folder(path.parent)
    disk.remove_empty({path.parent for path in change.stale} - {change.folder})
    for file in change.last:
        disk.publish(file)
        disk.sync_folder(change.folder)
