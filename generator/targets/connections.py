"""The limit on simultaneous connections that several targets offer: never below what the plan's connectors need."""

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.options import Options

OPTION = "connection_limit"


def check_connection_limit(plan: Plan, options: Options, report: Report) -> int | None:
    """The limit per source, or None where it is off; one that refuses a connector is reported, with the arithmetic."""
    limit = options.number(OPTION)
    if limit is not None and limit < plan.connections_needed:
        report.add(
            "TGT020",
            options.spans[OPTION],
            f"`{OPTION}` is {limit}, and one source may need {plan.connections_needed} connections at once",
            hint=f"{_arithmetic(plan)}: write {plan.connections_needed} or more, or leave the limit out",
        )
    return limit


def _arithmetic(plan: Plan) -> str:
    """`hubspot 5 × 3 mailboxes = 15; nylas …`: every connector's own need; those that share a source add up."""
    parts = []
    for requirement in plan.requirements:
        each = "5 (the vendor gives no number)" if requirement.connections_per_mailbox is None else str(requirement.connections_per_mailbox)
        mailboxes = f"{requirement.mailboxes} mailbox{'' if requirement.mailboxes == 1 else 'es'}"
        parts.append(f"{requirement.connector} {each} × {mailboxes} = {requirement.connections}")
    alone = any(requirement.connections == plan.connections_needed for requirement in plan.requirements)
    return "; ".join(parts) + ("" if alone else " (sharing a source, they add up)")
