"""`gatepost audit` on exports of clouds: rules moved to other machines, several groups, and exports in forms that are not read."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.review.auditing import audit, folder
from tests.support.cli import gatepost

__all__ = ["folder"]


def gcp(old: str = "", new: str = "", *, more: tuple[Mapping[str, Any], ...] = ()) -> str:
    """Our firewall rules in a project, after a change, and others beside them."""
    assert gatepost("render", "acme.yaml", "-t", "gcp-rest", "-o", "out").status == 0
    text = Path("out/acme/gcp-rest/firewalls.json").read_text(encoding="utf-8")
    assert old in text
    return json.dumps([*json.loads(text.replace(old, new, 1) if old else text), *more])


def test_one_of_our_rules_that_was_moved_to_other_machines_or_another_network_is_not_taken_for_the_server_s() -> None:
    verdicts = [audit(gcp(old, new))["verdict"] for old, new in (("", ""), ('"mail"', '"web"'), ("networks/default", "networks/dev"))]

    assert verdicts == ["same", "unknown", "unknown"]


def test_rules_of_two_sites_are_for_the_machines_of_each() -> None:
    other = {
        "name": "other",
        "network": "global/networks/default",
        "description": "gatepost sales/crm/pop3s/v4",
        "direction": "INGRESS",
        "sourceRanges": ["203.0.113.64/26"],
        "targetTags": ["sales"],
        "allowed": [{"IPProtocol": "tcp", "ports": ["995"]}],
    }

    assert audit(gcp(more=(other,)))["verdict"] == "same"


def test_a_rule_of_ours_without_tags_leaves_known_which_the_server_bears() -> None:
    assert audit(gcp('"targetTags": ["mail"],', ""))["verdict"] == "same"


def group(name: str, ports: str) -> str:
    """A group of Azure in which one rule lets in everybody."""
    ends = {"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": ports}
    allow = {"name": "all", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "*", **ends}
    return json.dumps({"name": name, "securityRules": [allow]})


def test_two_groups_of_azure_with_one_name_in_two_files_both_have_to_let_in() -> None:
    found = audit(group("mail", "*"), group("mail", "587"))

    assert [(one["name"], one["ipv4"]) for one in found["services"]] == [("submission", "as the plan says"), ("imaps", "missing")]


@pytest.mark.parametrize(
    ("dump", "hint"),
    [
        ("SecurityGroups:\n- GroupId: sg-1\n  IpPermissions: []\n", "print it as JSON: `--output json`"),
        ("|  DescribeSecurityGroups  |\n", "print it as JSON: `--output json`"),
        ("IPPERMISSIONS\t993\ttcp\t993\n", "print it as JSON: `--output json`"),
        ("Name    ResourceGroup    Priority\n", "print it as JSON: `--output json`"),
        ("NAME  NETWORK  DIRECTION  PRIORITY  ALLOW\n", "print it as JSON: `--output json`"),
        ("- allowed:\n  sourceRanges:\n  - 0.0.0.0/0\n", "print it as JSON: `--output json`"),
        ("[\n]\n", "it is an empty export"),
        ("{}", "it is an empty export"),
        ("<html>login</html>", "it can be the output of nft"),
        ('{"Reservations": [{"SecurityGroups": []}]}', "it can be the output of nft"),
    ],
)
def test_an_export_in_another_form_is_refused_with_the_way_to_make_it(dump: str, hint: str) -> None:
    found = audit(dump)["findings"]

    assert [(one["code"], one["hint"][: len(hint)]) for one in found] == [("AUD001", hint)]


def test_an_export_of_powershell_is_refused_for_its_encoding() -> None:
    found = audit(group("mail", "993").encode("utf-16"))["findings"]

    assert [one["message"] for one in found if one["severity"] == "error"] == ["the file is UTF-16 or UTF-32, not UTF-8"]
