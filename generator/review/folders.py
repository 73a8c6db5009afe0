"""What of a folder are rules: rendered artifacts by the manifest of their target, anything else by what it looks like."""

import os
from pathlib import Path
from typing import Final, NamedTuple

from generator import resources
from generator.diagnostics import Report, Span
from generator.readers.registry import Dump, detect
from generator.source import read_source
from generator.targets.manifest import ITEM, OutputModel, load_manifest

# Files of these are for different hosts, or different places of one, so each speaks for itself; others are one whole.
_APART: Final = frozenset({"nftables"})
_HEAD_BYTES: Final = 1 << 20


class Found(NamedTuple):
    """Files of a folder that hold the rules of one whole. `name` is its path in the folder; `site` whose it is, '' where no folder says."""

    name: str
    site: str
    dumps: tuple[Dump, ...]


def find_parts(folder: Path, report: Report) -> list[Found]:
    """The files of a folder that hold rules, in parts that are one ruleset each, by the part's path in the folder.

    A part of several files is called after their folder, '' for the folder itself. Files that no reader reads are left out: scripts,
    lists of names.
    """
    parts: list[Found] = []
    known = resources.target_folders()
    for path, names, files in os.walk(folder, onerror=lambda error: _tell_unread(error, report)):
        names[:] = sorted(name for name in names if not name.startswith("."))  # .git and the like
        here = Path(path)
        target = known.get(here.resolve().name)
        outputs = _outputs(target, report) if target else ()
        found = [dump for name in sorted(files) if not name.startswith(".") and (dump := _read(here / name, outputs, report)) is not None]
        inside = "" if here == folder else here.relative_to(folder).as_posix()
        site = here.parent.name if target is not None and here.parent != folder and here != folder else ""
        if target is not None and target.name in _APART:
            parts += [Found(Path(inside, Path(dump.path).name).as_posix(), site, (dump,)) for dump in found]
        elif found:
            parts.append(Found(inside, site, tuple(found)))
    return parts


def _tell_unread(error: OSError, report: Report) -> None:
    path = str(error.filename)
    reason = (error.strerror or str(error)).lower()
    report.add(
        "YML003", Span(path, 1, 1, 1, 1), f"`{path}` cannot be read: {reason}", hint="check the path, and the owner and mode of the folder"
    )


def _outputs(target: Path, report: Report) -> tuple[OutputModel, ...]:
    manifest = load_manifest(target, report)
    return manifest.manifest.outputs if manifest else ()


def _read(path: Path, outputs: tuple[OutputModel, ...], report: Report) -> Dump | None:
    """A file with its reader's name; None if it has none."""
    output = next((output for output in outputs if _is_named(path.name, output.file)), None)
    if output is not None and output.reader is None:
        return None
    own = Report()
    source = read_source(path, shown=str(path), name=path.name, report=own)
    if source is None:
        if output is not None or _looks_like_rules(path):
            report.extend(own.findings)  # who knows whom it lets in
        return None
    if output is not None:
        return Dump(str(path), source.text, output.reader or "")
    return Dump(str(path), source.text) if not outputs and detect(source.text, str(path)) else None


def _looks_like_rules(path: Path) -> bool:
    """Whether a file that can't be read as it should may be rules all the same: too long, or with a byte that no text has."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return True
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return detect(head.decode(encoding, errors="replace"), str(path)) is not None


def _is_named(name: str, pattern: str) -> bool:
    """Whether a file has the name of an output, which may have the name of an item in it."""
    before, item, after = pattern.partition(ITEM)
    if not item:
        return name == pattern
    return len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)
