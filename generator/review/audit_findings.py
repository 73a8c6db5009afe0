"""What an audit found as findings: at the line of the site where there is one, so that code scanning can show them."""

from typing import Final

from generator.diagnostics import Related, Report, Span
from generator.review.audit import Fault
from generator.review.audit_run import Audit
from generator.review.audit_words import (
    LOG_CODES,
    LogGroup,
    code_of,
    count_words,
    fact_words,
    group_visitors,
    hint_of,
    list_sources,
    rule_place,
    rule_words,
    visitor_words,
)

_MOST_PREFIXES: Final = 5
_MOST_RULES: Final = 5


def add_findings(audit: Audit, report: Report) -> None:
    """Every fault, and what the logs say, as findings."""
    for fault in audit.faults:
        _add_fault(fault, audit, report)
    if audit.log is None:
        return
    for group in group_visitors(audit.log):
        _add_group(group, report)
    if not audit.log.understood:
        hint = "it can be of netfilter, Postfix or Dovecot; connections to other services don't count"
        report.add("AUD064", _place(audit.log.paths[0]), "no line of the log is about a service of the plan", hint=hint)


def _add_fault(fault: Fault, audit: Audit, report: Report) -> None:
    message = fact_words(fault, audit.plan)
    sources = list_sources(fault)
    if sources is not None:
        listed = () if fault.is_rest else sources.prefixes[:_MOST_PREFIXES]
        more = len(sources.prefixes) - len(listed) if listed else 0
        message += f": {', '.join((sources.words, *listed))}{f' and {more:,} more' if more else ''}"
    words = rule_words(fault)
    if words:
        message += f"; by `{words[0]}`" if fault.rules else f"; {words[0]}"
    if fault.doubts:
        message += f"; it depends on: {'; '.join(fault.doubts)}"
    places = [place for rule in fault.rules[:_MOST_RULES] if (place := rule_place(rule, audit.dumps))]
    related = [Related(place, "the rule") for place in places]
    span = fault.spans[0] if fault.spans else places[0] if places else _top(audit)
    report.add(code_of(fault), span, message, hint=hint_of(fault, audit.plan), related=[one for one in related if one.span != span])


def _top(audit: Audit) -> Span | None:
    return _place(audit.dumps[0].path) if audit.dumps else None


def _place(path: str) -> Span:
    return Span(path, 1, 1, 1, 1)


def _add_group(group: LogGroup, report: Report) -> None:
    first = group.visitors[0]
    listed = "; ".join(visitor_words(visitor) for visitor in group.visitors[:_MOST_PREFIXES])
    place = Span(first.path, first.line, 1, first.line, 1)
    report.add(LOG_CODES[group.name], place, f"{group.fact}, {count_words(group)}: {listed}")
