"""`gatepost explain`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.console import Color, progress, write_out
from generator.cli.options import ColorOption, Networks, Result, Site
from generator.cli.printable import printable
from generator.cli.reporting import OK, FindingsFormat, ResultFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.diagnostics import Report
    from generator.plan import Plan
    from generator.review.explain import Answer, Nearest, Places


def explain(
    site: Site,
    source: Annotated[str | None, typer.Option("--from", metavar="ADDRESS", help="The address that connects.", show_default=False)] = None,
    to: Annotated[str | None, typer.Option(metavar="SERVICE|PORT", help="A service of the plan, or a port.", show_default=False)] = None,
    queries: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Many questions, one `ADDRESS SERVICE` a line; `-` for standard input.", show_default=False),
    ] = None,
    network: Networks = None,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Say whether an address gets in to a service, and why.

    When it does: the rule, the merged prefix and the YAML lines it came from. When not: the nearest rule and what differs. The exit
    status does not depend on the verdict.
    """
    from generator.diagnostics import Report
    from generator.review.explain import index_places, judge_expectations, open_site

    _check_usage(site, source, to, queries)
    report = Report()
    answers: list[Answer] = []
    with progress("explaining"):
        compiled = open_site(site, network or (), report)
        if compiled is not None:
            places = index_places(compiled)
            if queries is None:
                answers = [_answer_one(compiled.plan, places, source or "", to or "")]
            else:
                answers = _answer_many(compiled.plan, places, queries, report)
    as_json = form is ResultFormat.JSON
    if compiled is None or report.has_errors:
        show_findings(report, FindingsFormat.JSON if as_json else FindingsFormat.TEXT, color)
        return exit_status(report, strict=False)
    write_out(_to_json(compiled.plan.site, answers) if as_json else _to_text(answers))
    show_findings(judge_expectations(compiled), FindingsFormat.TEXT, color)
    return OK


def _check_usage(site: str, source: str | None, to: str | None, queries: str | None) -> None:
    if (queries is None) == (source is None and to is None) or (source is None) != (to is None):
        raise typer.BadParameter("ask one question with both --from and --to, or many with --queries")
    if site == queries == "-":
        raise typer.BadParameter("standard input is the site already", param_hint="'--queries'")


def _answer_one(plan: "Plan", places: "Places", source: str, to: str) -> "Answer":
    from generator.review.explain import QuestionError, ask

    try:
        return ask(plan, places, source, to)
    except QuestionError as error:
        raise typer.BadParameter(f"{error}; {error.hint}", param_hint="'--from' / '--to'") from error


def _answer_many(plan: "Plan", places: "Places", queries: str, report: "Report") -> "list[Answer]":
    from generator.review.explain import answer_lines
    from generator.source import read_source

    file = read_source(Path(queries), shown=queries, name=queries, report=report)
    return answer_lines(plan, places, file, report) if file else []


def _to_text(answers: "list[Answer]") -> str:
    return "\n".join("".join(f"{printable(line)}\n" for line in _answer_lines(answer)) for answer in answers)


def _answer_lines(answer: "Answer") -> Iterator[str]:
    from generator.compile.services import ports_text

    service = answer.service
    place = f"{service.name} ({service.protocol} {ports_text(service.ports)})" if service else f"port {answer.asked}"
    yield f"{answer.address.host_text} to {place}: {answer.verdict}"
    yield f"  because  {answer.reason}"
    for match in answer.matches:
        yield f"  rule     {match.rule}"
        yield f"  prefix   {match.prefix}"
        yield from (f"  line     {span}" for span in match.origins)
    if answer.nearest:
        yield f"  nearest  {answer.nearest.rule}, prefix {answer.nearest.prefix}: {_difference(answer.nearest)}"


def _difference(nearest: "Nearest") -> str:
    if nearest.differs == "service":
        return f"it lets this address in to {nearest.service}"
    if nearest.differs == "family":
        return "it is for the other address family"
    return f"the address is {nearest.distance} outside it"


def _to_json(site: str, answers: "list[Answer]") -> str:
    from generator.cli.reporters import span_document, to_json

    documents = [
        {
            "from": answer.address.host_text,
            "to": answer.asked,
            "service": answer.service.name if answer.service else None,
            "verdict": str(answer.verdict),
            "reason": answer.reason,
            "rules": [
                {"id": match.rule, "prefix": str(match.prefix), "origins": [span_document(span) for span in match.origins]}
                for match in answer.matches
            ],
            "nearest": _nearest_document(answer.nearest),
        }
        for answer in answers
    ]
    return to_json({"schema": "gatepost.explain/1", "site": site, "answers": documents})


def _nearest_document(nearest: "Nearest | None") -> dict[str, object] | None:
    if nearest is None:
        return None
    return {
        "rule": nearest.rule,
        "service": nearest.service,
        "prefix": str(nearest.prefix),
        "differs": nearest.differs,
        "distance": nearest.distance,
    }
