"""What the pfSense templates see: aliases and rules with everything spelled as pfSense itself writes it."""

from typing import NamedTuple

from generator.targets.pf_lists import ListFile


class PfsenseAlias(NamedTuple):
    """One alias. `address` and `detail` are `entries` and `details` joined; of a URL table they are the URL's."""

    name: str
    type: str  # host, network, port or urltable
    address: str
    descr: str
    detail: str
    url: str  # empty but for a URL table
    updatefreq: str  # days; empty but for a URL table
    entries: tuple[str, ...]
    details: tuple[str, ...]


class PfsenseRule(NamedTuple):
    """One rule. `source` is an alias, or empty for any; `destination` and `port` are aliases."""

    id: str
    tracker: int
    type: str
    interface: str
    source: str
    destination: str
    port: str
    max_src_conn: str
    statetype: str
    log: bool
    descr: str


class Rest(NamedTuple):
    """What the REST API is to make: the rules above everything, `descriptions` theirs in order, and then what else is ours goes."""

    aliases: tuple[PfsenseAlias, ...]
    rules: tuple[PfsenseRule, ...]
    descriptions: tuple[str, ...]
    rule_count: int


class PfsenseOwner(NamedTuple):
    """What is ours in a configuration, from this version of a site or an earlier one.

    An alias: its name starts with `alias_prefix`. A rule: its description starts with `mark`; or its tracker is one of gatepost's
    (`first_tracker` to `last_tracker`) and it names an alias of ours, so that a rule whose description somebody edited is replaced too.
    Nobody else's starts so or does so. `trackers` are those of the rules now.
    """

    alias_prefix: str
    mark: str
    first_tracker: int
    last_tracker: int
    trackers: tuple[int, ...]


class PfsenseView(NamedTuple):
    """Everything that the templates of the pfSense target print. Rules are in order, those of each interface together.

    `imports` are lists for the import page, `tables` those that the firewall fetches; None: the REST API can't say all of it.
    """

    site: str
    owner: PfsenseOwner
    aliases: tuple[PfsenseAlias, ...]
    rules: tuple[PfsenseRule, ...]
    interfaces: tuple[str, ...]
    imports: tuple[ListFile, ...]
    tables: tuple[ListFile, ...]
    rest: Rest | None
