"""A preflight as Markdown: the ticket for the support of the vendor, or for whoever runs the mail server."""

import re
from collections.abc import Iterator, Sequence

from generator import __version__
from generator.preflight.outcome import EndpointReport, Preflight
from generator.preflight.result import Check
from generator.preflight.text import VERDICTS, count_text, endpoint_title


def preflight_markdown(result: Preflight, *, verbose: bool) -> str:
    """The whole report; the transcripts only with `verbose`."""
    return "".join(f"{line}\n" for line in _lines(result, verbose=verbose))


def _lines(result: Preflight, *, verbose: bool) -> Iterator[str]:
    yield f"## Mail server preflight for {_plain(result.title)}"
    yield ""
    yield f"- Result: **{VERDICTS[result.verdict]}** ({count_text(result)})"
    yield f"- Time: {result.time.isoformat(timespec='seconds')}"
    yield f"- Tested from: {', '.join(result.local_addresses) or 'no connection was made'} ({_plain(result.vantage_note)})"
    yield f"- Tool: gatepost preflight {__version__}"
    for report in result.endpoints:
        yield ""
        yield f"### {_plain(endpoint_title(report))}"
        yield ""
        yield from _facts(report)
        yield ""
        yield from _table(report.checks)
        if verbose and report.transcript:
            yield ""
            yield "```text"
            yield from (f"{line.who} {line.text}".replace("```", "'''") for line in report.transcript)
            yield "```"
    if result.checks:
        yield ""
        yield "### Notes"
        yield ""
        yield from (f"- {_plain(check.title)}" + (f" ({_plain(check.detail)})" if check.detail else "") for check in result.checks)
    yield ""
    yield "### To be let in"
    yield ""
    reach = result.reachability
    yield f"- from: {', '.join(map(_code, reach.prefixes)) or _plain(reach.how) or 'not known'}"
    yield f"- to: {', '.join(map(_plain, reach.services))}"
    if reach.rules:
        yield f"- rules: {', '.join(map(_code, reach.rules))}"
    if reach.log_filter:
        yield f"- in the server's log: {_code(reach.log_filter)}"


def _facts(report: EndpointReport) -> Iterator[str]:
    info = report.info
    yield f"- Addresses: {', '.join(report.addresses) or 'none'}"
    yield f"- Connections made: {report.connections_made}"
    if info.greeting:
        yield f"- Greeting: {_code(info.greeting)}"
    if info.handshake and info.handshake.version:
        yield f"- TLS: {_plain(f'{info.handshake.version} {info.handshake.cipher}'.strip())}"
    if info.certificate:
        facts = info.certificate
        names = ", ".join(facts.dns_names) or "none"
        until = facts.not_after.isoformat()
        yield f"- Certificate: {_code(facts.subject)}; names {_code(names)}; issuer {_code(facts.issuer)}; until {until}"
        yield f"- Certificate's SHA-256: {_code(facts.sha256)}"
    if info.capabilities:
        label = "CAPABILITY" if report.endpoint.application == "imap" else "EHLO"
        yield f"- {label} over TLS: {_code(('; ' if label == 'EHLO' else ' ').join(info.capabilities))}"
    if info.id:
        yield f"- ID: {_code(info.id)}"


def _table(checks: Sequence[Check]) -> Iterator[str]:
    yield "| | Check | Finding |"
    yield "| --- | --- | --- |"
    for check in checks:
        words = [_plain(check.detail)] if check.detail else []
        words += [f"**Fix:** {_plain(check.fix)}"] if check.fix else []
        words += [f"**The vendor's user reads:** {_plain(check.vendor_message)}"] if check.vendor_message else []
        yield f"| {check.status.upper()} | {_plain(check.title)} | {' '.join(words)} |"


def _plain(text: str) -> str:
    """Text as it is, whatever Markdown or HTML would make of it."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", text)


def _code(text: str) -> str:
    """Text as code, whatever backticks are in it; a bar would end a table's cell, and these stand in lists alone."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {text} {fence}" if longest else f"`{text}`"
