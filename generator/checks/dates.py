"""Expired access, and lists and profiles that nobody looked at for long. `check` alone looks at dates; the caller says what today is."""

from datetime import date, timedelta
from typing import Final

from generator.compile import Compiled
from generator.compile.locked import find_pin
from generator.diagnostics import Report
from generator.load import ConnectorInput
from generator.models import Updates
from generator.models.fields import parse_date

_SOON: Final = timedelta(days=14)
_STALE: Final = timedelta(days=180)


def check_dates(compiled: Compiled, today: date, report: Report) -> None:
    """Report passed and near `expires:` dates, and vendors' lists, locks and profiles that were last looked at too long ago."""
    for entry in compiled.connectors:
        expires = entry.use.expires
        span = compiled.site.spans.at("connectors", entry.index, "expires")
        if expires is not None and expires < today:
            hint = "remove the connector and render again, or agree on a new date"
            report.add("PLN050", span, f"access of `{entry.name}` expired on {expires}", hint=hint)
        elif expires is not None and expires - today <= _SOON:
            report.add("PLN051", span, f"access of `{entry.name}` expires on {expires}", hint="agree on a new date, or plan the removal")
        addresses = entry.profile.model.addresses
        used = not entry.use.networks_only and (entry.profile.model.networks or entry.profile.model.regions)
        if used and addresses.retrieved is not None and today - addresses.retrieved > _STALE:
            report.add(
                "PLN052",
                entry.profile.spans.at("addresses", "retrieved"),
                f"the list of `{entry.name}` was read on {addresses.retrieved}, {(today - addresses.retrieved).days} days ago",
                hint=f"compare it with {addresses.source}",
            )
        _check_lock(entry, compiled.site.model.updates, today, report)
        _check_review(entry, compiled.site.model.updates, today, report)


def _check_lock(entry: ConnectorInput, updates: Updates, today: date, report: Report) -> None:
    pinned = find_pin(entry)
    if pinned is None or entry.lock is None:
        return
    spans, path = pinned.lock.spans, ("connectors", entry.name)
    fetched = parse_date(pinned.pin.fetched[:10]) or date.min
    if today - fetched > timedelta(days=updates.max_age_days):
        message = f"the addresses of `{entry.name}` were fetched on {fetched}, {(today - fetched).days} days ago"
        report.add("LCK031", spans.at(*path, "fetched"), message, hint=f"`{entry.lock.command}` fetches them again")
    for index, item in enumerate(pinned.pin.leaving):
        if item.until < today:
            message = f"`{item.network}` left the feed of `{entry.name}`, and its grace period ended on {item.until}"
            report.add("LCK033", spans.at(*path, "leaving", index), message, hint=f"`{entry.lock.command}` takes it out")


def _check_review(entry: ConnectorInput, updates: Updates, today: date, report: Report) -> None:
    reviewed = entry.profile.model.reviewed
    if reviewed is not None and today - reviewed > timedelta(days=updates.max_review_days):
        message = f"the profile of `{entry.name}` was reviewed on {reviewed}, {(today - reviewed).days} days ago"
        hint = "hold it against its references; a newer version of gatepost may have a newer one"
        report.add("LCK032", entry.profile.spans.at("reviewed"), message, hint=hint)
