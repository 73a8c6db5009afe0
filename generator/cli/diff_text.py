"""A difference for a terminal."""

from collections.abc import Iterator
from typing import Final

from generator.cli.printable import printable
from generator.review.diff import Difference
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

_MOST_PREFIXES: Final = 50  # of one group; JSON has all


def format_diff(difference: Difference) -> str:
    """The verdict, who gained and lost, and the settings that changed."""
    return "".join(f"{printable(line)}\n" for line in _lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    yield f"old  {difference.old}"
    yield f"new  {difference.new}"
    yield verdict_words(difference)
    for group in group_changes(difference.changes):
        yield ""
        yield from _group_lines(group)
    if difference.settings:
        yield ""
        yield "settings"
    for setting in difference.settings:
        where = f"  (in {', '.join(setting.where)})" if setting.where else ""
        yield f"  {setting_words(setting)}: {value_words(setting.before)} -> {value_words(setting.after)}{where}"
    if difference.left_out:
        yield ""
        yield "not compared"
    yield from (f"  {words}" for words in difference.left_out)


def _group_lines(group: Group) -> Iterator[str]:
    change, addresses = group.change, list_addresses(group.change)
    yield f"{SIGNS[change.verdict]} {party_words(change, addresses)} {change_words(change)}"
    yield f"    to    {', '.join(group.services)}"
    yield f"    from  IPv{change.family.value}, {count_words(change, addresses)}"
    yield from (f"          {'not ' if addresses.inverted else ''}{prefix}" for prefix in addresses.prefixes[:_MOST_PREFIXES])
    if len(addresses.prefixes) > _MOST_PREFIXES:
        yield f"          and {len(addresses.prefixes) - _MOST_PREFIXES:,} more, see --format json"
    yield from (f"    why   {doubt}" for doubt in change.doubts)
    if change.where:
        yield f"    in    {', '.join(change.where)}"
