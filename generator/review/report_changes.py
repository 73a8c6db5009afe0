"""What changed, for a report: a difference as its page shows it."""

from typing import Final

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
from generator.review.report_model import Change, Changes, SettingChange

_MOST_PREFIXES: Final = 100  # of one change; `gatepost diff --format json` has all
_MOST_OPEN: Final = 12
_SIGNS: Final = {**SIGNS, Verdict.NARROWER: "−"}


def describe_changes(difference: Difference) -> Changes:
    """A difference, the widening first."""
    verdict, _, words = verdict_words(difference).partition(": ")
    return Changes(
        old=difference.old,
        verdict=verdict,
        words=words,
        changes=tuple(map(_change, group_changes(difference.changes))),
        settings=tuple(
            SettingChange(setting_words(setting), value_words(setting.before), value_words(setting.after))
            for setting in difference.settings
        ),
        left_out=difference.left_out,
    )


def _change(group: Group) -> Change:
    change, addresses = group.change, list_addresses(group.change)
    left = len(addresses.prefixes) - _MOST_PREFIXES
    doubts = "".join(f"; why: {doubt}" for doubt in change.doubts)
    where = f"; in {', '.join(change.where)}" if change.where else ""
    return Change(
        sign=_SIGNS[change.verdict],
        kind=change.verdict,
        who=party_words(change, addresses),
        what=f"{change_words(change)}{doubts}{where}",
        services=group.services,
        summary=f"IPv{change.family.value}: {count_words(change, addresses)}",
        prefixes=tuple(f"{'not ' if addresses.inverted else ''}{prefix}" for prefix in addresses.prefixes[:_MOST_PREFIXES]),
        folded=len(addresses.prefixes) > _MOST_OPEN,
        more=f"{left:,} more are not shown here; `gatepost diff --format json` prints all of them" if left > 0 else "",
    )
