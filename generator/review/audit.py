"""What live rules do, held against a plan: who can't get in and should, who gets in and shouldn't, and by which rule.

Services that the plan does not have are none of its business, and who else reaches an additive one isn't either.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple

from generator.diagnostics import Span
from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Run, Runs, count_numbers, intersect_runs, prefix_runs, subtract_runs, unite_runs
from generator.plan import Access, Plan, Service
from generator.readers.judge import Entry, Question, Segment, trace
from generator.readers.model import Act, Rule, Ruleset
from generator.review.audit_names import is_ours, our_layout
from generator.review.picture_rules import Destinations

EVERYBODY: Final = "everybody"
_MOST_APART: Final = 200  # rules that are looked at one by one
_LETTING_IN: Final = (Act.ACCEPT, Act.JUMP, Act.GOTO)


class Kind(StrEnum):
    """What is wrong, or worth knowing."""

    MISSING = "missing"  # somebody whom the plan lets in does not get in
    EXTRA = "extra"  # somebody gets in whom the plan keeps out
    OVER_WIDE = "over-wide"  # so, by a rule that also lets in whom the plan does: an old one, too wide
    UNKNOWN = "unknown"  # whether somebody gets in can't be told
    UNREAD = "unread"  # the dump says nothing of the service
    BANNED = "banned"  # a few are refused at a public service
    SHADOWED = "shadowed"  # a rule that no connection gets to
    CHANGED = "changed"  # a rule of ours that is not as the plan has it
    LIMIT = "limit"  # a bound on connections that refuses a connector, or is not the site's
    OTHER_LIMIT = "other-limit"  # somebody else's bound on connections
    ABSENT = "absent"  # no rule of ours is there at all


CODES: Final = {
    Kind.MISSING: "AUD050",
    Kind.EXTRA: "AUD051",
    Kind.OVER_WIDE: "AUD052",
    Kind.UNKNOWN: "AUD053",
    Kind.UNREAD: "AUD054",
    Kind.BANNED: "AUD055",
    Kind.SHADOWED: "AUD056",
    Kind.CHANGED: "AUD057",
    Kind.LIMIT: "AUD058",
    Kind.OTHER_LIMIT: "AUD059",
    Kind.ABSENT: "AUD060",
}


class Fault(NamedTuple):
    """One thing that the audit found.

    `party` is a connector, `trusted` or `everybody`; '' where the sources are nobody's in particular. `rules` are those of the dump that do
    it, empty where none does. `spans` are the places of the plan that say otherwise. `fact` is the fault in words, where sources and rules
    alone do not say it.
    """

    kind: Kind
    service: str = ""
    ports: tuple[PortRange, ...] = ()
    family: Family | None = None
    party: str = ""
    sources: Runs = ()
    rules: tuple[Rule, ...] = ()
    doubts: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    fact: str = ""
    where: str = ""  # the address of the server that it is about, where several were asked about
    is_rest: bool = False  # the sources are everybody but those whom the plan lets in
    is_half: bool = False  # the rule is for both families, and what is said of it is true of this one alone


class _Door(NamedTuple):
    """What the plan says about one service and family. `parties` are in the plan's order, with the places that name them."""

    service: Service
    ports: tuple[PortRange, ...]
    family: Family
    parties: tuple[tuple[str, Runs, tuple[Span, ...]], ...]
    wanted: Runs
    where: str

    def fault(self, kind: Kind, sources: Runs, rules: tuple[Rule, ...] = ()) -> Fault:
        """A fault at this door. A rule in doubt was read as two, one that accepts and one that denies; it is told once."""
        service = self.service
        rules = tuple({(rule.text, rule.line, rule.comment): rule for rule in rules}.values())
        rest = bool(self.wanted) and sources == subtract_runs(EVERYTHING[self.family], self.wanted)
        return Fault(kind, service.name, self.ports, self.family, "", sources, rules, (), (service.decided,), "", self.where, rest)


def audit_services(plan: Plan, ruleset: Ruleset, asked: Sequence[tuple[str, Destinations]]) -> Iterator[Fault]:
    """Every service of the plan, port by port and family by family. `asked` are the server's addresses, with words for each."""
    runs: dict[int, Runs] = {}  # rules of several services share one tuple of sources
    ours = _find_ours(ruleset, plan.site)
    for service in plan.services:
        groups = group_ports(ruleset, service.ports)
        if not groups:
            yield Fault(Kind.UNREAD, service.name, service.ports, spans=(service.decided,))
        for family in Family:
            rules = [rule for rule in plan.rules if rule.service == service.name and rule.family is family]
            for rule in rules:
                if id(rule.sources) not in runs:
                    runs[id(rule.sources)] = prefix_runs(rule.sources, family)
            parties = tuple((rule.connector or "trusted", runs[id(rule.sources)], rule.origins) for rule in rules)
            wanted = unite_runs(*(sources for _, sources, _ in parties), ())
            for ports in groups:
                for where, destinations in asked:
                    question = Question(family, ports[0].first, destinations.get(family), path_of(ruleset))
                    door = _Door(service, ports, family, parties, wanted, where)
                    yield from _judge_door(door, trace(ruleset, question), ours)


def path_of(ruleset: Ruleset) -> str:
    """The way of packets to the server: beyond this host, where the rules are those of a firewall in front of it."""
    return "forward" if {stage.path for stage in ruleset.stages} == {"forward"} else "input"


def group_ports(ruleset: Ruleset, ports: tuple[PortRange, ...]) -> list[tuple[PortRange, ...]]:
    """The ports in groups that no rule tells apart; those that the ruleset says nothing of are left out."""
    named = sorted({rule.match.ports for chain in ruleset.chains.values() for rule in chain.rules if rule.match.ports is not None})
    spoken = [ruleset.ports] if ruleset.ports is not None else []
    edges = sorted({edge for ranges in (*named, *spoken, ports) for port in ranges for edge in (port.first, port.last + 1)})
    groups: dict[tuple[int, ...], list[PortRange]] = {}
    for port in ports:
        inside = [port.first, *(edge for edge in edges if port.first < edge <= port.last), port.last + 1]
        for first, after in pairwise(inside):
            if all(_holds(ranges, first) for ranges in spoken):
                alike = tuple(number for number, ranges in enumerate(named) if _holds(ranges, first))
                groups.setdefault(alike, []).append(PortRange(first, after - 1))
    return [tuple(group) for group in groups.values()]


def _holds(ranges: tuple[PortRange, ...], number: int) -> bool:
    return any(port.first <= number <= port.last for port in ranges)


_NEVER_OUTSIDE: Final = {Family.V4: (Run(0x7F << 24, (0x80 << 24) - 1),), Family.V6: (Run(1, 1),)}  # RFC 1122, 3.2.1.3; RFC 4291, 2.5.3


def _strangers(door: _Door, segment: Segment) -> Runs:
    """Those of a segment whom the plan does not let in; none where only loopback is left, from which no packet comes from outside."""
    others = subtract_runs(segment.sources, door.wanted)
    return others if subtract_runs(others, _NEVER_OUTSIDE[door.family]) else ()


class _Ours(NamedTuple):
    """The rules in chains of the site, by identity, and whether the site's guard is among them: behind it, other rules may be wide."""

    site: str
    rules: frozenset[int]
    guarded: bool


def _find_ours(ruleset: Ruleset, site: str) -> _Ours:
    layouts = {chain.name: our_layout(chain.name, site) for chain in ruleset.chains.values()}
    rules = (id(rule) for chain in ruleset.chains.values() if layouts[chain.name] for rule in chain.rules)
    return _Ours(site, frozenset(rules), "guard" in layouts.values())


def _judge_door(door: _Door, segments: Sequence[Segment], ours: _Ours) -> Iterator[Fault]:
    for segment in segments:
        if segment.entry is Entry.CLOSED:
            yield from _judge_closed(door, segment)
        elif segment.entry is Entry.UNKNOWN:
            yield from _judge_unknown(door, segment)
        elif door.service.access is Access.ALLOWLIST and (extra := _strangers(door, segment)):
            yield from _judge_extra(door, segment, extra, ours)


def _judge_extra(door: _Door, segment: Segment, extra: Runs, ours: _Ours) -> Iterator[Fault]:
    """Those whom this segment lets in and the plan does not. What our own chains accept, others behind them may accept as well."""
    own = [rule for rule in segment.rules if rule.act in _LETTING_IN and id(rule) in ours.rules and rule.match.sources is not None]
    own += [rule for rule in segment.rules if rule.act is Act.ACCEPT and id(rule) in ours.rules and rule.match.sources is None]
    left = extra
    for rule in own:
        taken = _taken(rule, left)
        if taken:
            yield door.fault(Kind.EXTRA, taken, (rule,))
            left = subtract_runs(left, taken)
    if left:
        yield from _blame(door, _relevant(segment.deciders, left), left, ours)


def _blame(door: _Door, rules: tuple[Rule, ...], extra: Runs, ours: _Ours) -> Iterator[Fault]:
    """A fault for the rules that are too wide, and one for those that let in nobody else; long lists of rules are not told apart."""
    if len(rules) < 2 or len(rules) > _MOST_APART:
        yield door.fault(_kind_of_extra(rules, door.wanted, ours), extra, rules)
        return
    found: dict[Kind, tuple[Runs, tuple[Rule, ...]]] = {}
    for rule in rules:
        taken = _taken(rule, extra)
        extra = subtract_runs(extra, taken)
        kind = _kind_of_extra((rule,), door.wanted, ours)
        sources, others = found.get(kind, ((), ()))
        if taken:
            found[kind] = unite_runs(sources, taken), (*others, rule)
    for kind, (sources, others) in found.items():
        yield door.fault(kind, sources, others)
    if extra:
        yield door.fault(Kind.EXTRA, extra, rules)


def _taken(rule: Rule, sources: Runs) -> Runs:
    return sources if rule.match.sources is None else intersect_runs(sources, rule.match.sources)


def _judge_closed(door: _Door, segment: Segment) -> Iterator[Fault]:
    """Those whom the plan lets in and this segment keeps out."""
    rules = _relevant(segment.deciders, segment.sources)
    for party, sources, spans in door.parties:
        if kept_out := intersect_runs(segment.sources, sources):
            yield door.fault(Kind.MISSING, kept_out, rules)._replace(party=party, spans=spans)
    if door.service.access is Access.PUBLIC and (others := subtract_runs(segment.sources, door.wanted)):
        # A host bans a few from what it offers to everybody: that is its own business, and still worth a note.
        most = count_numbers(others) * 2 > 1 << door.family.bits
        yield door.fault(Kind.MISSING if most else Kind.BANNED, others, rules)._replace(party=EVERYBODY if most else "")


def _judge_unknown(door: _Door, segment: Segment) -> Iterator[Fault]:
    for party, sources, spans in door.parties:
        if perhaps := intersect_runs(segment.sources, sources):
            fault = door.fault(Kind.UNKNOWN, perhaps, segment.deciders)
            yield fault._replace(party=party, doubts=segment.doubts, spans=spans)
    if door.service.access is not Access.ADDITIVE and (others := _strangers(door, segment)):
        yield door.fault(Kind.UNKNOWN, others, segment.deciders)._replace(doubts=segment.doubts)


def _relevant(rules: tuple[Rule, ...], sources: Runs) -> tuple[Rule, ...]:
    """The rules of a run of neighbours that speak about the sources at all."""
    return tuple(rule for rule in rules if rule.match.sources is None or intersect_runs(rule.match.sources, sources))


def _kind_of_extra(rules: Sequence[Rule], wanted: Runs, ours: _Ours) -> Kind:
    """A rule of somebody else that lets in both those of the plan and others is an old one that is too wide."""
    if ours.guarded:
        return Kind.EXTRA
    foreign = [rule for rule in rules if id(rule) not in ours.rules and not is_ours(rule.comment, ours.site) and not is_policy(rule)]
    wide = any(rule.match.sources is None or intersect_runs(wanted, rule.match.sources) for rule in foreign)
    return Kind.OVER_WIDE if wide and wanted else Kind.EXTRA


def is_policy(rule: Rule) -> bool:
    """Whether it stands for what happens where no rule decides."""
    return not rule.line and not rule.comment and rule.text.startswith("policy of `") and rule.act in (Act.ACCEPT, Act.DENY)
