"""What a plan and a ruleset say, port by port, before anybody compares."""

import pytest

from generator.diagnostics import Report
from generator.net import Family, PortRange, parse_prefix
from generator.net.runs import EVERYTHING, Run, prefix_runs
from generator.plan import Access
from generator.readers.model import Ruleset
from generator.readers.outside import Outside
from generator.readers.registry import Dump, read_host
from generator.review.picture import Door, State, picture_plan
from generator.review.picture_rules import choose_destinations, find_party, picture_ruleset
from tests.support.plans import make_plan, service

NETWORK = "198.51.100.0/24"


def runs(*networks: str) -> tuple[Run, ...]:
    return prefix_runs(map(parse_prefix, networks), Family.V4)


def read(*rules: str) -> Ruleset:
    """A host whose INPUT drops what the rules don't accept."""
    report = Report()
    text = "\n".join(["*filter", ":INPUT DROP [0:0]", *(f"-A INPUT {rule}" for rule in rules), "COMMIT", ""])
    ruleset = read_host([Dump("v4.rules", text)], Outside(), report)
    assert ruleset is not None, report.findings
    return ruleset


def door(access: Access) -> Door:
    """The door of smtp for IPv4, with one connector."""
    plan = make_plan([service("smtp", access)], {"hubspot": {"smtp": [NETWORK]}})
    return picture_plan(plan).slots[0].doors[0]


def test_an_allowlist_is_closed_to_the_rest() -> None:
    assert (door(Access.ALLOWLIST).open, door(Access.ALLOWLIST).rest) == (runs(NETWORK), State.CLOSED)


def test_an_additive_service_is_left_to_the_host_for_the_rest() -> None:
    assert (door(Access.ADDITIVE).open, door(Access.ADDITIVE).rest) == (runs(NETWORK), State.UNTOUCHED)


def test_a_public_service_is_open_to_everybody_and_still_knows_its_connectors() -> None:
    public = door(Access.PUBLIC)

    assert public.open == EVERYTHING[Family.V4]
    assert [(party.name, party.sources) for party in public.parties] == [("hubspot", runs(NETWORK))]


def test_services_of_one_list_share_it() -> None:
    plan = make_plan([service("imap"), service("imaps")], {"hubspot": {"imap": [NETWORK], "imaps": [NETWORK]}})
    one, other = (rule.sources for rule in plan.rules)
    shared = plan._replace(rules=(plan.rules[0], plan.rules[1]._replace(sources=one)))
    assert one == other

    first, second = (slot.doors[0].open for slot in picture_plan(shared).slots)

    assert first is second


def test_ports_that_rules_treat_alike_are_one_slot() -> None:
    picture = picture_ruleset(read("-s 198.51.100.0/24 -p tcp -m tcp --dport 993 -j ACCEPT"), (PortRange(990, 999),))

    assert [(slot.name, slot.ports) for slot in picture.slots] == [
        ("", (PortRange(990, 992), PortRange(994, 999))),
        ("imaps", (PortRange(993, 993),)),
    ]


def test_a_rule_of_ours_names_who_it_lets_in() -> None:
    comment = '-m comment --comment "acme/hubspot+make/imaps/v4"'
    picture = picture_ruleset(read(f"-s 198.51.100.0/24 -p tcp -m tcp --dport 993 {comment} -j ACCEPT"), (PortRange(993, 993),))

    (party,) = picture.slots[0].doors[0].parties
    assert (party.name, party.sources, party.why) == ("hubspot+make", runs(NETWORK), ("acme/hubspot+make/imaps/v4",))


def test_a_comment_that_only_looks_like_an_id_names_nobody() -> None:
    assert [find_party(comment) for comment in ("a/b/c", "a//c/v4", "acme/limit/imaps/v4", "acme/public/imaps/v6", "a/b/c/v5", "")] == [
        ""
    ] * 6


def test_an_address_that_is_given_is_asked_about_before_any_other() -> None:
    ruleset = read("-s 198.51.100.0/24 -d 192.0.2.25/32 -p tcp -m tcp --dport 993 -j ACCEPT")
    given, likely = (parse_prefix("192.0.2.1"),), (parse_prefix("192.0.2.2"),)

    chosen = [choose_destinations(ruleset, *asked)[0][1][Family.V4] for asked in ((given, likely), ((), likely), ((), ()))]

    assert chosen == [parse_prefix(text).first for text in ("192.0.2.1", "192.0.2.2", "192.0.2.25")]


@pytest.mark.parametrize(
    ("rules", "asked"),
    [
        (["-j ACCEPT"], ["192.0.2.24"]),
        (["-d 192.0.2.25/32 -j ACCEPT"], ["192.0.2.24", "192.0.2.25"]),
        (["-d 192.0.2.24/31 -j ACCEPT"], ["192.0.2.24"]),
        (["-d 192.0.2.0/24 -j ACCEPT", "-d 192.0.2.24/32 -j DROP"], ["192.0.2.24", "192.0.2.25"]),
        (["-d 10.20.0.25/32 -p tcp -m tcp --dport 993 -j ACCEPT"], ["192.0.2.24", "10.20.0.25"]),
        (["-d 10.20.0.25/32 -p tcp -m tcp --dport 80 -j ACCEPT"], ["192.0.2.24"]),
        (["-d 10.20.0.25/32 -j ACCEPT"], ["192.0.2.24"]),
        (["-d 10.20.0.25/32 -p tcp -m tcp --dport 993 -j DROP"], ["192.0.2.24"]),
    ],
)
def test_every_likely_address_that_rules_tell_apart_is_asked_about(rules: list[str], asked: list[str]) -> None:
    likely = (parse_prefix("192.0.2.24"), parse_prefix("192.0.2.25"), parse_prefix("2001:db8::25"))

    chosen = [found[Family.V4] for _, found in choose_destinations(read(*rules), (), likely)]

    assert chosen == [parse_prefix(text).first for text in asked]


@pytest.mark.parametrize(
    "rule",
    [
        "-d 127.0.0.0/8 ! -i lo -j REJECT",
        "-d 224.0.0.0/4 -j DROP",
        "-d 224.0.0.251/32 -j ACCEPT",
        "-d 255.255.255.255/32 -j ACCEPT",
        "! -d 224.0.0.0/4 -j ACCEPT",
        "-d 192.0.2.77/32 -j DROP",
    ],
)
def test_an_address_that_rules_let_nobody_in_at_is_not_the_server_s(rule: str) -> None:
    assert choose_destinations(read(rule), (), ()) == [("", {})]


def test_an_address_in_the_middle_of_ours_that_other_rules_name_is_asked_about_too() -> None:
    ours = '-d 192.0.2.24/30 -p tcp -m tcp --dport 993 -m comment --comment "acme/hubspot/imaps/v4" -j ACCEPT'

    chosen = choose_destinations(read(ours, "-d 192.0.2.26/32 -j ACCEPT"), (), ())

    assert [words for words, _ in chosen] == ["192.0.2.24", "192.0.2.26"]


def test_each_address_that_rules_of_ours_name_is_asked_about() -> None:
    rule = '-s 198.51.100.0/24 -d {}/32 -p tcp -m tcp --dport 993 -m comment --comment "acme/hubspot/imaps/v4" -j ACCEPT'

    chosen = choose_destinations(read(rule.format("192.0.2.25"), rule.format("192.0.2.26")), (), ())

    assert [words for words, _ in chosen] == ["192.0.2.25", "192.0.2.26"]
