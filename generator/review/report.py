"""One page about a site, for whoever reviews or approves it: who gets in where, on whose word, and what is applied and undone how."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

from generator import codes
from generator.artifacts import Artifact
from generator.checks import check_plan, check_today
from generator.compile import Compiled
from generator.diagnostics import Diagnostic, Report, Severity
from generator.plan import Access, Plan, Server
from generator.review.diff import Difference
from generator.review.handover import handover
from generator.review.report_access import count_words, tabulate
from generator.review.report_changes import describe_changes
from generator.review.report_files import describe_files
from generator.review.report_model import Banner, Expected, Finding, Needs, Piece, Preflight, ReportPage, Row, Silenced
from generator.review.report_parties import describe_parties
from generator.review.report_picture import draw_access


class Rendered(NamedTuple):
    """What was rendered for a report; or, in words, why nothing was. `folders` are the user's own targets."""

    artifacts: tuple[Artifact, ...]
    folders: tuple[Path, ...] = ()
    reason: str = ""


def judge_plan(compiled: Compiled, report: Report) -> None:
    """What `gatepost check` finds about a plan, but for dates: an error here is one that stops `gatepost render`."""
    check_plan(compiled, report)


def judge_day(compiled: Compiled, today: date, report: Report) -> None:
    """What `gatepost check` finds about dates, at which `render` never looks."""
    check_today(compiled, today, report)


def make_page(
    compiled: Compiled,
    rendered: Rendered,
    report: Report,
    *,
    today: date,
    difference: Difference | None = None,
    preflights: Sequence[Preflight] = (),
) -> ReportPage:
    """The whole page; `report` has what was found about the site."""
    site, plan = compiled.site.model, compiled.plan
    table = tabulate(compiled)
    names = {given.path: given.name for given in plan.inputs}
    return ReportPage(
        site=plan.site,
        title=site.title or f"Mail server of {plan.site}",
        made=str(today),
        banner=_banner(plan, report, difference, preflights),
        facts=tuple(_server_facts(plan.server, plan.connections_needed)),
        notes=site.notes,
        picture=draw_access(table),
        access=table,
        parties=describe_parties(compiled, today),
        needs=tuple(Needs(given.connector, given.title, tuple(Row(label, text) for label, text in given.rows)) for given in handover(plan)),
        findings=tuple(_finding(finding, names) for finding in _by_weight(report.findings)[:_MOST_FINDINGS]),
        more_findings=_more_findings(len(report.findings) - _MOST_FINDINGS),
        silenced=tuple(Silenced(entry.code, _summary(entry.code), entry.network, entry.reason) for entry in site.allow),
        expected=tuple(_expected(compiled, report)),
        changes=None if difference is None else describe_changes(difference),
        deployments=describe_files(compiled, rendered.artifacts, rendered.folders),
        undeployed=rendered.reason,
        inputs=tuple(Row(given.name, given.sha256) for given in plan.inputs),
        preflights=tuple(preflights),
    )


_MOST_FINDINGS: Final = 200  # a list in documentation space has one for each line
_WEIGHTS: Final = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def _banner(plan: Plan, report: Report, difference: Difference | None, preflights: Sequence[Preflight]) -> Banner:
    """The sentence that somebody reads who reads no more."""
    levels = {preflight.level for preflight in preflights}
    words = _banner_words(plan, report, difference, preflights)
    if report.has_errors:
        return Banner("error", f"Not to be applied as it is: {words}")
    if "error" in levels:  # of the server, which files do not mend; the exit status is about the site alone
        return Banner("error", f"The server has to be mended first: {words}")
    widened = difference is not None and difference.may_widen
    if report.count(Severity.WARNING) or "warning" in levels or widened:
        return Banner("warning", f"To be looked at: {words}")
    return Banner("good", f"Nothing stands in the way: {words}")


def _banner_words(plan: Plan, report: Report, difference: Difference | None, preflights: Sequence[Preflight]) -> str:
    counts = [(report.count(severity), severity) for severity in _WEIGHTS]
    found = ", ".join(count_words(count, severity, f"{severity}s") for count, severity in counts if count) or "no findings"
    public = ", ".join(service.name for service in plan.services if service.access is Access.PUBLIC)
    opened = f" Open to everybody: {public}." if public else ""
    changed = f" Against {difference.old}: {difference.verdict}." if difference else ""
    looked = "".join(f" Preflight of {preflight.title}: {preflight.verdict}." for preflight in preflights)
    return f"{found}.{opened}{changed}{looked}"


def _server_facts(server: Server, connections: int) -> Iterator[Row]:
    yield Row("IMAP server", server.imap or "not named in the site")
    yield Row("SMTP server", server.smtp or "not named in the site")
    yield Row("its addresses", ", ".join(address.host_text for address in server.addresses) or "not named in the site")
    yield Row("oldest TLS accepted", server.tls_minimum)
    yield Row("connections that one source may need at once", f"{connections:,}")


def _by_weight(findings: Sequence[Diagnostic]) -> list[Diagnostic]:
    return sorted(findings, key=lambda finding: _WEIGHTS.index(finding.severity))


def _more_findings(count: int) -> str:
    return f"{count:,} more are not shown here; `gatepost check` prints all of them" if count > 0 else ""


def _finding(finding: Diagnostic, names: dict[str, str]) -> Finding:
    def place(path: str, line: int) -> str:
        return f"{names.get(path, path)}:{line}"

    return Finding(
        severity=finding.severity,
        code=finding.code,
        place=place(finding.span.path, finding.span.line) if finding.span else "",
        message=_pieces(finding.message),
        hint=_pieces(finding.hint),
        related=tuple(f"{place(related.span.path, related.span.line)}: {related.message}" for related in finding.related),
    )


def _pieces(message: str) -> tuple[Piece, ...]:
    """A message with what the user typed, which is between backticks, told from the words around it."""
    parts = message.split("`")
    if len(parts) % 2 == 0:
        return (Piece(message, False),)
    return tuple(Piece(part, index % 2 == 1) for index, part in enumerate(parts) if part)


def _summary(code: str) -> str:
    """What a code is about; nothing for one that does not exist, which has a finding of its own."""
    try:
        return codes.lookup(code).summary
    except KeyError:
        return ""


def _expected(compiled: Compiled, report: Report) -> Iterator[Expected]:
    """The expectations of the site, each with what became of it: one that does not hold has an error of its own."""
    spans = compiled.site.spans
    errors = {finding.span for finding in report.findings if finding.severity is Severity.ERROR}
    for index, wanted in enumerate(compiled.site.model.expect):
        failed = errors & {spans.at("expect", index, key) for key in ("from", "to", "verdict")}
        question = f"from {wanted.from_} to {wanted.to}"
        yield Expected(question, wanted.verdict, "out" if failed else "in", "does not hold" if failed else "holds")
