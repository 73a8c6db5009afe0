"""`gatepost plan`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.cli.console import Color, progress, write_out
from generator.cli.options import ColorOption, Networks, Result, Site, Strict
from generator.cli.printable import printable
from generator.cli.reporting import FindingsFormat, ResultFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.plan import Plan


def plan(
    site: Site,
    network: Networks = None,
    strict: Strict = False,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Print what a site means, normalised: every service, and every rule with its merged source prefixes.

    `--format json` prints `gatepost.plan/1`, with origins; after an error it prints the findings instead (`gatepost.findings/1`).
    """
    from generator.diagnostics import Report
    from generator.pipeline import compile_sites
    from generator.plan_json import plan_document

    report = Report()
    with progress("planning"):
        compiled = compile_sites([site], network or (), report)
    status = exit_status(report, strict=strict)
    as_json = form is ResultFormat.JSON
    show_findings(report, FindingsFormat.JSON if as_json and status else FindingsFormat.TEXT, color)
    if status:
        return status
    if as_json:
        from generator.cli.reporters import to_json

        write_out(to_json(plan_document(compiled[0].plan)))
    else:
        write_out("".join(f"{line}\n" for line in _plan_lines(compiled[0].plan)))
    return status


def _plan_lines(plan: "Plan") -> Iterator[str]:
    from generator.compile.services import ports_text

    yield f"site {plan.site}: {_count(len(plan.services), 'service')}, {_count(len(plan.rules), 'rule')}"
    yield ""
    for service in plan.services:
        yield f"{service.name:<16} {service.protocol} {ports_text(service.ports):<12} {service.tls:<9} {service.access}"
    for rule in plan.rules:
        yield ""
        yield f"{printable(rule.id)}  {rule.protocol} {ports_text(rule.ports)}"
        yield from (f"  {prefix}" for prefix in rule.sources)
    yield ""
    yield f"simultaneous connections that one source may need: {plan.connections_needed}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
