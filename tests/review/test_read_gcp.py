"""Firewall rules of GCP as people have them: what is understood, what is said about the rest."""

import json
from typing import Any

import pytest

from generator.net import Family
from generator.readers.model import Ruleset
from tests.review.meaning import doubts, read_back, read_files, shown

INSIDE = "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16"
NONE = {"closed": "everybody"}
ALL = {"open": "everybody"}
UNKNOWN = {"unknown": "everybody"}
OURS = "gatepost acme/crm/imaps/v4"


def rule(name: str, *ranges: str, ports: tuple[str, ...] = ("993",), deny: bool = False, **more: Any) -> dict[str, Any]:
    """A rule as gcloud prints it."""
    entry: dict[str, Any] = {"IPProtocol": "tcp", "ports": list(ports)} if ports else {"IPProtocol": "tcp"}
    return {
        "denied" if deny else "allowed": [entry],
        "creationTimestamp": "2026-01-01T00:00:00.000-07:00",
        "description": "",
        "direction": "INGRESS",
        "disabled": False,
        "id": "1",
        "kind": "compute#firewall",
        "logConfig": {"enable": False},
        "name": name,
        "network": "https://www.googleapis.com/compute/v1/projects/p/global/networks/default",
        "priority": 1000,
        "selfLink": f"https://www.googleapis.com/compute/v1/projects/p/global/firewalls/{name}",
        **({"sourceRanges": list(ranges)} if ranges else {}),
        **more,
    }


def read(*rules: dict[str, Any]) -> tuple[Ruleset | None, list[str]]:
    return read_files(("rules.json", json.dumps(list(rules))))


def test_the_smallest_number_decides_and_of_one_number_the_refusal() -> None:
    rules = [rule("a", "198.51.100.0/24"), rule("b", "198.51.100.0/25", deny=True), rule("c", "198.51.100.0/26", priority=999)]
    found = [read(*order) for order in (rules, rules[::-1])]

    assert [findings for _, findings in found] == [[], []]
    assert [shown(ruleset, Family.V4, 993)["open"] for ruleset, _ in found] == ["198.51.100.0/26 198.51.100.128/25"] * 2


@pytest.mark.parametrize(
    ("held", "v4", "v6"),
    [
        (rule("a"), ALL, NONE),
        (rule("a", "0.0.0.0/0", "::/0"), ALL, ALL),
        (rule("a", "0.0.0.0/0", ports=()), ALL, NONE),
        (rule("a", "0.0.0.0/0", ports=("25", "900-1000")), ALL, NONE),
        (rule("a", "0.0.0.0/0", ports=("25", "994-1000")), NONE, NONE),
        (rule("a", "0.0.0.0/0", allowed=[{"IPProtocol": "all"}]), ALL, NONE),
        (rule("a", "0.0.0.0/0", allowed=[{"IPProtocol": "udp"}, {"IPProtocol": "icmp"}]), NONE, NONE),
        (rule("a", "0.0.0.0/0", direction="EGRESS"), NONE, NONE),
        (rule("a", "0.0.0.0/0", disabled=True), NONE, NONE),
        (rule("a", "0.0.0.0/0", targetTags=["web"]), UNKNOWN, NONE),
        (rule("a", "0.0.0.0/0", targetServiceAccounts=["web@example.org"]), UNKNOWN, NONE),
        (rule("a", sourceTags=["web"]), {"closed": "the rest", "unknown": INSIDE}, {"closed": "the rest", "unknown": "fc00::/7"}),
        (rule("a", "0.0.0.0/0", destinationRanges=["10.21.0.0/16"]), NONE, NONE),
        (rule("a", "0.0.0.0/0", destinationRanges=["10.20.0.0/16"]), ALL, NONE),
    ],
)
def test_a_rule_means_what_google_says(held: dict[str, Any], v4: dict[str, str], v6: dict[str, str]) -> None:
    ruleset, findings = read(held)

    assert findings == [finding for finding in findings if finding.startswith("AUD020")]
    assert (shown(ruleset, Family.V4, 993), shown(ruleset, Family.V6, 993)) == (v4, v6)


def test_our_own_rules_tell_which_tags_the_mail_server_bears() -> None:
    ours = rule("gatepost-acme--crm", "192.0.2.0/24", targetTags=["mail"], description=OURS)
    same, other = rule("same", "198.51.100.0/24", targetTags=["mail", "x"]), rule("other", "203.0.113.0/24", targetTags=["web"])
    ruleset, findings = read(ours, same, other)

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24 198.51.100.0/24", "unknown": "203.0.113.0/24", "closed": "the rest"}
    assert doubts(ruleset, Family.V4, 993) == ["whether the mail server bears `web`"]


def test_rules_of_another_network_are_not_the_servers() -> None:
    ours = rule("gatepost-acme--crm", "192.0.2.0/24", targetTags=["mail"], description=OURS)
    other = rule("other", "0.0.0.0/0", network="https://www.googleapis.com/compute/v1/projects/p/global/networks/lab")

    assert shown(read(ours, other)[0], Family.V4, 993)["open"] == "192.0.2.0/24"


def test_of_several_networks_without_a_rule_of_ours_none_is_sure_to_be_the_servers() -> None:
    other = rule("other", "198.51.100.0/24", network="https://www.googleapis.com/compute/v1/projects/p/global/networks/lab")
    ruleset, findings = read(rule("a", "192.0.2.0/24"), other)

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"closed": "the rest", "unknown": "192.0.2.0/24 198.51.100.0/24"}
    assert sorted(doubts(ruleset, Family.V4, 993)) == [f"whether the mail server is in the network `{name}`" for name in ("default", "lab")]


def test_policies_ahead_of_the_rules_are_said_and_make_everything_unknown() -> None:
    effective = {"firewalls": [rule("a", "192.0.2.0/24")], "firewallPolicys": [{"displayName": "corp", "rules": []}]}
    ruleset, findings = read_files(("effective.json", json.dumps(effective)))

    assert findings == ["AUD025 the firewall policy `corp` is not read"]
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (rule("a", "192.0.2.0/24", sourceCountry=["CH"]), "`sourceCountry` is not known here"),
        (rule("a", "192.0.2.0/24", denied=[{"IPProtocol": "tcp"}]), "it neither allows nor denies"),
        (rule("a", "crm.example.org"), "`crm.example.org` is no address"),
        (rule("a", "192.0.2.0/24", ports=("imaps",)), "`imaps` is no port"),
        (rule("a", "192.0.2.0/24", priority="1000"), "its priority is no number from 0 to 65535"),
        (rule("a", "192.0.2.0/24", allowed=[{"ports": ["993"]}]), "its form is not known here"),
    ],
)
def test_a_rule_that_is_not_understood_makes_its_verdict_unknown(held: dict[str, Any], why: str) -> None:
    ruleset, findings = read(held)

    assert findings == [f"AUD002 the rule `a` is not understood: {why}"]
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


@pytest.mark.parametrize("text", ["", "{}", '{"kind": "compute#instance"}', "x"])
def test_another_document_is_refused(text: str) -> None:
    ruleset, findings = read_back("gcp", text)

    assert ruleset is None
    assert [finding[:6] for finding in findings] == ["AUD001"]


def test_a_table_with_a_torn_line_is_refused() -> None:
    ruleset, findings = read_back("gcp-table", "# gatepost\nname\taction\n")

    assert ruleset is None
    assert findings == ["AUD001 this line has not the 3 fields of a fact"]
