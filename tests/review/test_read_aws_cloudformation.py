"""CloudFormation templates as people write them: what a template computes is not guessed."""

import json

import pytest

from generator.net import Family
from tests.review.meaning import doubts, read_back, read_files, shown

NONE = {"closed": "everybody"}
UNKNOWN = {"unknown": "everybody"}
ONE = {"open": "192.0.2.0/24", "closed": "the rest"}


def template(*properties: str, kind: str = "SecurityGroupIngress", more: str = "") -> str:
    lines = ["AWSTemplateFormatVersion: '2010-09-09'", "Resources:", "  Rule:", f"    Type: AWS::EC2::{kind}", "    Properties:"]
    return "\n".join([*lines, *(f"      {one}" for one in ("GroupId: !GetAtt Group.GroupId", *properties)), more, ""])


PORTS = ("IpProtocol: tcp", "FromPort: 993", "ToPort: 993")
INLINE = ["SecurityGroupIngress:", "  - IpProtocol: tcp", "    FromPort: '993'", "    ToPort: 993", "    CidrIp: 192.0.2.0/24"]
LIST = """
  List:
    Type: AWS::EC2::PrefixList
    Properties: {AddressFamily: IPv4, MaxEntries: 1, PrefixListName: crm, Entries: [{Cidr: 192.0.2.0/24}]}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (template(*PORTS, "CidrIp: 192.0.2.0/24"), ONE),
        (template(*PORTS, "CidrIpv6: 2001:db8::/32"), NONE),
        (template("IpProtocol: '-1'", "CidrIp: 192.0.2.0/24"), ONE),
        (template("IpProtocol: -1", "CidrIp: 192.0.2.0/24"), ONE),
        (template("IpProtocol: udp", "FromPort: 993", "ToPort: 993", "CidrIp: 0.0.0.0/0"), NONE),
        (template(*INLINE, kind="SecurityGroup"), ONE),
        (template(*PORTS, "SourcePrefixListId: !Ref List", more=LIST), ONE),
        (template(*PORTS, "SourcePrefixListId: !GetAtt List.PrefixListId", more=LIST), ONE),
        (template(*PORTS, 'SourcePrefixListId: {"Fn::GetAtt": [List, PrefixListId]}', more=LIST), ONE),
        (template(*PORTS, "CidrIp: 192.0.2.0/24", kind="SecurityGroupEgress"), NONE),
    ],
)
def test_a_template_means_what_it_says(text: str, found: dict[str, str]) -> None:
    ruleset, findings = read_files(("template.yaml", text))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == found


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("IpProtocol: tcp", "FromPort: !Ref Port", "ToPort: !Ref Port", "CidrIp: 192.0.2.0/24"), "`Port-Port` are no ports"),
        ((*PORTS, "CidrIp: !Ref Office"), "`Office` is no address"),
        ((*PORTS, "CidrIp: !If [Test, 192.0.2.0/24, 0.0.0.0/0]"), "its CidrIp is computed by the template"),
        ((*PORTS, 'CidrIp: {"Fn::If": [Test, 192.0.2.0/24, 0.0.0.0/0]}'), "its CidrIp is computed by the template"),
        (PORTS, "it names no source"),
    ],
)
def test_what_the_template_computes_is_said_and_unknown(lines: tuple[str, ...], why: str) -> None:
    ruleset, findings = read_back("cloudformation", template(*lines))

    assert [finding.partition(" is not understood: ")[2] for finding in findings] == [why]
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


def test_a_condition_is_a_doubt() -> None:
    text = template(*PORTS, "CidrIp: 192.0.2.0/24").replace("    Properties", "    Condition: Test\n    Properties")
    ruleset, findings = read_back("cloudformation", text)

    assert findings == []
    assert doubts(ruleset, Family.V4, 993) == ["whether the condition of `Rule` holds"]


def test_another_group_as_a_source_is_said() -> None:
    _, findings = read_back("cloudformation", template(*PORTS, "SourceSecurityGroupId: !Ref Web"))

    assert findings == ["AUD020 a rule lets in the members of `Web`, whose addresses are not in the dump"]


def test_a_template_in_json_says_the_same() -> None:
    properties = {"GroupId": {"Ref": "Group"}, "IpProtocol": "tcp", "FromPort": 993, "ToPort": 993, "CidrIp": "192.0.2.0/24"}
    document = {"Resources": {"Rule": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": properties}}}
    ruleset, findings = read_files(("template.json", json.dumps(document)))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == ONE


@pytest.mark.parametrize("text", ["", "{}", "a: [", "kind: site\n", "Resources: []\n", "- a\n", "{"])
def test_another_document_is_refused(text: str) -> None:
    ruleset, findings = read_back("cloudformation", text)

    assert ruleset is None
    assert [finding[:6] for finding in findings] == ["AUD001"]
