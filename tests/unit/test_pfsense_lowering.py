"""What the pfSense lowering says: aliases, rules and their order, lists, and what it refuses."""

import pytest

from generator.net import PortRange
from generator.plan import Access, Plan
from generator.targets.pfsense_view import PfsenseView
from tests.support.pfsense import HUBSPOT, NYLAS, OFFICE, find_in_pfsense, lower_pfsense, make_plan

LONG = [f"10.{index // 65536}.{index // 256 % 256}.{index % 256}/32" for index in range(0, 20_000, 2)]
URL = "https://192.0.2.80/lists"


def said(view: PfsenseView, interface: str = "wan") -> list[tuple[str, str, str]]:
    """The rules of an interface: what, from which alias, to which ports."""
    ports = {alias.name: alias.address for alias in view.aliases}
    short = view.owner.alias_prefix
    listed = [rule for rule in view.rules if rule.interface == interface]
    return [(rule.type, rule.source.removeprefix(short), ports[rule.port]) for rule in listed]


def findings_of(plan: Plan, options: str = "") -> list[tuple[str, str, str]]:
    return [(finding.code, finding.message, finding.hint) for finding in find_in_pfsense(plan, options)[1]]


def test_connectors_come_first_then_trusted_then_everybody_then_nobody() -> None:
    access = {"submission": Access.PUBLIC}
    grants: dict[str, dict[str, tuple[str, ...]]] = {
        "nylas": {"imaps": NYLAS},
        "hubspot": dict.fromkeys(("imaps", "imap", "submission"), HUBSPOT),
    }

    view = lower_pfsense(make_plan(grants, services=["imap", "imaps", "submission"], access=access, trusted=OFFICE))

    assert said(view) == [
        ("pass", "hubspot", "143 993"),
        ("pass", "nylas", "993"),
        ("pass", "TRUSTED", "143 993"),
        ("pass", "", "587"),
        ("block", "", "143 993"),
    ]


def test_port_25_gets_a_rule_for_connectors_and_is_closed_to_nobody() -> None:
    view = lower_pfsense(make_plan(services=["smtp", "imaps"], access={"smtp": Access.ADDITIVE}, trusted=OFFICE))

    assert said(view) == [
        ("pass", "hubspot", "25 993"),
        ("pass", "TRUSTED", "993"),
        ("block", "", "993"),
    ]


def test_port_25_is_closed_where_the_site_says_so() -> None:
    view = lower_pfsense(make_plan(services=["smtp", "imaps"], trusted=OFFICE))

    assert {ports for *_, ports in said(view)} == {"25 993"}


def test_a_site_that_closes_nothing_blocks_nobody() -> None:
    view = lower_pfsense(make_plan(services=["smtp", "imaps"], access={"smtp": Access.ADDITIVE, "imaps": Access.PUBLIC}))

    assert said(view) == [("pass", "hubspot", "25"), ("pass", "", "993")]


def test_a_service_without_connectors_is_closed_all_the_same() -> None:
    view = lower_pfsense(make_plan({}, services=["imaps"]))

    assert said(view) == [("block", "", "993")]


def test_one_connector_s_networks_never_reach_another_s_service() -> None:
    view = lower_pfsense(make_plan({"hubspot": {"imap": HUBSPOT}, "nylas": {"imaps": NYLAS}}, services=["imap", "imaps"]))

    assert said(view)[:2] == [("pass", "hubspot", "143"), ("pass", "nylas", "993")]


def test_a_connector_with_other_networks_for_other_services_has_an_alias_for_each() -> None:
    view = lower_pfsense(make_plan({"hub": {"imap": HUBSPOT, "imaps": NYLAS}}, services=["imap", "imaps"]))

    addresses = {alias.name: alias.address for alias in view.aliases}
    assert [(addresses[rule.source], addresses[rule.port]) for rule in view.rules if rule.source] == [
        ("192.0.2.7/32 198.51.100.0/25 2001:db8:100::/48", "143"),
        ("203.0.113.128/26 2001:db8:200::/48", "993"),
    ]


def test_ports_that_the_server_has_elsewhere_are_taken_as_they_are() -> None:
    ports = {"imaps": (PortRange(1993, 1993),), "submission": (PortRange(5870, 5872), PortRange(5900, 5900))}

    view = lower_pfsense(make_plan(ports=ports))

    assert {(alias.address, alias.detail) for alias in view.aliases if alias.type == "port"} == {
        ("1993 5870:5872 5900", "imaps||submission||submission")
    }


def test_an_alias_has_both_families_and_a_detail_for_each_entry() -> None:
    view = lower_pfsense(make_plan())

    alias = next(alias for alias in view.aliases if alias.name == "gatepost_acme__hubspot")
    assert (alias.type, alias.address) == ("network", "192.0.2.7/32 198.51.100.0/25 2001:db8:100::/48")
    assert (alias.detail, alias.descr) == ("hubspot||hubspot||hubspot", "gatepost acme: hubspot")


def test_the_server_is_a_host_alias_of_bare_addresses() -> None:
    view = lower_pfsense(make_plan(), "{destination: [10.20.0.25, '2001:db8:5::25']}")

    assert [(alias.name, alias.type, alias.address) for alias in view.aliases[:1]] == [
        ("gatepost_acme__SERVER", "host", "10.20.0.25 2001:db8:5::25")
    ]


def test_a_wider_destination_is_a_network_alias() -> None:
    view = lower_pfsense(make_plan(), "{destination: [10.20.0.0/24, '2001:db8:5::25']}")

    assert (view.aliases[0].type, view.aliases[0].address) == ("network", "10.20.0.0/24 2001:db8:5::25/128")


def test_everybody_is_two_halves_in_each_family() -> None:
    view = lower_pfsense(make_plan({"open": {"imaps": ["0.0.0.0/0", "::/0"]}}, services=["imaps"]))

    assert view.aliases[1].address == "0.0.0.0/1 128.0.0.0/1 ::/1 8000::/1"


def test_every_rule_is_about_our_server_and_ports() -> None:
    view = lower_pfsense(make_plan(services=["smtp", "imaps", "submission"], access={"submission": Access.PUBLIC}, trusted=OFFICE))

    names = {alias.name: alias.type for alias in view.aliases}
    assert {rule.destination for rule in view.rules} == {"gatepost_acme__SERVER"}
    assert {names[rule.port] for rule in view.rules} == {"port"}
    assert {names[rule.source] for rule in view.rules if rule.source} == {"network"}


def test_no_alias_is_without_a_rule_that_uses_it() -> None:
    view = lower_pfsense(make_plan({"hub": {"imap": HUBSPOT, "imaps": NYLAS}}, services=["imap", "imaps"], trusted=OFFICE))

    used = {name for rule in view.rules for name in (rule.source, rule.destination, rule.port)}
    assert {alias.name for alias in view.aliases} == used - {""}
    assert [alias.name for alias in view.aliases if not alias.address] == []


def test_each_interface_has_all_rules_under_trackers_of_their_own() -> None:
    view = lower_pfsense(make_plan(trusted=OFFICE), "{interface: [wan, opt1]}")

    assert said(view, "opt1") == said(view, "wan")
    assert len({rule.tracker for rule in view.rules}) == len(view.rules) == 6
    assert view.owner.trackers == tuple(rule.tracker for rule in view.rules)


def test_only_what_is_refused_is_logged() -> None:
    view = lower_pfsense(make_plan(trusted=OFFICE), "{log: true}")

    assert [(rule.type, rule.log) for rule in view.rules] == [("pass", False), ("pass", False), ("block", True)]


def test_connections_are_limited_for_connectors_of_closed_services_alone() -> None:
    plan = make_plan(services=["smtp", "imaps"], access={"smtp": Access.ADDITIVE}, trusted=OFFICE)

    view = lower_pfsense(plan, "{connection_limit: 20}")

    ports = {alias.name: alias.address for alias in view.aliases}
    assert [(rule.type, rule.source[15:], ports[rule.port], rule.max_src_conn) for rule in view.rules] == [
        ("pass", "hubspot", "25", ""),
        ("pass", "hubspot", "993", "20"),
        ("pass", "TRUSTED", "993", ""),
        ("block", "", "993", ""),
    ]


def test_a_limit_below_the_need_is_refused() -> None:
    assert [code for code, *_ in findings_of(make_plan(), "{connection_limit: 4}")] == ["TGT020"]


def test_what_the_rest_api_can_t_say_is_told() -> None:
    limited = findings_of(make_plan(), "{connection_limit: 20}")
    fetched = findings_of(make_plan(), f"{{lists: url, list_url: '{URL}'}}")

    hint = "use `gatepost merge` or playback.txt"
    assert limited == [("TGT132", "rest.json is not written: the REST API of pfSense can't say `connection_limit`", hint)]
    assert fetched == [("TGT132", "rest.json is not written: the REST API of pfSense can't say URL tables", hint)]


def test_a_list_that_an_alias_holds_is_in_the_configuration() -> None:
    view = lower_pfsense(make_plan({"hubspot": {"imaps": LONG[:5000]}}, services=["imaps"]), f"{{list_url: '{URL}'}}")

    assert (view.aliases[1].type, len(view.aliases[1].entries), view.tables) == ("network", 5000, ())


def test_a_longer_list_is_a_url_table() -> None:
    view = lower_pfsense(
        make_plan({"hubspot": {"imaps": LONG}}, services=["imaps"], trusted=OFFICE), f"{{list_url: '{URL}/', list_days: 7}}"
    )

    alias = view.aliases[1]
    url = f"{URL}/gatepost_acme__hubspot.txt"
    assert (alias.type, alias.address, alias.url, alias.updatefreq, alias.detail) == ("urltable", url, url, "7", "hubspot")
    assert [(table.name, [entry.text for entry in table.entries]) for table in view.tables] == [("gatepost_acme__hubspot", LONG)]
    assert [item.name[15:] for item in view.imports] == ["SERVER", "TRUSTED", "PORTS_imaps"]


def test_all_lists_are_url_tables_where_the_site_says_so() -> None:
    view = lower_pfsense(make_plan(trusted=OFFICE), f"{{lists: url, list_url: '{URL}'}}")

    assert [alias.type for alias in view.aliases] == ["host", "urltable", "urltable", "port"]


def test_a_longer_list_without_a_url_is_refused_with_the_arithmetic() -> None:
    plan = make_plan({"hubspot": {"imaps": LONG}}, services=["imaps"])

    assert findings_of(plan) == [
        (
            "TGT130",
            "`hubspot` has 10000 prefixes, 5000 more than the 5000 that an alias holds",
            "put gatepost_acme__hubspot.txt on a web server that the firewall reaches, and write `list_url: https://SERVER/FOLDER`",
        )
    ]


def test_a_connector_called_as_one_of_our_own_aliases_is_a_connector_all_the_same() -> None:
    plan = make_plan({"server": {"imaps": LONG}, "ports": {"imaps": HUBSPOT}}, services=["imaps"])

    names = [alias.name[15:] for alias in lower_pfsense(plan, f"{{list_url: '{URL}'}}").aliases]

    assert [code for code, *_ in findings_of(plan)] == ["TGT130"]
    assert names == ["SERVER", "ports", "server", "PORTS_imaps"]


def test_fetched_lists_need_a_url() -> None:
    assert [(code, message) for code, message, _ in findings_of(make_plan(), "{lists: url}")] == [
        ("TGT131", "`lists: url`, and no `list_url`")
    ]


@pytest.mark.parametrize(
    "url", ["http://192.0.2.80/lists", "https://192.0.2.80/a'b", "https://192.0.2.80/a b", "https://192.0.2.80/?a=b#c"]
)
def test_a_url_that_is_not_plain_https_is_refused(url: str) -> None:
    assert "TGT011" in [code for code, *_ in findings_of(make_plan(), f'{{list_url: "{url}"}}')]


@pytest.mark.parametrize("name", ["WAN", "vtnet0", "opt0", "wan2", "opt1;", "any"])
def test_interfaces_have_pfsense_s_internal_names(name: str) -> None:
    assert "TGT011" in [code for code, *_ in findings_of(make_plan(), f"{{interface: ['{name}']}}")]


@pytest.mark.parametrize("text", ["any", "0.0.0.0/0", "::/0"])
def test_any_destination_is_no_choice(text: str) -> None:
    assert findings_of(make_plan(), f"{{destination: '{text}'}}")[0][:2] == ("TGT011", f"`{text}` is no value of `destination`")


def test_the_server_s_own_addresses_have_to_be_known() -> None:
    assert findings_of(make_plan(addresses=())) == [
        (
            "TGT021",
            "`destination: server`, and the site has no `server.addresses`",
            "list them, or write the addresses that the server has behind the firewall",
        )
    ]


def test_a_family_that_the_server_lacks_is_told() -> None:
    findings = findings_of(make_plan(addresses=["10.20.0.25"]))

    assert [(code, message) for code, message, _ in findings] == [
        ("TGT022", "no destination address is IPv6: the services stay over IPv6 as they are")
    ]


def test_more_prefixes_than_the_tables_hold_are_told() -> None:
    _, findings = find_in_pfsense(make_plan(trusted=OFFICE), table_entries=4)

    assert [(finding.code, finding.message, finding.hint) for finding in findings] == [
        (
            "TGT133",
            "the lists have 5 prefixes, and all tables of the firewall hold 4 unless you say otherwise",
            "set Maximum Table Entries (Advanced, Firewall) above 10: a table is replaced beside the old one",
        )
    ]


def test_descriptions_fit_and_start_with_the_site_s_mark() -> None:
    plan = make_plan(
        {"a-connector-with-a-name-that-does-not-fit": dict.fromkeys(("imap", "imaps", "submission"), HUBSPOT)},
        site="a-site-with-a-long-name",
        services=["imap", "imaps", "submission"],
    )

    view = lower_pfsense(plan)

    assert {len(rule.descr) <= 52 and rule.descr.startswith(view.owner.mark) for rule in view.rules} == {True}
    assert max(len(alias.name) for alias in view.aliases) <= 31
