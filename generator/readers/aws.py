"""Security groups of AWS as `aws ec2 describe-security-groups` prints them, with the entries of prefix lists; and our own files.

A network interface lets in what any of its groups lets in, so all groups of a dump are read as those of the mail server.

Sources: the EC2 API, DescribeSecurityGroups, DescribeSecurityGroupRules, GetManagedPrefixListEntries and IpPermission.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report
from generator.net import PortRange
from generator.readers.cloud_rules import (
    check_keys,
    listed_objects,
    make_ruleset,
    note_members,
    plan_id,
    read_each,
    read_prefixes,
    speaks_of_tcp,
)
from generator.readers.documents import inside, load_json, objects, texts, top, walk_objects
from generator.readers.model import Act, Match, Rule, Ruleset
from generator.readers.outside import Outside
from generator.readers.parts import INSIDE, Part, RuleMistakeError, make_rules, unknown

WHAT: Final = "what the AWS CLI prints about security groups"
HINT: Final = "make it with: aws ec2 describe-security-groups --group-ids those of the mail server's network interface"
LIST_HINT: Final = "add its entries: aws ec2 get-managed-prefix-list-entries --query \"{PrefixListId:'pl-...',Entries:Entries}\""
_MOST_GROUPS: Final = 16  # of a network interface: "Amazon VPC quotas"
_KEYS: Final = ("SecurityGroups", "SecurityGroupRules", "PrefixLists", "Entries", "NextToken")
_PERMISSION: Final = ("IpProtocol", "FromPort", "ToPort", "IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")


class Grant(NamedTuple):
    """One thing that a group allows. Of `cidr`, `listed` and `group` one says whom; `doubt` is a condition of whatever wrote it."""

    place: str
    protocol: Any
    first: Any
    last: Any
    cidr: str = ""
    listed: str = ""
    group: str = ""
    description: str = ""
    strange: str = ""
    doubt: str = ""

    @property
    def text(self) -> str:
        """The rule in a person's words."""
        if self.strange and self.protocol is None:
            return self.place
        ports = "" if self.first in (None, -1) else f" {self.first}" if self.first == self.last else f" {self.first}-{self.last}"
        protocol = "all traffic" if str(self.protocol) == "-1" else str(self.protocol)
        return f"{self.place}: {protocol}{ports} from {self.cidr or self.listed or self.group or '?'}"


def read_aws(text: str, path: str, outside: Outside, report: Report) -> Ruleset | None:
    """The ruleset of a dump. None after an error; a rule that isn't understood is a finding, and a doubt about what it touches."""
    documents = load_json(text, path, WHAT, HINT, report)
    if documents is None:
        return None
    if not any(_is_about_groups(one) for one in walk_objects(documents)) and documents != [[]]:
        report.add("AUD001", top(path), f"this is not {WHAT}", hint=HINT)
        return None
    return judge_grants(list(_grants(documents)), _entries(documents), path, report)


def judge_grants(grants: list[Grant], entries: Mapping[str, list[str]], path: str, report: Report) -> Ruleset:
    """The ruleset of what groups allow."""
    named = dict.fromkeys(grant.listed for grant in grants if grant.listed)
    for missing in (name for name in named if name not in entries):
        report.add("AUD021", top(path), f"the prefix list `{missing}` is not in the dump", hint=LIST_HINT)
    note_members((grant.group for grant in grants if grant.group), path, report)
    rules = read_each(grants, lambda grant: _read(grant, entries), lambda grant: grant.text, path, report)
    return make_ruleset(path, [(f"security groups of {path}", rules)])


def _read(grant: Grant, entries: Mapping[str, list[str]]) -> list[Rule]:
    if grant.strange:
        raise RuleMistakeError(grant.strange)
    if not speaks_of_tcp(grant.protocol):
        return []
    every = str(grant.protocol) == "-1" or all(one is None or (one == -1 and isinstance(one, int)) for one in (grant.first, grant.last))
    ports = None if every else [_ports(grant.first, grant.last)]
    frame = Rule(Match(), Act.ACCEPT, text=grant.text, comment=plan_id(grant.description))
    return make_rules(frame, _sources(grant, entries), ports, doubts=(grant.doubt,) if grant.doubt else ())


def _ports(first: Any, last: Any) -> PortRange:
    numbers = all(isinstance(one, int) and not isinstance(one, bool) for one in (first, last))
    if not (numbers and 0 <= first <= last <= 65535):
        raise RuleMistakeError(f"`{first}-{last}` are no ports")
    return PortRange(first, last)


def _sources(grant: Grant, entries: Mapping[str, list[str]]) -> tuple[Part, ...]:
    if grant.cidr:
        return read_prefixes([grant.cidr])
    if grant.listed:
        known = entries.get(grant.listed)
        return (unknown(f"what the prefix list `{grant.listed}` holds"),) if known is None else read_prefixes(known)
    if grant.group:
        return (INSIDE._replace(doubts=(f"who is a member of `{grant.group}`",)),)
    raise RuleMistakeError("it names no source")


def _is_about_groups(one: Mapping[str, Any]) -> bool:
    return bool({"SecurityGroups", "SecurityGroupRules", "IpPermissions", "IpProtocol"} & set(one))


def _grants(documents: list[Any]) -> Iterator[Grant]:
    """All that is allowed. Groups that can't all be those of one network interface are doubts."""
    every = list(walk_objects(documents))
    groups = [group for one in every for group in ([one] if "IpPermissions" in one else objects(one.get("SecurityGroups")))]
    apart = len(groups) > _MOST_GROUPS or len({str(group["VpcId"]) for group in groups if group.get("VpcId")}) > 1
    for one in every:
        yield from _listed(one, "SecurityGroups", lambda group: _group_grants(group, apart=apart))
        yield from _listed(one, "SecurityGroupRules", _rule_grants)
        if one.get("NextToken"):
            yield Grant("the rest", None, None, None, strange="the dump is cut off, there is a `NextToken`")
        if "IpPermissions" in one:
            yield from _group_grants(one, apart=apart)
        elif "IsEgress" in one:
            yield from _rule_grants(one)
        elif "IpProtocol" in one:
            yield from permission_grants(one, "permissions")
        elif not set(_KEYS) & set(one):
            yield Grant("an object", None, None, None, strange="it is no rule, group or list")


def _listed(one: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any]], Iterable[Grant]]) -> Iterator[Grant]:
    """The grants of a list of objects; a list of anything else is one that isn't understood."""
    try:
        listed = listed_objects(one.get(key))
    except RuleMistakeError as error:
        yield Grant(f"`{key}`", None, None, None, strange=str(error))
    else:
        for item in listed:
            yield from read(item)


def _group_grants(group: Mapping[str, Any], *, apart: bool) -> Iterator[Grant]:
    name = str(group.get("GroupName") or group.get("GroupId") or "a group")
    doubt = f"whether the mail server has the group `{group.get('GroupId') or name}`" if apart else ""
    for grant in _listed(group, "IpPermissions", lambda permission: permission_grants(permission, name)):
        yield grant._replace(doubt=doubt)


def permission_grants(permission: Mapping[str, Any], place: str) -> Iterator[Grant]:
    """The grants of one IpPermission."""
    whole = Grant(place, permission.get("IpProtocol"), permission.get("FromPort"), permission.get("ToPort"))
    try:
        check_keys(permission, _PERMISSION)
    except RuleMistakeError as error:
        yield whole._replace(strange=str(error))
    for key, field, names in (
        ("IpRanges", "cidr", ("CidrIp",)),
        ("Ipv6Ranges", "cidr", ("CidrIpv6",)),
        ("PrefixListIds", "listed", ("PrefixListId",)),
        ("UserIdGroupPairs", "group", ("GroupId", "GroupName")),
    ):
        try:
            for one in listed_objects(permission.get(key)):
                said = next((one[name] for name in names if one.get(name)), "?")
                yield whole._replace(**{field: str(said)}, description=str(one.get("Description", "")))
        except RuleMistakeError as error:
            yield whole._replace(strange=f"`{key}`: {error}")


def _rule_grants(rule: Mapping[str, Any]) -> Iterator[Grant]:
    if rule.get("IsEgress") is True:
        return
    referenced = rule.get("ReferencedGroupInfo")
    yield Grant(
        place=str(rule.get("GroupId") or "a group"),
        protocol=rule.get("IpProtocol"),
        first=rule.get("FromPort"),
        last=rule.get("ToPort"),
        cidr=str(rule.get("CidrIpv4") or rule.get("CidrIpv6") or ""),
        listed=str(rule.get("PrefixListId") or ""),
        group="" if referenced is None else str(inside(rule, "ReferencedGroupInfo").get("GroupId") or "?"),
        description=str(rule.get("Description", "")),
    )


def _entries(documents: list[Any]) -> dict[str, list[str]]:
    """The networks of prefix lists by id. Entries without an id belong to the one list that was described just before."""
    found: dict[str, list[str]] = {}
    described: list[str] = []
    for one in walk_objects(documents):
        for known in objects(one.get("PrefixLists")):
            if "Cidrs" in known:
                found[str(known.get("PrefixListId"))] = texts(known["Cidrs"])
        if "PrefixLists" in one:
            described = [str(known.get("PrefixListId")) for known in objects(one["PrefixLists"])]
        if "Entries" in one:
            name = one.get("PrefixListId") or (described[0] if len(described) == 1 else None)
            if name is not None:
                found.setdefault(str(name), []).extend(str(entry.get("Cidr", "?")) for entry in objects(one["Entries"]))
    return found
