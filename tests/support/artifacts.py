"""Made-up artifacts, and what a folder holds after writing them."""

import json
from pathlib import Path

from generator.artifacts import Artifact, Written, write_artifacts
from generator.diagnostics import Report

RULES = "acme/nftables/rules.nft"
HOOK = "acme/nftables/hook.sh"


def artifact(path: str = RULES, content: str = "rules\n", mode: int = 0o644) -> Artifact:
    """One file of the target that its path names."""
    site, target = path.split("/")[:2]
    return Artifact(site, target, "guard", path, content, mode, "apply", "undo", "check")


def write(directory: Path, *artifacts: Artifact, strict: bool = False) -> tuple[Written | None, list[str]]:
    """Write, and tell each finding in one line that names the folder `out`."""
    report = Report()
    written = write_artifacts(artifacts, directory, report, strict=strict)
    return written, told(report, directory)


def told(report: Report, directory: Path) -> list[str]:
    """Code and message of each finding; the folder is called `out`."""
    return [f"{finding.code} {finding.message}".replace(str(directory), "out") for finding in report.findings]


def tree(directory: Path) -> dict[str, str]:
    """Every file but the manifests, by its path."""
    files = (path for path in directory.rglob("*") if path.is_file() and path.name != ".gatepost.json")
    return {path.relative_to(directory).as_posix(): path.read_text() for path in sorted(files)}


def manifest(directory: Path, folder: str = "acme/nftables") -> list[str]:
    """The paths that a manifest lists."""
    document = json.loads((directory / folder / ".gatepost.json").read_text())
    return [file["path"] for file in document["files"]]
