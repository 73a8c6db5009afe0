"""Plan → AWS security groups: prefix lists and rules, packed into as few groups as their quotas allow.

A group can only allow, so nothing here closes a port: the view has a checklist of what has to go from the other groups of the interface.

Facts: a rule that refers to a prefix list counts as many rules as the list has room for entries (docs.aws.amazon.com, VPC quotas), so a
list has room for exactly what is in it. Terraform resizes one in place (hashicorp/terraform-provider-aws, pull request 26845).
CloudFormation can't change room and entries in one update (aws-cloudformation/cloudformation-coverage-roadmap, issue 2377), so it gets no
lists.
"""

from collections.abc import Mapping
from typing import Final

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.aws_names import SHORTEST_NAME, AwsNames
from generator.targets.aws_packing import Placed, Quota, place_grants, read_quota
from generator.targets.aws_quota import check_template, left_open, report_closing, report_overflow, report_use, to_close
from generator.targets.aws_sources import Grant, find_grants, merge_grants
from generator.targets.aws_spelling import spell_groups, spell_lists, spell_rules, spell_tags
from generator.targets.aws_view import AwsView
from generator.targets.naming import printable
from generator.targets.options import Options

OPTIONS: Final = {
    "vpc_id": "text",
    "security_group": "text",
    "name_prefix": "text",
    "tags": "list",
    "sources": "choice",
    "rules_per_group": "integer",
    "groups_per_interface": "integer",
    "prefix_lists": "integer",
}
CHOICES: Final = {"sources": ("auto", "lists", "rules")}
LIMITS: Final = {
    "rules_per_group": 1,
    "groups_per_interface": 1,
    "rules_per_interface": 1,
    "prefix_list_entries": 1,
    "entries_per_call": 1,
    "prefix_lists": 1,
    "tags": 2,
    "name_letters": SHORTEST_NAME,
    "description_letters": SHORTEST_NAME,
}


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> AwsView | None:
    """Turn a plan into what security groups can say; None after an error that was reported."""
    quota, existing = read_quota(options, limits), printable(options.text("security_group"))
    names = AwsNames(printable(options.text("name_prefix")), plan.site, limits["name_letters"], limits["description_letters"])
    tags = spell_tags(options, names, limits["tags"], report)
    placed = _place(plan, quota, options, report)
    if placed is None or tags is None:
        return None
    rules = spell_rules(plan, placed, names)
    if not check_template(placed, len(rules), limits, report):
        return None
    groups = spell_groups(placed, rules, names, quota, existing)
    report_use(placed, quota, options, report)
    report_closing(plan, options, report)
    return AwsView(
        site=plan.site,
        identifier=names.identifier,
        mark=names.mark,
        owner=names.owner,
        group_description=names.group_description,
        vpc_id="" if existing else printable(options.text("vpc_id")),
        security_group=existing,
        groups=groups,
        plain=tuple(group for group in groups if group.permissions),
        lists=spell_lists(placed, names),
        from_lists=tuple(rule for rule in rules if rule.prefix_list),
        from_ipv4=tuple(rule for rule in rules if rule.cidr_ipv4),
        from_ipv6=tuple(rule for rule in rules if rule.cidr_ipv6),
        tags=tags,
        closing=to_close(plan),
        exceptions=left_open(plan),
    )


def _place(plan: Plan, quota: Quota, options: Options, report: Report) -> tuple[Placed, ...] | None:
    """Prefix lists where they fit, because a list changes in place; else rules, which need the fewest. None after an error."""
    wanted = options.text("sources")
    if options.text("security_group") and options.text("vpc_id"):
        hint = "leave one of the two out"
        report.add("TGT203", options.spans["vpc_id"], "`vpc_id` has no effect beside `security_group`", hint=hint)
    ways: list[tuple[Grant, ...]] = []
    ways += [find_grants(plan)] if wanted != "rules" else []
    ways += [merge_grants(plan)] if wanted != "lists" else []
    for grants in ways:
        placed = place_grants(grants, quota)
        if placed is not None:
            return placed
    report_overflow(ways[-1], quota, options, report)
    return None
