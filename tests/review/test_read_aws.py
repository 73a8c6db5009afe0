"""Security groups as people have them: what is understood, what is said about the rest."""

import json
from typing import Any

import pytest

from generator.net import Family
from generator.readers.model import Ruleset
from tests.review.meaning import doubts, read_back, read_files, shown

ALL = {"open": "everybody"}
NONE = {"closed": "everybody"}
MEMBERS = "AUD020 a rule lets in the members of `sg-2`, whose addresses are not in the dump"


def group(*permissions: dict[str, Any], name: str = "mail") -> dict[str, Any]:
    return {"GroupId": "sg-1", "GroupName": name, "VpcId": "vpc-1", "IpPermissions": list(permissions), "IpPermissionsEgress": []}


def permission(first: int | None, last: int | None, *cidrs: str, protocol: str = "tcp", **more: Any) -> dict[str, Any]:
    ports = {} if first is None else {"FromPort": first, "ToPort": last}
    ranges = [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr]
    ranges_v6 = [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr]
    return {
        "IpProtocol": protocol,
        **ports,
        "IpRanges": ranges,
        "Ipv6Ranges": ranges_v6,
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
        **more,
    }


def read(*groups: dict[str, Any]) -> tuple[Ruleset | None, list[str]]:
    return read_back("aws", json.dumps({"SecurityGroups": list(groups)}))


def test_what_any_of_the_groups_allows_gets_in() -> None:
    ruleset, findings = read(group(permission(993, 993, "192.0.2.0/24")), group(permission(900, 1000, "198.51.100.0/24"), name="old"))

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.0/24 198.51.100.0/24"
    assert shown(ruleset, Family.V4, 950)["open"] == "198.51.100.0/24"
    assert shown(ruleset, Family.V6, 993) == NONE


@pytest.mark.parametrize(
    ("held", "v4", "v6"),
    [
        (permission(None, None, "0.0.0.0/0", protocol="-1"), ALL, NONE),
        (permission(None, None, "::/0", protocol="-1"), NONE, ALL),
        (permission(0, 65535, "0.0.0.0/0", "::/0"), ALL, ALL),
        (permission(993, 993, "0.0.0.0/0", protocol="6"), ALL, NONE),
        (permission(993, 993, "0.0.0.0/0", protocol="udp"), NONE, NONE),
        (permission(-1, -1, "0.0.0.0/0", protocol="icmp"), NONE, NONE),
        (permission(992, 992, "0.0.0.0/0"), NONE, NONE),
        (permission(143, 993, "::/0"), NONE, ALL),
    ],
)
def test_protocols_and_ports_are_those_of_the_api(held: dict[str, Any], v4: dict[str, str], v6: dict[str, str]) -> None:
    ruleset, findings = read(group(held))

    assert findings == []
    assert (shown(ruleset, Family.V4, 993), shown(ruleset, Family.V6, 993)) == (v4, v6)


def test_another_group_as_a_source_is_a_matter_of_private_addresses() -> None:
    ruleset, findings = read(group(permission(993, 993, "10.0.0.0/8", UserIdGroupPairs=[{"GroupId": "sg-2", "UserId": "1"}])))

    assert findings == [MEMBERS]
    assert shown(ruleset, Family.V4, 993) == {
        "open": "10.0.0.0/8",
        "closed": "the rest",
        "unknown": "100.64.0.0/10 172.16.0.0/12 192.168.0.0/16",
    }
    assert doubts(ruleset, Family.V6, 993) == ["who is a member of `sg-2`"]


def test_a_list_that_is_not_there_makes_everybody_unknown_whom_no_other_rule_lets_in() -> None:
    ruleset, findings = read(group(permission(993, 993, "192.0.2.0/24", PrefixListIds=[{"PrefixListId": "pl-1"}])))

    assert findings == ["AUD021 the prefix list `pl-1` is not in the dump"]
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24", "unknown": "the rest"}
    assert shown(ruleset, Family.V4, 25) == NONE


@pytest.mark.parametrize(
    "lists",
    [
        [{"PrefixListId": "pl-1", "Entries": [{"Cidr": "198.51.100.0/24"}]}],
        [
            {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "crm"}]},
            {"Entries": [{"Cidr": "198.51.100.0/24", "Description": "crm"}]},
        ],
        [{"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "crm", "Cidrs": ["198.51.100.0/24"]}]}],
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_the_entries_of_a_list_come_in_any_of_its_forms_in_one_file_or_several(lists: list[dict[str, Any]], together: bool) -> None:
    groups = {"SecurityGroups": [group(permission(993, 993, PrefixListIds=[{"PrefixListId": "pl-1"}]))]}
    texts = [json.dumps(one) for one in (groups, *lists)]
    files = [("all.json", "\n".join(texts))] if together else [(f"{number}.json", text) for number, text in enumerate(texts)]
    ruleset, findings = read_files(*files)

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "198.51.100.0/24"


def test_entries_without_an_id_belong_to_no_list_where_there_are_several() -> None:
    described = {"PrefixLists": [{"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}]}
    groups = {"SecurityGroups": [group(permission(993, 993, PrefixListIds=[{"PrefixListId": "pl-1"}]))]}
    _, findings = read_back("aws", "\n".join(map(json.dumps, (groups, described, {"Entries": [{"Cidr": "192.0.2.0/24"}]}))))

    assert findings == ["AUD021 the prefix list `pl-1` is not in the dump"]


def test_rules_one_by_one_are_read_and_those_for_the_way_out_are_not() -> None:
    rules = [
        {"GroupId": "sg-1", "IsEgress": False, "IpProtocol": "tcp", "FromPort": 993, "ToPort": 993, "CidrIpv4": "192.0.2.0/24"},
        {"GroupId": "sg-1", "IsEgress": True, "IpProtocol": "-1", "FromPort": -1, "ToPort": -1, "CidrIpv4": "0.0.0.0/0"},
        {
            "GroupId": "sg-1",
            "IsEgress": False,
            "IpProtocol": "tcp",
            "FromPort": 993,
            "ToPort": 993,
            "ReferencedGroupInfo": {"GroupId": "sg-2"},
        },
    ]
    ruleset, findings = read_back("aws", json.dumps({"SecurityGroupRules": rules}))

    assert findings == [MEMBERS]
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.0/24"


@pytest.mark.parametrize(
    ("held", "why"),
    [
        (permission(993, 993, "192.0.2.0/24", SourceCountry="CH"), "`SourceCountry` is not known here"),
        (permission(993, 993, "mail.example.org"), "`mail.example.org` is no address"),
        (permission(993, 99999, "192.0.2.0/24"), "`993-99999` are no ports"),
        (permission(993, 993, "192.0.2.0/24", protocol="tpc"), "`tpc` is no protocol that is known here"),
        (permission(993, None, "192.0.2.0/24"), "`993-None` are no ports"),
    ],
)
def test_a_rule_that_is_not_understood_makes_its_verdict_unknown(held: dict[str, Any], why: str) -> None:
    ruleset, findings = read(group(held))

    assert [finding.partition(" is not understood: ")[2] for finding in findings] == [why]
    assert "unknown" in shown(ruleset, Family.V4, 993)


@pytest.mark.parametrize("text", ["", "[]x", "{}", '{"Reservations": []}', "[" * 100_000, "[1, 2]", "null"])
def test_another_document_is_refused(text: str) -> None:
    ruleset, findings = read_back("aws", text)

    assert ruleset is None
    assert [finding[:6] for finding in findings] == ["AUD001"]


def test_an_account_without_groups_lets_nobody_in() -> None:
    ruleset, findings = read()

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == NONE


def test_a_rule_of_ours_carries_the_id_of_the_plans_rule() -> None:
    held = permission(993, 993, IpRanges=[{"CidrIp": "192.0.2.0/24", "Description": "gatepost/acme/crm/imaps/v4"}])
    ruleset, _ = read(group(held))

    assert ruleset is not None
    assert [(rule.comment, rule.text) for chain in ruleset.chains.values() for rule in chain.rules] == [
        ("acme/crm/imaps/v4", "mail: tcp 993 from 192.0.2.0/24")
    ]
