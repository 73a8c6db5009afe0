"""Expired access and lists that nobody has looked at for long. `check` alone looks at dates; the caller says what today is."""

from datetime import date, timedelta
from typing import Final

from generator.compile import Compiled
from generator.diagnostics import Report

_SOON: Final = timedelta(days=14)
_STALE: Final = timedelta(days=180)


def check_dates(compiled: Compiled, today: date, report: Report) -> None:
    """Report passed and near `expires:` dates, and vendor lists last read more than 180 days ago."""
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
