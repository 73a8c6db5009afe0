"""A connection limit is never below what the connectors need, and the arithmetic is told."""

import pytest

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.connections import check_connection_limit
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

PLAN = make_plan([service("imaps")], {"hubspot": {"imaps": ["192.0.2.7"]}, "nylas": {"imaps": ["192.0.2.8"]}}, connections=5)


def check(text: str, plan: Plan = PLAN) -> tuple[int | None, list[str]]:
    report = Report()
    limit = check_connection_limit(plan, resolve_options(shipped_target(), site_document(text), report), report)
    return limit, [finding.hint for finding in report.findings]


@pytest.mark.parametrize(("text", "limit"), [("", None), ("{connection_limit: 5}", 5), ("{connection_limit: 40}", 40)])
def test_a_limit_that_suffices_is_taken(text: str, limit: int | None) -> None:
    assert check(text) == (limit, [])


def test_a_limit_below_the_need_is_told_with_the_arithmetic() -> None:
    _, hints = check("{connection_limit: 4}")

    assert hints == ["hubspot 5 × 1 mailbox = 5; nylas 5 × 1 mailbox = 5: write 5 or more, or leave the limit out"]


def test_connectors_that_share_a_source_add_up() -> None:
    _, hints = check("{connection_limit: 9}", PLAN._replace(connections_needed=10))

    assert hints == [
        "hubspot 5 × 1 mailbox = 5; nylas 5 × 1 mailbox = 5 (sharing a source, they add up): write 10 or more, or leave the limit out"
    ]


def test_a_vendor_without_a_number_counts_five() -> None:
    requirements = (PLAN.requirements[0]._replace(connections_per_mailbox=None, mailboxes=2, connections=10),)
    _, hints = check("{connection_limit: 9}", PLAN._replace(requirements=requirements, connections_needed=10))

    assert hints == ["hubspot 5 (the vendor gives no number) × 2 mailboxes = 10: write 10 or more, or leave the limit out"]
