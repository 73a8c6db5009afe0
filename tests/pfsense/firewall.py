"""How pf judges a new connection, as pfSense and OPNsense fill it: floating rules, groups, the interface's own rules, default block.

Every rule is looked at in order; the last that matches decides, unless one that is `quick` matched before. Rules of an interface are
always quick, so there the first match decides. Redirection comes first: rules see the address behind it.
"""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Alias(NamedTuple):
    """A named list; `entries` are addresses, networks, ports, port ranges or other aliases. A table from a URL has none."""

    name: str
    kind: str
    entries: tuple[str, ...]


class Side(NamedTuple):
    """One end of a rule: `any`, an alias, a network of an interface, or a literal; `port` is a number, `first-last`, an alias or empty."""

    net: str
    port: str = ""
    negated: bool = False


class Rule(NamedTuple):
    """A filter rule in the words that both firewalls share."""

    name: str  # tracker or uuid
    action: str  # pass, block, reject
    interfaces: tuple[str, ...]  # empty: all of them
    families: frozenset[int]
    protocol: str  # lower case; empty for any
    source: Side
    destination: Side
    direction: str = "in"
    quick: bool = True
    floating: bool = False
    enabled: bool = True
    max_src_conn: str = ""
    log: bool = False
    descr: str = ""


class Packet(NamedTuple):
    """The first packet of a TCP connection, after redirection."""

    interface: str
    source: Address
    destination: Address
    port: int


class Verdict(NamedTuple):
    """What happens to a packet, and the rule that decided; None is the default block."""

    passes: bool
    rule: Rule | None


class Firewall:
    """`rules` are in the order in which pf gets them; `networks` are what `wan`, `wanip`, `lan` … stand for in a rule."""

    def __init__(
        self,
        aliases: Mapping[str, Alias],
        rules: Sequence[Rule],
        networks: Mapping[str, tuple[Network, ...]],
        tables: Mapping[str, tuple[Network, ...]],
    ) -> None:
        """`tables`: what each URL table was last filled with."""
        self.aliases, self.rules, self.networks, self.tables = aliases, tuple(rules), networks, tables
        self.held: dict[tuple[Side, Address], bool] = {}
        self.opened: dict[str, tuple[tuple[int, int], ...]] = {}

    def judge(self, packet: Packet) -> Verdict:
        """The verdict on a packet that comes in."""
        return self.decide(self.meet(packet.interface, packet.source, packet.destination), packet.port)

    def meet(self, interface: str, source: Address, destination: Address) -> tuple[Rule, ...]:
        """The rules that speak of TCP between two addresses, whatever the port."""
        return tuple(
            rule
            for rule in self.rules
            if rule.enabled
            and rule.direction in {"in", "any"}
            and (not rule.interfaces or interface in rule.interfaces)
            and source.version in rule.families
            and (not rule.protocol or "tcp" in rule.protocol.split("/"))
            and self.holds(rule.source, source)
            and self.holds(rule.destination, destination)
            and not rule.source.port  # a client's own port is any; no rule of the tests asks for one
        )

    def decide(self, rules: Sequence[Rule], port: int) -> Verdict:
        """The verdict of the rules that were met: the first quick one that has the port, else the last that has it."""
        last: Rule | None = None
        for rule in rules:
            if self.has_port(rule.destination.port, port):
                last = rule
                if rule.quick:
                    break
        return Verdict(last is not None and last.action == "pass", last)

    def holds(self, side: Side, address: Address) -> bool:
        """Whether one end of a rule holds an address."""
        if side.net == "any":
            return True
        if (side, address) not in self.held:
            inside = any(address in network for network in self.expand(side.net) if network.version == address.version)
            known = side.net in self.aliases or side.net in self.networks or bool(parse_network(side.net))
            self.held[side, address] = known and inside != side.negated  # a rule with an unknown name is left out
        return self.held[side, address]

    def has_port(self, wanted: str, port: int) -> bool:
        """Whether a rule's port field holds a port."""
        if wanted not in self.opened:
            self.opened[wanted] = tuple(self.ports(wanted))
        return not wanted or any(first <= port <= last for first, last in self.opened[wanted])

    def expand(self, name: str, seen: frozenset[str] = frozenset()) -> tuple[Network, ...]:
        """The networks behind a name or a literal; none behind a name that nobody knows."""
        alias = self.aliases.get(name)
        if alias is not None and name not in seen:
            own = self.tables.get(name, ())
            return own + tuple(network for entry in alias.entries for network in self.expand(entry, seen | {name}))
        return self.networks[name] if name in self.networks else parse_network(name)

    def ports(self, name: str, seen: frozenset[str] = frozenset()) -> Iterator[tuple[int, int]]:
        """The port ranges behind a port field."""
        alias = self.aliases.get(name)
        if alias is not None and name not in seen:
            for entry in alias.entries:
                yield from self.ports(entry, seen | {name})
            return
        first, _, last = name.replace(":", "-").partition("-")
        if first.isdecimal():
            yield int(first), int(last or first)


@cache
def parse_network(text: str) -> tuple[Network, ...]:
    """The network that a literal is; none where it is a name."""
    try:
        return (ipaddress.ip_network(text),)
    except ValueError:
        return ()
