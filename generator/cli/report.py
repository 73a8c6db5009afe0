"""`gatepost report`."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.check import parse_day
from generator.cli.console import Color, progress, write_bytes
from generator.cli.options import ColorOption, Networks, Site, Strict, Targets, Templates
from generator.cli.reporting import FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from generator.compile import Compiled
    from generator.diagnostics import Report
    from generator.review.diff import Difference
    from generator.review.report import Rendered
    from generator.review.report_model import ReportPage

STDOUT = "-"


class PageFormat(StrEnum):
    """What a report is written as."""

    HTML = "html"
    MARKDOWN = "markdown"


Against = Annotated[
    str | None,
    typer.Option("--against", metavar="OLD", help="What was, as `gatepost diff` takes it, to tell what changed.", show_default=False),
]
Preflights = Annotated[
    list[str] | None,
    typer.Option(
        "--preflight",
        metavar="FILE",
        help="The JSON of `gatepost preflight --format json`, to be shown on the page. May be repeated.",
        show_default=False,
    ),
]
Format = Annotated[PageFormat, typer.Option("--format", "-f", help="What the report is written as.", case_sensitive=False)]
Output = Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="The file to write; `-` is standard output.")]
Today = Annotated[
    str | None,
    typer.Option("--today", metavar="YYYY-MM-DD", help="The day to judge `expires:` and age by. Default: the clock.", show_default=False),
]


def report(
    site: Site,
    against: Against = None,
    preflight: Preflights = None,
    network: Networks = None,
    target: Targets = None,
    form: Format = PageFormat.HTML,
    output: Output = STDOUT,
    today: Today = None,
    templates: Templates = None,
    strict: Strict = False,
    color: ColorOption = Color.AUTO,
) -> int:
    """Write one page about a site, for whoever reviews or approves it.

    Who gets in where (as a picture too), every prefix with its line and date, requirements, findings, what changed, how to apply and
    undo, and digests. The page needs no network and no script. It is written as long as there is a plan; findings are on it, and
    an error among them ends with exit status 1. What a preflight saw is on it too, and changes no exit status.
    """
    from generator.diagnostics import Report

    if not output:
        raise typer.BadParameter("the name of a file is needed", param_hint="'--output' / '-o'")
    given = [site, *([against] if against else []), *(preflight or ())]
    if given.count(STDOUT) > 1:
        raise typer.BadParameter("standard input can be one file alone")
    _spare(given, output)
    found = Report()
    with progress("reporting"):
        page = _make(site, against, preflight or (), network or (), target or (), templates or (), parse_day(today), output, found)
        content = None if page is None else _format(page, form, templates or (), found)
    show_findings(found, FindingsFormat.TEXT, color)
    if content is not None:
        _write(content.encode(), output)
    return exit_status(found, strict=strict)


def _make(
    site: str,
    against: str | None,
    preflights: "Sequence[str]",
    networks: "Sequence[str]",
    targets: "Sequence[str]",
    folders: "Sequence[Path]",
    today: date,
    output: str,
    found: "Report",
) -> "ReportPage | None":
    """The page in memory; None after an error that leaves nothing to tell."""
    from generator.review.explain import open_site
    from generator.review.report import judge_day, judge_plan, make_page
    from generator.review.report_preflight import load_preflight

    compiled = open_site(site, networks, found)
    if compiled is None:
        return None
    _spare([given.path for given in compiled.plan.inputs], output)
    shown = [load_preflight(path, compiled.plan, today, found) for path in preflights]
    difference = None if against is None else _compare(against, site, compiled, networks, found)
    if None in shown or (against is not None and difference is None):
        return None
    judge_plan(compiled, found)
    rendered = _render(compiled, targets, folders, found)
    judge_day(compiled, today, found)
    return make_page(compiled, rendered, found, today=today, difference=difference, preflights=[one for one in shown if one is not None])


def _compare(old: str, new: str, compiled: "Compiled", networks: "Sequence[str]", found: "Report") -> "Difference | None":
    from generator.review.difference import compare_sides
    from generator.review.sides import Side, open_side

    side = open_side(old, networks, found)
    return None if side is None or found.has_errors else compare_sides(side, Side(new, compiled.plan, compiled))


def _render(compiled: "Compiled", targets: "Sequence[str]", folders: "Sequence[Path]", found: "Report") -> "Rendered":
    """The files, made in memory. What stands in their way is told on the page."""
    from generator.diagnostics import Report
    from generator.pipeline import render_sites
    from generator.review.report import Rendered

    own = Report()
    artifacts = render_sites([compiled], targets, folders, own)
    found.extend(own.findings)
    for path in {finding.span.path for finding in own.findings if finding.span is not None}:
        if (shown := own.text_of(path)) is not None:
            found.remember(path, shown)
    if found.has_errors:
        return Rendered((), tuple(folders), "Nothing is rendered as long as there are errors.")
    return Rendered(artifacts, tuple(folders))


def _format(page: "ReportPage", form: PageFormat, folders: "Sequence[Path]", found: "Report") -> str | None:
    if form is PageFormat.MARKDOWN:
        from generator.cli.report_markdown import format_report

        return format_report(page)
    from generator.cli.printable import printable
    from generator.pipeline import fill_page
    from generator.review.report_model import map_texts

    return fill_page(map_texts(page, printable), "report/page", folders, found)


def _spare(inputs: "Iterable[str]", output: str) -> None:
    """Never put the page into the place of what it is made from."""
    import os

    for path in inputs:
        if output != STDOUT and os.path.exists(path) and os.path.exists(output) and os.path.samefile(path, output):
            raise typer.BadParameter(f"`{output}` is what the report is made from; name another file", param_hint="'--output' / '-o'")


def _write(data: bytes, output: str) -> None:
    """Put the page into its place, whole; what is no file, such as a pipe, is written to as it is."""
    import os
    import shutil

    if output == STDOUT:
        write_bytes(data)
        return
    path = Path(os.path.realpath(output))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    part = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        if path.exists():
            part.touch(mode=0o600)  # until it has the page's own mode
        part.write_bytes(data)
        if path.exists():
            shutil.copymode(path, part)  # a page that others may not read stays one
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        error.filename = output
        raise
