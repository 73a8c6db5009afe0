"""`gatepost check`."""

from datetime import date
from typing import Annotated

import typer

from generator.cli.console import Color, progress, write_err
from generator.cli.options import ColorOption, Findings, Networks, Sites, Strict, Targets, Templates
from generator.cli.reporting import FindingsFormat, exit_status, show_findings


def check(
    sites: Sites,
    network: Networks = None,
    target: Targets = None,
    templates: Templates = None,
    today: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="The day to judge `expires:` and lists' age by. Default: the clock.", show_default=False),
    ] = None,
    strict: Strict = False,
    form: Findings = FindingsFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Find every mistake in site files, expectations and dates included. Nothing is written."""
    from generator.diagnostics import Report
    from generator.pipeline import check_targets, compile_sites

    report = Report()
    day = parse_day(today)
    with progress("checking"):
        compiled = compile_sites(sites, network or (), report, today=day)
        check_targets(compiled, target or (), templates or (), report)
    show_findings(report, form, color)
    if form is FindingsFormat.TEXT and not report.findings:
        write_err("no findings\n")
    return exit_status(report, strict=strict)


def parse_day(text: str | None) -> date:
    """The day that `--today` names, or the clock's.

    Raises:
        typer.BadParameter: it names none.
    """
    if not text:
        return date.today()  # noqa: DTZ011 (access ends on the user's own calendar day)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"`{text}` is no date; write it like 2026-11-23", param_hint="'--today'") from error
