"""The picture of rules that were read back: what they say about every port that they name, and about all others."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from generator.compile.services import WELL_KNOWN, ports_text
from generator.net import Family, PortRange, Prefix, address_text, merge_ports
from generator.net.runs import Runs, has_number, intersect_runs, subtract_runs, unite_runs
from generator.readers.judge import Entry, Question, Segment, trace
from generator.readers.limits import Limit
from generator.readers.model import Act, Rule, Ruleset
from generator.readers.packets import is_anywhere, is_nowhere
from generator.review.picture import EVERY_PORT, Door, Doubtful, Fact, Party, Picture, Slot, State

# The services that a port is known by, where no plan names it.
Destinations = dict[Family, int]
_KNOWN: Final = {known.port: name for name, known in WELL_KNOWN.items()}


def picture_ruleset(
    ruleset: Ruleset, only: tuple[PortRange, ...] | None = None, asked: Destinations | None = None, limits: Sequence[Limit] = ()
) -> Picture:
    """A ruleset, for TCP. `only` are the ports that matter; `asked` the address of the server by family, where it is known.

    `limits` are those of the dump that no rule of the ruleset has.
    """
    spoken = ruleset.ports if ruleset.ports is not None else EVERY_PORT
    ranges = spoken if only is None else _common(spoken, only)
    path = "forward" if {stage.path for stage in ruleset.stages} == {"forward"} else "input"
    slots = []
    known: dict[Runs, Runs] = {}
    for ports in _alike(ruleset, ranges):
        doors = []
        for family in (Family.V4, Family.V6):
            segments = trace(ruleset, Question(family, ports[0].first, (asked or {}).get(family), path))
            doors.append(_share(_door(segments), known))
        slots.append(Slot(_name(ports), "tcp", ports, (doors[0], doors[1])))
    places = tuple(Fact("server", f"IPv{family.value} address", address_text(family, address)) for family, address in (asked or {}).items())
    facts = (*places, *_limits(ruleset, slots, limits))
    knows = frozenset({"limit", *(fact.name for fact in places)})
    return Picture(tuple(slots), facts, knows, limited=ruleset.ports is not None, named=False)


def _share(door: Door, known: dict[Runs, Runs]) -> Door:
    """A door with equal sets as one object: services mostly let in the same sources, and what is one object is compared once."""
    return door._replace(
        open=known.setdefault(door.open, door.open),
        parties=tuple(party._replace(sources=known.setdefault(party.sources, party.sources)) for party in door.parties),
    )


def _door(segments: Iterable[Segment]) -> Door:
    opened: list[Runs] = []
    doubtful: dict[tuple[tuple[str, ...], State], list[Runs]] = {}
    parties: dict[str, list[Party]] = {}
    for segment in segments:
        if segment.entry is Entry.OPEN:
            opened.append(segment.sources)
            for party in _parties(segment):
                parties.setdefault(party.name, []).append(party)
        elif segment.entry is Entry.UNKNOWN:
            doubtful.setdefault((tuple(sorted(set(segment.doubts))), State(segment.otherwise)), []).append(segment.sources)
    return Door(
        unite_runs(*opened) if opened else (),
        State.CLOSED,
        tuple(Doubtful(doubts, unite_runs(*sources), otherwise) for (doubts, otherwise), sources in sorted(doubtful.items())),
        tuple(_join(same) for _, same in sorted(parties.items())),
    )


def _parties(segment: Segment) -> Iterator[Party]:
    """Who is let in, as far as rules say it: those of ours that touched the sources. What is left goes by the rules that decided."""
    named: dict[str, list[Rule]] = {}
    for rule in segment.rules:
        if rule.match.sources is not None and (name := find_party(rule.comment)):
            named.setdefault(name, []).append(rule)
    rest = segment.sources
    for name, rules in named.items():
        own = intersect_runs(segment.sources, unite_runs(*(rule.match.sources or () for rule in rules)))
        if own:
            rest = subtract_runs(rest, own)
            yield Party(name, own, tuple(dict.fromkeys(rule.comment for rule in rules)))
    if rest:
        yield Party("", rest, tuple(dict.fromkeys(rule.text for rule in segment.deciders)))


def _join(parties: Sequence[Party]) -> Party:
    why = dict.fromkeys(words for party in parties for words in party.why)
    return Party(parties[0].name, unite_runs(*(party.sources for party in parties)), tuple(why))


def find_party(comment: str) -> str:
    """Whom a rule of ours lets in: its comment is the id of a rule of a plan (`acme/hubspot/imaps/v4`). '' for any other."""
    parts = comment.split("/")
    return parts[1] if len(parts) == 4 and parts[3] in ("v4", "v6") and all(parts) and parts[1] not in ("limit", "public") else ""


def _is_public(comment: str) -> bool:
    """Whether it is the comment of a rule of ours that opens a service to everybody: `acme/public/submission/v4`."""
    return find_party(comment.replace("/public/", "/everybody/", 1)) == "everybody"


def _limits(ruleset: Ruleset, slots: Iterable[Slot], limits: Sequence[Limit]) -> Iterator[Fact]:
    """The bounds on connections that rules set, by port or chain. Whether a connection ever gets to the rule is not asked."""
    limiting = [rule for chain in ruleset.chains.values() for rule in chain.rules if rule.limit and not limits]
    for port in (port for slot in slots if limiting for port in slot.ports):
        words = dict.fromkeys(rule.limit for rule in limiting if rule.match.ports is None or _holds(rule.match.ports, port.first))
        if words:
            yield Fact(f"port {port}", "limit", "; ".join(words))
    found: dict[str, dict[str, None]] = {}
    for limit in limits:
        subject = f"port {ports_text(limit.ports)}" if limit.ports else f"chain {limit.chain}"
        found.setdefault(subject, {})[limit.words] = None
    yield from (Fact(subject, "limit", "; ".join(words)) for subject, words in found.items())


def _alike(ruleset: Ruleset, asked: tuple[PortRange, ...]) -> list[tuple[PortRange, ...]]:
    """The ports that are asked about, in groups that every rule treats alike, in order of their first port."""
    named = {rule.match.ports for chain in ruleset.chains.values() for rule in chain.rules if rule.match.ports is not None}
    sets = sorted(named)
    edges = {edge for ports in (*sets, asked) for port in ports for edge in (port.first, port.last + 1)}
    # A service that is known by its port is told apart from the ports beside it.
    edges |= {edge for port in _KNOWN for edge in (port, port + 1)}
    cuts = sorted(edges)
    groups: dict[tuple[object, ...], list[PortRange]] = {}
    for first, after in pairwise(cuts):
        if not _holds(asked, first):
            continue
        alike = (_KNOWN.get(first), *(index for index, ports in enumerate(sets) if _holds(ports, first)))
        groups.setdefault(alike, []).append(PortRange(first, after - 1))
    return [merge_ports(ports) for ports in groups.values()]


def _holds(ports: tuple[PortRange, ...], number: int) -> bool:
    return any(port.first <= number <= port.last for port in ports)


def _common(one: tuple[PortRange, ...], other: tuple[PortRange, ...]) -> tuple[PortRange, ...]:
    pairs = [(max(a.first, b.first), min(a.last, b.last)) for a in one for b in other]
    return merge_ports([PortRange(first, last) for first, last in pairs if first <= last])


def choose_destinations(ruleset: Ruleset, given: Iterable[Prefix], likely: Iterable[Prefix]) -> list[tuple[str, Destinations]]:
    """The addresses of the server to ask about, each with words where there are several: those given; else those that our own rules
    name; else the likely ones. Where no rule names any of these, they are asked about with those that rules open mail ports of.

    Of addresses that no rule tells apart, one is enough.
    """
    given, likely = tuple(given), tuple(likely)
    chosen = {family: _choose(ruleset, family, _of(given, family), _of(likely, family)) for family in Family}
    count = max(1, *(len(addresses) for addresses in chosen.values()))
    asked: list[tuple[str, Destinations]] = []
    for number in range(count):
        one = {family: addresses[min(number, len(addresses) - 1)] for family, addresses in chosen.items() if addresses}
        words = " and ".join(address_text(family, address) for family, address in one.items()) if count > 1 else ""
        asked.append((words, one))
    return asked


def _of(addresses: Iterable[Prefix], family: Family) -> list[int]:
    return [prefix.first for prefix in addresses if prefix.family is family]


def _choose(ruleset: Ruleset, family: Family, given: list[int], likely: list[int]) -> list[int]:
    if given:
        return given
    rules = (rule for chain in ruleset.chains.values() for rule in chain.rules if rule.match.family is family)
    naming = [rule for rule in rules if (runs := rule.match.destinations) and not is_anywhere(family, runs)]
    sets = list(dict.fromkeys(rule.match.destinations or () for rule in naming))
    ours = dict.fromkeys(rule.match.destinations or () for rule in naming if find_party(rule.comment) or _is_public(rule.comment))
    if ours:
        return _tell_apart([point for runs in ours for point in _points(runs, sets)], sets)
    if any(has_number(runs, address) for runs in sets for address in likely):
        return _tell_apart(likely, sets)
    opening = [rule for rule in naming if rule.act not in (Act.DENY, Act.RETURN) and not is_nowhere(family, rule.match.destinations or ())]
    if likely:
        mail = [_first(rule) for rule in opening if rule.act in (Act.ACCEPT, Act.REDIRECT) and _is_for_mail(rule)]
        return _tell_apart([*likely[:1], *mail], sets)
    named = set(map(_first, opening))
    return list(named) if len(named) == 1 else []


def _first(rule: Rule) -> int:
    return (rule.match.destinations or ())[0].first


def _points(runs: Runs, sets: Iterable[Runs]) -> list[int]:
    """An address of every part of `runs` that the sets cut it into."""
    edges = {edge for cut in sets for first, last in cut for edge in (first, last + 1)}
    return sorted({first for first, _ in runs} | {edge for edge in edges if has_number(runs, edge)})


def _tell_apart(addresses: Iterable[int], sets: Sequence[Runs]) -> list[int]:
    """The first of the addresses that are in the same sets."""
    known: dict[tuple[bool, ...], int] = {}
    for address in addresses:
        known.setdefault(tuple(has_number(runs, address) for runs in sets), address)
    return list(known.values())


def _is_for_mail(rule: Rule) -> bool:
    return rule.match.ports is not None and any(_holds(rule.match.ports, port) for port in _KNOWN)


def _name(ports: tuple[PortRange, ...]) -> str:
    return _KNOWN.get(ports[0].first, "") if len(ports) == 1 and ports[0].first == ports[0].last else ""
