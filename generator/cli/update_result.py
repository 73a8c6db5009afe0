"""What `gatepost update` prints: for people what came and went, for programs the same as JSON."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from generator.cli.printable import printable

if TYPE_CHECKING:
    from generator.diagnostics import Report
    from generator.feeds.change import Change
    from generator.feeds.run import Done
    from generator.feeds.update import Outcome
    from generator.net import Prefix

SCHEMA: Final = "gatepost.update/1"
_MOST_LINES: Final = 40  # of one region: more is for `diff`, and for the JSON


def result_lines(done: "Done", *, check: bool) -> Iterator[str]:
    """The change of every connector and every service, and what became of the lock."""
    from generator.feeds.change import count_text

    updated = done.updated
    for outcome in updated.outcomes:
        yield from map(printable, _outcome_lines(outcome))
    for service in updated.services:
        verb = "would gain" if check else "gains"
        yield f"service {service.service} {verb} {count_text(service.gained)} and loses {count_text(service.lost)}"
    if done.lock:
        yield f"{printable(done.lock)} {'was written' if done.written else 'was not written (--check)' if check else 'stays as it was'}"


def _outcome_lines(outcome: "Outcome") -> Iterator[str]:
    change = outcome.change
    count = f"{change.before} to {change.after} prefixes" if change.before != change.after else _prefixes(change.after)
    refused = outcome.status == "refused" and bool(change.regions)
    yield f"{outcome.name}: {outcome.status.replace('-', ' ')}, {'would be ' * refused}{count}, for {', '.join(change.services)}"
    for region in change.regions:
        if region.name:
            yield f"  {region.name}{'' if region.used else ' (not let in by this site)'}"
        yield from _prefix_lines("+", region.gained)
        yield from _prefix_lines("-", region.lost)
    for item in change.leaving[:_MOST_LINES]:
        where = f" of {item.region}" if item.region else ""
        yield f"  {item.network}{where} left the feed and stays until {item.until}"
    if len(change.leaving) > _MOST_LINES:
        yield f"  and {len(change.leaving) - _MOST_LINES} more left the feed and stay for a while"


def _prefixes(count: int) -> str:
    return f"{count} prefix{'' if count == 1 else 'es'}"


def _prefix_lines(sign: str, prefixes: "Sequence[Prefix]") -> Iterator[str]:
    from generator.feeds.change import count_text

    for prefix in prefixes[:_MOST_LINES]:
        yield f"    {sign} {prefix}  {count_text([prefix])}"
    if len(prefixes) > _MOST_LINES:
        yield f"    {sign} and {len(prefixes) - _MOST_LINES} more: {count_text(prefixes)} in all"


def result_document(done: "Done | None", report: "Report") -> dict[str, object]:
    """The same as JSON; without an update, the findings alone."""
    from generator.cli.reporters import finding_documents

    updated = done.updated if done else None
    return {
        "schema": SCHEMA,
        "site": done.site if done else None,
        "lock": done.lock or None if done else None,
        "status": str(updated.status) if updated else "refused",
        "connectors": [_outcome_document(outcome) for outcome in (updated.outcomes if updated else ())],
        "services": [
            {"name": service.service, **_sides(service.gained, service.lost)} for service in (updated.services if updated else ())
        ],
        "findings": finding_documents(report.findings),
    }


def _outcome_document(outcome: "Outcome") -> dict[str, object]:
    change: Change = outcome.change
    return {
        "name": outcome.name,
        "status": str(outcome.status),
        "url": outcome.url,
        "version": outcome.pin.version if outcome.pin else None,
        "fetched": outcome.pin.fetched if outcome.pin else None,
        "services": list(change.services),
        "prefixes": {"before": change.before, "after": change.after},
        **_sides(change.gained, change.lost),
        "regions": [{"name": region.name or None, "used": region.used, **_sides(region.gained, region.lost)} for region in change.regions],
        "leaving": [{"network": item.network, "region": item.region, "until": str(item.until)} for item in change.leaving],
    }


def _sides(gained: "Sequence[Prefix]", lost: "Sequence[Prefix]") -> dict[str, object]:
    return {"gained": _side(gained), "lost": _side(lost)}


def _side(prefixes: "Sequence[Prefix]") -> dict[str, object]:
    """Merged prefixes, and how many addresses they have: a text, because IPv6 has more than a number of JSON holds."""
    return {"prefixes": list(map(str, prefixes)), "addresses": str(sum(prefix.size for prefix in prefixes))}
