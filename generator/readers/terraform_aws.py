"""Security groups and prefix lists of AWS in Terraform's words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from generator.diagnostics import Report
from generator.readers.aws import Grant, judge_grants
from generator.readers.cloud_rules import listed_texts
from generator.readers.documents import inside, objects, texts
from generator.readers.model import Ruleset
from generator.readers.parts import RuleMistakeError
from generator.readers.terraform_resource import Resource

_RULE, _OLD_RULE, _LIST, _ENTRY = (
    "aws_vpc_security_group_ingress_rule",
    "aws_security_group_rule",
    "aws_ec2_managed_prefix_list",
    "aws_ec2_managed_prefix_list_entry",
)
_INDEX: Final = re.compile(r"\[[^]]*\]")
_GROUPS: Final = ("aws_security_group", "aws_default_security_group")
_CONDITIONS: Final = frozenset(
    {"ip_protocol", "protocol", "from_port", "to_port", "cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks"}
    | {"prefix_list_ids", "type", "self"}
)


def judge_aws(resources: Sequence[Resource], document: Mapping[str, Any], path: str, report: Report) -> Ruleset:
    """The ruleset of all groups of a plan or a state."""
    lists = _lists(resources)
    references = _references(document)
    inline = _inline(inside(document, "configuration", "root_module"))
    grants = [grant for one in resources for grant in _grants(one, lists, references, inline)]
    return judge_grants(grants, lists, path, report)


def _lists(resources: Sequence[Resource]) -> dict[str, list[str]]:
    """The networks of prefix lists, by id and by the address of the resource. One that isn't wholly known isn't there."""
    found: dict[str, list[str]] = {}
    for one in resources:
        if one.kind == _LIST and not one.unknown & {"entry", "entries"}:
            entries = [*_each(one.values.get("entry")), *_each(one.values.get("entries"))]
            found[one.address] = [str(entry.get("cidr", "?")) for entry in entries]
            if one.values.get("id"):
                found[str(one.values["id"])] = found[one.address]
    for one in resources:
        if one.kind == _ENTRY:
            if "prefix_list_id" in one.unknown:
                return {}  # it may be of any list
            held = found.get(str(one.values.get("prefix_list_id")))
            if held is not None:
                held.append(str(one.values.get("cidr") or "?"))
    return found


def _references(document: Mapping[str, Any]) -> dict[str, str]:
    """Which prefix list the configuration of a resource names, by the addresses of both without an index."""
    root = inside(document, "configuration", "root_module")
    found = {}
    for one in objects(root.get("resources")):
        said = inside(one, "expressions", "prefix_list_id")
        named = [text for text in texts(said.get("references")) if text.startswith(f"{_LIST}.")]
        stems = {".".join(text.split(".")[:2]).partition("[")[0] for text in named}
        if len(stems) == 1:
            found[str(one.get("address"))] = stems.pop()
    return found


def _inline(module: Mapping[str, Any], prefix: str = "") -> set[str]:
    """The groups that have rules of their own in the configuration, by their addresses without an index."""
    found = {f"{prefix}{one.get('address')}" for one in objects(module.get("resources")) if "ingress" in inside(one, "expressions")}
    calls = module.get("module_calls")
    for name, call in calls.items() if isinstance(calls, dict) else ():
        found |= _inline(inside(call, "module"), f"{prefix}module.{name}.")
    return found


def _grants(one: Resource, lists: Mapping[str, list[str]], references: Mapping[str, str], inline: set[str]) -> Iterator[Grant]:
    unknown = sorted(one.unknown & _CONDITIONS)
    strange = f"`{unknown[0]}` is known only after the plan was applied" if unknown else ""
    if one.kind == _RULE:
        yield _rule(one, lists, references, strange)
    elif one.kind == _OLD_RULE and one.values.get("type") != "egress":
        yield from _block(one, one.values, strange)
    elif one.kind in _GROUPS:
        if "ingress" in one.unknown and (objects(one.values.get("ingress")) or _INDEX.sub("", one.address) in inline):
            strange = "a part of it is known only after the plan was applied"
            yield Grant(one.address, None, None, None, strange=strange)
        for block in _each(one.values.get("ingress")):
            yield from _block(one, block, strange)


def _rule(one: Resource, lists: Mapping[str, list[str]], references: Mapping[str, str], strange: str) -> Grant:
    values = one.values
    listed = str(values.get("prefix_list_id") or "")
    if not listed and "prefix_list_id" in one.unknown:
        listed = _find_list(one, lists, references)
    group = str(values.get("referenced_security_group_id") or "")
    if not group and "referenced_security_group_id" in one.unknown:
        group = f"a group that {one.address} names"
    return Grant(
        place=one.address,
        protocol=values.get("ip_protocol"),
        first=values.get("from_port"),
        last=values.get("to_port"),
        cidr=str(values.get("cidr_ipv4") or values.get("cidr_ipv6") or ""),
        listed=listed,
        group=group,
        description=str(values.get("description") or ""),
        strange=strange,
    )


def _find_list(one: Resource, lists: Mapping[str, list[str]], references: Mapping[str, str]) -> str:
    """The list whose id is not known yet: the only one that the configuration can mean, or in our own files the one that the key names."""
    stem = references.get(one.address.partition("[")[0], "")
    candidates = [address for address in lists if address.partition("[")[0] == stem]
    if len(candidates) == 1:
        return candidates[0]
    if str(one.values.get("description") or "").startswith("gatepost/"):
        named = [address for address in candidates if str(one.index).endswith(f" {_index(address)}")]
        if len(named) == 1:
            return named[0]
    return f"a list that {one.address} names"


def _index(address: str) -> str:
    return address.partition("[")[2].removesuffix("]").strip('"')


def _block(one: Resource, block: Mapping[str, Any], strange: str) -> Iterator[Grant]:
    """A block of the older kind, which names many sources at once."""
    whole = Grant(
        one.address,
        block.get("protocol"),
        block.get("from_port"),
        block.get("to_port"),
        description=str(block.get("description") or ""),
        strange=strange,
    )
    if strange:
        yield whole
    try:
        for cidr in [*listed_texts(block.get("cidr_blocks")), *listed_texts(block.get("ipv6_cidr_blocks"))]:
            yield whole._replace(cidr=cidr)
        for listed in listed_texts(block.get("prefix_list_ids")):
            yield whole._replace(listed=listed)
        members = [*listed_texts(block.get("security_groups")), *listed_texts(block.get("source_security_group_id"))]
    except RuleMistakeError as error:
        yield whole._replace(strange=str(error))
        return
    if one.kind == _OLD_RULE and "source_security_group_id" in one.unknown and not members:
        members.append(f"a group that {one.address} names")
    for group in [*members, *([one.address] if block.get("self") not in (None, False) else [])]:
        yield whole._replace(group=group)


def _each(listed: Any) -> list[Mapping[str, Any]]:
    """The objects of a list. What is none is one of which nothing is known."""
    every = listed if isinstance(listed, list) else [] if listed is None else [listed]
    return [one if isinstance(one, dict) else {"cidr_blocks": [None]} for one in every]
