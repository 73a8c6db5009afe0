"""What the nftables lowering decides: names, sets, chains, comments. What the kernel makes of it is tested in tests/kernel."""

from typing import Final

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets.lowerings import bind_lowering
from generator.targets.nftables_view import Layout, NftablesView, ServiceChain
from generator.targets.options import resolve_options
from tests.support.plans import make_plan, service
from tests.support.targets import shipped_target, site_document

V4: Final = ["192.0.2.7", "198.51.100.0/25"]
V6: Final = ["2001:db8:100::/48"]
OFFICE: Final = ["203.0.113.0/28", "2001:db8:a::/48"]
LONG: Final = [f"10.{index // 256}.{index % 256}.1" for index in range(5000)]
LONGEST: Final = "a" + "-bcdefg" * 8 + "-xyzab"  # 63 letters, the longest slug


def lower(plan: Plan, options: str = "") -> NftablesView:
    report = Report()
    target = shipped_target()
    function = bind_lowering(target, report)
    assert function is not None
    view = function(plan, limits=target.limits, options=resolve_options(target, site_document(options), report), report=report)
    assert isinstance(view, NftablesView), report.findings
    return view


def guard(plan: Plan, options: str = "") -> Layout:
    layout = lower(plan, options).guard
    assert layout is not None
    return layout


def include(plan: Plan, options: str = "") -> Layout:
    layout = lower(plan, options).include
    assert layout is not None
    return layout


def only_service(layout: Layout) -> ServiceChain:
    (found,) = layout.services
    return found


def elements(layout: Layout) -> dict[str, tuple[str, ...]]:
    return {item.name: item.elements for item in layout.sets}


def test_each_service_has_a_set_for_each_family_even_when_it_is_empty() -> None:
    layout = guard(make_plan([service("imaps")], {"hubspot": {"imaps": V4}}))

    assert elements(layout) == {"trusted4": (), "trusted6": (), "imaps4": ("192.0.2.7", "198.51.100.0/25"), "imaps6": ()}


def test_connectors_that_overlap_are_merged_in_one_set() -> None:
    layout = guard(
        make_plan([service("imaps")], {"a": {"imaps": ["198.51.100.0/26"]}, "b": {"imaps": ["198.51.100.0/25", "198.51.100.9"]}})
    )

    assert elements(layout)["imaps4"] == ("198.51.100.0/25",)
    assert [item.holds for item in layout.sets if item.name == "imaps4"] == [("acme/a/imaps/v4", "acme/b/imaps/v4")]


def test_no_name_depends_on_the_connectors() -> None:
    one = guard(make_plan([service("imaps")], {"hubspot": {"imaps": V4}}))
    other = guard(make_plan([service("imaps")], {"make": {"imaps": V6}, "nylas": {"imaps": V4}}, trusted=OFFICE))

    assert list(elements(one)) == list(elements(other))
    assert one.declarations == other.declarations


def test_the_guard_closes_allowlisted_services_alone() -> None:
    services = [service("imaps"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)]
    layout = guard(make_plan(services, {"hubspot": dict.fromkeys(("imaps", "submission", "smtp"), V4)}))

    assert [(item.name, item.refusal) for item in layout.services] == [("imaps", "drop")]


def test_the_include_opens_every_service_and_refuses_nothing() -> None:
    services = [service("imaps"), service("submission", Access.PUBLIC), service("smtp", Access.ADDITIVE)]
    layout = include(make_plan(services, {"hubspot": dict.fromkeys(("imaps", "submission", "smtp"), V4)}))

    assert [(item.name.removeprefix("gatepost_acme__"), item.refusal) for item in layout.services] == [
        ("smtp", ""),
        ("submission", ""),
        ("imaps", ""),
    ]


def test_a_public_service_lets_everybody_of_both_families_in() -> None:
    chain = only_service(include(make_plan([service("imaps", Access.PUBLIC)], {"hubspot": {"imaps": V4}})))

    assert [match.who for match in chain.allowed] == ["meta nfproto ipv4", "meta nfproto ipv6"]


def test_an_allowlisted_service_without_any_source_still_refuses() -> None:
    chain = only_service(guard(make_plan([service("imaps")], {})))

    assert (chain.trusted, chain.allowed, chain.refusal) == ((), (), "drop")


def test_trusted_networks_come_first_and_are_not_counted() -> None:
    chain = only_service(guard(make_plan([service("imaps")], {"hubspot": {"imaps": V4}}, trusted=OFFICE), "{connection_limit: 9}"))

    assert [match.who for match in chain.trusted] == ["ip saddr @trusted4", "ip6 saddr @trusted6"]
    assert [(limit.who, limit.counted) for limit in chain.limited] == [
        ("ip saddr @imaps4", "add @connections4 { ip saddr ct count over 9 }")
    ]


def test_an_ipv6_source_is_counted_by_its_64() -> None:
    chain = only_service(guard(make_plan([service("imaps")], {"hubspot": {"imaps": V6}}), "{connection_limit: 9}"))

    assert [limit.counted for limit in chain.limited] == ["add @connections6 { ip6 saddr & ffff:ffff:ffff:ffff:: ct count over 9 }"]


def test_port_25_that_is_only_opened_is_not_limited() -> None:
    chain = only_service(include(make_plan([service("smtp", Access.ADDITIVE)], {"crm": {"smtp": V4}}), "{connection_limit: 9}"))

    assert chain.limited == ()


@pytest.mark.parametrize(("prefixes", "sets"), [(LONG, ["submission4", "submission4"]), (LONG[:-1], ["submission4", "imaps4"])])
def test_only_long_lists_share_a_set(prefixes: list[str], sets: list[str]) -> None:
    plan = make_plan([service("imaps"), service("submission")], {"hubspot": {"imaps": prefixes, "submission": prefixes}})

    assert [chain.allowed[0].who.partition("@")[2] for chain in guard(plan).services] == sets


def test_long_lists_that_differ_share_nothing() -> None:
    plan = make_plan([service("imaps"), service("submission")], {"hubspot": {"imaps": LONG, "submission": [*LONG[:-1], "192.0.2.7"]}})

    assert [chain.allowed[0].who for chain in guard(plan).services] == ["ip saddr @submission4", "ip saddr @imaps4"]


@pytest.mark.parametrize("name", ["accept", "input", "trusted", "services", "over-limit", "connections"])
def test_a_service_with_a_name_of_its_own_is_taken_for_no_other_object(name: str) -> None:
    layout = guard(make_plan([service(name)], {"crm": {name: V4}}))

    assert only_service(layout).name == f"service_{name.replace('-', '_')}"


def test_no_name_of_one_site_begins_like_a_name_of_another() -> None:
    one = include(make_plan([service("imaps")], {"crm": {"imaps": V4}}, site="acme"))
    other = include(make_plan([service("imaps")], {"crm": {"imaps": V4}}, site="acme-imaps"))

    names = {other.base, *(line.split()[1] for line in other.declarations)}
    assert [name for name in names if name == one.base or name.startswith(f"{one.base}__")] == []


def test_what_an_earlier_version_may_have_left_is_cleaned_up_by_name() -> None:
    layout = guard(make_plan([service("imaps")], {}), "{hook: prerouting}")

    deleted = {statement.split()[-1] for statement in layout.refresh if statement.startswith("delete ")}
    assert deleted >= {"input", "over_limit", "imap", "smtp", "submission", "submission6", "connections4"}
    assert deleted & {"prerouting", "imaps", "imaps4", "imaps6", "trusted4"} == set()


def test_every_port_of_a_service_leads_to_its_chain() -> None:
    chain = only_service(guard(make_plan([service("sieve", Access.ALLOWLIST, PortRange(4190, 4190), PortRange(10000, 10010))], {})))

    assert chain.ports == ("tcp dport 4190", "tcp dport 10000-10010")


@pytest.mark.parametrize(
    ("options", "scope"),
    [
        ("", ()),
        ("{interface: [eth0, br-1a2b]}", ('iifname "eth0"', 'iifname "br-1a2b"')),
        ("{destination: server}", ("ip daddr 192.0.2.25", "ip6 daddr 2001:db8::25")),
        ("{hook: prerouting}", ("fib daddr type local",)),
        ("{hook: prerouting, destination: [10.0.0.0/24]}", ("ip daddr 10.0.0.0/24",)),
        (
            "{interface: eth0, destination: server}",
            ('iifname "eth0" ip daddr 192.0.2.25', 'iifname "eth0" ip6 daddr 2001:db8::25'),
        ),
    ],
)
def test_the_scope_narrows_by_interface_and_destination(options: str, scope: tuple[str, ...]) -> None:
    plan = make_plan([service("imaps")], {}, addresses=["192.0.2.25", "2001:db8::25"])

    assert guard(plan, options).scope == scope


def test_the_longest_names_keep_the_limits_of_nft() -> None:
    connectors = {f"{LONGEST[:-1]}{letter}": {LONGEST: V4} for letter in "abc"}
    plan = make_plan([service(LONGEST)], connectors, site=LONGEST, trusted=OFFICE)
    layout = guard(plan, "{log: true, connection_limit: 9}")

    chain = only_service(layout)
    comments = [match.comment for match in (*chain.trusted, *chain.allowed)]
    comments += [limit.comment for limit in chain.limited] + [chain.refusal_comment]
    assert {len(comment.encode()) <= 128 for comment in comments} == {True}
    assert len(chain.log_prefix.encode()) <= 127
    assert max(len(name) for name in (*elements(include(plan)), layout.table.split()[1])) <= 255


def test_comments_that_are_cut_stay_different() -> None:
    plan = make_plan([service(LONGEST), service("imaps")], {LONGEST: {LONGEST: V4 + V6, "imaps": V4}}, site=LONGEST, trusted=OFFICE)

    comments = [match.comment for chain in guard(plan).services for match in (*chain.trusted, *chain.allowed)]

    assert len(set(comments)) == len(comments) == 7


def test_one_connectors_comment_is_its_rule_id_and_several_share_one() -> None:
    plan = make_plan([service("imaps")], {"hubspot": {"imaps": V4 + V6}, "nylas": {"imaps": V4}})

    comments = [match.comment for match in only_service(guard(plan)).allowed]

    assert comments == ["acme/hubspot+nylas/imaps/v4", "acme/hubspot/imaps/v6"]


def test_logging_and_counting_are_off_unless_asked_for() -> None:
    plan = make_plan([service("imaps")], {})

    assert (only_service(guard(plan)).log_prefix, lower(plan).accept) == ("", "accept")
    assert only_service(guard(plan, "{log: true}")).log_prefix == "gatepost-acme imaps drop: "
    assert lower(plan, "{counters: true}").accept == "counter accept"
    assert only_service(guard(plan, "{counters: true, refuse: reject}")).refusal == "counter reject with tcp reset"


def test_a_limit_that_refuses_a_connector_yields_no_view() -> None:
    report = Report()
    target = shipped_target()
    function = bind_lowering(target, report)
    assert function is not None
    plan = make_plan([service("imaps")], {"hubspot": {"imaps": V4}}, connections=15)

    view = function(
        plan, limits=target.limits, options=resolve_options(target, site_document("{connection_limit: 9}"), report), report=report
    )

    assert (view, [finding.code for finding in report.findings]) == (None, ["TGT020"])
