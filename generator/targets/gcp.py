"""Plan → GCP: VPC firewall rules of one family each, for named machines alone; those that deny come one number after those that allow.

Facts: docs.cloud.google.com, "VPC firewall rules", "Cloud NGFW quotas and limits"; the v1 API's reference of firewalls. A smaller number
goes first, and of two equal ones the rule that denies. Policies of the organisation, the folder and the network may go before all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.net import Family, PortRange, make_prefix
from generator.plan import Access, Plan
from generator.targets.gcp_view import GcpRule, GcpView
from generator.targets.naming import SHORTEST_FIT, fit, joined_id, printable
from generator.targets.options import Options
from generator.targets.ordered import Grant, closed_ports, cut_name, find_grants, own_names
from generator.targets.packing import spread

OPTIONS: Final[Mapping[str, str]] = {
    "project": "text",
    "network": "text",
    "target_tags": "list",
    "target_service_accounts": "list",
    "name_prefix": "text",
    "priority": "integer",
    "log": "boolean",
    "ranges_per_rule": "integer",
    "rules_per_project": "integer",
}
CHOICES: Final[Mapping[str, tuple[str, ...]]] = {}
LIMITS: Final[Mapping[str, int]] = {
    "ranges_per_rule": 1,
    "rules_per_project": 1,
    "name_letters": 63,
    "description_letters": SHORTEST_FIT,
    "tags_per_rule": 1,
    "accounts_per_rule": 1,
}


class _Maker(NamedTuple):
    """What every rule is made from."""

    plan: Plan
    own: str
    network: str
    tags: tuple[str, ...]
    accounts: tuple[str, ...]
    log: bool
    limits: Mapping[str, int]

    def rule(self, label: str, rule_id: str, *, priority: int, action: str, ranges: Sequence[str], ports: tuple[PortRange, ...]) -> GcpRule:
        """One rule, with the lines that the scripts compare."""
        name = cut_name(self.own + label, self.limits["name_letters"])
        description = fit(printable(f"gatepost {rule_id}"), self.limits["description_letters"], joint=" ")
        texts = tuple(str(port) for port in ports)
        rule = GcpRule(name, description, priority, action, tuple(ranges), texts, ())
        cells = sorted(f"{key}\t{value}" for key, value in _cells(rule, self))
        return rule._replace(lines=tuple(f"{name}\t{cell}" for cell in cells))


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> GcpView | None:
    """Make the view of one site; None without machines to make rules for, or above a quota, which is reported."""
    tags, accounts = (tuple(sorted(set(options.texts(name)))) for name in ("target_tags", "target_service_accounts"))
    if not _check_targets(tags, accounts, limits, options, report):
        return None
    own = own_names(options.text("name_prefix"), plan.site, limits["name_letters"])
    first = options.number("priority") or 0
    maker = _Maker(plan, own, options.text("network"), tags, accounts, options.flag("log"), limits)
    grants = find_grants(plan)
    capacity = options.number("ranges_per_rule") or limits["ranges_per_rule"]
    allow = tuple(rule for grant in grants for rule in _allow(grant, first, capacity, maker))
    deny = tuple(_deny(first + 1, maker))
    usage = _check_quota(plan, grants, allow, deny, limits, options, report)
    if usage is None:
        return None
    return GcpView(
        site=plan.site,
        own=own,
        symbol=own.rstrip("-").replace("-", "_"),
        project=options.text("project"),
        network=maker.network,
        tags=tags,
        accounts=accounts,
        log=maker.log,
        allow=allow,
        deny=deny,
        rules=allow + deny,
        lines=sum(len(rule.lines) for rule in allow + deny),
        last=first,
        usage=usage,
    )


def _check_targets(tags: tuple[str, ...], accounts: tuple[str, ...], limits: Mapping[str, int], options: Options, report: Report) -> bool:
    """Whether the rules are for named machines, and for no more names than one rule takes; what is wrong is reported."""
    mistakes: list[tuple[str, str, str, str]] = []
    if not tags and not accounts:
        hint = "name the mail server's network tag, `target_tags: [mail]`, or its service account, `target_service_accounts: […]`"
        mistakes.append(("TGT240", "target_tags", "the rules would open and close the mail ports of every machine of the network", hint))
    if tags and accounts:
        hint = "leave one of the two out: GCP takes either"
        mistakes.append(("TGT241", "target_tags", "`target_tags` beside `target_service_accounts`", hint))
    for name, found, most in (
        ("target_tags", tags, limits["tags_per_rule"]),
        ("target_service_accounts", accounts, limits["accounts_per_rule"]),
    ):
        if len(found) > most:
            hint = "give the mail servers one tag of their own, and name that"
            mistakes.append(("TGT243", name, f"{len(found)} of `{name}`: a rule takes {most}", hint))
    for code, name, message, hint in mistakes:
        report.add(code, options.spans[name], message, hint=hint)
    return not mistakes


def _allow(grant: Grant, priority: int, capacity: int, maker: _Maker) -> Iterator[GcpRule]:
    """The rules of one grant: one, or as many as its ranges need. The first one keeps the name when others come."""
    for chunk in spread(grant.sources, capacity=capacity) or ():
        label = grant.label if chunk.number == 1 else f"{grant.label}-{chunk.number}"
        ranges = [str(prefix) for prefix in chunk.items]
        yield maker.rule(label, grant.rule_id, priority=priority, action="ALLOW", ranges=ranges, ports=grant.ports)


def _deny(priority: int, maker: _Maker) -> Iterator[GcpRule]:
    """A rule for each family that closes the allowlisted services to everybody else, against whatever a larger number allows."""
    ports = closed_ports(maker.plan)
    services = "+".join(service.name for service in maker.plan.services if service.access is Access.ALLOWLIST)
    for family in Family if ports else ():
        rule_id = joined_id(maker.plan.site, ("deny",), f"{services}/v{family.value}")
        everybody = [str(make_prefix(family, 0, 0))]
        yield maker.rule(f"deny-v{family.value}", rule_id, priority=priority, action="DENY", ranges=everybody, ports=ports)


def _cells(rule: GcpRule, maker: _Maker) -> Iterator[tuple[str, str]]:
    """Every key of a rule with its value, or each of its values, in the words of the scripts."""
    yield "action", rule.action
    yield "description", rule.description
    yield "direction", "INGRESS"
    yield "disabled", "false"
    yield "log", "exclude-all" if maker.log else "false"
    yield "network", maker.network
    yield "priority", str(rule.priority)
    yield from (("port", f"tcp:{port}") for port in rule.ports)
    yield from (("range", text) for text in rule.ranges)
    yield from (("tag", tag) for tag in maker.tags)
    yield from (("account", account) for account in maker.accounts)


def _check_quota(
    plan: Plan,
    grants: Sequence[Grant],
    allow: Sequence[GcpRule],
    deny: Sequence[GcpRule],
    limits: Mapping[str, int],
    options: Options,
    report: Report,
) -> tuple[str, ...] | None:
    """What the site uses of each quota, in words; None where the project can't hold it, which is reported."""
    rules, most = len(allow) + len(deny), options.number("rules_per_project") or limits["rules_per_project"]
    capacity = options.number("ranges_per_rule") or limits["ranges_per_rule"]
    longest = max((len(rule.ranges) for rule in (*allow, *deny)), default=0)
    if rules <= most:
        usage = (f"{rules} of {most} rules of the project", f"{longest} of {capacity} source prefixes in the longest rule")
        hint = "what other firewall rules the project has comes on top"
        report.add("TGT260", options.spans["rules_per_project"], f"firewall: {', '.join(usage)}", hint=hint)
        return usage
    worst = max(grants, key=lambda grant: len(grant.sources), default=None)
    total, lists = sum(len(grant.sources) for grant in grants), "1 list" if len(grants) == 1 else f"{len(grants)} lists"
    report.add(
        "TGT242",
        plan.services[0].origin if worst is None else worst.origin,
        f"{rules} firewall rules, and the project holds {most}",
        hint=f"{total} source prefixes in {lists}, {capacity} to a rule, make {len(allow)} rules that allow, + {len(deny)} that deny; "
        "three ways out: fewer prefixes or connectors, `rules_per_project` where the quota was raised, or a host firewall (nftables)",
    )
    return None
