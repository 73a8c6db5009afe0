"""A preflight as Markdown: the ticket for the support of the vendor, or for whoever runs the mail server."""

from collections.abc import Iterator, Sequence

from generator import __version__
from generator.cli.markdown import code, head, row, text
from generator.preflight.outcome import EndpointReport, Preflight
from generator.preflight.result import Check
from generator.preflight.text import VERDICTS, count_text, endpoint_title


def preflight_markdown(result: Preflight, *, verbose: bool) -> str:
    """The whole report; the transcripts only with `verbose`."""
    return "".join(f"{line}\n" for line in _lines(result, verbose=verbose))


def _lines(result: Preflight, *, verbose: bool) -> Iterator[str]:
    yield f"## Mail server preflight for {text(result.title)}"
    yield ""
    yield f"- Result: **{VERDICTS[result.verdict]}** ({count_text(result)})"
    yield f"- Time: {result.time.isoformat(timespec='seconds')}"
    yield f"- Tested from: {', '.join(result.local_addresses) or 'no connection was made'} ({text(result.vantage_note)})"
    yield f"- Tool: gatepost preflight {__version__}"
    for report in result.endpoints:
        yield ""
        yield f"### {text(endpoint_title(report))}"
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
        yield from (f"- {text(check.title)}" + (f" ({text(check.detail)})" if check.detail else "") for check in result.checks)
    yield ""
    yield "### To be let in"
    yield ""
    reach = result.reachability
    yield f"- from: {', '.join(map(code, reach.prefixes)) or text(reach.how) or 'not known'}"
    yield f"- to: {', '.join(map(text, reach.services))}"
    if reach.rules:
        yield f"- rules: {', '.join(map(code, reach.rules))}"
    if reach.log_filter:
        yield f"- in the server's log: {code(reach.log_filter)}"


def _facts(report: EndpointReport) -> Iterator[str]:
    info = report.info
    yield f"- Addresses: {', '.join(report.addresses) or 'none'}"
    yield f"- Connections made: {report.connections_made}"
    if info.greeting:
        yield f"- Greeting: {code(info.greeting)}"
    if info.handshake and info.handshake.version:
        yield f"- TLS: {text(f'{info.handshake.version} {info.handshake.cipher}'.strip())}"
    if info.certificate:
        facts = info.certificate
        names = ", ".join(facts.dns_names) or "none"
        until = facts.not_after.isoformat()
        yield f"- Certificate: {code(facts.subject)}; names {code(names)}; issuer {code(facts.issuer)}; until {until}"
        yield f"- Certificate's SHA-256: {code(facts.sha256)}"
    if info.capabilities:
        label = "CAPABILITY" if report.endpoint.application == "imap" else "EHLO"
        yield f"- {label} over TLS: {code(('; ' if label == 'EHLO' else ' ').join(info.capabilities))}"
    if info.id:
        yield f"- ID: {code(info.id)}"


def _table(checks: Sequence[Check]) -> Iterator[str]:
    yield from head("", "Check", "Finding")
    for check in checks:
        words = [text(check.detail)] if check.detail else []
        words += [f"**Fix:** {text(check.fix)}"] if check.fix else []
        words += [f"**The vendor's user reads:** {text(check.vendor_message)}"] if check.vendor_message else []
        yield row(check.status.upper(), text(check.title), " ".join(words))
