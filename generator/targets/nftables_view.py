"""What the templates of nftables see: names and texts that are ready to print. A guard and an include have the same parts."""

from typing import NamedTuple

from generator.targets.nftables_names import NameScheme


class AddressSet(NamedTuple):
    """A named interval set of source prefixes. `holds` says what is in it, one rule id each; several services may share a long one."""

    name: str
    type: str
    elements: tuple[str, ...]
    holds: tuple[str, ...]


class Match(NamedTuple):
    """A rule that accepts: `who` is `ip saddr @SET`, or a whole family for a public service; `comment` is the rule id."""

    who: str
    comment: str


class Limited(NamedTuple):
    """A rule that sends connections above the limit to the chain `goto`. `counted` is the statement that counts them."""

    who: str
    counted: str
    goto: str
    comment: str


class ServiceChain(NamedTuple):
    """The chain of one service: who is accepted there, in this order. `refusal` is empty in an include: the host's own rules go on."""

    name: str
    title: str
    ports: tuple[str, ...]
    trusted: tuple[Match, ...]
    limited: tuple[Limited, ...]
    allowed: tuple[Match, ...]
    log_prefix: str
    refusal: str
    refusal_comment: str


class OverLimit(NamedTuple):
    """The chain that refuses a connection above the limit. `log_prefix` is empty when nothing is logged."""

    name: str
    log_prefix: str
    comment: str


class Layout(NamedTuple):
    """All objects of one layout in one table.

    `base` is the chain where packets come in. `declarations` name everything that is there or may be left of an earlier version of the
    site, `refresh` are the statements that empty the one and delete the other.
    `scope` narrows by interface and destination: where it is not empty, its matches lead to the chain `scoped`, which looks at the ports.
    Names that begin with `loose_prefix` can't be known beforehand; `loose` are those that this version has, as `chain NAME` and
    `set NAME`: a chain may be called like a set.
    """

    table: str
    base: str
    hook: str
    declarations: tuple[str, ...]
    refresh: tuple[str, ...]
    scope: tuple[str, ...]
    scoped: str
    sets: tuple[AddressSet, ...]
    over_limit: OverLimit | None
    services: tuple[ServiceChain, ...]
    loose_prefix: str
    loose: tuple[str, ...]


class NftablesView(NamedTuple):
    """One site for nftables. `guard` closes and `include` opens; None where the site does not want it.

    Their names are there all the same: an earlier version may have wanted it, and what that one loaded has to go some day. `accept` and
    `too_many` are verdicts.
    """

    site: str
    guard: Layout | None
    guard_names: NameScheme
    include: Layout | None
    include_names: NameScheme
    accept: str
    too_many: str
