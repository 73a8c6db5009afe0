"""Plans and states of Terraform: our own files through Terraform itself, and other people's resources."""

import json
from pathlib import Path
from typing import Any

import pytest

from generator.net import Family
from generator.readers.model import Ruleset
from tests.cloud.files import full_plan, write
from tests.cloud.stub.terraform import Terraform
from tests.review.meaning import doubts, let_in, meant, questions, read_files, shown

NONE = {"closed": "everybody"}
UNKNOWN = {"unknown": "everybody"}


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("aws-terraform", "{vpc_id: vpc-0123456789abcdef0, sources: lists}"),
        ("azure-terraform", "{resource_group: rg-mail, create_nsg: true, location: westeurope}"),
        ("gcp-terraform", "{target_tags: [mail]}"),
    ],
)
def test_our_files_let_in_whom_the_plan_lets_in_before_and_after_they_are_applied(tmp_path: Path, target: str, options: str) -> None:
    terraform = Terraform(write(tmp_path / "tf", full_plan(), target, options), tmp_path / "home")
    shapes = [terraform.apply(), terraform.state(), terraform.plan()]
    found = [read_files(("shown.json", json.dumps(shape))) for shape in shapes]

    assert [findings for _, findings in found] == [[], [], []]
    answers = [let_in(ruleset, questions(full_plan().services)) for ruleset, _ in found]
    assert answers == [meant(full_plan(), full_plan().services)] * 3


def resource(kind: str, name: str = "a", *, mode: str = "managed", **values: Any) -> dict[str, Any]:
    return {"address": f"{kind}.{name}", "mode": mode, "type": kind, "name": name, "values": values}


def state(*resources: dict[str, Any], **more: Any) -> str:
    module = {"resources": list(resources[:1]), "child_modules": [{"address": "module.m", "resources": list(resources[1:])}]}
    return json.dumps({"format_version": "1.0", "terraform_version": "1.9.0", "values": {"root_module": module}, **more})


def read(text: str) -> tuple[Ruleset | None, list[str]]:
    return read_files(("shown.json", text))


INGRESS: dict[str, Any] = {
    "from_port": 993,
    "to_port": 993,
    "protocol": "tcp",
    "cidr_blocks": ["192.0.2.0/24"],
    "ipv6_cidr_blocks": [],
    "prefix_list_ids": [],
}
GRANT: dict[str, Any] = {
    "ip_protocol": "tcp",
    "from_port": 993,
    "to_port": 993,
    "cidr_ipv4": None,
    "cidr_ipv6": None,
    "prefix_list_id": None,
}


@pytest.mark.parametrize(
    ("resources", "found", "said"),
    [
        ([resource("aws_security_group", ingress=[INGRESS], egress=[])], {"open": "192.0.2.0/24", "closed": "the rest"}, []),
        ([resource("aws_security_group_rule", type="ingress", **INGRESS)], {"open": "192.0.2.0/24", "closed": "the rest"}, []),
        ([resource("aws_security_group_rule", type="egress", **INGRESS)], NONE, []),
        (
            [resource("aws_vpc_security_group_ingress_rule", **{**GRANT, "cidr_ipv4": "192.0.2.0/24"})],
            {"open": "192.0.2.0/24", "closed": "the rest"},
            [],
        ),
        (
            [
                resource("aws_vpc_security_group_ingress_rule", **{**GRANT, "prefix_list_id": "pl-1"}),
                resource("aws_ec2_managed_prefix_list", id="pl-1", entry=[{"cidr": "192.0.2.0/25"}]),
                resource("aws_ec2_managed_prefix_list_entry", prefix_list_id="pl-1", cidr="192.0.2.128/25"),
            ],
            {"open": "192.0.2.0/24", "closed": "the rest"},
            [],
        ),
        (
            [resource("aws_vpc_security_group_ingress_rule", **{**GRANT, "prefix_list_id": "pl-2"})],
            UNKNOWN,
            ["AUD021 the prefix list `pl-2` is not in the dump"],
        ),
        (
            [resource("aws_security_group", ingress=[{**INGRESS, "self": True}])],
            {"open": "192.0.2.0/24", "closed": "the rest", "unknown": "10.0.0.0/8 100.64.0.0/10 172.16.0.0/12 192.168.0.0/16"},
            ["AUD020 a rule lets in the members of `aws_security_group.a`, whose addresses are not in the dump"],
        ),
        (
            [
                resource(
                    "google_compute_firewall",
                    name="b",
                    source_ranges=["192.0.2.0/24"],
                    allow=[{"protocol": "tcp", "ports": ["993"]}],
                    deny=[],
                )
            ],
            {"open": "192.0.2.0/24", "closed": "the rest"},
            [],
        ),
    ],
)
def test_other_peoples_resources_are_read_too(resources: list[dict[str, Any]], found: dict[str, str], said: list[str]) -> None:
    ruleset, findings = read(state(*resources))

    assert findings == said
    assert shown(ruleset, Family.V4, 993) == found


def test_a_group_of_azure_with_rules_inside_and_beside_it_is_one_group() -> None:
    inline: dict[str, Any] = {
        "name": "in",
        "priority": 200,
        "access": "Allow",
        "direction": "Inbound",
        "protocol": "Tcp",
        "source_port_range": "*",
    }
    inline |= {"source_address_prefix": "192.0.2.0/24", "destination_address_prefix": "*", "destination_port_range": "993"}
    beside = {**inline, "name": "out", "priority": 100, "access": "Deny", "source_address_prefix": "192.0.2.0/25"}
    group = resource("azurerm_network_security_group", name="nsg", security_rule=[inline])
    rule = resource("azurerm_network_security_rule", network_security_group_name="nsg", **beside)
    group["values"]["name"], rule["values"]["name"] = "nsg", "out"
    ruleset, findings = read(state(group, rule))

    assert findings == []
    assert shown(ruleset, Family.V4, 993)["open"] == "192.0.2.128/25"


def planned(values: dict[str, Any], unknown: dict[str, Any], references: list[str], *lists: dict[str, Any]) -> str:
    """A plan of one rule whose list has no id yet."""
    rule = {**resource("aws_vpc_security_group_ingress_rule", **values), "index": values.pop("index", None)}
    change = {"address": rule["address"], "change": {"actions": ["create"], "after_unknown": unknown}}
    said = {"address": rule["address"], "expressions": {"prefix_list_id": {"references": references}}}
    document = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [rule, *lists]}},
        "resource_changes": [change],
        "configuration": {"root_module": {"resources": [said]}},
    }
    return json.dumps(document)


LIST = resource("aws_ec2_managed_prefix_list", "crm", entry=[{"cidr": "192.0.2.0/24"}])
NAMED = ["aws_ec2_managed_prefix_list.crm.id", "aws_ec2_managed_prefix_list.crm"]
BARE = {key: value for key, value in GRANT.items() if key != "prefix_list_id"}


def test_a_list_without_an_id_yet_is_found_by_what_the_configuration_names() -> None:
    ruleset, findings = read(planned(dict(BARE), {"prefix_list_id": True, "id": True}, NAMED, LIST))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24", "closed": "the rest"}


def test_one_of_several_lists_that_a_key_chooses_is_not_guessed() -> None:
    lists = [{**LIST, "address": f'aws_ec2_managed_prefix_list.crm["{key}"]', "index": key} for key in ("a", "b")]
    ruleset, findings = read(planned(dict(BARE), {"prefix_list_id": True}, NAMED, *lists))

    assert findings == ["AUD021 the prefix list `a list that aws_vpc_security_group_ingress_rule.a names` is not in the dump"]
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


@pytest.mark.parametrize("key", ["from_port", "cidr_ipv4"])
def test_a_value_that_only_applying_tells_is_said(key: str) -> None:
    ruleset, findings = read(planned({**BARE, "cidr_ipv6": "2001:db8::/32"}, {key: True}, []))

    assert findings[0].endswith(f"`{key}` is known only after the plan was applied")
    assert shown(ruleset, Family.V4, 993) == UNKNOWN


def test_rules_of_two_clouds_are_in_doubt_for_the_server_stands_in_one() -> None:
    google = resource("google_compute_firewall", source_ranges=["192.0.2.0/24"], allow=[{"protocol": "tcp", "ports": ["993"]}], deny=[])
    ruleset, findings = read(state(google, resource("aws_security_group", ingress=[INGRESS])))

    assert findings == []
    assert shown(ruleset, Family.V4, 993) == {"open": "192.0.2.0/24", "unknown": "the rest"}
    assert doubts(ruleset, Family.V4, 993) == ["there are rules of several clouds, and where the mail server stands is not known"]


def test_rules_of_another_kind_are_said() -> None:
    _, findings = read(state(resource("aws_network_acl"), resource("aws_security_group", ingress=[INGRESS])))

    assert findings == ["AUD025 the rules of `aws_network_acl` are not read"]


@pytest.mark.parametrize("text", [state(), state(resource("aws_instance")), '{"terraform_version": "1.9.0"}'])
def test_a_document_without_firewall_rules_is_refused(text: str) -> None:
    ruleset, findings = read(text)

    assert ruleset is None
    assert findings == ["AUD001 no resource here is a firewall rule of AWS, Azure or GCP"]


def test_a_plan_that_broke_off_is_refused() -> None:
    text = json.dumps({**json.loads(state(resource("aws_security_group", ingress=[INGRESS]))), "errored": True})

    assert read(text) == (None, ["AUD001 this plan broke off, so not all of it is here"])
