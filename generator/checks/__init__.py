"""Findings about a compiled site, one file per concern."""

from datetime import date

from generator.checks.expectations import check_expectations
from generator.checks.families import check_families
from generator.checks.overlaps import check_overlaps
from generator.compile import Compiled
from generator.diagnostics import Report

__all__ = ["check_plan", "check_today"]


def check_plan(compiled: Compiled, report: Report) -> None:
    """Everything that can be said without knowing the date; run before anything is rendered."""
    check_overlaps(compiled, report)
    check_families(compiled, report)
    check_expectations(compiled, report)
    compiled.allowances.report_unused(report)


def check_today(compiled: Compiled, today: date, report: Report) -> None:
    """What depends on the date: expiry and staleness."""
    from generator.checks.dates import check_dates

    check_dates(compiled, today, report)
