"""`gatepost render`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.console import Color, make_painter, progress, write_bytes, write_err, write_out
from generator.cli.options import ColorOption, Findings, Networks, Sites, Strict, Targets, Templates
from generator.cli.printable import printable, printable_lines
from generator.cli.reporting import USAGE, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from generator.artifacts import Artifact, Drift
    from generator.compile import Compiled
    from generator.diagnostics import Report

STDOUT = "-"


def render(
    sites: Sites,
    network: Networks = None,
    target: Targets = None,
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="DIR", help="Where DIR/SITE/TARGET/... go; `-` prints one file (see --role).")
    ] = "output",
    role: Annotated[
        str | None, typer.Option(metavar="ROLE", help="With `-o -`: which of the target's files to print.", show_default=False)
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; print a unified diff from DIR to what would be written. Exit status 1 on drift.")
    ] = False,
    templates: Templates = None,
    strict: Strict = False,
    form: Findings = FindingsFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Make the configuration files of sites, or of a shipped connector with your account's addresses.

    All files are made in memory first and written only if there is no error, each one whole; files that nobody renders any more are
    removed if gatepost wrote them and nobody changed them. Then it says how to check, apply and undo them, and what to type at the
    vendor. `--format json` prints `gatepost.render/1` instead.
    """
    from generator.diagnostics import Report
    from generator.pipeline import compile_sites, render_sites

    _check_usage(output, role, form, check=check)
    report = Report()
    with progress("rendering"):
        compiled = compile_sites(sites, network or (), report)
        artifacts = render_sites(compiled, target or (), templates or (), report)
    if output == STDOUT:
        return _print_one(artifacts, role, report, form, color, strict=strict)
    if check:
        return _check_drift(artifacts, Path(output), report, form, color, strict=strict)
    return _write(compiled, artifacts, Path(output), report, form, color, strict=strict)


def _check_usage(output: str, role: str | None, form: FindingsFormat, *, check: bool) -> None:
    if not output:
        raise typer.BadParameter("the name of a folder is needed; `.` is the current one", param_hint="'--output' / '-o'")
    if output == STDOUT and (check or form is not FindingsFormat.TEXT):
        raise typer.BadParameter("`-o -` prints one file, so it goes with neither --check nor --format", param_hint="'--output' / '-o'")
    if role is not None and output != STDOUT:
        raise typer.BadParameter("it chooses the file that `-o -` prints", param_hint="'--role'")


def _print_one(
    artifacts: "Sequence[Artifact]", role: str | None, report: "Report", form: FindingsFormat, color: Color, *, strict: bool
) -> int:
    show_findings(report, form, color)
    if status := exit_status(report, strict=strict):
        return status
    chosen = [artifact for artifact in artifacts if role in (None, artifact.role)]
    if len(chosen) != 1:
        write_err(f"`-o -` prints exactly one file, and {len(chosen) or 'none'} would be; choose with -t and --role:\n")
        write_err("".join(f"  -t {artifact.target} --role {artifact.role}  ({artifact.path})\n" for artifact in artifacts))
        return USAGE
    write_bytes(chosen[0].data)
    return status


def _check_drift(
    artifacts: "Sequence[Artifact]", directory: Path, report: "Report", form: FindingsFormat, color: Color, *, strict: bool
) -> int:
    from generator.artifacts import check_artifacts

    drifts = () if report.has_errors else check_artifacts(artifacts, directory, report)
    if form is FindingsFormat.JSON:
        _print_json(artifacts, report, drifts)
    else:
        if form is FindingsFormat.TEXT:
            _print_diff(drifts, color)
        show_findings(report, form, color)
    return exit_status(report, strict=strict)


def _print_diff(drifts: "Sequence[Drift]", color: Color) -> None:
    paint = make_painter(color, sys.stdout)
    kinds = {"+": "added", "-": "removed", "@": "note"}
    for drift in drifts:
        for line in drift.diff.splitlines():
            shown = printable_lines(line)
            write_out(f"{paint(kinds[line[0]], shown) if line[:1] in kinds else shown}\n")


def _write(
    sites: "Sequence[Compiled]",
    artifacts: "Sequence[Artifact]",
    directory: Path,
    report: "Report",
    form: FindingsFormat,
    color: Color,
    *,
    strict: bool,
) -> int:
    from generator.artifacts import write_artifacts

    with progress("writing"):
        written = write_artifacts(artifacts, directory, report, strict=strict)
    if form is FindingsFormat.JSON:
        _print_json(artifacts if written else (), report, None)
    else:
        show_findings(report, form, color)
    if written is not None and form is FindingsFormat.TEXT:
        from generator.cli.closing import closing_lines

        write_out("".join(f"{printable(line)}\n" for line in closing_lines(sites, artifacts, directory, written)))
    return exit_status(report, strict=strict)


def _print_json(artifacts: "Sequence[Artifact]", report: "Report", drifts: "Sequence[Drift] | None") -> None:
    from generator.cli.reporters import finding_documents, to_json

    names = ("site", "target", "role", "path", "sha256", "apply", "undo", "check")
    document: dict[str, object] = {
        "schema": "gatepost.render/1",
        "artifacts": [{name: getattr(artifact, name) for name in names} for artifact in artifacts],
        "findings": finding_documents(report.findings),
    }
    if drifts is not None:
        document["drift"] = [{"path": drift.path, "kind": drift.kind, "diff": drift.diff} for drift in drifts]
    write_out(to_json(document))
