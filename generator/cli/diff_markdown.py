"""A difference as Markdown, for the comment on a pull request."""

from collections.abc import Iterator
from typing import Final

from generator.cli.markdown import code, head, row, text
from generator.review.diff import Difference, Verdict
from generator.review.diff_words import (
    SIGNS,
    Group,
    change_words,
    count_words,
    group_changes,
    list_addresses,
    party_words,
    setting_words,
    value_words,
    verdict_words,
)

_MOST_PREFIXES: Final = 12  # of one row; a comment on GitHub has 65,536 characters at most
_MOST_ROWS: Final = 60
_SIGNS: Final = {**SIGNS, Verdict.NARROWER: "−"}  # a lone hyphen in a cell would be a list


def format_diff(difference: Difference) -> str:
    """A heading with the verdict, a table of who gained and lost, and one of the settings."""
    return "".join(f"{line}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    verdict, _, words = verdict_words(difference).partition(": ")
    yield f"### gatepost: **{verdict}**, {words}"
    yield ""
    yield f"{code(difference.old)} → {code(difference.new)}"
    groups = group_changes(difference.changes)
    if groups:
        yield ""
        yield "| | who | what | to | from |"
        yield "| :-: | --- | --- | --- | --- |"
        yield from map(_row, groups[:_MOST_ROWS])
        yield from _more(len(groups))
    if difference.settings:
        yield ""
        yield from head("setting", "before", "after")
    for setting in difference.settings[:_MOST_ROWS]:
        yield row(text(setting_words(setting)), text(value_words(setting.before)), text(value_words(setting.after)))
    yield from _more(len(difference.settings))
    if difference.left_out:
        yield ""
    yield from (f"- not compared: {text(words)}" for words in difference.left_out)


def _more(count: int) -> Iterator[str]:
    if count > _MOST_ROWS:
        yield ""
        yield f"{count - _MOST_ROWS:,} more, see `gatepost diff --format json`"


def _row(group: Group) -> str:
    change, addresses = group.change, list_addresses(group.change)
    listed = [code(prefix) for prefix in addresses.prefixes[:_MOST_PREFIXES]]
    if len(addresses.prefixes) > _MOST_PREFIXES:
        listed.append(f"and {len(addresses.prefixes) - _MOST_PREFIXES:,} more")
    source = "<br>".join((f"IPv{change.family.value}: {count_words(change, addresses)}", *listed))
    what = "<br>".join(map(text, (change_words(change), *(f"why: {doubt}" for doubt in change.doubts))))
    where = f"<br>in {text(', '.join(change.where))}" if change.where else ""
    to = "<br>".join(map(text, group.services))
    return row(_SIGNS[change.verdict], text(party_words(change, addresses)), f"{what}{where}", to, source)
