"""What is said about a site's use of AWS: how much of the quotas it takes, why it doesn't fit, and what only the user can close."""

from collections.abc import Iterable, Mapping, Sequence

from generator.diagnostics import Report, Span
from generator.net import Family
from generator.plan import Access, Plan, Service
from generator.targets.aws_names import FAMILIES
from generator.targets.aws_packing import Placed, Quota, place_grants
from generator.targets.aws_sources import EVERYBODY, Grant
from generator.targets.options import Options

_SHOWN = 6  # parts of a sum


def report_use(placed: Sequence[Placed], quota: Quota, options: Options, report: Report) -> None:
    """Say what a site that fits takes of its quotas."""
    groups = max((one.group for one in placed), default=1)
    lists = sum(not one.grant.plain for one in placed)
    sums = {family: sum(one.weight for one in placed if one.grant.family is family) for family in Family}
    room = quota.rules * groups
    rules = ", ".join(f"{FAMILIES[family]} {count} of {room}" for family, count in sums.items())
    where = "the security group" if options.text("security_group") else f"{groups} of {quota.groups} security groups"
    message = f"inbound rules: {rules}, in {where}" + (f"; {lists} of {quota.lists} prefix lists" if lists else "")
    if not lists and options.text("sources") == "auto" and any(one.grant.owner != EVERYBODY for one in placed):
        message += "; prefix lists don't fit, so each prefix has rules of its own"
    hint = "what other rules the group has comes on top" if options.text("security_group") else "other groups of the interface come on top"
    report.add("TGT260", options.spans["rules_per_group"], message, hint=hint)


def report_overflow(grants: Sequence[Grant], quota: Quota, options: Options, report: Report) -> None:
    """Say why a site doesn't fit, with the sum, where most of the rules come from."""
    room, over = quota.rules * quota.groups, False
    groups = "the security group holds" if quota.groups == 1 else f"{quota.groups} security groups of {quota.rules} hold"
    for family in Family:
        held = [grant for grant in grants if grant.family is family]
        total = sum(grant.weight * len(grant.sources) for grant in held)
        if total > room:
            over = True
            message = f"{total} inbound rules for {FAMILIES[family]}, and {groups} {room}"
            report.add("TGT200", _most_of(held), message, hint=f"{_sum(held)}; {_ways_out(options)}")
    if not over:  # rules without lists always fit where their number does, so lists are wanted
        _report_lists(grants, quota, options, report)


def _report_lists(grants: Sequence[Grant], quota: Quota, options: Options, report: Report) -> None:
    """Say that the prefix lists are too many, or leave gaps in the groups that no prefix with all its ports fits into."""
    span, hint, lists = options.spans["sources"], "leave `sources` out: rules without lists are shared out one by one", 0
    for family in Family:
        held = [grant for grant in grants if grant.family is family]
        placed = place_grants(held, quota._replace(lists=sum(len(grant.sources) for grant in held)))
        lists += sum(not one.grant.plain for one in placed or ())
        if placed is None:
            message = f"the prefix lists for {FAMILIES[family]} don't share out over {quota.groups} groups of {quota.rules} rules"
            report.add("TGT200", span, message, hint=f"{_sum(held)}, all ports of a prefix in one group; {hint}")
    if lists > quota.lists:
        raised = "raise `prefix_lists` if the region has room for more"
        report.add("TGT200", span, f"{lists} prefix lists, and the site may have {quota.lists}", hint=f"{raised}, or {hint}")


def check_template(placed: Sequence[Placed], rules: int, limits: Mapping[str, int], report: Report) -> bool:
    """Whether the rules are few enough for a CloudFormation template, whose manifest has a limit that the others have not."""
    most = limits.get("template_rules")
    if most is None or rules <= most:
        return True
    hint = f"each rule is a resource, and {most} leave room for the groups; merge prefixes, or take the target aws-terraform or aws-cli"
    report.add("TGT202", _most_of(one.grant for one in placed), f"{rules} rules, and a template holds {most}", hint=hint)
    return False


def report_closing(plan: Plan, options: Options, report: Report) -> None:
    """Say that only the user can close, and what."""
    closing = [service for service in plan.services if service.access is Access.ALLOWLIST]
    if closing:
        names = ", ".join(f"`{service.name}`" for service in closing)
        other = "rule of the group, or another group of the interface," if options.text("security_group") else "group of the interface"
        message = f"a security group can only allow: {names} can be reached by whoever another {other} lets in"
        others = "other rules and groups" if options.text("security_group") else "other groups"
        hint = f"take these ports out of the {others}; the file begins with the list"
        origins = [rule.origins[0] for rule in plan.rules if rule.service == closing[0].name]
        report.add("TGT201", origins[0] if origins else closing[0].decided, message, hint=hint)


def to_close(plan: Plan) -> tuple[str, ...]:
    """What no other group of the interface may allow, a line for each service."""
    return tuple(_spell(service) for service in plan.services if service.access is Access.ALLOWLIST)


def left_open(plan: Plan) -> tuple[str, ...]:
    """The services that stay as they are for others, a line for each."""
    why = {
        Access.PUBLIC: "public, the rules here let everybody in",
        Access.ADDITIVE: "other mail servers deliver here, leave their rules alone",
    }
    return tuple(f"{_spell(service)}: {why[service.access]}" for service in plan.services if service.access in why)


def _spell(service: Service) -> str:
    return f"{service.name}, {service.protocol} {', '.join(map(str, service.ports))}"


def _most_of(grants: Iterable[Grant]) -> Span:
    """The place that most of the rules come from; of equals, the first."""
    counts: dict[Span, int] = {}
    for grant in grants:
        counts[grant.origin] = counts.get(grant.origin, 0) + grant.weight * len(grant.sources)
    return max(counts, key=lambda span: counts[span])


def _sum(grants: Sequence[Grant]) -> str:
    """`hubspot 12 × 2 ports + …`, the largest first; where each prefix has a rule of its own, by service."""
    counts: dict[str, int] = {}
    for grant in grants:
        name = grant.uses[0].service if grant.plain else f"{grant.owner} {len(grant.sources)} × {grant.weight} ports ="
        counts[name] = counts.get(name, 0) + grant.weight * len(grant.sources)
    parts = [f"{name} {count}" for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return " + ".join(parts[:_SHOWN] + ([f"{len(parts) - _SHOWN} more"] if len(parts) > _SHOWN else []))


def _ways_out(options: Options) -> str:
    quota = "`rules_per_group`" if options.text("security_group") else "`rules_per_group` or `groups_per_interface`"
    return (
        "three ways out: fewer prefixes or services (`region`, `exclude`, `services`, wider prefixes from the vendor), "
        f"{quota} once AWS has raised the quota (1000 rules on an interface), or a host firewall (nftables)"
    )
