"""What the iptables templates see: rules with everything spelled, named, split and cut as iptables and ipset want it."""

from typing import NamedTuple


class Entrance(NamedTuple):
    """What leads from the entry chain to the guard chain. None: any interface, any destination."""

    interface: str | None
    destination: str | None
    ports: str


class Allow(NamedTuple):
    """One rule that lets sources in. `sources` is the whole match, of a prefix or of a set: no rule can come out without one."""

    sources: str
    ports: str
    comment: str
    verdict: str  # ACCEPT, or the connectors' chain


class PortsRule(NamedTuple):
    """One rule about everybody that no rule before it let in."""

    ports: str
    comment: str


class FamilyRules(NamedTuple):
    """The rules of one address family, in the order in which the kernel reads them.

    `allows` come before open connections go back to INPUT, so that a host whose INPUT keeps no state lets a connector's later packets in
    too; `public` comes after, so that a ban in INPUT still stops whoever a public service lets begin.
    """

    entrances: tuple[Entrance, ...]
    allows: tuple[Allow, ...]
    public: tuple[PortsRule, ...]
    refusals: tuple[PortsRule, ...]


class AddressSet(NamedTuple):
    """One ipset. `twin` is the set that is filled and then swapped with it; `family` is `inet` or `inet6`."""

    name: str
    twin: str
    family: str
    maxelem: int
    entries: tuple[str, ...]
    comment: str


class IptablesView(NamedTuple):
    """Everything that the templates of the iptables target print. `sets` is empty in the plain layout.

    `chains` are all of the site's chains, each before those that it jumps to. Every set of the site, and no set of another, has a name that
    starts with `set_prefix` and a `_` or a `~` (`~` marks a twin).
    """

    site: str
    chain: str
    guard_chain: str
    connector_chain: str
    chains: tuple[str, ...]
    set_prefix: str
    v4: FamilyRules
    v6: FamilyRules
    sets: tuple[AddressSet, ...]
    connection_limit: int | None
    refusal: str  # the verdict of a refusal, with its options
    log_prefix: str | None  # None: nothing is logged
    limit_log_prefix: str | None
