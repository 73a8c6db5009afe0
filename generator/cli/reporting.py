"""What every command ends with: its findings in the wanted format, and the exit status."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from generator.cli.console import Color, columns, make_painter, write_err, write_out

if TYPE_CHECKING:
    from generator.diagnostics import Diagnostic, Report

OK: Final = 0
FOUND: Final = 1
USAGE: Final = 2
UNTRIED: Final = 3  # could not be tried from here


class FindingsFormat(StrEnum):
    """How findings are printed: text on stderr, all others on stdout."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"


class ResultFormat(StrEnum):
    """How a result is printed."""

    TEXT = "text"
    JSON = "json"


def show_findings(report: "Report", form: FindingsFormat, color: Color) -> None:
    """Print all findings of a run."""
    if form is FindingsFormat.TEXT:
        _show_text(report, color)
    else:
        write_out(_format(report.findings, form))


def _show_text(report: "Report", color: Color) -> None:
    from generator.cli.text_reporter import format_findings, format_summary

    findings = report.findings
    if not findings:
        return
    paint = make_painter(color, sys.stderr)
    for text in format_findings(findings, report.text_of, paint, columns(sys.stderr)):
        write_err(f"{text}\n\n")
    write_err(f"{format_summary(findings)}\n")


def _format(findings: "Sequence[Diagnostic]", form: FindingsFormat) -> str:
    from generator.cli import reporters

    if form is FindingsFormat.GITHUB:
        return reporters.format_github(findings)
    return reporters.format_sarif(findings) if form is FindingsFormat.SARIF else reporters.format_json(findings)


def exit_status(report: "Report", *, strict: bool) -> int:
    """0 without an error; with `strict` a warning is one."""
    from generator.diagnostics import Severity

    return FOUND if report.has_errors or (strict and report.count(Severity.WARNING)) else OK
