"""The packet that every reader judges by: the first one of a new TCP connection, from outside, to an address of the server."""

from collections.abc import Collection
from typing import Final, NamedTuple

from generator.net import Family, PortRange, address_text
from generator.net.runs import Runs, has_number, intersect_runs, unite_runs
from generator.readers.model import TRACKED, TRANSLATED, UNTRACKED, Fact, Match

SYN: Final = frozenset({"syn"})
HIGH_PORTS: Final = (32768, 60999)  # net.ipv4.ip_local_port_range of Linux: where a connector's own port is likely to be


class Way(NamedTuple):
    """Addresses that packets reach by one interface; `lo` are this host's own."""

    family: Family
    destinations: Runs
    interface: str


class Outside(NamedTuple):
    """What is known of the way in and on. `interface` is the name of the one that the connectors' packets come by, '' where it isn't known.

    `ways` divide all addresses by where the host sends packets to them; empty where its routes are not known.
    """

    interface: str = ""
    ways: tuple[Way, ...] = ()


def find_destinations(names: Collection[str], family: Family, outside: Outside) -> Runs | None:
    """The addresses that packets reach by one of these interfaces; None: it can't be said."""
    if not outside.ways:
        return None
    found = (way.destinations for way in outside.ways if way.family is family and matches_name(way.interface, names))
    return unite_runs(*found, ())


def find_path(destination: int, family: Family, outside: Outside) -> str:
    """Where a packet to an address goes from here: `input`, `forward`, or `either` where that isn't known."""
    if not outside.ways:
        return "either"
    own = (way.destinations for way in outside.ways if way.family is family and way.interface == "lo")
    return "input" if any(has_number(runs, destination) for runs in own) else "forward"


def describe_loopback(destination: int, family: Family) -> tuple[str, ...]:
    """The doubt of sending a packet from outside on to an address of the loopback interface."""
    if destination != 1 if family is Family.V6 else destination >> 24 != 127:
        return ()
    return (f"whether the host takes packets from outside for {address_text(family, destination)}",)


def matches_name(interface: str, names: Collection[str]) -> bool:
    """Whether an interface is one of those; `eth*` and `eth+` mean all that begin so."""
    wild = tuple(name[:-1] for name in names if name[-1:] in ("*", "+"))
    return interface in names or interface.startswith(wild or ("\0",))


def judge_interface(names: Collection[str], outside: Outside) -> bool | None:
    """Whether a packet from outside comes by one of these interfaces; None: it can't be said. `eth*` and `eth+` mean all that begin so."""
    if any(name in ("*", "+") for name in names):
        return True
    if outside.interface:
        return matches_name(outside.interface, names)
    return False if set(names) == {"lo"} else None


def meet_states(match: Match, states: Collection[str], *, inverted: bool) -> list[Match]:
    """Narrow to packets whose connection is in one of the states `new`, `untracked`, `invalid` or, as iptables counts it, `dnat`.

    The first packet of a connection is new. It is invalid before connection tracking has seen it.
    """
    conditions = [_STATES[state] for state in _STATES if (state in states) != inverted]
    if inverted and "dnat" in states:
        conditions = [(*facts, Fact(TRANSLATED, False)) for facts in conditions]
    elif "dnat" in states:
        conditions.append((Fact(TRANSLATED),))
    return [met for facts in conditions if (met := narrow(match, facts=facts)) is not None]


_STATES: Final = {
    "new": (Fact(TRACKED),),
    "untracked": (Fact(UNTRACKED),),
    "invalid": (Fact(TRACKED, False), Fact(UNTRACKED, False)),
}


def narrow(
    match: Match,
    *,
    family: Family | None = None,
    sources: Runs | None = None,
    destinations: Runs | None = None,
    ports: tuple[PortRange, ...] | None = None,
    facts: tuple[Fact, ...] = (),
) -> Match | None:
    """Add conditions to a match. None: no packet meets them all."""
    if family is not None and match.family not in (None, family):
        return None
    narrowed = match._replace(
        family=family or match.family,
        sources=_both(match.sources, sources),
        destinations=_both(match.destinations, destinations),
        ports=_common_ports(match.ports, ports),
        facts=tuple(dict.fromkeys((*match.facts, *facts))),
    )
    if any(fact._replace(wanted=not fact.wanted) in narrowed.facts for fact in facts):
        return None
    return None if () in (narrowed.sources, narrowed.destinations, narrowed.ports) else narrowed


def doubt(match: Match, *words: str) -> Match:
    """Add conditions that can't be judged from outside."""
    return match._replace(doubts=tuple(dict.fromkeys((*match.doubts, *words))))


def _both(one: Runs | None, other: Runs | None) -> Runs | None:
    if one is None or other is None:
        return one if other is None else other
    return intersect_runs(one, other)


def _common_ports(one: tuple[PortRange, ...] | None, other: tuple[PortRange, ...] | None) -> tuple[PortRange, ...] | None:
    if one is None or other is None:
        return one if other is None else other
    pairs = [(max(a.first, b.first), min(a.last, b.last)) for a in one for b in other]
    return tuple(PortRange(first, last) for first, last in sorted(set(pairs)) if first <= last)
