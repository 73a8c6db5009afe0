"""moto's server, as strict as EC2 says it is where moto takes more: run by the environment `aws`, as `strict_moto.py PORT`.

Amazon EC2 API reference and VPC quotas: 100 entries in one call; entries and room are never changed together; a list is changed in the
background, one change after the other; it holds no more than its room; the room counts as rules of every group that refers to it, and
families count apart; permissions are authorized all or none; a description has certain letters; a list that a rule refers to can't be
deleted, nor a group of an interface.
"""

import copy
import os
import re
import sys
from collections.abc import Callable
from typing import Any

# Of the environment `aws` (.ci/clouds), which mypy does not look into.
from moto.ec2 import ec2_backends  # type: ignore[import-not-found]
from moto.ec2.exceptions import EC2ClientError, RulesPerSecurityGroupLimitExceededError  # type: ignore[import-not-found]
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupIngress, SecurityGroupRule  # type: ignore[import-not-found]
from moto.ec2.responses.security_groups import SecurityGroups  # type: ignore[import-not-found]
from moto.ec2.responses.vpcs import VPCs  # type: ignore[import-not-found]
from moto.server import main  # type: ignore[import-not-found]

RULES = int(os.environ.get("RULES_PER_GROUP", "60"))
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")

Call = Callable[[Any], Any]


def refuse(code: str, message: str) -> EC2ClientError:
    return EC2ClientError(code, message)


def check_entries(entries: list[dict[str, str]], family: str) -> None:
    if len(entries) > 100:
        raise refuse("InvalidParameterValue", "The request can contain at most 100 entries.")
    for entry in entries:
        if (":" in entry["Cidr"]) != (family == "IPv6"):
            raise refuse("InvalidParameterValue", f"{entry['Cidr']} is not {family}.")
        if not DESCRIPTION.fullmatch(entry.get("Description", "")):
            raise refuse("InvalidParameterValue", "Invalid entry description.")


def strict_create(original: Call) -> Call:
    def create(self: Any) -> Any:
        entries, room = self._get_param("Entries", []), int(self._get_param("MaxEntries"))
        check_entries(entries, self._get_param("AddressFamily"))
        if len(entries) > room:
            raise refuse("PrefixListMaxEntriesExceeded", "More entries than the maximum.")
        result = original(self)
        begin(list(self.ec2_backend.managed_prefix_lists.values())[-1], "create")
        return result

    return create


def begin(held: Any, what: str) -> None:
    """A list is changed in the background: whoever looks once sees that, whoever looks again sees it done."""
    held.state, held.seen = f"{what}-in-progress", False


def check_idle(held: Any) -> None:
    if held.state.endswith("-in-progress"):
        raise refuse("IncorrectState", f"The prefix list is in the state {held.state}.")


def strict_describe(original: Call) -> Call:
    def describe(self: Any) -> Any:
        wanted = self._get_param("PrefixListIds", [])
        for held in self.ec2_backend.managed_prefix_lists.values():
            if held.state.endswith("-in-progress") and (held.id in wanted or not wanted):
                held.state = held.state.replace("in-progress", "complete") if held.seen else held.state
                held.seen = True
        return original(self)

    return describe


def strict_modify(original: Call) -> Call:
    def modify(self: Any) -> Any:
        held = self.ec2_backend.managed_prefix_lists[self._get_param("PrefixListId")]
        add, remove, room = self._get_param("AddEntries", []), self._get_param("RemoveEntries", []), self._get_param("MaxEntries")
        entries = held.entries.get(held.version) or []
        check_idle(held)
        if room is not None:
            if add or remove:
                raise refuse("InvalidParameterCombination", "You cannot modify the entries and the maximum entries in the same request.")
            if int(room) < len(entries):
                raise refuse("InvalidParameterValue", "The maximum is smaller than the number of entries.")
            resize(self.ec2_backend, held, int(room))
        else:
            check_change(self, held, entries, add, remove)
        result = original(self)
        begin(held, "modify")
        return result

    return modify


def check_change(self: Any, held: Any, entries: list[dict[str, str]], add: list[dict[str, str]], remove: list[dict[str, str]]) -> None:
    check_entries(add, held.address_family)
    check_entries(remove, held.address_family)
    if str(self._get_param("CurrentVersion")) != str(held.version):
        raise refuse("PrefixListVersionMismatch", "The current version is another one.")
    there, come, go = ({entry["Cidr"] for entry in some} for some in (entries, add, remove))
    if come & go or go - there:
        raise refuse("InvalidParameterValue", "An entry is in both parts, or not there.")
    if len((there - go) | come) > int(held.max_entries):
        raise refuse("PrefixListMaxEntriesExceeded", "More entries than the maximum.")


def resize(backend: Any, held: Any, room: int) -> None:
    before, held.max_entries = held.max_entries, str(room)
    if any(over_quota(backend, group) for groups in backend.groups.values() for group in groups.values()):
        held.max_entries = before
        raise refuse("RulesPerSecurityGroupLimitExceeded", "A group that refers to the list has no room for more rules.")


def over_quota(backend: Any, group: Any) -> bool:
    used = {"4": 0, "6": 0}
    for rule in group.ingress_rules:
        listed = backend.managed_prefix_lists.get(rule.prefix_list_id or "")
        if listed is not None:
            used[listed.address_family[-1]] += int(listed.max_entries)
        else:
            used["6" if "CidrIpv6" in rule.ip_range else "4"] += 1
    return max(used.values()) > RULES


def strict_authorize(original: Call) -> Call:
    def authorize(self: Any) -> Any:
        group = self.ec2_backend.get_security_group_by_name_or_id(self._get_param("GroupId"), None)
        before = copy.copy(group.ingress_rules)
        try:
            result = original(self)
            for rule in group.ingress_rules:
                if not DESCRIPTION.fullmatch(rule.description or ""):
                    raise refuse("InvalidParameterValue", "Invalid rule description.")
            if over_quota(self.ec2_backend, group):
                raise RulesPerSecurityGroupLimitExceededError()
        except EC2ClientError:
            group.ingress_rules[:] = before
            raise
        return result

    return authorize


def strict_delete(original: Call) -> Call:
    def delete(self: Any) -> Any:
        wanted = self._get_param("PrefixListId")
        check_idle(self.ec2_backend.managed_prefix_lists[wanted])
        groups = [group for groups in self.ec2_backend.groups.values() for group in groups.values()]
        if any(rule.prefix_list_id == wanted for group in groups for rule in group.ingress_rules):
            raise refuse("PrefixListInUse", "A rule refers to the list.")
        return original(self)

    return delete


def strict_delete_group(original: Call) -> Call:
    def delete(self: Any) -> Any:
        wanted = self._get_param("GroupId")
        if any(group.id == wanted for interface in self.ec2_backend.enis.values() for group in interface.group_set):
            raise refuse("DependencyViolation", f"resource {wanted} has a dependent object")
        return original(self)

    return delete


def with_description(original: Callable[..., None]) -> Callable[..., None]:
    """moto forgets the description of a rule whose source is a prefix list."""

    def make(self: Any, *words: Any, **named: Any) -> None:
        original(self, *words, **named)
        lists = [word for word in (*words, *named.values()) if isinstance(word, dict) and "PrefixListId" in word]
        self.description_beside_list = lists[0].get("Description") if lists else None

    return make


def make_ingress(cls: Any, /, name: str, resource: dict[str, Any], account: str, region: str, **named: Any) -> Any:
    """moto's stacks forget rules for IPv6."""
    values = resource["Properties"]
    backend = ec2_backends[account][region]
    group = backend.get_security_group_from_id(values["GroupId"])
    ranges = [{key: values[key] for key in ("CidrIp", "CidrIpv6", "Description") if key in values}]
    backend.authorize_security_group_ingress(group.id, values["IpProtocol"], values["FromPort"], values["ToPort"], ranges)
    if over_quota(backend, group):
        raise RulesPerSecurityGroupLimitExceededError()
    return cls(group, values)


def delete_ingress(self: Any, account: str, region: str) -> None:
    """moto's stacks never take a rule away."""
    values = self.properties
    self.security_group.ingress_rules[:] = [
        rule
        for rule in self.security_group.ingress_rules
        if (str(rule.from_port), rule.cidr_ipv4 or rule.cidr_ipv6) != (str(values["FromPort"]), values.get("CidrIp") or values["CidrIpv6"])
    ]


SecurityGroupIngress.create_from_cloudformation_json = classmethod(make_ingress)
SecurityGroupIngress.delete = delete_ingress
VPCs.create_managed_prefix_list = strict_create(VPCs.create_managed_prefix_list)
VPCs.modify_managed_prefix_list = strict_modify(VPCs.modify_managed_prefix_list)
VPCs.describe_managed_prefix_lists = strict_describe(VPCs.describe_managed_prefix_lists)
VPCs.delete_managed_prefix_list = strict_delete(VPCs.delete_managed_prefix_list)
SecurityGroups.authorize_security_group_ingress = strict_authorize(SecurityGroups.authorize_security_group_ingress)
SecurityGroups.delete_security_group = strict_delete_group(SecurityGroups.delete_security_group)
SecurityGroupRule.__init__ = with_description(SecurityGroupRule.__init__)
SecurityGroupRule.description = property(lambda rule: rule.ip_range.get("Description") or rule.description_beside_list)
# moto counts both families together, and a prefix list as nothing; strict_authorize counts as EC2 does.
SecurityGroupBackend._verify_group_will_respect_rule_count_limit = lambda *_, **__: None

if __name__ == "__main__":
    main(["-H", "127.0.0.1", "-p", sys.argv[1]])
