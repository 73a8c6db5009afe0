"""What the GCP lowering says: named machines alone, one family in each rule, long lists split, and what it refuses."""

import json
import re
from typing import Final

import pytest

from generator.diagnostics import Report
from generator.plan import Access, Plan
from generator.targets.gcp import lower
from generator.targets.gcp_view import GcpView
from generator.targets.options import resolve_options
from tests.cloud.files import full_plan
from tests.support.plans import HERE, make_plan, service
from tests.support.targets import render, shipped_target, site_document

FORMS: Final = ("gcp-rest", "gcp-terraform")
FULL: Final = full_plan()
TAGGED: Final = "{target_tags: [mail]}"


def attempt(plan: Plan, options: str = TAGGED) -> tuple[GcpView | None, Report]:
    report = Report()
    target = shipped_target("gcp-rest")
    resolved = resolve_options(target, site_document(options, "gcp-rest"), report)
    return lower(plan, limits=target.limits, options=resolved, report=report), report


def view_of(plan: Plan, options: str = TAGGED) -> GcpView:
    view, report = attempt(plan, options)
    assert view is not None, report.findings
    return view


def errors_of(plan: Plan, options: str) -> list[tuple[str, str, str]]:
    view, report = attempt(plan, options)
    assert view is None
    return [(finding.code, finding.message, finding.hint) for finding in report.findings if finding.severity.value == "error"]


def networks(count: int) -> list[str]:
    return [f"198.18.{index >> 7}.{(index & 127) * 2}" for index in range(count)]


def listed(count: int) -> Plan:
    return make_plan([service("imaps")], {"crm": {"imaps": networks(count)}})


def test_a_rule_has_ranges_of_one_family_and_those_that_deny_come_one_later() -> None:
    view = view_of(FULL)

    assert [(rule.name, rule.priority, rule.action, rule.ports, rule.ranges) for rule in view.rules] == [
        ("gatepost-acme--allow-hubspot-v4", 1000, "ALLOW", ("25", "143", "993"), ("192.0.2.7/32", "198.51.100.0/25")),
        ("gatepost-acme--allow-hubspot-v6", 1000, "ALLOW", ("25", "143", "993"), ("2001:db8:100::/48",)),
        ("gatepost-acme--allow-nylas-v4", 1000, "ALLOW", ("587", "993"), ("203.0.113.9/32",)),
        ("gatepost-acme--public-v4", 1000, "ALLOW", ("587",), ("0.0.0.0/0",)),
        ("gatepost-acme--public-v6", 1000, "ALLOW", ("587",), ("::/0",)),
        ("gatepost-acme--trusted-v4", 1000, "ALLOW", ("143", "993"), ("203.0.113.128/28",)),
        ("gatepost-acme--trusted-v6", 1000, "ALLOW", ("143", "993"), ("2001:db8:a::/48",)),
        ("gatepost-acme--deny-v4", 1001, "DENY", ("143", "993"), ("0.0.0.0/0",)),
        ("gatepost-acme--deny-v6", 1001, "DENY", ("143", "993"), ("::/0",)),
    ]


def test_port_25_is_denied_where_the_plan_closes_it_in_words() -> None:
    plan = make_plan([service("smtp", Access.ALLOWLIST)], {"relay": {"smtp": ["192.0.2.7"]}})

    assert [rule.ports for rule in view_of(plan).deny] == [("25",), ("25",)]


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.ADDITIVE])
def test_nothing_is_denied_where_nothing_is_allowlisted(access: Access) -> None:
    plan = make_plan([service("smtp", access)], {"relay": {"smtp": ["192.0.2.7"]}})

    assert view_of(plan).deny == ()


def test_an_additive_service_without_sources_has_no_rule() -> None:
    view = view_of(make_plan([service("smtp", Access.ADDITIVE)], {}))

    assert view.rules == ()


def test_rules_without_named_machines_are_refused() -> None:
    ((code, message, hint),) = errors_of(FULL, "")

    assert (code, message) == ("TGT240", "the rules would open and close the mail ports of every machine of the network")
    assert "target_tags: [mail]" in hint


def test_tags_beside_service_accounts_are_refused() -> None:
    options = "{target_tags: [mail], target_service_accounts: [m@p.iam.gserviceaccount.com]}"

    assert [found[0] for found in errors_of(FULL, options)] == ["TGT241"]


@pytest.mark.parametrize(("name", "count"), [("target_tags", 71), ("target_service_accounts", 11)])
def test_more_targets_than_a_rule_takes_are_refused(name: str, count: int) -> None:
    values = [f"t{number}" + "@p.iam.gserviceaccount.com" * (name != "target_tags") for number in range(count)]

    assert [found[0] for found in errors_of(FULL, f"{{{name}: {json.dumps(values)}}}")] == ["TGT243"]


@pytest.mark.parametrize("count", [1, 99, 100, 101, 250, 999])
def test_a_long_list_is_split_and_nothing_is_lost(count: int) -> None:
    view = view_of(listed(count), "{target_tags: [mail], ranges_per_rule: 100}")

    assert sorted(text for rule in view.allow for text in rule.ranges) == sorted(f"{text}/32" for text in networks(count))
    assert max(len(rule.ranges) for rule in view.allow) <= 100
    assert view.allow[0].name == "gatepost-acme--allow-crm-v4"


def test_a_prefix_more_changes_few_rules_and_no_name() -> None:
    options = "{target_tags: [mail], ranges_per_rule: 100}"
    before, after = (view_of(listed(count), options) for count in (500, 501))

    assert [rule.name for rule in before.rules] == [rule.name for rule in after.rules]
    assert sum(old != new for old, new in zip(before.rules, after.rules, strict=True)) == 1


def test_more_rules_than_the_project_holds_are_refused_with_the_arithmetic() -> None:
    ((code, message, hint),) = errors_of(listed(300), "{target_tags: [mail], ranges_per_rule: 10, rules_per_project: 20}")

    assert (code, message) == ("TGT242", "42 firewall rules, and the project holds 20")
    assert "300 source prefixes in 1 list, 10 to a rule, make 40 rules that allow, + 2 that deny" in hint


def test_a_project_is_filled_to_its_last_rule() -> None:
    assert view_of(FULL, "{target_tags: [mail], rules_per_project: 9}").usage[0] == "9 of 9 rules of the project"


def test_a_quota_is_told_beside_the_mistakes_of_other_targets() -> None:
    report = Report()
    report.add("TGT224", HERE, "an error elsewhere")
    target, options = shipped_target("gcp-rest"), "{target_tags: [mail], rules_per_project: 3}"

    view = lower(FULL, limits=target.limits, options=resolve_options(target, site_document(options, "gcp-rest"), report), report=report)

    assert view is None
    assert [finding.code for finding in report.findings] == ["TGT224", "TGT242"]


def test_a_name_above_the_limit_keeps_its_beginning_and_differs_from_another() -> None:
    site, long = "a" + "-mail" * 12, "c" + "-onnector" * 6
    plan = make_plan([service("imaps")], {f"{long}-{end}": {"imaps": ["192.0.2.7"]} for end in "ab"}, site=site)

    names = [rule.name for rule in view_of(plan).rules]

    assert len(set(names)) == 4
    assert [
        name for name in names if not re.fullmatch(r"[a-z][-a-z0-9]{0,61}[a-z0-9]", name) or not name.startswith(view_of(plan).own)
    ] == []


@pytest.mark.parametrize(
    "option",
    [
        "target_tags: [Mail]",
        "target_tags: ['mail,web']",
        "target_tags: [a_b]",
        "network: '${x}'",
        "network: projects/p/global/networks/n",
        "project: 'p;q'",
        "target_service_accounts: [mail]",
        "target_service_accounts: ['m@p\"']",
        "name_prefix: a-b",
    ],
)
def test_a_name_that_gcp_does_not_take_is_refused(option: str) -> None:
    report = Report()

    resolve_options(shipped_target("gcp-rest"), site_document(f"{{{option}}}", "gcp-rest"), report)

    assert [finding.code for finding in report.findings] == ["TGT011"]


def test_every_text_is_made_of_letters_that_quote_and_expand_nothing() -> None:
    titles = tuple(need._replace(title="\"'`${x}%{y}\n\\ é]]>") for need in FULL.requirements)
    inputs = tuple(one._replace(name="${x}'\n\"%{y}.yaml") for one in FULL.inputs)

    for target in FORMS:
        files = render(FULL._replace(requirements=titles, inputs=inputs), TAGGED, target=target)
        text = "".join(artifact.content for name, artifact in files.items() if not name.endswith(".sh"))
        assert re.findall(r"\$\{|%\{|`\$|é", text) == []


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_the_same_options_within_the_same_limits(form: str) -> None:
    first, other = shipped_target(FORMS[0]).manifest, shipped_target(form).manifest

    assert (other.options, other.limits, other.opens, other.closes) == (first.options, first.limits, first.opens, first.closes)


@pytest.mark.parametrize("options", ["{target_tags: [mx, mail]}", "{target_tags: [mail, mx, mail]}"])
def test_the_order_of_the_tags_does_not_matter(options: str) -> None:
    assert view_of(FULL, options).tags == ("mail", "mx")


def test_the_order_of_the_plan_does_not_matter() -> None:
    again = FULL._replace(services=FULL.services[::-1], rules=FULL.rules[::-1])

    assert {rule.name: rule.ranges for rule in view_of(again).rules} == {rule.name: rule.ranges for rule in view_of(FULL).rules}
