"""What the templates of the Azure targets see. Every text is made of letters that need no quoting in HCL, JSON, Bicep or sh."""

from typing import NamedTuple


class AzureRule(NamedTuple):
    """One security rule. It has `source` or `sources`, and `destination` or `destinations`: the other one is empty.

    `after` is the name of the rule before it: rules of one group can't be written at the same time.
    """

    name: str
    description: str
    priority: int
    access: str
    protocol: str
    source: str
    sources: tuple[str, ...]
    destination: str
    destinations: tuple[str, ...]
    ports: tuple[str, ...]
    after: str  # the slot of the rule that is written before it
    symbol: str  # its name as an identifier
    after_symbol: str
    slot: str  # a name that no rule with another number ever has, for deployments that write what is new before they delete what is gone
    line: str  # the rule as `az network nsg rule list` of the scripts prints it


class Tag(NamedTuple):
    """A tag of a new group. `hcl_name` is its name in quotes, as wide as the widest, as `terraform fmt` has it; `word` is for `az`."""

    name: str
    value: str
    hcl_name: str
    word: str


class AzureView(NamedTuple):
    """One site for Azure. `created` is there where the site wants a group of its own, `existing` where it has one.

    `allow` are the grants, `deny` the rules that close; every rule that denies has a larger number than every one that allows.
    `block` is all priorities that are the site's.
    """

    site: str
    own: str
    symbol: str  # what the names of Terraform begin with
    resource_group: str
    group: str
    created: bool
    existing: bool
    location: str
    tags: tuple[Tag, ...]
    allow: tuple[AzureRule, ...]
    deny: tuple[AzureRule, ...]
    rules: tuple[AzureRule, ...]
    lines: int  # in rules.tsv
    first: int
    last: int
    usage: tuple[str, ...]
