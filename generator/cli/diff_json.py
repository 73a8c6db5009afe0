"""A difference as JSON, `gatepost.diff/1`. Documented in docs/DIFF.md."""

from typing import Final

from generator.cli.reporters import Json, span_document
from generator.review.diff import Change, Difference, Setting
from generator.review.diff_words import list_addresses

SCHEMA: Final = "gatepost.diff/1"


def diff_document(difference: Difference) -> Json:
    """The whole difference, with every prefix."""
    return {
        "schema": SCHEMA,
        "old": difference.old,
        "new": difference.new,
        "verdict": str(difference.verdict),
        "same": difference.is_same,
        "may_widen": difference.may_widen,
        "may_narrow": difference.may_narrow,
        "changes": [_change(change) for change in difference.changes],
        "settings": [_setting(setting) for setting in difference.settings],
        "left_out": list(difference.left_out),
    }


def _change(change: Change) -> Json:
    addresses = list_addresses(change)
    return {
        "service": change.service or None,
        "protocol": change.protocol,
        "ports": [[port.first, port.last] for port in change.ports],
        "family": change.family.value,
        "party": change.party or None,
        "before": str(change.before),
        "after": str(change.after),
        "joined": change.joined,
        "verdict": str(change.verdict),
        "addresses": addresses.number,
        "all_but": addresses.inverted,
        "prefixes": list(addresses.prefixes),
        "doubts": list(change.doubts),
        "why": list(change.why),
        "places": [span_document(span) for span in change.spans],
        "where": list(change.where),
    }


def _setting(setting: Setting) -> Json:
    return {
        "subject": setting.subject,
        "name": setting.name or None,
        "before": setting.before,
        "after": setting.after,
        "place": span_document(setting.place),
        "where": list(setting.where),
    }
