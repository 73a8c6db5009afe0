"""A report as Markdown, for a ticket or a wiki: what the page says, without the picture."""

from collections.abc import Iterable, Iterator, Sequence

from generator.cli.markdown import code, head, link, row, text
from generator.review.report_model import Changes, Deployment, Needs, Party, Piece, Prefixes, Preflight, ReportPage, Row


def format_report(page: ReportPage) -> str:
    """The whole report."""
    return "".join(f"{line}\n" for line in _lines(page)).rstrip("\n") + "\n"


def _lines(page: ReportPage) -> Iterator[str]:
    yield f"# {text(page.title)}"
    yield ""
    yield f"Site {code(page.site)}, looked at on {page.made} by gatepost"
    yield ""
    yield f"**{text(page.banner.text)}**"
    yield from _access(page)
    if page.changes:
        yield from _changes(page.changes)
    yield from _findings(page)
    yield from _section("Addresses and their sources")
    for party in page.parties:
        yield from _party(party)
    yield from _section("Requirements")
    for needs in page.needs:
        yield from _needs(needs)
    if page.preflights:
        yield from _section("Preflight")
    for preflight in page.preflights:
        yield from _preflight(preflight)
    yield from _section("Apply and undo")
    if page.undeployed:
        yield text(page.undeployed)
        yield ""
    for deployment in page.deployments:
        yield from _deployment(deployment)
    yield from _section("Inputs")
    yield from _table(("file", "SHA-256"), ((code(given.label), code(given.text)) for given in page.inputs))


def _section(title: str) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    yield ""


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table; nothing where it would have no rows."""
    lines = [row(*cells) for cells in rows]
    if lines:
        yield from (*head(*names), *lines, "")


def _items(rows: Iterable[Row]) -> Iterator[str]:
    yield from (f"- {text(item.label)}: {text(item.text)}" for item in rows)
    yield ""


def _access(page: ReportPage) -> Iterator[str]:
    yield from _section("Who gets in where")
    names = ("who", *("<br>".join(map(text, (column.name, *column.notes))) for column in page.access.columns))
    rows = (
        (f"{line.number}. {text(line.name)}" if line.anchor else text(line.name), *(text(cell.text) for cell in line.cells))
        for line in page.access.rows
    )
    yield from _table(names, rows)
    yield "Other ports are neither opened nor closed."
    yield ""
    yield from _items(page.facts)
    yield from (f"- {text(note)}" for note in page.notes)


def _changes(changes: Changes) -> Iterator[str]:
    yield from _section("What changed")
    yield f"Against {code(changes.old)}: **{text(changes.verdict)}**, {text(changes.words)}."
    yield ""
    rows = (
        (
            f"{change.sign} {text(change.kind)}",
            text(change.who),
            text(change.what),
            "<br>".join(map(text, change.services)),
            "<br>".join((text(change.summary), *map(code, change.prefixes), *([text(change.more)] if change.more else []))),
        )
        for change in changes.changes
    )
    yield from _table(("change", "who", "what", "to", "from"), rows)
    settings = ((text(setting.name), text(setting.before), text(setting.after)) for setting in changes.settings)
    yield from _table(("setting", "before", "after"), settings)
    yield from (f"- not compared: {text(words)}" for words in changes.left_out)


def _findings(page: ReportPage) -> Iterator[str]:
    yield from _section("Findings")
    if not page.findings:
        yield "There are none."
        yield ""
    for finding in page.findings:
        place = f" ({code(finding.place)})" if finding.place else ""
        hint = f". To do: {_sentence(finding.hint)}" if finding.hint else ""
        yield f"- **{finding.severity}** {code(finding.code)} {_sentence(finding.message)}{place}{hint}"
        yield from (f"  - {text(related)}" for related in finding.related)
    if page.more_findings:
        yield f"- {text(page.more_findings)}"
    if page.findings:
        yield ""
    silenced = ((code(one.code), text(one.summary), code(one.network), text(one.reason)) for one in page.silenced)
    yield from _table(("allowed finding", "about", "network", "reason"), silenced)
    wanted = ((text(one.question), text(one.verdict), text(one.outcome)) for one in page.expected)
    yield from _table(("connection", "expected", "outcome"), wanted)


def _sentence(pieces: Iterable[Piece]) -> str:
    return "".join(code(piece.text) if piece.code else text(piece.text) for piece in pieces)


def _party(party: Party) -> Iterator[str]:
    yield f"### {party.number}. {text(party.name)}: {text(party.title)}"
    yield ""
    yield from _items(party.facts)
    origins = ((link(one.title, one.url), text(one.size), text(one.dated), code(one.place)) for one in party.origins)
    yield from _table(("list", "entries", "date", "written in"), origins)
    for family in party.prefixes:
        yield from _prefixes(family)
    yield from (f"- {link(one.text, one.url)} ({text(one.label)})" for one in party.references)
    if party.references:
        yield ""


def _prefixes(family: Prefixes) -> Iterator[str]:
    yield "<details>" if family.folded else "<details open>"
    yield f"<summary>{text(family.label)}: {text(family.summary)}</summary>"
    yield ""
    notes = ("note",) if family.noted else ()
    rows = ((code(one.prefix), text(one.size), code(one.places), *(text(one.note) for _ in notes)) for one in family.entries)
    yield from _table(("prefix", "size", "from line", *notes), rows)
    if family.more:
        yield text(family.more)
        yield ""
    yield f"SHA-256 of the prefixes, one a line: {code(family.sha256)}"
    yield ""
    yield "</details>"
    yield ""


def _needs(needs: Needs) -> Iterator[str]:
    yield f"### {text(needs.title)} ({text(needs.name)})"
    yield ""
    yield from _items(needs.rows)


def _preflight(preflight: Preflight) -> Iterator[str]:
    yield f"### {text(preflight.title)}"
    yield ""
    yield f"**{text(preflight.verdict)}**"
    yield ""
    yield from _items(preflight.facts)
    for endpoint in preflight.endpoints:
        yield f"#### {text(endpoint.title)}"
        yield ""
        if endpoint.facts:
            yield from _items(endpoint.facts)
        rows = ((check.status, text(check.title), "<br>".join(map(text, check.notes))) for check in endpoint.checks)
        yield from _table(("status", "check", "what was seen"), rows)
    yield from (f"- {text(reminder)}" for reminder in preflight.reminders)
    yield ""


def _deployment(deployment: Deployment) -> Iterator[str]:
    yield f"### {text(deployment.title)} ({text(deployment.target)})"
    yield ""
    yield from _items(deployment.facts)
    commands = [(code("DIR"), "make", code(deployment.again))]
    commands += [(text(way.roles), text(one.label), code(one.text)) for way in deployment.commands for one in way.rows]
    yield from _table(("files", "to", f"in {code(f'DIR/{deployment.folder}')}"), commands)
    files = ((code(file.name), text(file.role), text(file.size), code(file.sha256)) for file in deployment.files)
    yield from _table(("file", "what for", "size", "SHA-256"), files)
