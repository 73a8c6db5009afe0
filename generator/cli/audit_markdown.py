"""An audit as Markdown, for a ticket."""

from collections.abc import Iterator
from typing import Final

from generator.cli.markdown import code, head, row, text
from generator.compile.services import ports_text
from generator.net import Family
from generator.review.audit import Fault
from generator.review.audit_run import Audit, severity_of
from generator.review.audit_words import (
    LOG_CODES,
    VERDICTS,
    code_of,
    fact_words,
    group_visitors,
    list_sources,
    rule_words,
    standing,
    visitor_words,
)

_MOST_PREFIXES: Final = 12
_MOST_ROWS: Final = 60
_MOST_RULES: Final = 3


def format_audit(audit: Audit) -> str:
    """A heading with the verdict, a table of the services, one of the faults, one of the logs."""
    return "".join(f"{line}\n" for line in _lines(audit))


def _lines(audit: Audit) -> Iterator[str]:
    verdict = f"**{audit.verdict}**, {VERDICTS[audit.verdict]}" if audit.dumps else "what the logs say"
    yield f"### gatepost audit of {text(audit.plan.site)}: {verdict}"
    if audit.dumps:
        yield ""
        yield f"Read: {', '.join(code(dump.path) for dump in audit.dumps)}"
        yield ""
        yield from head("service", "access", "IPv4", "IPv6")
    for service in audit.plan.services if audit.dumps else ():
        name = f"{text(service.name)} ({service.protocol} {ports_text(service.ports)})"
        yield row(name, service.access, *(standing(audit, service, family) for family in Family))
    if audit.faults:
        yield ""
        yield from head("", "what", "from", "rule")
        yield from (_row(fault, audit) for fault in audit.faults[:_MOST_ROWS])
    if len(audit.faults) > _MOST_ROWS:
        yield ""
        yield f"{len(audit.faults) - _MOST_ROWS:,} more, see `gatepost audit --format json`"
    yield from _log_lines(audit)


def _row(fault: Fault, audit: Audit) -> str:
    sources = list_sources(fault)
    listed: list[str] = []
    if sources is not None:
        shown = () if fault.is_rest else sources.prefixes
        listed = [text(sources.words), *map(code, shown[:_MOST_PREFIXES])]
        listed += [f"and {len(shown) - _MOST_PREFIXES:,} more"] if len(shown) > _MOST_PREFIXES else []
    words = rule_words(fault)
    rules = [code(rule) if fault.rules else rule for rule in words[:_MOST_RULES]]
    rules += [f"and {len(words) - _MOST_RULES:,} more"] if len(words) > _MOST_RULES else []
    what = "<br>".join(text(said) for said in (fact_words(fault, audit.plan), *(f"why: {doubt}" for doubt in fault.doubts)))
    return row(f"{severity_of(fault)} {code_of(fault)}", what, "<br>".join(listed), "<br>".join(rules))


def _log_lines(audit: Audit) -> Iterator[str]:
    groups = group_visitors(audit.log) if audit.log is not None else []
    if groups:
        yield ""
        yield from head("", "log", "times", "addresses")
    for group in groups:
        listed = [text(visitor_words(visitor)) for visitor in group.visitors[:_MOST_PREFIXES]]
        listed += [f"and {len(group.visitors) - _MOST_PREFIXES:,} more"] if len(group.visitors) > _MOST_PREFIXES else []
        yield row(LOG_CODES[group.name], text(group.fact), f"{group.times:,}", "<br>".join(listed))
    if audit.log is not None and not groups:
        yield ""
        heard = "According to the logs no connector was refused, and no outsider came."
        yield heard if audit.log.understood else "No line of the logs is about a service of the plan."
