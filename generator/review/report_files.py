"""The rendered files in a report: what each target opens and closes, how it is put into effect and taken back, and the digests."""

from collections.abc import Sequence
from pathlib import Path

from generator import resources
from generator.artifacts import Artifact
from generator.compile import Compiled
from generator.diagnostics import Report
from generator.review.report_access import count_words
from generator.review.report_model import Commands, Deployment, File, Row
from generator.targets.manifest import ManifestModel, load_manifest


def describe_files(compiled: Compiled, artifacts: Sequence[Artifact], template_folders: Sequence[Path]) -> tuple[Deployment, ...]:
    """One part for each target, in the order in which they were rendered."""
    folders = resources.target_folders(template_folders)
    by_target: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        by_target.setdefault(artifact.target, []).append(artifact)
    targets = {name: target for name in by_target if (target := load_manifest(folders[name], Report())) is not None}
    return tuple(_deployment(compiled, target.manifest, by_target[name]) for name, target in targets.items())


def _deployment(compiled: Compiled, manifest: ManifestModel, files: Sequence[Artifact]) -> Deployment:
    return Deployment(
        target=manifest.name,
        anchor=f"target-{manifest.name}",
        title=manifest.title,
        folder=files[0].folder,
        facts=(Row("opens", manifest.opens), Row("closes", manifest.closes)),
        again=f"gatepost render {' '.join(compiled.again)} -t {manifest.name} -o DIR",
        files=tuple(
            File(file.path.removeprefix(f"{file.folder}/"), file.role, count_words(len(file.data), "byte", "bytes"), file.sha256)
            for file in files
        ),
        commands=_commands(files),
    )


def _commands(files: Sequence[Artifact]) -> tuple[Commands, ...]:
    """Each way to apply something, once, under the roles of its files."""
    roles: dict[tuple[str, str, str], list[str]] = {}
    for file in [file for file in files if file.check] or files:
        roles.setdefault((file.check, file.apply, file.undo), []).append(file.role)
    return tuple(
        Commands(
            ", ".join(dict.fromkeys(names)),
            tuple(Row(label, command) for label, command in zip(("check", "apply", "undo"), commands, strict=True) if command),
        )
        for commands, names in roles.items()
        if any(commands)
    )
