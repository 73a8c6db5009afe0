"""What the templates of the GCP targets see. Every text is made of letters that need no quoting in HCL, JSON or sh."""

from typing import NamedTuple


class GcpRule(NamedTuple):
    """One firewall rule, with ranges of one family. `ports` are destination ports; `lines` is the rule as the scripts compare it."""

    name: str
    description: str
    priority: int
    action: str
    ranges: tuple[str, ...]
    ports: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def allows(self) -> bool:
        """Whether it lets in."""
        return self.action == "ALLOW"


class GcpView(NamedTuple):
    """One site for GCP. Either `tags` or `accounts` says which machines the rules are for; `allow` are the grants, `deny` what closes."""

    site: str
    own: str
    symbol: str  # what the names of Terraform begin with
    project: str
    network: str
    tags: tuple[str, ...]
    accounts: tuple[str, ...]
    log: bool
    allow: tuple[GcpRule, ...]
    deny: tuple[GcpRule, ...]
    rules: tuple[GcpRule, ...]
    lines: int  # in rules.tsv
    last: int  # a rule of somebody else's with a larger number changes nothing: of two equal ones that which denies wins
    usage: tuple[str, ...]
