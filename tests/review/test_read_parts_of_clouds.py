"""Exports of clouds that are cut off, computed, of several servers, or not applied yet: what isn't there is never taken for closed."""

import json
from typing import Any

import pytest

from generator.net import Family
from tests.review.meaning import doubts, read_files, shown

IN = {"IpProtocol": "tcp", "FromPort": 993, "ToPort": 993}
GROUP = {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [{**IN, "IpRanges": [{"CidrIp": "192.0.2.0/24"}]}]}
LISTED = {"SecurityGroups": [{**GROUP, "IpPermissions": [{**IN, "PrefixListIds": [{"PrefixListId": "pl-1"}]}]}]}
ENTRIES = {"PrefixListId": "pl-1", "Entries": [{"Cidr": "192.0.2.0/24"}], "NextToken": "more"}
ROW = {**IN, "GroupId": "sg-1", "IsEgress": False, "CidrIpv4": "192.0.2.0/24"}
AZURE = {
    **{"name": "a", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp", "sourceAddressPrefix": "192.0.2.0/24"},
    **{"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "993"},
}
GOOGLE = {"name": "a", "network": "default", "sourceRanges": ["192.0.2.0/24"], "allowed": [{"IPProtocol": "tcp", "ports": ["993"]}]}
OPEN = {"open": "192.0.2.0/24", "unknown": "the rest"}
UNKNOWN = {"unknown": "everybody"}


@pytest.mark.parametrize(
    ("documents", "key", "found"),
    [
        ([{"SecurityGroups": [GROUP], "NextToken": "more"}], "NextToken", OPEN),
        ([{"SecurityGroupRules": [ROW], "NextToken": "more"}], "NextToken", OPEN),
        ([LISTED, ENTRIES], "NextToken", OPEN),
        ([{"value": [AZURE], "nextLink": "https://example.org"}], "nextLink", UNKNOWN),
        ([{"value": [], "nextLink": "https://example.org"}], "nextLink", UNKNOWN),
        ([{"value": [{"name": "n", "securityRules": [AZURE]}], "nextLink": "https://x"}], "nextLink", {"unknown": "192.0.2.0/24"}),
        ([{"items": [GOOGLE], "nextPageToken": "more"}], "nextPageToken", UNKNOWN),
    ],
)
def test_a_dump_that_is_cut_off_is_said_and_the_rest_is_unknown(documents: list[Any], key: str, found: dict[str, str]) -> None:
    ruleset, findings = read_files(*((f"{number}.json", json.dumps(one)) for number, one in enumerate(documents)))

    assert findings == [f"AUD002 the rule `the rest` is not understood: the dump is cut off, there is a `{key}`"]
    assert {key: words for key, words in shown(ruleset, Family.V4, 993).items() if found is UNKNOWN or key in found} == found


@pytest.mark.parametrize(
    "others", [[{**GROUP, "GroupId": "sg-2", "VpcId": "vpc-2"}], [{**GROUP, "GroupId": f"sg-{n}"} for n in range(2, 18)]]
)
def test_groups_that_are_not_all_of_one_server_are_in_doubt(others: list[dict[str, Any]]) -> None:
    ruleset, findings = read_files(("groups.json", json.dumps({"SecurityGroups": [GROUP, *others]})))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"closed": "the rest", "unknown": "192.0.2.0/24"}
    assert "whether the mail server has the group `sg-1`" in doubts(ruleset, Family.V4, 993)


HEAD = "Resources:\n  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      SecurityGroupIngress:\n"
FIXED = "        - {IpProtocol: tcp, FromPort: 993, ToPort: 993, CidrIp: 192.0.2.0/24}\n"
CHOSEN = "        - !If [Test, {IpProtocol: tcp, FromPort: 993, ToPort: 993, CidrIp: 0.0.0.0/0}, !Ref 'AWS::NoValue']\n"
LOOP = "  Fn::ForEach::Rules: [X, [a], {'R${X}': {Type: AWS::EC2::SecurityGroupIngress}}]\n"


@pytest.mark.parametrize("text", [HEAD + FIXED + CHOSEN, HEAD + FIXED + LOOP])
def test_rules_that_a_template_computes_are_unknown(text: str) -> None:
    ruleset, findings = read_files(("template.yaml", text))

    assert [finding.partition(": ")[2] for finding in findings] == ["its rules are computed by the template"]
    assert shown(ruleset, Family.V4, 993) == OPEN


def test_network_acls_of_a_template_are_said() -> None:
    _, findings = read_files(("template.yaml", HEAD + FIXED + "  A:\n    Type: AWS::EC2::NetworkAclEntry\n"))

    assert findings == ["AUD025 the rules of `AWS::EC2::NetworkAclEntry` are not read"]


def test_a_template_without_groups_is_refused() -> None:
    ruleset, findings = read_files(("template.yaml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"))

    assert (ruleset, findings) == (None, ["AUD001 no resource here is a security group or a rule of one"])


BLOCK = {"protocol": "tcp", "from_port": 993, "to_port": 993}
HELD = {**BLOCK, "cidr_blocks": ["192.0.2.0/24"]}
NAMED = {"ip_protocol": "tcp", "from_port": 993, "to_port": 993, "prefix_list_id": "pl-1"}


def plan(*resources: tuple[str, dict[str, Any], dict[str, Any]], **more: Any) -> str:
    """A plan of resources, each a kind, its values, and what of them is unknown."""
    planned = [{"address": f"{kind}.a", "mode": "managed", "type": kind, "values": values} for kind, values, _ in resources]
    changes = [{"address": f"{kind}.a", "type": kind, "change": {"after_unknown": unknown}} for kind, _, unknown in resources]
    return json.dumps({"planned_values": {"root_module": {"resources": planned}}, "resource_changes": changes, **more})


@pytest.mark.parametrize(
    ("kind", "values", "unknown", "said"),
    [
        ("aws_security_group_rule", {"type": "ingress", **BLOCK}, {"prefix_list_ids": [True]}, "`prefix_list_ids` is known only after"),
        ("aws_security_group_rule", HELD, {"type": True}, "`type` is known only after"),
    ],
)
def test_whom_a_rule_means_may_be_told_only_by_applying(kind: str, values: dict[str, Any], unknown: dict[str, Any], said: str) -> None:
    ruleset, findings = read_files(("plan.json", plan((kind, values, unknown))))

    assert findings
    assert all(said in finding for finding in findings)
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


def test_an_entry_of_a_list_that_is_not_known_yet_may_be_of_any_list() -> None:
    lists: tuple[str, dict[str, Any], dict[str, Any]] = ("aws_ec2_managed_prefix_list", {"id": "pl-1", "entry": []}, {})
    entry: tuple[str, dict[str, Any], dict[str, Any]] = (
        "aws_ec2_managed_prefix_list_entry",
        {"cidr": "0.0.0.0/0"},
        {"prefix_list_id": True},
    )
    ruleset, findings = read_files(("plan.json", plan(("aws_vpc_security_group_ingress_rule", NAMED, {}), lists, entry)))

    assert findings == ["AUD021 the prefix list `pl-1` is not in the dump"]
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


@pytest.mark.parametrize(("module", "address"), [("", "aws_security_group.a"), ("mail", "module.mail[0].aws_security_group.a")])
def test_a_group_whose_own_rules_are_not_known_yet_is_told_from_one_without(module: str, address: str) -> None:
    text = plan(("aws_security_group", {"name": "mail"}, {"ingress": True})).replace("aws_security_group.a", address)
    inner = {"resources": [{"address": "aws_security_group.a", "expressions": {"ingress": [{}]}}]}
    configured = {"root_module": {"module_calls": {module: {"module": inner}}} if module else inner}
    without, _ = read_files(("plan.json", text))
    ruleset, findings = read_files(("plan.json", json.dumps({**json.loads(text), "configuration": configured})))

    assert [finding.partition(": ")[2] for finding in findings] == ["a part of it is known only after the plan was applied"]
    assert (shown(without, Family.V4, 993), shown(ruleset, Family.V4, 993)) == ({"closed": "everybody"}, UNKNOWN)


@pytest.mark.parametrize("key", ["resource_changes", "deferred_changes"])
def test_what_a_plan_leaves_as_it_is_is_said(key: str) -> None:
    forgotten = {"address": "google_compute_firewall.old", "type": "google_compute_firewall", "change": {"actions": ["forget"]}}
    listed = [forgotten] if key == "resource_changes" else [{"reason": "unknown", "resource_change": forgotten}]
    _, findings = read_files(("plan.json", plan(("aws_security_group", {"ingress": [HELD]}, {}), **{key: listed})))

    assert findings == ["AUD025 `google_compute_firewall.old` stays as it is, and is not read"]
