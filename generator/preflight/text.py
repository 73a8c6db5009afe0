"""A preflight as text for a terminal: what is fine in a few words, the rest with its cause and its cure."""

from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import Final

from generator.plan import TlsMode
from generator.preflight.outcome import EndpointReport, Preflight, Verdict
from generator.preflight.result import Check, Status
from generator.preflight.transcript import Said

Painter = Callable[[str, str], str]

_WORDS: Final = {Status.PASS: "PASS", Status.NOTE: "NOTE", Status.WARN: "WARN", Status.FAIL: "FAIL", Status.SKIP: "SKIP"}
_KINDS: Final = {Status.PASS: "help", Status.NOTE: "note", Status.WARN: "warning", Status.FAIL: "error", Status.SKIP: "gutter"}
_MODES: Final = {TlsMode.IMPLICIT: "implicit TLS", TlsMode.STARTTLS: "STARTTLS"}
VERDICTS: Final = {
    Verdict.READY: "READY",
    Verdict.WARNINGS: "READY, with warnings",
    Verdict.NOT_READY: "NOT READY",
    Verdict.UNTESTED: "COULD NOT BE TESTED FROM HERE",
}
_VERDICT_KINDS: Final = {Verdict.READY: "help", Verdict.WARNINGS: "warning", Verdict.NOT_READY: "error", Verdict.UNTESTED: "error"}


def preflight_text(result: Preflight, paint: Painter, columns: int, *, verbose: bool) -> str:
    """The whole report. `verbose`: every check with its details, and what was said on the connections."""
    return "".join(f"{line}\n" for line in _lines(result, paint, columns, verbose=verbose))


def _lines(result: Preflight, paint: Painter, columns: int, *, verbose: bool) -> Iterator[str]:
    site = f"site {result.site}, " if result.site else ""
    yield from _headed(f"Preflight for {result.title}", f"{site}{result.time.isoformat(timespec='seconds')}", paint, columns)
    tested = ", ".join(result.local_addresses) or "here, without a connection"
    yield from _wrapped(f"Tested from {tested}: {result.vantage_note}", "", columns)
    for report in result.endpoints:
        yield ""
        yield from _endpoint_lines(report, paint, columns, verbose=verbose)
    if result.checks:
        yield ""
        yield from _check_lines(result.checks, paint, columns, verbose=verbose)
    yield ""
    yield from _reach_lines(result, columns)
    yield ""
    verdict = VERDICTS[result.verdict]
    first, *rest = _wrapped(f"{verdict}: {count_text(result)}", "", columns, hang="  ")
    yield paint(_VERDICT_KINDS[result.verdict], verdict) + first.removeprefix(verdict)
    yield from rest


def count_text(result: Preflight) -> str:
    """How many checks came out how: the worst first."""
    order = (Status.FAIL, Status.WARN, Status.NOTE, Status.PASS, Status.SKIP)
    return ", ".join(f"{count} {status}" for status in order if (count := result.count(status)))


def _headed(title: str, more: str, paint: Painter, columns: int) -> Iterator[str]:
    """A title, and beside it what else there is to say, or under it where the line is too short."""
    *before, last = _wrapped(title, "", columns, hang="  ")
    fits = len(f"{last}   {more}") <= columns
    yield from (paint("path", line) for line in before)
    yield paint("path", last) + (f"   {more}" if fits else "")
    if not fits:
        yield f"  {more}"


def _endpoint_lines(report: EndpointReport, paint: Painter, columns: int, *, verbose: bool) -> Iterator[str]:
    made = report.connections_made
    count = f"{made} connection" + ("" if made == 1 else "s")
    yield from _headed(endpoint_title(report), f"{count} made", paint, columns)
    yield from _check_lines(report.checks, paint, columns, verbose=verbose)
    if verbose and report.transcript:
        yield "  what was said (C: here, S: the server):"
        yield from (f"    {_said(line)}" for line in report.transcript)


def endpoint_title(report: EndpointReport) -> str:
    """The endpoint in a line: `IMAP  imap.example.org:993, implicit TLS`."""
    endpoint = report.endpoint
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    service = f" ({endpoint.service})" if endpoint.service else ""
    return f"{endpoint.application.upper()}  {host}:{endpoint.port}, {_MODES[endpoint.tls]}{service}"


def _said(line: Said) -> str:
    return f"{line.who}{':' if line.who in 'CS' else ''} {line.text}"


def _check_lines(checks: tuple[Check, ...], paint: Painter, columns: int, *, verbose: bool) -> Iterator[str]:
    """The checks; unless `verbose`, those that passed in one sentence, and those that were skipped for one reason too."""
    fine = [check for check in checks if check.status is Status.PASS]
    if fine and not verbose:
        yield from _labelled(Status.PASS, "; ".join(check.title for check in fine), paint, columns)
    skipped: dict[str, list[str]] = {}
    for check in checks:
        if check.status is Status.SKIP and not verbose:
            skipped.setdefault(check.detail, []).append(check.title)
        elif verbose or check.status is not Status.PASS:
            yield from _one_check(check, paint, columns)
    for reason, titles in skipped.items():
        yield from _labelled(Status.SKIP, f"{', '.join(titles)}: {reason}", paint, columns)


def _one_check(check: Check, paint: Painter, columns: int) -> Iterator[str]:
    yield from _labelled(check.status, check.title, paint, columns)
    if check.detail:
        yield from _wrapped(check.detail, "        ", columns)
    if check.fix:
        yield from _wrapped(f"-> {check.fix}", "        ", columns, hang="           ")
    if check.vendor_message:
        yield from _wrapped(f"the vendor's user reads: {check.vendor_message}", "        ", columns)


def _labelled(status: Status, text: str, paint: Painter, columns: int) -> Iterator[str]:
    first, *rest = list(_wrapped(text, "        ", columns)) or [""]
    yield f"  {paint(_KINDS[status], _WORDS[status])}  {first.lstrip()}"
    yield from rest


def _reach_lines(result: Preflight, columns: int) -> Iterator[str]:
    reach = result.reachability
    if reach.prefixes:
        shown = ", ".join(reach.prefixes[:8]) + (f" and {len(reach.prefixes) - 8} more" if len(reach.prefixes) > 8 else "")
        rules = f"; rules: {', '.join(reach.rules)}" if reach.rules else ""
        yield from _wrapped(f"To be let in: {shown}, to {', '.join(reach.services)}{rules}", "", columns, hang="  ")
        if reach.log_filter:
            yield "In the server's log:"
            yield f"  {reach.log_filter}"
    elif reach.how:
        yield from _wrapped(f"To be let in: {result.vendor}'s addresses for your account ({reach.how})", "", columns, hang="  ")


def _wrapped(text: str, indent: str, columns: int, *, hang: str = "") -> Iterator[str]:
    yield from wrap(
        text, max(columns, 40), initial_indent=indent, subsequent_indent=hang or indent, break_long_words=False, break_on_hyphens=False
    )
