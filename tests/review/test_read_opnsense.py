"""Configurations of OPNsense: what an independent evaluator says, and what people's own rules mean."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.net import Family
from tests.pfsense import read_opnsense
from tests.pfsense.documents import OPNSENSE, edited, followable
from tests.pfsense.product import merge
from tests.pfsense.random_sites import Case, cases
from tests.review.meaning import doubts, read_back, shown
from tests.review.pf_evaluator import disagreements, ends
from tests.scale import scaled

LIST = "AUD021 what the alias `Spammers` holds is not in the configuration: it is of the type `urltable`"


@settings(max_examples=scaled(120))
@given(cases(), st.sampled_from(("wan", "opt1", "lan")))
def test_a_merged_configuration_of_opnsense_is_read_as_another_evaluator_reads_it(case: Case, interface: str) -> None:
    with TemporaryDirectory() as folder:
        text = followable(merge(case.write(Path(folder)), "opnsense", OPNSENSE))

    assert disagreements("opnsense", text, read_opnsense.load(text), interface, ends(case)) == []


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("<source_net>any</source_net>", "<source_net>Office,203.0.113.9</source_net>", "192.0.2.128/26 203.0.113.9/32"),
        ("<source_net>any</source_net>", "<source_net>Unused</source_net>", ""),
        (
            "<source_net>any</source_net>",
            "<source_net>__wan_network,wanip</source_net>",
            "203.0.113.0/26 203.0.113.64/27 203.0.113.104/29 203.0.113.112/28 203.0.113.128/25",
        ),
        ("<source_net>any</source_net>", "<source_net>Staff</source_net>", "192.0.2.128/26"),
        (
            "<interface>wan</interface>\n            <direction>in</direction>\n            <ipprotocol>inet</ipprotocol>",
            "<interface/><ipprotocol>inet</ipprotocol>",
            "everybody",
        ),
        ("<destination_port>443</destination_port>", "<destination_port>imaps</destination_port>", ""),
        ("<destination_net>10.30.0.80</destination_net>", "<destination_net>Banned</destination_net>", ""),
    ],
)
def test_a_rule_of_opnsenses_model_means_what_it_says(old: str, new: str, found: str) -> None:
    text = edited(followable(OPNSENSE).replace("198.51.100.240/28", "198.51.100.77"), old, new)
    ruleset, findings = read_back("opnsense", text)
    answer = shown(ruleset, Family.V4, 443, server=("10.30.0.80", "::1"))

    assert findings == []
    assert answer.get("open", "") == found


def test_exceptions_in_an_alias_of_opnsense_are_left_out_by_the_narrowest_entry() -> None:
    listed = "192.0.2.0/24\n!192.0.2.0/25\n192.0.2.7"
    text = edited(followable(OPNSENSE), "192.0.2.128/26\n2001:db8:b::/48", listed)
    text = edited(text, "<source_net>any</source_net>", "<source_net>Office</source_net>")
    ruleset, findings = read_back("opnsense", text)

    assert findings == []
    assert shown(ruleset, Family.V4, 443, server=("10.30.0.80", "::1"))["open"] == "192.0.2.7/32 192.0.2.128/25"


def test_a_list_that_is_fetched_is_a_doubt() -> None:
    ruleset, findings = read_back("opnsense", OPNSENSE)

    assert findings == [LIST]
    assert doubts(ruleset, Family.V4, 993) == ["what the list `Spammers` holds"]


def test_without_the_switch_for_ipv6_it_is_unknown_whether_the_release_lets_it_through() -> None:
    ruleset, findings = read_back("opnsense", edited(followable(OPNSENSE), "<ipv6allow>1</ipv6allow>", ""))

    assert findings == []
    assert shown(ruleset, Family.V6, 25)["unknown"] == "the rest"
