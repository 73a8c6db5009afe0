"""The OPNsense target: its rules and aliases, its fragments and its calls."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from generator.diagnostics import Report
from generator.plan import Access
from generator.render import open_templates, render_fragments
from tests.support.pfsense import HUBSPOT, OFFICE, lower_opnsense, lower_pfsense, make_plan, render_texts
from tests.support.targets import render, shipped_target

LONG = [f"10.{index // 65536}.{index // 256 % 256}.{index % 256}/32" for index in range(0, 20_000, 2)]
URL = "https://192.0.2.80/lists"


def fragments(options: str = "", **plan: Any) -> dict[str, ET.Element]:
    """What `gatepost merge` puts into a backup, parsed."""
    view = lower_opnsense(make_plan(**{"trusted": OFFICE, **plan}), options)
    report = Report()
    texts = render_fragments(view, shipped_target("opnsense"), templates=open_templates(), report=report)
    assert not report.findings, report.findings
    return {part: ET.fromstring(f"<top>{text}</top>") for part, text in texts.items()}  # noqa: S314 our own text


def calls(name: str, options: str = "", **plan: Any) -> list[dict[str, Any]]:
    """The calls of a file for the API."""
    text = render_texts(make_plan(**{"trusted": OFFICE, **plan}), options, target="opnsense")[name]
    loaded: list[dict[str, Any]] = json.loads(text)
    return loaded


def test_it_says_what_the_pfsense_target_says() -> None:
    plan = make_plan(
        services=["smtp", "imaps", "submission"], access={"smtp": Access.ADDITIVE, "submission": Access.PUBLIC}, trusted=OFFICE
    )
    options = "{interface: [wan, opt1], connection_limit: 20, log: true}"

    ours, theirs = lower_opnsense(plan, options), lower_pfsense(plan, options)

    assert [
        (rule.action, rule.interface, rule.source_net, rule.destination_net, rule.destination_port, rule.max_src_conn)
        for rule in ours.rules
    ] == [(rule.type, rule.interface, rule.source or "any", rule.destination, rule.port, rule.max_src_conn) for rule in theirs.rules]
    assert [(alias.name, alias.type, alias.content.split("\n")) for alias in ours.aliases] == [
        (alias.name, alias.type, alias.address.split(" ")) for alias in theirs.aliases
    ]
    assert [rule.log for rule in ours.rules] == ["1" if rule.log else "0" for rule in theirs.rules]
    assert (ours.owner.alias_prefix, ours.owner.mark) == (theirs.owner.alias_prefix, theirs.owner.mark)


def test_a_rule_has_what_the_model_wants() -> None:
    rules = fragments("{connection_limit: 20}")["rules"]

    said = {child.tag: child.text or "" for child in rules[0]}
    fixed = {"enabled": "1", "statetype": "keep", "quick": "1", "direction": "in", "ipprotocol": "inet46", "protocol": "TCP"}
    assert fixed.items() <= said.items()
    assert (said["action"], said["interface"], said["sequence"], said["max-src-conn"]) == ("pass", "wan", "1", "20")


def test_an_alias_has_one_entry_in_each_line() -> None:
    alias = next(alias for alias in fragments()["aliases"] if alias.findtext("name") == "gatepost_acme__hubspot")

    assert alias.findtext("content") == "\n".join(["192.0.2.7/32", "198.51.100.0/25", "2001:db8:100::/48"])


def test_the_rules_are_numbered_in_order_from_the_sequence_on() -> None:
    rules = fragments("{interface: [wan, opt1], sequence: 50}")["rules"]

    assert [rule.findtext("sequence") for rule in rules] == ["50", "51", "52", "53", "54", "55"]


def test_every_item_has_a_uuid_of_its_own_that_stays() -> None:
    once, again = (fragments("{interface: [wan, opt1]}") for _ in range(2))

    uuids = [item.get("uuid") for part in once.values() for item in part]
    assert len(set(uuids)) == len(uuids)
    assert uuids == [item.get("uuid") for part in again.values() for item in part]


def test_a_uuid_does_not_depend_on_the_list() -> None:
    one, other = (lower_opnsense(make_plan({"hubspot": {"imaps": list(networks)}})) for networks in (HUBSPOT, HUBSPOT[:1]))

    assert (one.rules, [alias.uuid for alias in one.aliases]) == (other.rules, [alias.uuid for alias in other.aliases])


def test_ten_thousand_networks_are_in_the_configuration_or_fetched() -> None:
    plan = make_plan({"hubspot": {"imaps": LONG}}, services=["imaps"])

    within, fetched = lower_opnsense(plan).aliases[1], lower_opnsense(plan, f"{{lists: url, list_url: '{URL}'}}").aliases[1]

    assert (within.type, within.content.split("\n"), within.updatefreq) == ("network", LONG, "")
    assert (fetched.type, fetched.content, fetched.updatefreq) == ("urltable", f"{URL}/gatepost_acme__hubspot.txt", "1")


def test_the_first_call_looks_for_rules_that_would_be_judged_before_the_last_of_ours_on_each_interface() -> None:
    options = "{interface: [wan, opt1], sequence: 50}"

    first = calls("api.json", options)[0]

    ours = {call["path"].rpartition("/")[2] for call in calls("api.json", options) if "rule" in call["body"]}
    assert (first["method"], first["path"], first["refuse_if_before"]["last"]) == (
        "GET",
        "/api/firewall/filter/get",
        {"wan": 52, "opt1": 55},
    )
    assert set(first["refuse_if_before"]["except"]["uuid"]) == ours
    assert not any("refuse_if_before" in call for call in calls("api-undo.json", options))


def test_a_list_is_a_plain_file() -> None:
    text = render_texts(make_plan(trusted=OFFICE), target="opnsense")["gatepost_acme__TRUSTED.txt"]

    assert [line for line in text.splitlines() if not line.startswith("#")] == list(OFFICE)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("{lists: url}", "TGT131"),
        ("{destination: any}", "TGT011"),
        ("{sequence: 0}", "TGT011"),
        ("{interface: [WAN]}", "TGT011"),
        ("{connection_limit: 4}", "TGT020"),
    ],
)
def test_what_opnsense_can_t_say_is_refused(options: str, code: str) -> None:
    report = Report()

    files = render(make_plan(), options, target="opnsense", report=report)

    assert (code in [finding.code for finding in report.findings], report.has_errors) == (True, True)
    assert files == {} or code == "TGT011"
