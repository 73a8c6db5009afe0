"""What the files and the account say about who may reach what, read without gatepost's own reading of them; and what the plan says."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from generator.net import Prefix, merge_prefixes, parse_prefix
from generator.plan import Access, Plan

Port = tuple[str, int, int]  # protocol, first, last
Allowed = dict[Port, tuple[Prefix, ...]]
Grant = tuple[Port, str]

EVERYBODY = ("0.0.0.0/0", "::/0")


def collect(grants: Iterable[Grant]) -> Allowed:
    """Who may reach each port, merged: two files mean the same if this is equal."""
    found: dict[Port, list[Prefix]] = {}
    for port, prefix in grants:
        found.setdefault(port, []).append(parse_prefix(prefix))
    return {port: merge_prefixes(prefixes) for port, prefixes in sorted(found.items())}


def meant(plan: Plan) -> Allowed:
    """What a security group has to allow for a plan: the rules, and everybody where the site says so."""
    public = {service.name for service in plan.services if service.access is Access.PUBLIC}
    grants = [
        ((rule.protocol, port.first, port.last), str(source)) for rule in plan.rules for port in rule.ports for source in rule.sources
    ]
    for service in plan.services:
        if service.name in public:
            grants += [((service.protocol, port.first, port.last), prefix) for port in service.ports for prefix in EVERYBODY]
    return collect(grants)


def read_terraform(shown: Mapping[str, Any]) -> Allowed:
    """What a plan or state of Terraform allows. Prefix lists are followed by their ids, so these have to be known."""
    resources = list(_resources(shown.get("planned_values", shown.get("values", {})).get("root_module", {})))
    lists = {one["values"]["id"]: one["values"] for one in resources if one["type"] == "aws_ec2_managed_prefix_list"}
    grants: list[Grant] = []
    for one in resources:
        values = one["values"]
        if one["type"] == "aws_vpc_security_group_ingress_rule":
            port = (values["ip_protocol"], values["from_port"], values["to_port"])
            listed = [entry["cidr"] for entry in lists[values["prefix_list_id"]]["entry"]] if values["prefix_list_id"] else []
            grants += [(port, cidr) for cidr in [values["cidr_ipv4"], values["cidr_ipv6"], *listed] if cidr]
    return collect(grants)


def terraform_use(shown: Mapping[str, Any]) -> dict[tuple[str, str], int]:
    """How many rules each group has in each family, by the way AWS counts."""
    resources = list(_resources(shown["planned_values"]["root_module"]))
    lists = {one["values"]["id"]: one["values"] for one in resources if one["type"] == "aws_ec2_managed_prefix_list"}
    used: dict[tuple[str, str], int] = {}
    for one in resources:
        values = one["values"]
        if one["type"] == "aws_vpc_security_group_ingress_rule":
            listed = lists.get(values["prefix_list_id"])
            family = listed["address_family"] if listed else "IPv4" if values["cidr_ipv4"] else "IPv6"
            key = (values["security_group_id"], family)
            used[key] = used.get(key, 0) + (listed["max_entries"] if listed else 1)
    return used


def read_template(text: str) -> Allowed:
    """What a CloudFormation template allows."""
    return collect(_template_grants(load_template(text)))


def load_template(text: str) -> dict[str, Any]:
    """A CloudFormation template as data; `!Ref X` and the like as (tag, value)."""
    loaded: dict[str, Any] = yaml.load(text, Loader=_TemplateLoader)  # noqa: S506  # a safe loader with tags
    return loaded


def read_permissions(text: str) -> Allowed:
    """What an ip-permissions file allows."""
    return collect(_permission_grants(json.loads(text), {}))


def read_account(groups: Iterable[Mapping[str, Any]], lists: Mapping[str, list[str]]) -> Allowed:
    """What security groups allow, as `describe-security-groups` says; `lists` are the entries of prefix lists by id."""
    return collect(grant for group in groups for grant in _permission_grants(group["IpPermissions"], lists))


def _resources(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _template_grants(template: Mapping[str, Any]) -> Iterator[Grant]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::EC2::SecurityGroupIngress":
            values = resource["Properties"]
            yield (values["IpProtocol"], values["FromPort"], values["ToPort"]), values.get("CidrIp") or values["CidrIpv6"]


def _permission_grants(permissions: Iterable[Mapping[str, Any]], lists: Mapping[str, list[str]]) -> Iterator[Grant]:
    for one in permissions:
        port = (one["IpProtocol"], one["FromPort"], one["ToPort"])
        for held in one.get("IpRanges", ()):
            yield port, held["CidrIp"]
        for held in one.get("Ipv6Ranges", ()):
            yield port, held["CidrIpv6"]
        for held in one.get("PrefixListIds", ()):
            yield from ((port, cidr) for cidr in lists[held["PrefixListId"]])


class _TemplateLoader(yaml.SafeLoader):
    """CloudFormation's short forms."""


_TemplateLoader.add_multi_constructor("!", lambda loader, tag, node: (tag, loader.construct_scalar(node)))
