"""The options that several commands share, each with one help text."""

from pathlib import Path
from typing import Annotated

import typer

from generator.cli.complete import complete_connectors, complete_targets
from generator.cli.console import Color
from generator.cli.reporting import FindingsFormat, ResultFormat


def _check_folders(folders: list[Path] | None) -> list[Path]:
    for folder in folders or ():
        if not folder.is_dir():
            raise typer.BadParameter(f"there is no folder `{folder}`")
    return folders or []


Sites = Annotated[
    list[str],
    typer.Argument(
        metavar="SITE_OR_CONNECTOR...",
        help="Site files, `-` for standard input, or names of shipped connectors.",
        autocompletion=complete_connectors,
        show_default=False,
    ),
]
Site = Annotated[
    str,
    typer.Argument(
        metavar="SITE_OR_CONNECTOR",
        help="A site file, `-` for standard input, or the name of a shipped connector.",
        autocompletion=complete_connectors,
        show_default=False,
    ),
]
Networks = Annotated[
    list[str] | None,
    typer.Option(
        "--network",
        metavar="NETWORK",
        help="For connectors named without a site file: an address, prefix or `first-last` range to let in. May be repeated.",
        show_default=False,
    ),
]
Targets = Annotated[
    list[str] | None,
    typer.Option(
        "--target",
        "-t",
        metavar="TARGET",
        help="Render this target; may be repeated. `all` for each that fits. Default: the site's `targets:`, else nftables and iptables.",
        autocompletion=complete_targets,
        show_default=False,
    ),
]
Templates = Annotated[
    list[Path] | None,
    typer.Option(
        "--templates",
        metavar="DIR",
        help="A folder of your own targets and templates (DIR/TARGET/...), looked at before the shipped ones. May be repeated.",
        callback=_check_folders,
        show_default=False,
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Count warnings as errors.")]
ColorOption = Annotated[
    Color, typer.Option("--color", help="Use colour. `auto`: on a terminal, unless NO_COLOR is set or TERM is dumb.", case_sensitive=False)
]
Findings = Annotated[
    FindingsFormat,
    typer.Option("--format", help="How findings are printed: text on stderr; json, github and sarif on stdout.", case_sensitive=False),
]
Result = Annotated[ResultFormat, typer.Option("--format", help="How the result is printed.", case_sensitive=False)]
