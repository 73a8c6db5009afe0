"""An audit for a terminal."""

from collections.abc import Iterator
from typing import Final

from generator.cli.printable import printable
from generator.compile.services import ports_text
from generator.diagnostics import Severity
from generator.net import Family
from generator.review.audit import Fault
from generator.review.audit_run import Audit, severity_of
from generator.review.audit_words import (
    LOG_CODES,
    VERDICTS,
    code_of,
    count_words,
    fact_words,
    group_visitors,
    hint_of,
    list_sources,
    rule_place,
    rule_words,
    standing,
    visitor_words,
)

_MOST_PREFIXES: Final = 20  # of one fault; JSON has all
_MOST_RULES: Final = 5
_MOST_VISITORS: Final = 10


def format_audit(audit: Audit) -> str:
    """The verdict, each service in a line, each fault, and what the logs say."""
    return "".join(f"{printable(line)}\n" for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    if audit.dumps:
        yield f"{audit.plan.site}: {VERDICTS[audit.verdict]}"
        yield f"read  {', '.join(dump.path for dump in audit.dumps)}"
        yield from _service_lines(audit)
    for fault in audit.faults:
        yield ""
        yield from _fault_lines(fault, audit)
    if audit.log is not None:
        yield from [""] if audit.dumps else []
        yield from _log_lines(audit)


def _service_lines(audit: Audit) -> Iterator[str]:
    names = {service.name: f"{service.name} ({service.protocol} {ports_text(service.ports)})" for service in audit.plan.services}
    width = max(map(len, names.values()), default=0)
    for service in audit.plan.services:
        said = [f"IPv{family.value} {standing(audit, service, family)}" for family in Family]
        yield f"  {names[service.name]:<{width}}  {service.access:<9}  {'; '.join(said)}"


def _fault_lines(fault: Fault, audit: Audit) -> Iterator[str]:
    yield f"{severity_of(fault)}[{code_of(fault)}] {fault.kind}: {fact_words(fault, audit.plan)}"
    sources = list_sources(fault)
    if sources is not None:
        listed = () if fault.is_rest else sources.prefixes
        yield f"  from  {sources.words}"
        yield from (f"        {'not ' if sources.all_but else ''}{prefix}" for prefix in listed[:_MOST_PREFIXES])
        if len(listed) > _MOST_PREFIXES:
            yield f"        and {len(listed) - _MOST_PREFIXES:,} more, see --format json"
    words = rule_words(fault)
    for index, text in enumerate(words[:_MOST_RULES]):
        place = rule_place(fault.rules[index], audit.dumps) if fault.rules else None
        yield f"  by    {text}{f'  ({place})' if place else ''}"
    if len(words) > _MOST_RULES:
        yield f"        and {len(words) - _MOST_RULES:,} more rules"
    yield from (f"  why   {doubt}" for doubt in fault.doubts)
    if fault.spans:
        yield f"  plan  {fault.spans[0]}"
    if hint := hint_of(fault, audit.plan):
        yield f"  help  {hint}"


def _log_lines(audit: Audit) -> Iterator[str]:
    log = audit.log
    if log is None:
        return
    yield f"logs  {', '.join(log.paths)}: {log.lines:,} lines, {log.understood:,} about services of the plan"
    groups = group_visitors(log)
    if not log.understood:
        yield "warning[AUD064] no line is about a service of the plan"
    elif not groups:
        yield "  no connector was refused, and no outsider is in them"
    for group in groups:
        yield ""
        severity = Severity.NOTE if group.name == "tried" else Severity.WARNING
        yield f"{severity}[{LOG_CODES[group.name]}] {group.fact}: {count_words(group)}"
        yield from (f"        {visitor_words(visitor)}" for visitor in group.visitors[:_MOST_VISITORS])
        if len(group.visitors) > _MOST_VISITORS:
            yield f"        and {len(group.visitors) - _MOST_VISITORS:,} more, see --format json"
