"""`gatepost merge`."""

from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_merge_targets
from generator.cli.console import Color, progress, write_err
from generator.cli.options import ColorOption, Findings, Site, Strict, Templates
from generator.cli.printable import printable
from generator.cli.reporting import OK, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.diagnostics import Report
    from generator.merge import Merged

STDOUT = "-"

Backup = Annotated[
    str, typer.Argument(metavar="BACKUP", help="The XML that the firewall's backup page gave you, not encrypted.", show_default=False)
]
Target = Annotated[
    str,
    typer.Option(
        "--target", "-t", metavar="TARGET", help="pfsense or opnsense.", autocompletion=complete_merge_targets, show_default=False
    ),
]
Output = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="The file to write, for you alone to read (mode 0600).", show_default=False)
]


def merge(
    site: Site,
    backup: Backup,
    target: Target,
    output: Output,
    remove: Annotated[bool, typer.Option("--remove", help="Take everything of the site out instead.")] = False,
    templates: Templates = None,
    strict: Strict = False,
    form: Findings = FindingsFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Put a site's aliases and rules into your own backup of a firewall, ready to be restored.

    Everything else in the backup stays byte for byte, an earlier version of the site's aliases and rules is replaced, and with --remove
    they are taken out. BACKUP is a whole configuration or, from pfSense, the area Aliases or Firewall Rules. Nothing of its content is
    ever printed, and FILE is written only if there is no error.
    """
    from generator.diagnostics import Report
    from generator.merge import check_output
    from generator.pipeline import merge_site

    if output == STDOUT:
        raise typer.BadParameter("it is a secret like the backup: name a file", param_hint="'--output' / '-o'")
    report = Report()
    check_output(backup, output, report)
    with progress("merging"):
        merged = merge_site(site, target, backup, templates or (), report, remove=remove)
    written = _write(merged, output, report, strict=strict)
    show_findings(report, form, color)
    if written is not None and form is FindingsFormat.TEXT:
        from generator.cli.merge_closing import merge_lines

        lines = merge_lines(written, site=site, target=target, backup=backup, output=output, remove=remove)
        write_err("".join(f"{printable(line)}\n" for line in lines))
    return exit_status(report, strict=strict)


def _write(merged: "Merged | None", output: str, report: "Report", *, strict: bool) -> "Merged | None":
    """What was written, if anything."""
    from generator.merge import write_output

    if merged is None or exit_status(report, strict=strict) != OK:
        return None
    return merged if write_output(merged.data, output, report) else None
