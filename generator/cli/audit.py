"""`gatepost audit`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from generator.cli.console import Color, progress, write_err, write_out
from generator.cli.options import ColorOption, Networks, Site, Strict
from generator.cli.printable import printable
from generator.cli.reporting import FOUND, UNTRIED, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.compile import Compiled
    from generator.diagnostics import Report
    from generator.net import Prefix
    from generator.readers.registry import Dump
    from generator.review.audit_run import Audit


class AuditFormat(StrEnum):
    """How an audit is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    SARIF = "sarif"


class _Given(NamedTuple):
    """What there is to read."""

    printed: "Sequence[Dump]"
    files: Sequence[str]
    logs: Sequence[str]


Files = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[FILE]...",
        help="What the firewall prints: nft -j list ruleset, iptables-save, ip6tables-save, ipset save, or an export; `-` for standard "
        "input. Several are of one host.",
        show_default=False,
    ),
]
Live = Annotated[bool, typer.Option("--live", help="Read the rules of this host, as root, by commands that change nothing.")]
Interface = Annotated[str, typer.Option(metavar="NAME", help="The interface that connections from outside come by.", show_default=False)]
To = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="The server's address that rules are asked about. May be repeated.", show_default=False),
]
Log = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FILE",
        help="A log of the firewall, Postfix or Dovecot, gzipped or not; `-` for standard input. May be repeated.",
        show_default=False,
    ),
]
Form = Annotated[AuditFormat, typer.Option("--format", help="How the result is printed.", case_sensitive=False)]


def audit(
    site: Site,
    files: Files = None,
    live: Live = False,
    interface: Interface = "",
    to: To = None,
    log: Log = None,
    network: Networks = None,
    strict: Strict = False,
    form: Form = AuditFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Hold live rules against the plan: who can't get in and should, who can and shouldn't, and by which rule.

    Also: rules that nothing gets to, gatepost's own rules changed by hand, limits that refuse a connector; and from logs, connectors
    that were refused and outsiders that tried. What can't be told is said, and a warning. Services that are not in the plan are no
    difference. Exit status 1: the rules are not what the plan says; 3: --live can't read them here.
    """
    _check_usage(site, files or (), log or (), live=live)
    destinations = [_address(text) for text in to or ()]
    printed = _read_live() if live else []
    if printed is None:
        return UNTRIED
    with progress("auditing"):
        result, report = _run(site, network or (), _Given(printed, files or (), log or ()), interface, destinations)
    if result is None or report.has_errors:
        structured = form in (AuditFormat.JSON, AuditFormat.SARIF)
        show_findings(report, FindingsFormat(form) if structured else FindingsFormat.TEXT, color)
        return FOUND
    return _show(result, report, form, color, strict=strict)


def _check_usage(site: str, files: Sequence[str], logs: Sequence[str], *, live: bool) -> None:
    if not files and not logs and not live:
        raise typer.BadParameter("give a dump of the rules, or --live, or --log", param_hint="'[FILE]...'")
    if [site, *files, *logs].count("-") > 1:
        raise typer.BadParameter("standard input can be read once")


def _address(text: str) -> "Prefix":
    from generator.net import PrefixError, parse_prefix

    try:
        address = parse_prefix(text)
    except PrefixError as error:
        raise typer.BadParameter(f"{error}; {error.hint}", param_hint="'--to'") from error
    if not address.is_host:
        raise typer.BadParameter(f"`{text}` is a network, not an address", param_hint="'--to'")
    return address


def _read_live() -> "list[Dump] | None":
    from generator.cli.live import CannotReadError, read_live_rules
    from generator.readers.registry import Dump

    try:
        with progress("reading the rules"):
            return [Dump(printed.path, printed.text, whole=True) for printed in read_live_rules()]
    except CannotReadError as error:
        write_err(f"gatepost: this can't be tried here: {printable(str(error))}\n")
        return None


def _read_dumps(files: Sequence[str], report: "Report") -> "list[Dump]":
    from generator.readers.registry import Dump
    from generator.source import read_source

    sources = [read_source(Path(path), shown=path, name=path, report=report) for path in files]
    return [Dump(source.path, source.text) for source in sources if source is not None]


def _run(
    site: str, networks: Sequence[str], given: _Given, interface: str, destinations: "Sequence[Prefix]"
) -> "tuple[Audit | None, Report]":
    """The audit, and the findings of reading; None after an error."""
    from generator.diagnostics import Report
    from generator.review.explain import open_site

    report = Report()
    dumps = [*given.printed, *_read_dumps(given.files, report)]
    compiled = open_site(site, networks, report)
    if compiled is None or report.has_errors:
        return None, report
    own = Report()  # what a plan is warned of is `check`'s business
    return _audit(compiled, dumps, given.logs, interface, destinations, own), own


def _audit(
    compiled: "Compiled", dumps: "Sequence[Dump]", logs: Sequence[str], interface: str, destinations: "Sequence[Prefix]", report: "Report"
) -> "Audit | None":
    from generator.readers.outside import Outside
    from generator.review.audit_run import Audit, audit_dumps

    done: Audit | None = Audit(compiled.plan, (), ())
    if dumps:
        done = audit_dumps(compiled, dumps, Outside(interface), destinations, report)
    if done is not None and logs:
        from generator.review.audit_logs import read_logs

        done = done._replace(log=read_logs(logs, compiled.plan, report))
    return done


def _show(result: "Audit", report: "Report", form: AuditFormat, color: Color, *, strict: bool) -> int:
    from generator.diagnostics import Report
    from generator.review.audit_findings import add_findings

    judged = Report()
    judged.extend(report.findings)
    add_findings(result, judged)
    if form is AuditFormat.SARIF:
        show_findings(judged, FindingsFormat.SARIF, color)
    elif form is AuditFormat.JSON:
        from generator.cli.audit_json import audit_document
        from generator.cli.reporters import to_json

        write_out(to_json(audit_document(result, report.findings)))
    else:
        from generator.cli import audit_markdown, audit_text

        write_out((audit_markdown if form is AuditFormat.MARKDOWN else audit_text).format_audit(result))
        show_findings(report, FindingsFormat.TEXT, color)
    return exit_status(judged, strict=strict)
