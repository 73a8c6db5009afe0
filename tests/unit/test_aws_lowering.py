"""What the AWS lowering says: names, prefix lists or rules, groups within their quota, and what it refuses."""

from collections import Counter

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets.aws import lower
from generator.targets.aws_view import AwsView
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

LONG = [f"198.51.{index // 256}.{index % 256}" for index in range(0, 2400, 2)]
OFFICE = ["203.0.113.128/28", "2001:db8:a::/48"]


def lowered(plan: Plan, options: str = "", target: str = "aws-terraform") -> tuple[AwsView | None, list[tuple[str, str]]]:
    """The view, and the findings as code and message."""
    report, shipped = Report(), shipped_target(target)
    resolved = resolve_options(shipped, site_document(options, target), report)
    view = lower(plan, limits=shipped.limits, options=resolved, report=report)
    return view, [(finding.code, finding.message) for finding in report.findings]


def view_of(plan: Plan, options: str = "", target: str = "aws-terraform") -> AwsView:
    view, findings = lowered(plan, options, target)
    assert view is not None, findings
    return view


def long_plan(count: int, services: int = 1) -> Plan:
    names = ("imaps", "imap", "submission")[:services]
    return make_plan([service(name) for name in names], {"hubspot": dict.fromkeys(names, LONG[:count])})


def test_a_connector_has_a_list_for_each_family_that_its_services_share() -> None:
    nets = ["192.0.2.7", "192.0.2.9", "2001:db8:7::/48"]
    plan = make_plan([service("imaps"), service("imap")], {"hubspot": dict.fromkeys(("imaps", "imap"), nets)}, trusted=OFFICE)

    view = view_of(plan)

    assert [(one.key, one.name, one.entries, one.room) for one in view.lists] == [
        ("hubspot ipv4", "gatepost_acme_hubspot_ipv4", ("192.0.2.7/32", "192.0.2.9/32"), 2),
        ("hubspot ipv6", "gatepost_acme_hubspot_ipv6", ("2001:db8:7::/48",), 1),
        ("trusted ipv4", "gatepost_acme_trusted_ipv4", ("203.0.113.128/28",), 1),
        ("trusted ipv6", "gatepost_acme_trusted_ipv6", ("2001:db8:a::/48",), 1),
    ]
    assert [(rule.key, rule.first, rule.description) for rule in view.rules if rule.prefix_list == "hubspot ipv4"] == [
        ("imap hubspot ipv4", 143, "gatepost/acme/hubspot/imap/v4"),
        ("imaps hubspot ipv4", 993, "gatepost/acme/hubspot/imaps/v4"),
    ]


def test_services_that_other_sources_of_a_connector_reach_have_lists_of_their_own() -> None:
    plan = make_plan([service("imaps"), service("imap")], {"hubspot": {"imaps": ["192.0.2.7"], "imap": ["192.0.2.9"]}})

    assert [one.key for one in view_of(plan).lists] == ["hubspot imap ipv4", "hubspot imaps ipv4"]


def test_rules_without_lists_merge_the_prefixes_of_all_connectors() -> None:
    grants = {"hubspot": {"imaps": ["192.0.2.0/25", "198.51.100.9"]}, "nylas": {"imaps": ["192.0.2.128/25"]}}

    view = view_of(make_plan([service("imaps")], grants), "{sources: rules}")

    assert [(rule.key, rule.description) for rule in view.rules] == [
        ("imaps 192.0.2.0/24", "gatepost/acme/hubspot+nylas/imaps/v4"),
        ("imaps 198.51.100.9/32", "gatepost/acme/hubspot/imaps/v4"),
    ]


def test_a_rule_names_each_connector_once() -> None:
    grants = {"hubspot": {"imaps": ["192.0.2.0/26", "192.0.2.128/25"]}, "nylas": {"imaps": ["192.0.2.64/26"]}}

    (rule,) = view_of(make_plan([service("imaps")], grants), "{sources: rules}").rules

    assert (rule.source, rule.description) == ("192.0.2.0/24", "gatepost/acme/hubspot+nylas/imaps/v4")


def test_everybody_is_said_in_so_many_words_and_only_where_the_site_says_so() -> None:
    services = [service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE), service("imaps")]
    plan = make_plan(services, {"hubspot": dict.fromkeys(("submission", "smtp", "imaps"), ("192.0.2.7",))})

    view = view_of(plan)

    assert [(rule.first, rule.source) for rule in view.rules if rule.source.endswith("/0")] == [(587, "0.0.0.0/0"), (587, "::/0")]
    assert [rule.first for rule in view.from_lists] == [25, 993]
    assert view.closing == ("imaps, tcp 993",)
    assert view.exceptions == (
        "smtp, tcp 25: other mail servers deliver here, leave their rules alone",
        "submission, tcp 587: public, the rules here let everybody in",
    )


def test_every_range_of_ports_of_a_service_has_its_rule_and_its_name() -> None:
    plan = make_plan(
        [service("imaps", Access.ALLOWLIST, PortRange(993, 993), PortRange(1993, 1995))], {"hubspot": {"imaps": ["192.0.2.7"]}}
    )

    assert [(rule.key, rule.first, rule.last) for rule in view_of(plan).rules] == [
        ("imaps 993 hubspot ipv4", 993, 993),
        ("imaps 1993-1995 hubspot ipv4", 1993, 1995),
    ]


@pytest.mark.parametrize(
    ("count", "services", "groups", "lists"), [(60, 1, 1, 1), (61, 1, 2, 2), (20, 3, 1, 1), (21, 3, 2, 2), (300, 1, 5, 5), (99, 3, 5, 5)]
)
def test_groups_are_as_few_as_their_quota_allows(count: int, services: int, groups: int, lists: int) -> None:
    view = view_of(long_plan(count, services))

    assert (len(view.groups), len(view.lists)) == (groups, lists)
    assert sorted(entry for one in view.lists for entry in one.entries) == sorted(f"{host}/32" for host in LONG[:count])


def test_where_lists_do_not_share_out_the_rules_are_written_one_by_one() -> None:
    view, findings = lowered(long_plan(98, 3), "{rules_per_group: 59}")  # 19 × 3 = 57 of 59 in each of 5 groups: room for 95

    assert view is not None
    assert (view.lists, len(view.rules), len(view.groups)) == ((), 294, 5)
    assert findings[-1] == (
        "TGT260",
        "inbound rules: IPv4 294 of 295, IPv6 0 of 295, in 5 of 5 security groups; "
        "prefix lists don't fit, so each prefix has rules of its own",
    )


def test_a_site_that_is_all_public_misses_no_list() -> None:
    _, findings = lowered(make_plan([service("imaps", Access.PUBLIC)], {}))

    assert findings == [("TGT260", "inbound rules: IPv4 1 of 60, IPv6 1 of 60, in 1 of 5 security groups")]


def test_one_rule_too_many_is_refused_with_the_sum() -> None:
    view, findings = lowered(long_plan(101, 3))

    assert (view, findings) == (None, [("TGT200", "303 inbound rules for IPv4, and 5 security groups of 60 hold 300")])


@pytest.mark.parametrize(
    ("options", "groups"),
    [
        ("{rules_per_group: 100}", 4),
        ("{groups_per_interface: 16}", 7),
        ("{rules_per_group: 1000}", 1),
        ("{security_group: sg-0a1b2c3d, rules_per_group: 303}", 1),
    ],
)
def test_a_raised_quota_is_an_option(options: str, groups: int) -> None:
    assert len(view_of(long_plan(101, 3), options).groups) == groups


def test_an_interface_has_no_more_than_a_thousand_rules_whatever_the_options_say() -> None:
    _, findings = lowered(long_plan(1001), "{rules_per_group: 500, groups_per_interface: 16}")

    assert findings == [("TGT200", "1001 inbound rules for IPv4, and 2 security groups of 500 hold 1000")]


def test_a_list_has_no_more_entries_than_one_call_may_have() -> None:
    view = view_of(long_plan(450), "{rules_per_group: 1000}")

    assert max(one.room for one in view.lists) <= 100
    assert len({one.key for one in view.lists}) == len({one.name for one in view.lists}) == len(view.lists)
    assert {rule.prefix_list for rule in view.rules} == {one.key for one in view.lists}


def test_no_group_has_more_rules_than_its_quota_whoever_shares_the_prefixes() -> None:
    grants = {name: dict.fromkeys(("imaps", "imap"), LONG[:55]) for name in ("hubspot", "nylas")}
    plan = make_plan([service("imaps"), service("imap")], grants)

    for options in ("{sources: lists}", "{sources: rules}"):
        view = view_of(plan, options)
        rooms = {one.key: one.room for one in view.lists}
        used = Counter[str]()
        for rule in view.rules:
            used[rule.group] += rooms.get(rule.prefix_list, 1)
        assert max(used.values()) <= 60


def test_the_file_says_what_each_group_has_of_each_family() -> None:
    plan = make_plan([service("imaps")], {"hubspot": {"imaps": ["192.0.2.7", "192.0.2.9", "2001:db8:7::/48"]}})

    assert [group.used for group in view_of(plan).groups] == ["2 of 60 rules for IPv4, 1 of 60 rules for IPv6"]


def test_rules_of_several_ports_fill_a_group_to_the_brim() -> None:
    ports = service("imaps", Access.ALLOWLIST, PortRange(993, 993), PortRange(1993, 1995))
    plan = make_plan([ports], {"hubspot": {"imaps": LONG[:5]}})

    view = view_of(plan, "{rules_per_group: 5, groups_per_interface: 2}")

    assert (view.lists, len(view.rules), len(view.groups)) == ((), 10, 2)


def test_lists_that_leave_gaps_are_refused_with_the_sum() -> None:
    view, findings = lowered(long_plan(98, 3), "{sources: lists, rules_per_group: 59}")

    assert (view, findings) == (None, [("TGT200", "the prefix lists for IPv4 don't share out over 5 groups of 59 rules")])


def test_too_many_lists_are_refused_with_their_number() -> None:
    view, findings = lowered(long_plan(61), "{sources: lists, prefix_lists: 1}")

    assert (view, findings) == (None, [("TGT200", "2 prefix lists, and the site may have 1")])


def test_a_group_that_is_there_is_one_group() -> None:
    view, findings = lowered(long_plan(61), "{security_group: sg-0a1b2c3d}")

    assert view_of(long_plan(1), "{security_group: sg-0a1b2c3d, vpc_id: vpc-0a1b2c3d}").vpc_id == ""
    assert view is None
    assert findings == [("TGT200", "61 inbound rules for IPv4, and the security group holds 60")]


def test_more_lists_than_the_region_has_left_become_rules() -> None:
    view = view_of(long_plan(3, 2), "{prefix_lists: 0}")

    assert (view.lists, len(view.rules)) == ((), 6)


def test_the_use_of_the_quota_and_the_open_ports_elsewhere_are_told() -> None:
    _, findings = lowered(long_plan(100))

    assert sorted(findings) == [
        ("TGT201", "a security group can only allow: `imaps` can be reached by whoever another group of the interface lets in"),
        ("TGT260", "inbound rules: IPv4 100 of 180, IPv6 0 of 180, in 3 of 5 security groups; 3 of 100 prefix lists"),
    ]


def test_names_of_one_site_are_never_those_of_another() -> None:
    one = make_plan([service("imaps")], {"b-c": {"imaps": LONG[:61]}}, site="acme")
    other = make_plan([service("imaps")], {"c": {"imaps": LONG[:61]}}, site="acme-b")
    third = make_plan([service("imaps")], {"c": {"imaps": LONG[:61]}}, site="acme-2")

    names = [{*(one.name for one in view.lists), *(group.name for group in view.groups)} for view in map(view_of, (one, other, third))]

    assert len(names[0] | names[1] | names[2]) == sum(map(len, names))


def test_a_long_description_keeps_its_mark_and_is_cut_with_a_digest() -> None:
    names = [f"a-connector-with-a-name-that-is-rather-long-{number}" for number in range(9)]
    plan = make_plan([service("imaps")], {name: {"imaps": ["192.0.2.7"]} for name in names})

    (rule,) = view_of(plan, "{sources: rules}").rules

    assert (len(rule.description), rule.description[:14], rule.description[-9]) == (255, "gatepost/acme/", "#")


def test_logical_ids_and_keys_are_unique_and_do_not_depend_on_other_rules() -> None:
    few, many = (view_of(long_plan(count, 2), target="aws-cloudformation").rules for count in (10, 25))

    ids = {rule.key: rule.logical_id for rule in many}

    assert len(set(ids.values())) == len(many)
    assert {rule.key: rule.logical_id for rule in few}.items() <= ids.items()


def test_identifiers_of_one_prefix_and_site_are_never_those_of_another() -> None:
    one, other = long_plan(1)._replace(site="x-y"), long_plan(1)._replace(site="y")

    identifiers = [view_of(one).identifier, view_of(other, "{name_prefix: gatepost-x}").identifier]

    assert identifiers == ["gatepost_x_y", "gatepost__x_y"]


def test_a_plan_without_sources_still_has_its_group() -> None:
    view = view_of(make_plan([service("imaps")], {}))

    assert ([group.name for group in view.groups], view.rules) == (["gatepost_acme"], ())


def test_no_option_of_a_site_gets_into_a_file_as_anything_but_text() -> None:
    _, findings = lowered(
        long_plan(1), '{vpc_id: "vpc-${x}", security_group: \'sg-"\', name_prefix: "a%{b}", tags: ["a=${b}", "c=d\'e"]}', "aws-terraform"
    )

    assert [code for code, _ in findings].count("TGT011") == 5


def test_the_same_plan_in_another_order_has_the_same_view() -> None:
    services = [service("imaps"), service("imap")]
    one = make_plan(services, {"hubspot": dict.fromkeys(("imaps", "imap"), tuple(LONG[:90]))}, trusted=OFFICE)
    other = make_plan(services[::-1], {"hubspot": dict.fromkeys(("imap", "imaps"), tuple(LONG[:90][::-1]))}, trusted=OFFICE[::-1])

    assert view_of(one) == view_of(other)
