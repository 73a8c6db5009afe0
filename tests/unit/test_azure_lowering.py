"""What the Azure lowering says: one family in each rule, names and priorities that stay, what closes comes last, and what it refuses."""

import re
from collections.abc import Sequence
from random import Random
from typing import Final

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets.azure import lower
from generator.targets.azure_view import AzureView
from generator.targets.options import resolve_options
from tests.cloud.ordered import random_plan
from tests.support.plans import make_plan, service
from tests.support.targets import render, shipped_target, site_document

FORMS: Final = ("azure-arm", "azure-bicep", "azure-cli", "azure-terraform")
HUBSPOT: Final = ["192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48"]
NYLAS: Final = ["203.0.113.9"]
FULL: Final = make_plan(
    [service("imaps"), service("imap"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)],
    {"hubspot": dict.fromkeys(("imaps", "imap", "smtp"), HUBSPOT), "nylas": dict.fromkeys(("imaps", "submission"), NYLAS)},
    trusted=["203.0.113.128/28", "2001:db8:a::/48"],
)


def attempt(plan: Plan, options: str = "") -> tuple[AzureView | None, Report]:
    report = Report()
    target = shipped_target("azure-arm")
    resolved = resolve_options(target, site_document(options, "azure-arm"), report)
    return lower(plan, limits=target.limits, options=resolved, report=report), report


def view_of(plan: Plan, options: str = "") -> AzureView:
    view, report = attempt(plan, options)
    assert view is not None, report.findings
    return view


def errors_of(plan: Plan, options: str) -> list[tuple[str, str, str]]:
    view, report = attempt(plan, options)
    assert view is None
    return [(finding.code, finding.message, finding.hint) for finding in report.findings if finding.severity.value == "error"]


def one_connector(networks: Sequence[str], *names: str) -> Plan:
    return make_plan([service(name) for name in names], {"hubspot": dict.fromkeys(names, networks)})


def test_the_services_of_a_connector_share_a_rule_for_each_family() -> None:
    view = view_of(FULL)

    assert [(rule.name, rule.ports, rule.sources or rule.source) for rule in view.allow] == [
        ("gatepost-acme--allow-hubspot-v4", ("25", "143", "993"), ("192.0.2.7/32", "198.51.100.0/25")),
        ("gatepost-acme--allow-hubspot-v6", ("25", "143", "993"), ("2001:db8:100::/48",)),
        ("gatepost-acme--allow-nylas-v4", ("587", "993"), ("203.0.113.9/32",)),
        ("gatepost-acme--public-v4", ("587",), "0.0.0.0/0"),
        ("gatepost-acme--public-v6", ("587",), "::/0"),
        ("gatepost-acme--trusted-v4", ("143", "993"), ("203.0.113.128/28",)),
        ("gatepost-acme--trusted-v6", ("143", "993"), ("2001:db8:a::/48",)),
    ]


def test_services_that_other_sources_reach_have_rules_of_their_own() -> None:
    plan = make_plan([service("imaps"), service("imap")], {"crm": {"imaps": ["192.0.2.7"], "imap": ["192.0.2.9"]}})

    assert [(rule.name, rule.ports, rule.sources) for rule in view_of(plan).allow] == [
        ("gatepost-acme--allow-crm--imap-v4", ("143",), ("192.0.2.9/32",)),
        ("gatepost-acme--allow-crm--imaps-v4", ("993",), ("192.0.2.7/32",)),
    ]


def test_the_last_rule_denies_the_allowlisted_services_alone_over_both_families() -> None:
    (deny,) = view_of(FULL).deny

    assert (deny.priority, deny.access, deny.source, deny.sources, deny.ports) == (1099, "Deny", "*", (), ("143", "993"))
    assert deny.description == "gatepost acme/deny/imap+imaps"


def test_port_25_is_denied_where_the_plan_closes_it_in_words() -> None:
    plan = make_plan([service("smtp", Access.ALLOWLIST)], {"relay": {"smtp": ["192.0.2.7"]}})

    assert [rule.ports for rule in view_of(plan).deny] == [("25",)]


@pytest.mark.parametrize("access", [Access.PUBLIC, Access.ADDITIVE])
def test_nothing_is_denied_where_nothing_is_allowlisted(access: Access) -> None:
    plan = make_plan([service("smtp", access)], {"relay": {"smtp": ["192.0.2.7"]}})

    assert view_of(plan).deny == ()


def test_port_ranges_are_written_as_ranges() -> None:
    plan = make_plan([service("sieve", Access.ALLOWLIST, PortRange(4190, 4192), PortRange(4199, 4199))], {"x": {"sieve": ["192.0.2.7"]}})

    assert [rule.ports for rule in view_of(plan).rules] == [("4190-4192", "4199")] * 2


def test_a_rule_has_destinations_of_its_own_family() -> None:
    view = view_of(FULL, "{destination: [10.0.0.5, 10.0.0.4, 'fd00::4']}")

    assert {(rule.name[-2:], rule.destination, rule.destinations) for rule in view.rules} == {
        ("v4", "", ("10.0.0.4/31",)),
        ("v6", "", ("fd00::4/128",)),
    }
    assert [(rule.name, rule.priority) for rule in view.deny] == [("gatepost-acme--deny-v4", 1098), ("gatepost-acme--deny-v6", 1099)]


def test_destinations_that_overlap_are_one() -> None:
    view = view_of(FULL, "{destination: [10.0.0.5, 10.0.0.0/24, 10.0.0.5, 10.0.1.0/24]}")

    assert {rule.destinations for rule in view.rules} == {("10.0.0.0/23",)}


def test_a_family_without_a_destination_is_left_as_it_is_and_told() -> None:
    view, report = attempt(FULL, "{destination: [10.0.0.4]}")

    assert view is not None
    assert {rule.name[-2:] for rule in view.rules} == {"v4"}
    assert "TGT022" in {finding.code for finding in report.findings}


def test_the_order_of_the_plan_does_not_matter() -> None:
    again = FULL._replace(services=FULL.services[::-1], rules=FULL.rules[::-1])

    assert {rule.name: (rule.priority, rule.sources) for rule in view_of(again).rules} == {
        rule.name: (rule.priority, rule.sources) for rule in view_of(FULL).rules
    }


def test_one_more_prefix_changes_one_rule_and_no_name_or_priority() -> None:
    before = view_of(one_connector(HUBSPOT, "imap", "imaps"))
    after = view_of(one_connector([*HUBSPOT, "203.0.113.77"], "imap", "imaps"))

    assert [(rule.name, rule.priority) for rule in before.rules] == [(rule.name, rule.priority) for rule in after.rules]
    assert [new.name for old, new in zip(before.rules, after.rules, strict=True) if old != new] == ["gatepost-acme--allow-hubspot-v4"]


def test_a_name_above_the_limit_keeps_its_beginning_and_differs_from_another() -> None:
    site, long = "a" + "-mail" * 12, "c" + "-onnector" * 6
    plan = make_plan([service("imaps")], {f"{long}-{end}": {"imaps": ["192.0.2.7"]} for end in "ab"}, site=site)

    names = [rule.name for rule in view_of(plan).rules]

    assert len(set(names)) == 3
    assert {len(name) <= 80 and name.startswith(view_of(plan).own) for name in names} == {True}


@pytest.mark.parametrize(
    ("site", "other"), [("acme", "acme-eu"), ("a" + "-mail" * 12, "a" + "-mail" * 11), ("a" * 21, "a" * 21 + "-" + "b" * 30)]
)
def test_no_name_of_a_site_begins_like_those_of_another(site: str, other: str) -> None:
    own, others = (view_of(FULL._replace(site=name)) for name in (site, other))

    assert [rule.name for rule in others.rules if rule.name.startswith(own.own)] == []
    assert [rule.name for rule in own.rules if rule.name.startswith(others.own)] == []


def test_every_text_is_made_of_letters_that_quote_and_expand_nothing() -> None:
    titles = tuple(need._replace(title="\"'`${x}%{y}\n\\ é]]>") for need in FULL.requirements)
    view = view_of(FULL._replace(requirements=titles), "{create_nsg: true, tags: [team=mail (x), cost.centre=12/b]}")

    texts = [text for rule in view.rules for text in (rule.name, rule.description, *rule.sources, *rule.ports)]
    texts += [text for tag in view.tags for text in (tag.name, tag.value)]
    assert [text for text in texts if not re.fullmatch(r"[A-Za-z0-9 ._:/@+=,()-]+", text)] == []


@pytest.mark.parametrize("value", ["a=${x}", "a=%{x}", 'a="', "a='", "a=\\", "=x", "<x>=y", "é=x", "a=é", "a=[x]"])
def test_a_tag_that_could_quote_or_expand_is_refused(value: str) -> None:
    report = Report()
    document = site_document(
        f"{{create_nsg: true, tags: [{value!r}]}}" if "'" not in value else '{create_nsg: true, tags: ["a=\'"]}', "azure-arm"
    )

    resolve_options(shipped_target("azure-arm"), document, report)

    assert [finding.code for finding in report.findings] == ["TGT011"]


@pytest.mark.parametrize("option", ['nsg: "a\'b"', "nsg: a/b", 'resource_group: "a${b}"', "resource_group: a.", "location: west europe"])
def test_a_name_that_azure_does_not_take_is_refused(option: str) -> None:
    report = Report()

    resolve_options(shipped_target("azure-arm"), site_document(f"{{{option}}}", "azure-arm"), report)

    assert [finding.code for finding in report.findings] == ["TGT011"]


@pytest.mark.parametrize("seed", range(25))
def test_every_rule_that_allows_goes_before_every_one_that_denies(seed: int) -> None:
    view = view_of(random_plan(seed, 40))

    assert max((rule.priority for rule in view.allow), default=0) < min((rule.priority for rule in view.deny), default=9999)
    assert len({rule.priority for rule in view.rules}) == len(view.rules)


def test_a_block_beyond_the_last_priority_is_refused() -> None:
    assert errors_of(FULL, "{priority_first: 4000}") == [
        ("TGT220", "the priorities 4000 to 4099 are not all there: the largest is 4096", "4000 + 100 - 1 = 4099: begin at 3997 or below")
    ]


def test_the_last_block_is_taken() -> None:
    assert view_of(FULL, "{priority_first: 3997}").last == 4096


@pytest.mark.parametrize(("size", "room"), [(5, 3), (8, 6)])
def test_more_rules_than_the_block_holds_are_refused_with_the_arithmetic(size: int, room: int) -> None:
    ((code, message, hint),) = errors_of(FULL, f"{{priority_size: {size}}}")

    assert (code, message) == ("TGT221", f"7 security rules that allow: the block of {size} priorities has room for {room}")
    assert hint.startswith(f"{size} - 2 at its end for rules that deny = {room}; three ways out: `priority_size: 9` or more, ")


def test_more_rules_than_the_group_holds_are_refused_with_the_arithmetic() -> None:
    ((code, message, hint),) = errors_of(FULL, "{rules_per_nsg: 7}")

    assert (code, message) == ("TGT221", "8 security rules: a network security group holds 7")
    assert hint.startswith("7 that allow + 1 that deny = 8; three ways out: ")


def test_destinations_are_counted_over_the_whole_group_too() -> None:
    listed = ", ".join(f"10.0.0.{number * 2}" for number in range(9))

    ((code, message, hint),) = errors_of(FULL, f"{{destination: [{listed}], addresses_per_nsg: 44}}")

    assert (code, message) == ("TGT222", "45 destination prefixes: all rules of a network security group together hold 44")
    assert hint.startswith("each counts in every rule of its family, 5 rules in all; three ways out: ")
    assert view_of(FULL, f"{{destination: [{listed}], addresses_per_nsg: 45}}").usage[2:] == (
        "6 of 45 source prefixes",
        "45 of 45 destination prefixes",
    )


def test_a_block_that_is_just_large_enough_is_filled() -> None:
    view = view_of(FULL, "{priority_size: 9}")

    assert {rule.priority for rule in view.rules} == {*range(1000, 1007), 1008}


@pytest.mark.parametrize(("count", "taken"), [(3999, True), (4000, False)])
def test_source_prefixes_are_counted_over_the_whole_group(count: int, taken: bool) -> None:
    networks = [f"198.18.{index >> 7}.{(index & 127) * 2}" for index in range(count)]

    view, report = attempt(one_connector(networks, "imaps", "imap"))

    assert (view is not None) is taken
    assert ("TGT222" in {finding.code for finding in report.findings}) is not taken


def test_a_raised_quota_is_an_option() -> None:
    networks = [f"198.18.{index >> 7}.{(index & 127) * 2}" for index in range(4000)]

    assert view_of(one_connector(networks, "imaps"), "{addresses_per_nsg: 5000}").usage[2] == "4001 of 5000 source prefixes"


@pytest.mark.parametrize(("option", "code"), [("tags: [a=b]", "TGT224"), ("location: westeurope", "TGT224")])
def test_an_option_of_a_new_group_is_refused_beside_an_existing_one(option: str, code: str) -> None:
    assert [found[0] for found in errors_of(FULL, f"{{{option}}}")] == [code]


@pytest.mark.parametrize("tags", ["Team=a, team=b", "Gatepost=mine"])
def test_a_tag_has_one_value(tags: str) -> None:
    assert [found[0] for found in errors_of(FULL, f"{{create_nsg: true, tags: [{tags}]}}")] == ["TGT225"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_takes_the_same_options_within_the_same_limits(form: str) -> None:
    first, other = shipped_target(FORMS[0]).manifest, shipped_target(form).manifest

    assert (other.options, other.limits, other.opens, other.closes) == (first.options, first.limits, first.opens, first.closes)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_that_a_smaller_number_goes_first(form: str) -> None:
    files = render(FULL, target=form)

    assert "with a smaller number goes first" in "".join(artifact.content for artifact in files.values())


def test_the_same_plan_gives_the_same_bytes_whatever_the_order_of_its_connectors() -> None:
    random = Random(1)
    shuffled = FULL._replace(rules=tuple(random.sample(FULL.rules, len(FULL.rules))))

    assert [rule.name for rule in view_of(shuffled).rules] == [rule.name for rule in view_of(FULL).rules]
