"""What `render` says at the end: how to check, apply and undo each target's files, and what to type at the vendor."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.artifacts import Artifact, Written
from generator.compile import Compiled
from generator.review.handover import handover, handover_lines


def closing_lines(sites: Sequence[Compiled], artifacts: Sequence[Artifact], directory: Path, written: Written) -> Iterator[str]:
    """The whole closing message, line by line."""
    for folder in dict.fromkeys(artifact.folder for artifact in artifacts):
        yield f"cd {shlex.quote(str(directory / folder))}"
        for label, paths in (
            ("written", written.written),
            ("unchanged", written.unchanged),
            ("removed", written.removed),
            ("kept", written.kept),
        ):
            names = [path.removeprefix(f"{folder}/") for path in paths if path.startswith(f"{folder}/")]
            if names:
                yield f"  {label:<9}  {', '.join(names)}"
        yield from _command_lines([artifact for artifact in artifacts if artifact.folder == folder])
        yield ""
    for site in sites:
        for given in handover(site.plan):
            yield from handover_lines(given)
            yield ""


def _command_lines(artifacts: Sequence[Artifact]) -> Iterator[str]:
    """Each way to apply something, once, under the roles of its files. A script that only undoes has no check, and no part in it."""
    roles: dict[tuple[str, str, str], list[str]] = {}
    checked = [artifact for artifact in artifacts if artifact.check] or artifacts
    for artifact in checked:
        roles.setdefault((artifact.check, artifact.apply, artifact.undo), []).append(artifact.role)
    for commands, names in roles.items():
        yield f"  {', '.join(dict.fromkeys(names))}"
        yield from (f"    {label:<5}  {command}" for label, command in zip(("check", "apply", "undo"), commands, strict=True) if command)
