"""Configurations of pfSense: what an independent evaluator says, and what people's own rules mean."""

import ipaddress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.net import Family
from generator.net.runs import has_number
from generator.readers.judge import Entry, Question, judge
from generator.readers.outside import Outside
from tests.pfsense import read_pfsense
from tests.pfsense.documents import PFSENSE, area, followable
from tests.pfsense.foreign import backups
from tests.pfsense.product import merge
from tests.pfsense.random_sites import Case, cases
from tests.review.meaning import doubts, read_back, shown
from tests.review.pf_evaluator import disagreements, ends
from tests.scale import scaled

ALL, NONE = {"open": "everybody"}, {"closed": "everybody"}


@settings(max_examples=scaled(120))
@given(cases(), backups(), st.sampled_from(("wan", "opt1", "lan")))
def test_a_merged_configuration_of_pfsense_is_read_as_another_evaluator_reads_it(case: Case, backup: str, interface: str) -> None:
    with TemporaryDirectory() as folder:
        # The evaluator knows neither the switch that refuses private addresses nor port forwards.
        text = followable(merge(case.write(Path(folder)), "pfsense", backup)).replace("<blockpriv></blockpriv>", "")

    assert disagreements("pfsense", text, read_pfsense.load(text), interface, ends(case)) == []


def rule(*lines: str, kind: str = "pass", interface: str = "wan", source: str = "<any/>", target: str = "<any/><port>993</port>") -> str:
    """A rule of pfSense."""
    return (
        f"<rule><type>{kind}</type><interface>{interface}</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol>"
        f"<source>{source}</source><destination>{target}</destination>{''.join(lines)}</rule>"
    )


def pfsense(*rules: str, aliases: str = "", more: str = "", system: str = "<ipv6allow/>", wan: str = "") -> str:
    return (
        f"<pfsense><system>{system}</system><interfaces><wan><if>igb0</if><descr>Uplink</descr><ipaddr>203.0.113.2</ipaddr><subnet>24</subnet>"
        f"{wan}</wan><lan><if>igb1</if><ipaddr>dhcp</ipaddr></lan></interfaces><aliases>{aliases}</aliases>{more}"
        f"<filter>{''.join(rules)}</filter></pfsense>"
    )


def alias(name: str, kind: str, address: str) -> str:
    return f"<alias><name>{name}</name><type>{kind}</type><address>{address}</address></alias>"


CRM = "<address>192.0.2.0/24</address>"
FLOATING = "<floating>yes</floating>"


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ((rule(),), ALL),
        ((rule("<disabled/>"),), NONE),
        ((rule(interface="lan"),), NONE),
        ((rule(kind="match"), rule(FLOATING, kind="match")), NONE),
        ((rule(source=CRM, kind="block"), rule()), {"open": "the rest", "closed": "192.0.2.0/24"}),
        ((rule(), rule(source=CRM, kind="block")), ALL),
        ((rule(FLOATING), rule(FLOATING, source=CRM, kind="block")), {"open": "the rest", "closed": "192.0.2.0/24"}),
        ((rule(FLOATING, "<quick>yes</quick>"), rule(FLOATING, source=CRM, kind="block")), ALL),
        ((rule(), rule(FLOATING, "<quick>yes</quick>", kind="reject", source=CRM)), {"open": "the rest", "closed": "192.0.2.0/24"}),
        ((rule(kind="block"), rule(FLOATING)), NONE),
        ((rule(FLOATING, "<direction>out</direction>"),), NONE),
        ((rule(FLOATING, interface="lan,wan"),), ALL),
        ((rule(FLOATING, interface="any"),), ALL),
        ((rule(source=f"{CRM}<not/>"),), {"open": "the rest", "closed": "192.0.2.0/24"}),
        ((rule(source="<network>wan</network>"),), {"open": "203.0.113.0/24", "closed": "the rest"}),
        ((rule(source="<network>wanip</network>"),), {"open": "203.0.113.2/32", "closed": "the rest"}),
        ((rule(source="<network>wan:ip</network>"),), {"open": "203.0.113.2/32", "closed": "the rest"}),
        ((rule(source="<network>(self)</network>", target="<any/>"),), {"open": "203.0.113.2/32", "unknown": "the rest"}),
        ((rule(source="<network>lan</network>"),), {"unknown": "everybody"}),
        ((rule("<sched>office hours</sched>"),), {"unknown": "everybody"}),
        ((rule("<os>Windows</os>", source=CRM),), {"unknown": "192.0.2.0/24", "closed": "the rest"}),
        ((rule("<tcpflags1>syn</tcpflags1><tcpflags2>syn,ack</tcpflags2>"),), ALL),
        ((rule("<tcpflags1>syn,ack</tcpflags1><tcpflags2>syn,ack</tcpflags2>"),), NONE),
        ((rule(target="<network>lan</network><port>993</port>"),), {"unknown": "everybody"}),
        ((rule(target="<address>10.20.0.0/24</address><port>900:1000</port>"),), ALL),
        ((rule(target="<address>10.20.1.0/24</address>"),), NONE),
        ((rule(target="<any/>"),), ALL),
        ((rule(target="<any/><port>994-1000</port>"),), NONE),
    ],
)
def test_a_rule_of_pfsense_means_what_pf_makes_of_it(rules: tuple[str, ...], found: dict[str, str]) -> None:
    ruleset, findings = read_back("pfsense", pfsense(*rules))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == found
    assert shown(ruleset, Family.V6, 993) == NONE


def test_rules_of_a_group_of_interfaces_go_before_those_of_the_interface() -> None:
    group = "<ifgroups><ifgroupentry><ifname>outer</ifname><members>wan opt1</members></ifgroupentry></ifgroups>"
    ruleset, _ = read_back("pfsense", pfsense(rule(), rule(kind="block", interface="outer", source=CRM), more=group))

    assert shown(ruleset, Family.V4, 993) == {"open": "the rest", "closed": "192.0.2.0/24"}


@pytest.mark.parametrize(
    ("aliases", "found", "said"),
    [
        (alias("x", "network", "192.0.2.0/25 192.0.2.128/25 2001:db8::/32"), {"open": "192.0.2.0/24", "closed": "the rest"}, []),
        (alias("x", "network", "y") + alias("y", "host", "192.0.2.7"), {"open": "192.0.2.7/32", "closed": "the rest"}, []),
        (alias("x", "host", "192.0.2.4-192.0.2.7"), {"open": "192.0.2.4/30", "closed": "the rest"}, []),
        (alias("x", "network", ""), NONE, []),
        (alias("x", "host", "192.0.2.7 crm.example.org"), {"open": "192.0.2.7/32", "unknown": "the rest"}, []),
        (alias("x", "network", "x 192.0.2.7"), {"open": "192.0.2.7/32", "unknown": "the rest"}, []),
        (
            alias("x", "urltable", ""),
            {"unknown": "everybody"},
            ["AUD021 what the alias `x` holds is not in the configuration: it is of the type `urltable`"],
        ),
        ("", NONE, ["AUD022 the rule `pass tcp from x to any port 993` is left out by the firewall: `x` is no address and no alias"]),
    ],
)
def test_an_alias_holds_what_the_configuration_says(aliases: str, found: dict[str, str], said: list[str]) -> None:
    ruleset, findings = read_back("pfsense", pfsense(rule(source="<address>x</address>"), aliases=aliases))

    assert findings == said
    assert shown(ruleset, Family.V4, 993) == found


def test_everything_but_an_alias_with_a_name_in_it_is_unknown_but_for_what_is_surely_in_it() -> None:
    listed = alias("x", "host", "192.0.2.7 crm.example.org")
    ruleset, _ = read_back("pfsense", pfsense(rule(source="<address>x</address><not/>"), aliases=listed))

    assert shown(ruleset, Family.V4, 993) == {"closed": "192.0.2.7/32", "unknown": "the rest"}
    assert doubts(ruleset, Family.V4, 993) == ["which addresses `crm.example.org` has"]


def test_ports_may_be_an_alias_in_an_alias() -> None:
    listed = alias("mail", "port", "25 tls") + alias("tls", "port", "990:995")
    ruleset, findings = read_back("pfsense", pfsense(rule(target="<any/><port>mail</port>"), aliases=listed))

    assert findings == []
    assert [shown(ruleset, Family.V4, port) for port in (25, 989, 990, 995, 996)] == [ALL, NONE, ALL, ALL, NONE]


def forward(port: str, local: str, *lines: str, target: str = "10.20.0.25", destination: str = "<network>wanip</network>") -> str:
    return (
        f"<nat><rule><interface>wan</interface><protocol>tcp</protocol><source><any/></source><destination>{destination}<port>{port}</port>"
        f"</destination><target>{target}</target><local-port>{local}</local-port>{''.join(lines)}</rule></nat>"
    )


BEHIND = rule(source=CRM, target="<address>10.20.0.25</address><port>993</port>")
OUTER = ("203.0.113.2", "2001:db8::2")
LET_IN = {"open": "192.0.2.0/24", "closed": "the rest"}


@pytest.mark.parametrize(
    ("nat", "port", "found"),
    [
        (forward("993", "993"), 993, LET_IN),
        (forward("1993", "993"), 1993, LET_IN),
        (forward("1993", "993"), 993, NONE),
        (forward("1990-1994", "990"), 1993, LET_IN),
        (forward("1990-1994", "990"), 1994, NONE),
        (forward("993", "993", "<disabled/>"), 993, NONE),
        (forward("993", "993", "<associated-rule-id>pass</associated-rule-id>"), 993, ALL),
        (forward("993", "993", "<nordr/>"), 993, NONE),
        (forward("993", "993", target="10.20.0.26"), 993, NONE),
        (forward("993", "993", destination="<address>203.0.113.3</address>"), 993, NONE),
        (forward("993", "993", destination="<any/>"), 993, LET_IN),
        (forward("993", "993", destination="<network>lanip</network>"), 993, {"unknown": "everybody"}),
        (
            "<nat><onetoone><interface>wan</interface><external>203.0.113.2</external><source><address>10.20.0.25</address></source></onetoone></nat>",
            993,
            LET_IN,
        ),
    ],
)
def test_rules_judge_what_is_behind_a_port_forward(nat: str, port: int, found: dict[str, str]) -> None:
    ruleset, findings = read_back("pfsense", pfsense(BEHIND, more=nat))

    assert findings == []
    assert shown(ruleset, Family.V4, port, server=OUTER) == found


def test_the_inside_address_is_judged_without_the_port_forward() -> None:
    ruleset, _ = read_back("pfsense", pfsense(BEHIND, more=forward("1993", "993")))

    assert shown(ruleset, Family.V4, 993) == LET_IN


@pytest.mark.parametrize(
    ("system", "wan", "v4", "v6"),
    [
        ("<ipv6allow/>", "", ALL, ALL),
        ("", "", ALL, NONE),
        ("<ipv6allow/>", "<blockpriv/>", "10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 172.16.0.0/12 192.168.0.0/16", "fc00::/7"),
        ("<ipv6allow/><disablefilter/>", "<blockpriv/>", ALL, ALL),
    ],
)
def test_switches_go_before_the_rules(system: str, wan: str, v4: dict[str, str] | str, v6: dict[str, str] | str) -> None:
    everything = rule(FLOATING, "<quick>yes</quick>").replace("<ipprotocol>inet<", "<ipprotocol>inet46<")
    ruleset, findings = read_back("pfsense", pfsense(everything, system=system, wan=wan))
    found = [shown(ruleset, family, 993) for family in Family]

    assert findings == []
    assert [one if isinstance(want, dict) else one["closed"] for one, want in zip(found, (v4, v6), strict=True)] == [v4, v6]


def test_the_fetched_list_of_bogons_is_a_doubt_about_what_is_reserved() -> None:
    ruleset, _ = read_back("pfsense", pfsense(rule(), wan="<blockbogons/>"))

    assert doubts(ruleset, Family.V4, 993) == ["which bogon networks the firewall has fetched"]
    assert has_number(
        next(one.sources for one in judge(ruleset, Question(Family.V4, 993)) if one.entry is Entry.OPEN) if ruleset else (),
        int(ipaddress.ip_address("8.8.8.8")),
    )


@pytest.mark.parametrize(("asked", "found"), [("", NONE), ("wan", NONE), ("uplink", NONE), ("igb1", ALL), ("lan", ALL)])
def test_the_interface_is_asked_for_by_any_of_its_names(asked: str, found: dict[str, str]) -> None:
    ruleset, findings = read_back("pfsense", pfsense(rule(interface="lan")), outside=Outside(asked))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == found


def test_an_interface_that_is_not_there_is_an_error() -> None:
    ruleset, findings = read_back("pfsense", pfsense(rule()), outside=Outside("eth0"))

    assert ruleset is None
    assert findings == ["AUD023 the configuration has no interface `eth0`"]


def test_an_area_of_rules_alone_is_read_with_its_aliases_in_doubt() -> None:
    ruleset, findings = read_back("pfsense", area(PFSENSE, "filter"))

    assert findings[0] == "AUD021 the backup is one of the rules alone"
    assert {finding[:6] for finding in findings[1:]} == {"AUD002"}
    assert "unknown" in shown(ruleset, Family.V4, 993)


@pytest.mark.parametrize("text", ["", "<aliases/>", "<opnsense/>", "<pfsense>", "<!DOCTYPE a><pfsense/>", "x", area(PFSENSE, "aliases")])
def test_another_document_is_refused(text: str) -> None:
    ruleset, findings = read_back("pfsense", text)

    assert ruleset is None
    assert [finding[:6] for finding in findings] == ["AUD001"]
