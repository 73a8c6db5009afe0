"""What the OPNsense templates see: aliases and rules with everything spelled as OPNsense's models want it."""

from typing import NamedTuple

from generator.targets.pf_lists import ListFile


class OpnsenseAlias(NamedTuple):
    """One alias. `content` has one entry in each line; of a URL table it is the URL."""

    uuid: str
    name: str
    type: str  # host, network, port or urltable
    updatefreq: str  # days; empty but for a URL table
    content: str
    description: str


class OpnsenseRule(NamedTuple):
    """One rule of the model Filter. `source_net` is an alias or `any`; the other two are aliases."""

    id: str
    uuid: str
    sequence: int
    action: str
    interface: str
    source_net: str
    destination_net: str
    destination_port: str
    max_src_conn: str
    log: str  # 1 or 0
    description: str


class OpnsenseOwner(NamedTuple):
    """What is ours in a configuration, from this version of a site or an earlier one.

    An alias: its name starts with `alias_prefix`. A rule: its description starts with `mark`, or its UUID is one of `uuids`; those are
    made of names, and nobody else's are.
    """

    alias_prefix: str
    mark: str
    uuids: tuple[str, ...]


class LastRule(NamedTuple):
    """The sequence number of our last rule on an interface: no rule of others on it may be judged before that."""

    interface: str
    sequence: int


class OpnsenseView(NamedTuple):
    """Everything that the templates of the OPNsense target print. Rules are in order, those of each interface together.

    `lists` are the entries of every alias; `tables` those of them that the firewall fetches.
    """

    site: str
    owner: OpnsenseOwner
    aliases: tuple[OpnsenseAlias, ...]
    rules: tuple[OpnsenseRule, ...]
    interfaces: tuple[str, ...]
    last: tuple[LastRule, ...]
    lists: tuple[ListFile, ...]
    tables: tuple[ListFile, ...]
