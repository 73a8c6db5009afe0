"""A difference as findings, for code scanning."""

from typing import Final

from generator.diagnostics import Report, Span
from generator.review.diff import Change, Difference, Verdict
from generator.review.diff_words import (
    change_words,
    count_words,
    group_changes,
    group_key,
    list_addresses,
    party_words,
    setting_words,
    value_words,
)
from generator.review.picture import State
from generator.review.sides import Side

_CODES: Final = {Verdict.WIDER: "AUD083", Verdict.NARROWER: "AUD084", Verdict.UNKNOWN: "AUD085", Verdict.SAME: "AUD086"}
_MOST_PREFIXES: Final = 10


def add_findings(difference: Difference, new: Side, report: Report) -> None:
    """Every change and setting as a finding at its place on the new side, as a checkout of it names the file."""
    first = {group_key(change): change for change in reversed(difference.changes)}
    for group in group_changes(difference.changes):
        change = group.change
        report.add(_CODES[change.verdict], _place(_span(first[change], new), new), _change_message(change, group.services))
    for setting in difference.settings:
        message = f"{setting_words(setting)}: {value_words(setting.before)} before, {value_words(setting.after)} now"
        report.add("AUD086", _place(setting.place, new), message)
    for words in difference.left_out:
        report.add("AUD087", _place(None, new), words)


def _change_message(change: Change, services: tuple[str, ...]) -> str:
    addresses = list_addresses(change)
    listed = ": " + ", ".join(addresses.prefixes[:_MOST_PREFIXES]) if addresses.prefixes else ""
    more = ", …" if len(addresses.prefixes) > _MOST_PREFIXES else ""
    who = f"{party_words(change, addresses)} {change_words(change)}"
    why = f"; {'; '.join(change.doubts)}" if change.doubts else ""
    return f"{who}: {', '.join(services)}; IPv{change.family.value}, {count_words(change, addresses)}{listed}{more}{why}"


def _span(change: Change, new: Side) -> Span | None:
    """The place on the new side that a change comes from: the list of whoever gets in, else the line that decides about the service."""
    if change.after is State.OPEN and change.joined is not False:
        return next(iter(change.spans), None)
    services = new.plan.services if new.plan else ()
    return next((service.decided for service in services if service.name == change.service), None)


def _place(span: Span | None, new: Side) -> Span:
    lead = f"{new.revision}:" if new.revision else ""
    found = span or Span(new.title, 1, 1, 1, 1)
    return found._replace(path=found.path.removeprefix(lead))
