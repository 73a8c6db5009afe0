"""What the templates of AWS see: names and texts that are ready to print, in whatever form the rules are written."""

from typing import NamedTuple


class Tag(NamedTuple):
    """A tag of our objects. `padded` is the key in quotes, with the blanks that line up the values in Terraform's own format."""

    key: str
    value: str
    padded: str


class PrefixList(NamedTuple):
    """A managed prefix list: sources of one connector, or of the trusted networks, in one family.

    `key` tells it from others within the site, `name` within the account; its room is exactly what is in it, because AWS counts the room.
    """

    key: str
    name: str
    family: str
    entries: tuple[str, ...]
    description: str
    room: int


class IngressRule(NamedTuple):
    """One inbound rule. Exactly one of `cidr_ipv4`, `cidr_ipv6` and `prefix_list` (the key of a list) is not empty.

    `key` is made of what the rule says, never of its place; `logical_id` is the same for CloudFormation. `list_name` names the list in AWS.
    """

    key: str
    logical_id: str
    group: str
    group_id: str
    protocol: str
    first: int
    last: int
    cidr_ipv4: str
    cidr_ipv6: str
    prefix_list: str
    list_name: str
    description: str

    @property
    def source(self) -> str:
        """What stands in the last place of the rule, whichever it is."""
        return self.cidr_ipv4 or self.cidr_ipv6 or self.list_name


class Source(NamedTuple):
    """An address in a permission, with its description."""

    cidr: str
    description: str


class Permission(NamedTuple):
    """Everything that one group allows by address on one port, as the API takes it."""

    protocol: str
    first: int
    last: int
    ipv4: tuple[Source, ...]
    ipv6: tuple[Source, ...]


class Group(NamedTuple):
    """A security group: its name, or the id of one that was there before. `used` says in words what it takes of its quota."""

    name: str
    logical_id: str
    used: str
    permissions: tuple[Permission, ...]


class AwsView(NamedTuple):
    """One site for AWS.

    `identifier` is the site in Terraform's names; `mark` begins the description of every rule of the site, and of no other site's; `owner`
    is the value of the tag `gatepost` on every object. `closing` is the checklist: what has to go from other groups, a line for each
    service; `exceptions` are the services that nothing closes. `plain` are the groups that allow anything by address.
    """

    site: str
    identifier: str
    mark: str
    owner: str
    group_description: str
    vpc_id: str
    security_group: str
    groups: tuple[Group, ...]
    plain: tuple[Group, ...]
    lists: tuple[PrefixList, ...]
    from_lists: tuple[IngressRule, ...]
    from_ipv4: tuple[IngressRule, ...]
    from_ipv6: tuple[IngressRule, ...]
    tags: tuple[Tag, ...]
    closing: tuple[str, ...]
    exceptions: tuple[str, ...]

    @property
    def rules(self) -> tuple[IngressRule, ...]:
        """All rules."""
        return self.from_lists + self.from_ipv4 + self.from_ipv6
