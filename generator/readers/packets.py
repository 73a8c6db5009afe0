"""Packets on their way through rules, many at once: what is known of them, and which rules touched them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from generator.net import Family, parse_prefix
from generator.net.runs import EVERYTHING, Runs, has_number, prefix_runs, subtract_runs
from generator.readers.model import LOCAL, TRANSLATED, Act, Mark, Match, Rule


class Entry(StrEnum):
    """What becomes of a new connection."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Packet(NamedTuple):
    """What packets from many sources have in common. `mark` None and `unsure` facts depend on a doubt."""

    port: int
    destination: int | None
    path: str
    mark: int | None = 0
    facts: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()


class Region(NamedTuple):
    """Sources on their way through the rules.

    `maybe` is what doubtful rules would have done: OPEN and CLOSED in this stage, UNKNOWN where everything later depends on it as well.
    `rules` touched them, `suspects` are those of them that are doubtful, and `deciders` those whose verdict counts so far.
    """

    sources: Runs
    packet: Packet
    maybe: frozenset[Entry] = frozenset()
    rules: tuple[Rule, ...] = ()
    doubts: tuple[str, ...] = ()
    deciders: tuple[Rule, ...] = ()
    suspects: tuple[Rule, ...] = ()


class Left(NamedTuple):
    """A region that left a chain, and how. JUMP stands for: on to the next rule."""

    region: Region
    act: Act


ANYTHING: Final = frozenset({Entry.UNKNOWN})

# No connection from outside is made to these: the unspecified address, loopback, link-local, multicast and reserved addresses, broadcast.
NOWHERE: Final[Mapping[Family, Runs]] = {
    Family.V4: prefix_runs(map(parse_prefix, ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")), Family.V4),
    Family.V6: prefix_runs(map(parse_prefix, ("::/127", "fe80::/10", "ff00::/8")), Family.V6),
}


def is_nowhere(family: Family, destinations: Runs) -> bool:
    """Whether a connection from outside is made to none of the addresses."""
    return not subtract_runs(destinations, NOWHERE[family])


def is_anywhere(family: Family, destinations: Runs) -> bool:
    """Whether the addresses are all that a connection from outside may be made to."""
    return destinations == EVERYTHING[family] or is_nowhere(family, subtract_runs(EVERYTHING[family], destinations))


def meets(match: Match, packet: Packet) -> bool:
    """Whether a packet may meet everything but the sources; what depends on a doubt counts as met."""
    if match.ports is not None and not any(run.first <= packet.port <= run.last for run in match.ports):
        return False
    known = packet.destination
    if match.destinations is not None and known is not None and not has_number(match.destinations, known):
        return False
    if match.destinations is not None and known is None and match.family is not None and is_nowhere(match.family, match.destinations):
        return False
    if any(_has(packet, fact.name) not in (None, fact.wanted) for fact in match.facts):
        return False
    return match.mark is None or _bears(packet, match.mark) is not False


def unmet_doubts(match: Match, packet: Packet) -> tuple[str, ...]:
    """The conditions on a packet that can't be judged, besides the match's own."""
    words = [f"whether the packet is {fact.name} depends on that" for fact in match.facts if _has(packet, fact.name) is None]
    if match.mark is not None and _bears(packet, match.mark) is None:
        words.append("the mark of the packet depends on that")
    return tuple(words)


def _has(packet: Packet, fact: str) -> bool | None:
    if fact == LOCAL:
        return packet.path == "input"
    return None if fact in packet.unsure else fact in packet.facts


def _bears(packet: Packet, mark: Mark) -> bool | None:
    if packet.mark is None or mark.value is None:
        return None
    return (packet.mark & mark.mask == mark.value) != mark.inverted


def change(packet: Packet, rule: Rule) -> Packet:
    """The packet behind a rule that notes something, marks it, or changes its destination."""
    if rule.act is Act.NOTE:
        return packet._replace(facts=packet.facts | {rule.target}, unsure=packet.unsure - {rule.target})
    if rule.act is Act.MARK:
        return packet._replace(mark=_set_mark(packet.mark, rule.mark or Mark(None)))
    moved = rule.destination if rule.target or rule.destination is not None else packet.destination
    path = rule.target or packet.path
    translated = packet.facts | {TRANSLATED}
    return packet._replace(port=rule.port or packet.port, destination=moved, path=path, facts=translated)


def _set_mark(old: int | None, mark: Mark) -> int | None:
    if mark.value is None or (old is None and mark.mask != 0xFFFFFFFF):
        return None
    return ((old or 0) & ~mark.mask) | mark.value


def either(one: Packet, other: Packet) -> Packet:
    """A packet that is one of two which go the same way: what they don't have in common depends on a doubt."""
    differ = (one.facts ^ other.facts) | one.unsure | other.unsure
    return one._replace(mark=one.mark if one.mark == other.mark else None, unsure=differ)


def same_way(one: Packet, other: Packet) -> bool:
    """Whether both go to the same port of the same host."""
    return (one.port, one.destination, one.path) == (other.port, other.destination, other.path)
