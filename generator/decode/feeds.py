"""What the keys of a profile's feed must be together: no single key can tell."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Final

from generator.diagnostics import Report
from generator.models import FEED_FORMATS, FEED_NEEDS, Addresses, Feed, foreign_keys, keys_of_format
from generator.source import Entry, Mapping, Node, Scalar, Sequence

_EXAMPLES: Final = {"tag": "AzureConnectors", "asn": "64496", "domain": "_spf.example.org"}
_POLICIES: Final = ("published", "feed", "per-account", "none")
# A key that is none of these may be the missing one misspelled, which has its finding.
_ADDRESSES: Final = {field.name for field in fields(Addresses)}
_FEED: Final = {field.name for field in fields(Feed)}


def check_feed(root: Mapping, report: Report) -> None:
    """A feed goes with the policy `feed`, has the keys that its format needs, and no others."""
    addresses = _value(root, "addresses")
    if not isinstance(addresses, Mapping) or "<<" in addresses.by_key:
        return
    policy, entry = _value(addresses, "policy"), addresses.by_key.get("feed")
    known = policy.text if isinstance(policy, Scalar) and policy.text in _POLICIES else ""
    if policy is not None and known == "feed" and entry is None and {*addresses.by_key} <= _ADDRESSES:
        hint = "write under `addresses`: feed: {format: text, url: https://example.org/addresses.txt}"
        report.add("SCH018", policy.span, "the policy is `feed`, and `addresses` has no `feed`", hint=hint)
    if entry is None or not isinstance(entry.value, Mapping):
        return
    if known not in ("", "feed"):
        message = f"`feed` stands here, and the policy is `{known}`"
        report.add("SCH019", entry.key.span, message, hint="write `policy: feed`, or remove the feed")
    _check_keys(entry, entry.value, report)
    _check_regions(_value(entry.value, "lists"), report)


def _check_keys(entry: Entry, feed: Mapping, report: Report) -> None:
    named = _value(feed, "format")
    known = named.text if isinstance(named, Scalar) else ""
    if known not in FEED_FORMATS or "<<" in feed.by_key:
        return
    for key in FEED_NEEDS.get(known, ()):
        if key not in feed.by_key and {*feed.by_key} <= _FEED:
            report.add("SCH018", entry.key.span, f"a feed of the format `{known}` needs `{key}`", hint=f"write {key}: {_EXAMPLES[key]}")
    for key in foreign_keys(known):
        if key in feed.by_key:
            message = f"`{key}` is no key of a feed of the format `{known}`"
            report.add("SCH019", feed.by_key[key].key.span, message, hint=f"its keys are: {', '.join(keys_of_format(known))}")


def _check_regions(lists: Node | None, report: Report) -> None:
    """Either every list says a region, in one way, or none does: a site that selects a region must know what it leaves out."""
    parts = [item for item in lists.items if isinstance(item, Mapping)] if isinstance(lists, Sequence) else []
    ways = [[*_ways(part)] for part in parts]
    for part, found in zip(parts, ways, strict=True):
        if len(found) > 1:
            report.add("SCH019", part.span, "this list says its region in two ways", hint="one `{region}` in the path, or the key `region`")
        elif not found and any(ways):
            hint = "give this one a `region` too, or take it from the others"
            report.add("SCH019", part.span, "this list has no region, and another list of the feed has", hint=hint)


def _ways(part: Mapping) -> Iterator[str]:
    path = _value(part, "path")
    yield from ["path"] * (path.text.count("{region}") if isinstance(path, Scalar) else 0)
    yield from ["region"] * ("region" in part.by_key)


def _value(node: Mapping, key: str) -> Node | None:
    return node.by_key[key].value if key in node.by_key else None
