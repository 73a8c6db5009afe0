"""`gatepost diff`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from generator.cli.console import Color, progress, write_out
from generator.cli.options import ColorOption, Networks
from generator.cli.reporting import FOUND, OK, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.diagnostics import Report
    from generator.net import Prefix
    from generator.review.diff import Difference
    from generator.review.sides import Side


class DiffFormat(StrEnum):
    """How a difference is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"


class FailOn(StrEnum):
    """Which differences end with exit status 1."""

    DIFFERENT = "different"
    WIDER = "wider"
    NARROWER = "narrower"
    NEVER = "never"


Old = Annotated[str, typer.Argument(metavar="OLD", help="What was; or `REV..REV`, and the path as NEW.", show_default=False)]
New = Annotated[str, typer.Argument(metavar="NEW", help="What is; `-` for standard input.", show_default=False)]
FailOnOption = Annotated[
    FailOn,
    typer.Option(help="What ends with exit status 1. What is unknown counts as wider and as narrower.", case_sensitive=False),
]
To = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="The server's address that rules are asked about. May be repeated.", show_default=False),
]
Interface = Annotated[str, typer.Option(metavar="NAME", help="The interface that connections from outside come by.", show_default=False)]
Format = Annotated[DiffFormat, typer.Option("--format", help="How the difference is printed.", case_sensitive=False)]


def diff(
    old: Old,
    new: New,
    fail_on: FailOnOption = FailOn.DIFFERENT,
    to: To = None,
    interface: Interface = "",
    network: Networks = None,
    form: Format = DiffFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say who gained and who lost access between two sides: by address, port and connector, not by line.

    Each side is a site or connector, a lock, a plan saved as JSON, rules as a firewall prints them or as they were rendered, a folder
    of rendered files, or one of these in git: `main:acme.yaml`. Exit status 0: nothing is different.
    """
    from generator.diagnostics import Report
    from generator.readers.outside import Outside
    from generator.review.difference import compare_sides, open_sides

    if old == new == "-":
        raise typer.BadParameter("standard input can be one side alone", param_hint="'NEW'")
    destinations = [_address(text) for text in to or ()]
    report = Report()
    with progress("comparing"):
        sides = open_sides(old, new, network or (), report, outside=Outside(interface))
        difference = compare_sides(*sides, destinations) if sides else None
    if sides is None or difference is None:
        show_findings(report, _FINDINGS[form], color)
        return exit_status(report, strict=False)
    _show(difference, sides[1], report, form, color)
    return FOUND if _fails(difference, fail_on) else OK


_FINDINGS: Final = {
    DiffFormat.TEXT: FindingsFormat.TEXT,
    DiffFormat.MARKDOWN: FindingsFormat.TEXT,
    DiffFormat.JSON: FindingsFormat.JSON,
    DiffFormat.SARIF: FindingsFormat.SARIF,
}


def _show(difference: "Difference", new: "Side", report: "Report", form: DiffFormat, color: Color) -> None:
    """Print a difference; what was found while reading comes with it in SARIF, on standard error otherwise."""
    if form is DiffFormat.SARIF:
        from generator.cli.diff_findings import add_findings

        add_findings(difference, new, report)
        show_findings(report, FindingsFormat.SARIF, color)
    else:
        write_out(_format(difference, form))
        show_findings(report, FindingsFormat.TEXT, color)


def _address(text: str) -> "Prefix":
    from generator.net import PrefixError, parse_prefix

    try:
        address = parse_prefix(text)
    except PrefixError as error:
        raise typer.BadParameter(f"{error}; {error.hint}", param_hint="'--to'") from error
    if not address.is_host:
        raise typer.BadParameter(f"`{text}` is a network, not an address", param_hint="'--to'")
    return address


def _format(difference: "Difference", form: DiffFormat) -> str:
    if form is DiffFormat.JSON:
        from generator.cli.diff_json import diff_document
        from generator.cli.reporters import to_json

        return to_json(diff_document(difference))
    from generator.cli import diff_markdown, diff_text

    return diff_markdown.format_diff(difference) if form is DiffFormat.MARKDOWN else diff_text.format_diff(difference)


def _fails(difference: "Difference", fail_on: FailOn) -> bool:
    return {
        FailOn.DIFFERENT: not difference.is_same,
        FailOn.WIDER: difference.may_widen,
        FailOn.NARROWER: difference.may_narrow,
        FailOn.NEVER: False,
    }[fail_on]
