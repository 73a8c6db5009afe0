"""What the iptables lowering says: groups, sets, ports, names, comments, and what it refuses."""

import pytest

from generator.diagnostics import Report
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets.iptables import chunk_ports, lower
from generator.targets.iptables_view import IptablesView
from generator.targets.options import OptionValue
from tests.support.iptables import HUBSPOT, NOWHERE, OFFICE, iptables_target, make_options, make_plan

SERVICES = {"smtp": (25, 25), "imap": (143, 143), "submission": (587, 587), "imaps": (993, 993)}


def view_of(plan: Plan, **options: OptionValue) -> IptablesView:
    report = Report()
    view = lower(plan, limits=iptables_target().limits, options=make_options(**options), report=report)
    assert isinstance(view, IptablesView), report.findings
    return view


def findings_of(plan: Plan, **options: OptionValue) -> list[tuple[str, str, str]]:
    report = Report()
    lower(plan, limits=iptables_target().limits, options=make_options(**options), report=report)
    return [(finding.code, finding.message, finding.hint) for finding in report.findings]


def test_services_with_the_same_sources_share_a_multiport_rule() -> None:
    view = view_of(make_plan(services={"imap": (143, 143), "imaps": (993, 993)}, grants={"hubspot": (("imap", "imaps"), ("192.0.2.7",))}))

    assert [(rule.sources, rule.ports, rule.comment) for rule in view.v4.allows] == [
        ("-s 192.0.2.7", "143,993", "acme/hubspot/imap+imaps/v4")
    ]


def test_services_with_other_sources_have_rules_of_their_own() -> None:
    grants = {"hubspot": (("imap",), ("192.0.2.7",)), "nylas": (("imaps",), ("192.0.2.9",))}

    view = view_of(make_plan(services={"imap": (143, 143), "imaps": (993, 993)}, grants=grants))

    assert [(rule.sources, rule.ports) for rule in view.v4.allows] == [("-s 192.0.2.7", "143"), ("-s 192.0.2.9", "993")]


def test_one_set_holds_the_connectors_of_a_service_together() -> None:
    grants = {"hubspot": (("imaps",), ("192.0.2.0/25",)), "nylas": (("imaps",), ("192.0.2.128/25", "192.0.2.7"))}

    view = view_of(make_plan(services={"imaps": (993, 993)}, grants=grants), layout="ipset")

    assert [(one.name, one.twin, one.entries, one.comment) for one in view.sets] == [
        ("gatepost-acme_imaps4", "gatepost-acme~imaps4", ("192.0.2.0/24",), "acme/hubspot+nylas/imaps/v4")
    ]


def test_trusted_networks_come_first_and_past_the_limit() -> None:
    view = view_of(make_plan(services={"imaps": (993, 993)}, trusted=OFFICE), connection_limit=5)

    assert [(rule.comment, rule.verdict) for rule in view.v6.allows] == [
        ("acme/trusted/imaps/v6", "ACCEPT"),
        ("acme/hubspot/imaps/v6", "GATEPOST-ACME_CONN"),
    ]


def test_port_25_is_opened_to_connectors_past_the_limit_and_closed_to_nobody() -> None:
    view = view_of(make_plan(services=SERVICES, access={"smtp": Access.ADDITIVE}), connection_limit=5)

    assert {rule.verdict for rule in view.v4.allows if rule.ports == "25"} == {"ACCEPT"}
    assert [rule.ports for rule in view.v4.refusals] == ["143,587,993"]


def test_an_additive_service_without_sources_in_a_family_is_not_looked_at_there() -> None:
    plan = make_plan(services={"smtp": (25, 25)}, grants={"hubspot": (("smtp",), ("192.0.2.7",))}, access={"smtp": Access.ADDITIVE})

    view = view_of(plan)

    assert ([way.ports for way in view.v4.entrances], view.v6.entrances) == (["25"], ())


def test_a_public_service_has_one_rule_for_everybody_in_each_family() -> None:
    view = view_of(make_plan(services={"submission": (587, 587)}, access={"submission": Access.PUBLIC}))

    assert [(rule.ports, rule.comment) for rule in (*view.v4.public, *view.v6.public)] == [
        ("587", "acme/public/submission/v4"),
        ("587", "acme/public/submission/v6"),
    ]


def test_a_family_without_connectors_is_closed_all_the_same() -> None:
    view = view_of(make_plan(services={"imaps": (993, 993)}, grants={"hubspot": (("imaps",), ("192.0.2.7",))}))

    assert (view.v6.allows, [rule.ports for rule in view.v6.refusals]) == ((), ["993"])


def test_every_interface_meets_every_destination_of_its_family() -> None:
    view = view_of(make_plan(services={"imaps": (993, 993)}), interface=("eth0", "ppp+"), destination=("192.0.2.25/32", "2001:db8::25/128"))

    assert [(way.interface, way.destination) for way in view.v4.entrances] == [("eth0", "192.0.2.25"), ("ppp+", "192.0.2.25")]


@pytest.mark.parametrize(("count", "names"), [(50, 0), (51, 1)])
def test_lists_above_the_threshold_become_ipsets(count: int, names: int) -> None:
    prefixes = [f"198.51.{index}.1" for index in range(count)]

    view = view_of(make_plan(services={"imaps": (993, 993)}, grants={"hubspot": (("imaps",), prefixes)}))

    assert len(view.sets) == names


def test_everybody_is_two_halves_in_a_set() -> None:
    view = view_of(make_plan(services={"imaps": (993, 993)}, grants={"open": (("imaps",), ("0.0.0.0/0", "::/0"))}), layout="ipset")

    assert [one.entries for one in view.sets] == [("0.0.0.0/1", "128.0.0.0/1"), ("::/1", "8000::/1")]


@pytest.mark.parametrize(("count", "maxelem"), [(1, 65536), (32768, 65536), (32769, 131072)])
def test_a_set_has_room_for_twice_its_prefixes(count: int, maxelem: int) -> None:
    prefixes = [f"10.{index // 65536}.{index // 256 % 256}.{index % 256}" for index in range(0, 2 * count, 2)]

    view = view_of(make_plan(services={"imaps": (993, 993)}, grants={"hubspot": (("imaps",), prefixes)}), layout="ipset")

    assert [one.maxelem for one in view.sets] == [maxelem]


def test_a_long_comment_is_cut_with_a_digest() -> None:
    names = [f"a-connector-with-a-name-that-is-rather-long-{number}" for number in range(9)]
    plan = make_plan(services={"imaps": (993, 993)}, grants=dict.fromkeys(names, (("imaps",), HUBSPOT[:1])))

    comment = view_of(plan, layout="ipset").v4.allows[0].comment

    assert (len(comment), comment[:20], comment[-9:]) == (255, "acme/a-connector-wit", "~27a3a2d1")


def test_log_lines_start_with_the_site() -> None:
    view = view_of(make_plan(site="a-rather-long-name"), log=True)

    assert (view.log_prefix, view.limit_log_prefix) == ("gatepost-a-ra~87d02c79 drop: ", "gatepost-a-r~87d02c79 limit: ")


@pytest.mark.parametrize(
    ("ports", "chunks"),
    [
        ([(port, port) for port in range(1, 31, 2)], [15]),
        ([(port, port) for port in range(1, 33, 2)], [15, 1]),
        ([(1, 1), *((port, port + 1) for port in range(10, 31, 3))], [8]),
        ([*((port, port + 1) for port in range(10, 34, 3))], [7, 1]),
    ],
)
def test_ports_fill_the_slots_of_multiport_a_range_takes_two(ports: list[tuple[int, int]], chunks: list[int]) -> None:
    found = list(chunk_ports(tuple(PortRange(*pair) for pair in ports), 15))

    assert ([len(chunk) for chunk in found], [tuple(port) for chunk in found for port in chunk]) == (chunks, ports)


def test_a_match_without_room_for_a_range_is_a_mistake_of_the_manifest() -> None:
    with pytest.raises(ValueError, match="1 slots hold no port range"):
        list(chunk_ports((PortRange(1, 2),), 1))


def test_a_limit_below_the_need_is_refused() -> None:
    found = findings_of(make_plan(needed=15), connection_limit=14)

    assert [(code, message) for code, message, _ in found] == [
        ("TGT020", "`connection_limit` is 14, and one source may need 15 connections at once")
    ]


def test_a_long_list_in_the_plain_layout_is_told() -> None:
    plan = make_plan(services={"imaps": (993, 993)}, grants={"hubspot": (("imaps",), ("192.0.2.1", "192.0.2.3", "192.0.2.5"))})

    found = findings_of(plan, layout="plain", ipset_above=2)

    assert found == [
        (
            "TGT100",
            "`layout: plain` compares each new connection with up to 3 prefixes, one by one",
            "leave `layout` out: above 2 prefixes ipsets are used",
        )
    ]


def test_findings_point_at_the_option() -> None:
    report = Report()

    lower(make_plan(needed=15), limits=iptables_target().limits, options=make_options(connection_limit=1), report=report)

    assert [finding.span for finding in report.findings] == [NOWHERE]
