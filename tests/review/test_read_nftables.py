"""nft's dumps: what is told about rules that aren't understood, and what single conditions mean."""

import json
from typing import Any

import pytest

from generator.diagnostics import Report
from generator.net import Family, parse_prefix
from generator.net.runs import prefix_runs
from generator.readers.judge import Question, judge
from generator.readers.model import Ruleset
from generator.readers.nftables import read_nftables
from generator.readers.outside import Outside
from generator.readers.scratch import list_file

TABLE = {"family": "inet", "table": "filter"}
BASE = {"chain": {**TABLE, "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}}


def dump(*expressions: Any, objects: tuple[Any, ...] = ()) -> str:
    return json.dumps({"nftables": [BASE, *objects, {"rule": {**TABLE, "chain": "input", "expr": expressions}}]})


def read(text: str, outside: Outside = Outside("eth0")) -> tuple[Ruleset | None, list[str]]:  # noqa: B008 - a value
    report = Report()
    ruleset = read_nftables(text, "dump", outside, report)
    return ruleset, [f"{finding.code} {finding.message}" for finding in report.findings]


def fate(ruleset: Ruleset | None, source: str = "198.51.100.10", port: int = 993) -> str:
    assert ruleset is not None
    family = Family.V6 if ":" in source else Family.V4
    (run,) = prefix_runs([parse_prefix(source)], family)
    segments = judge(ruleset, Question(family, port))
    (found,) = (segment for segment in segments if any(one.first <= run.first <= one.last for one in segment.sources))
    return found.entry.value


def language(rules: str) -> str:
    """The same, written in nft's own language and read by nft."""
    return f"table inet filter {{ chain input {{ type filter hook input priority 0; policy drop; {rules}; }}; }}"


@pytest.mark.parametrize("text", ['{"nftables": 7}', "{}", "{nft", '{"nftables": [1]'])
def test_a_file_that_nft_did_not_print_is_an_error(text: str) -> None:
    assert read(text) == (None, ["AUD001 this is not what nft prints as JSON"])


def test_a_file_in_a_language_that_nft_refuses_is_an_error() -> None:
    ruleset, told = read("table inet filter { chain input { frobnicate; } }")

    assert ruleset is None
    assert told[0].startswith("AUD004 nft can't be asked what this file says: dump:1:")


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("accept", "open"),
        ("tcp dport >= 993 accept", "open"),
        ("tcp dport < 993 accept", "closed"),
        ("tcp dport != 1-992 accept", "open"),
        ("tcp flags ! syn accept", "closed"),
        ("tcp flags syn accept", "open"),
        ("tcp flags & (syn|ack) == syn accept", "open"),
        ("tcp flags != syn accept", "unknown"),
        ("ct state != { established, related } accept", "open"),
        ("ct state untracked accept", "closed"),
        ("ct status dnat accept", "closed"),
        ("ct status != dnat accept", "open"),
        ("ct direction original accept", "open"),
        ("fib daddr type local accept", "open"),
        ("fib saddr type local accept", "closed"),
        ("fib saddr . iif oif exists accept", "open"),
        ("meta mark 0 accept", "open"),
        ("meta mark & 0xf0 == 0x10 accept", "closed"),
        ("meta nfproto ipv6 accept", "closed"),
        ("meta pkttype host accept", "open"),
        ('iifname "eth*" accept', "open"),
        ('iifname != "lo" accept', "open"),
        ("meta l4proto { udp, icmp } accept", "closed"),
        ("meta l4proto tcp th dport 993 accept", "open"),
        ("tcp dport vmap { 993 : continue, * : accept }", "closed"),
        ("tcp dport vmap { 25 : continue, * : accept }", "open"),
        ("ip saddr 198.51.100.0/24 tcp sport 53 accept", "unknown"),
        ("ip saddr 203.0.113.0/24 tcp sport 53 accept", "closed"),
        ("limit rate 5/second accept", "unknown"),
        ("limit rate 5/second log", "closed"),
        ("ip ttl 64 accept", "unknown"),
        ("reject", "closed"),
        ("meta l4proto 1-10 accept", "open"),
        ("meta l4proto { 7-255, 17 } accept", "closed"),
        ("ip protocol != 1-5 accept", "open"),
        ("ct state new,established accept", "open"),
        ("ct state == new,established accept", "closed"),
        ("ct state != new,established accept", "open"),
        ("ct state ! established accept", "open"),
        ("ct state ! new accept", "closed"),
        ("ct status ! dnat accept", "open"),
        ("ct status == dnat accept", "closed"),
        ("meta mark < 5 accept", "unknown"),
        ("ct mark >= 0 accept", "unknown"),
        ("meta iif != 999 accept", "unknown"),
        ("ct count over 5 accept", "unknown"),
        ("@th,16,16 set 25 accept", "unknown"),
        ("tcp dport set 25 drop", "unknown"),
        ("ip dscp set cs1 accept", "open"),
        ("meta l4proto 6-17 accept", "open"),
        ("meta l4proto 1-6 accept", "open"),
        ("tcp flags == (syn | ack) accept", "closed"),
        ("tcp flags { syn, ack } accept", "open"),
    ],
)
def test_a_condition_means_this_for_a_new_connection_from_outside(rule: str, expected: str) -> None:
    ruleset, told = read(language(rule))

    assert (fate(ruleset), told) == (expected, [])


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("add @seen { ip saddr }; ip saddr @seen accept", ["open", "closed"]),
        ("add @seen { ip saddr }; ip saddr != @seen accept", ["closed", "closed"]),
        ("add @seen { ip saddr }; ip daddr @seen accept", ["unknown", "unknown"]),
        ("add @seen { ip saddr & 255.255.255.0 }; ip saddr @seen accept", ["unknown", "unknown"]),
        ("add @seen { ip saddr limit rate 5/second }; ip saddr @seen accept", ["unknown", "unknown"]),
        ("delete @seen { ip saddr }; ip saddr @seen accept", ["unknown", "unknown"]),
        ("add @pairs { ip saddr . tcp dport }; ip saddr . tcp dport @pairs accept", ["unknown", "unknown"]),
        ("add @ports { tcp dport }; tcp dport @ports accept", ["unknown", "unknown"]),
        ("add @seen { ip saddr limit rate 5/second } accept", ["open", "closed"]),
        ("add @seen { ip saddr limit rate over 5/second } accept", ["closed", "closed"]),
        ("add @seen { ip saddr quota over 10 mbytes } accept", ["unknown", "closed"]),
        ("add @seen { ip saddr limit rate 5 mbytes/second } accept", ["unknown", "closed"]),
        ("add @seen { ip saddr counter } accept", ["open", "closed"]),
        ("add @ports { tcp dport limit rate 5/second } accept", ["unknown", "unknown"]),
    ],
)
def test_what_rules_do_with_sets_counts_for_the_rules_behind(rules: str, expected: list[str]) -> None:
    kinds = {"seen": "ipv4_addr", "pairs": "ipv4_addr . inet_service", "ports": "inet_service"}
    sets = "".join(f"set {name} {{ type {kind}; flags dynamic; size 9; timeout 1m; }}; " for name, kind in kinds.items())
    ruleset, told = read(language(rules).replace("chain input", f"{sets}chain input"))

    assert ([fate(ruleset, source) for source in ("198.51.100.10", "2001:db8::1")], told) == (expected, [])


def test_a_set_that_a_rule_adds_to_is_not_the_one_of_that_name_in_another_table() -> None:
    other = (
        "table inet other { set seen { type ipv4_addr; flags dynamic; size 9; timeout 1m; }; chain c { HOOK; add @seen { ip saddr }; }; }"
    )
    own = language("ip saddr @seen accept").replace("chain", "set seen { type ipv4_addr; elements = { 203.0.113.7 }; }; chain")
    ruleset, told = read(other.replace("HOOK", "type filter hook input priority -10") + "\n" + own)

    assert ([fate(ruleset, source) for source in ("198.51.100.10", "203.0.113.7")], told) == (["closed", "open"], [])


@pytest.mark.parametrize(
    ("entries", "expected"),
    [("0 : jump marking, 1 : drop", "open"), ("0 : jump marking, 1 : jump dropping", "unknown"), ("1 : jump dropping, 0 : accept", "open")],
)
def test_a_map_of_marks_is_asked_once(entries: str, expected: str) -> None:
    chains = "chain marking { meta mark set 1; }; chain dropping { drop; }; chain input"
    ruleset, _ = read(language(f"meta mark vmap {{ {entries} }}; accept").replace("chain input", chains))

    assert fate(ruleset) == expected


@pytest.mark.parametrize(("family", "address"), [("ip", "127.0.0.1"), ("ip6", "[::1]")])
def test_a_packet_that_is_sent_on_to_the_loopback_interface_may_not_arrive(family: str, address: str) -> None:
    ruleset, _ = read(f"table {family} t {{ chain c {{ type nat hook prerouting priority -100; tcp dport 993 dnat to {address}:2; }}; }}")

    assert fate(ruleset, "192.0.2.1" if family == "ip" else "2001:db8::1") == "unknown"
    assert fate(ruleset, "192.0.2.1" if family == "ip" else "2001:db8::1", port=25) == "open"


def test_a_condition_that_is_not_understood_is_a_doubt_and_the_rest_of_the_rule_counts() -> None:
    strange = {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@gone"}}
    port = {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 993}}
    ruleset, told = read(dump(port, strange, {"accept": None}))

    assert told == [
        "AUD002 the rule `inet filter input: tcp dport 993 ip saddr @gone accept` is not understood: the set `gone` is not in the dump"
    ]
    assert [fate(ruleset, port=number) for number in (993, 25)] == ["unknown", "closed"]


def test_a_statement_that_is_not_understood_may_do_anything() -> None:
    ruleset, told = read(dump({"vmap": {"key": 5}}))

    assert told == ["AUD002 the rule `inet filter input: 5 vmap` is not understood: its form is not nft's"]
    assert fate(ruleset) == "unknown"


@pytest.mark.parametrize("statement", [{"queue": {"num": 1}}, {"tproxy": {"port": 1}}, {"teleport": None}])
def test_a_statement_that_hands_the_packet_on_or_is_unknown_is_a_doubt(statement: Any) -> None:
    ruleset, _ = read(dump(statement, {"accept": None}))

    assert fate(ruleset) == "unknown"


def test_a_policy_of_one_family_is_not_the_other_s() -> None:
    ruleset, _ = read("table ip filter { chain input { type filter hook input priority 0; policy drop; }; }")

    assert [fate(ruleset, source) for source in ("192.0.2.1", "2001:db8::1")] == ["closed", "open"]


@pytest.mark.parametrize(("whole", "ports"), [(True, None), (False, ((993, 993),))])
@pytest.mark.parametrize("hook", ["type filter hook input priority 0; policy accept; ", ""])
def test_what_our_table_does_not_speak_of_is_open_where_it_is_all_that_nft_has(hook: str, whole: bool, ports: Any) -> None:
    table = f"table inet gatepost_acme {{ chain c {{ {hook}tcp dport 993 drop; }}; }}"
    text = list_file(table, "dump", Report())
    assert text is not None
    ruleset = read_nftables(text, "dump", Outside("eth0"), Report(), whole=whole)
    assert ruleset is not None

    assert ruleset.ports == ports
    assert fate(ruleset) == ("closed" if hook else "open")
    assert not whole or fate(ruleset, port=587) == "open"


@pytest.mark.parametrize(("state", "expected"), [("invalid", "closed"), ("untracked", "open"), ("new", "closed")])
def test_what_is_not_tracked_is_of_one_state_alone(state: str, expected: str) -> None:
    raw = "chain raw { type filter hook prerouting priority -300; notrack; }; chain input"
    ruleset, _ = read(language(f"ct state {state} accept").replace("chain input", raw))

    assert fate(ruleset) == expected


def test_rules_of_a_bridge_are_told_and_left_aside() -> None:
    ruleset, told = read("table bridge b { chain c { type filter hook input priority 0; policy drop; }; }")

    assert told == ["AUD003 the chain `bridge b c` judges below IP, and is not read"]
    assert fate(ruleset) == "open"


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("dormant", "open"), (["owner", "dormant"], "open"), ("owner", "closed"), ([], "closed"), ("inet", "unknown"), (7, "unknown")],
)
def test_a_dormant_table_closes_nothing(flags: Any, expected: str) -> None:
    ruleset, messages = read(dump(objects=({"table": {"family": "inet", "name": "filter", "flags": flags}},)))

    assert (fate(ruleset), messages) == (expected, [])
