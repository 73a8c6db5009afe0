"""Who gets in, according to a ruleset: all sources at once, divided by what happens to them."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from generator.net import Family
from generator.net.runs import EVERYTHING, Runs, has_number, intersect_runs, unite_runs
from generator.readers.model import TRACKED, TRACKING, TRANSLATED, UNTRACKED, Act, Chain, Match, Rule, Ruleset, Stage, sent_to
from generator.readers.packets import ANYTHING, Entry, Packet, Region
from generator.readers.walk import Walk, policy_rule

__all__ = ["Entry", "Question", "Segment", "find_rule", "judge", "trace"]


class Segment(NamedTuple):
    """Sources that share a fate. `rules` touched them, each a part of the sources at least; `doubts` say why it is unknown.

    `deciders` are the rules whose verdict it is: the last that accepted them or the one that refused them, a policy as a rule of its own;
    of unknown ones, the doubtful rules. More than one where neighbouring rules say the same, or where `judge` put fates together.
    `otherwise` is what becomes of unknown ones if no doubtful rule matches them; UNKNOWN where that can't be told either.
    """

    sources: Runs
    entry: Entry
    rules: tuple[Rule, ...]
    doubts: tuple[str, ...] = ()
    deciders: tuple[Rule, ...] = ()
    otherwise: Entry = Entry.UNKNOWN


class Question(NamedTuple):
    """A new connection from anywhere to one port. `destination` is an address of the server as an integer, None if it isn't known.

    `path` is `forward` where the rules are those of a firewall in front of the server.
    """

    family: Family
    port: int
    destination: int | None = None
    path: str = "input"


def judge(ruleset: Ruleset, question: Question) -> tuple[Segment, ...]:
    """Divide all sources by what happens to a new connection. The segments are disjoint, and together they are every address.

    Segments of one fate and the same doubts are one, so the same rules in another order or division give the same sources.
    """
    return tuple(_gather(trace(ruleset, question), lambda segment: _fate(segment)._replace(deciders=(), otherwise=Entry.UNKNOWN)))


def trace(ruleset: Ruleset, question: Question) -> tuple[Segment, ...]:
    """As `judge`, with a segment for each deciding rule (or run of neighbouring rules that say the same)."""
    if question.family not in ruleset.families:
        return (Segment(EVERYTHING[question.family], Entry.UNKNOWN, (), (f"nothing was read about IPv{question.family.value}",)),)
    walk = Walk(ruleset, question.family, "input")
    first = tuple(walk_stages(ruleset, question, walk))
    if not walk.forks:
        return first
    # A packet was sent on to an address that may be this host's or another's: what both ways agree about is known.
    second = tuple(walk_stages(ruleset, question, Walk(ruleset, question.family, "forward")))
    return tuple(_gather(_overlay(first, second, walk.forks), _fate))


def walk_stages(ruleset: Ruleset, question: Question, walk: Walk) -> Iterator[Segment]:
    """What becomes of every source on one walk through all stages."""
    packet = Packet(question.port, question.destination, question.path, facts=frozenset({sent_to(question.port)}))
    pending = [Region(EVERYTHING[question.family], packet)]
    done: list[Segment] = []
    for stage in ruleset.stages:
        if stage.family in (None, question.family):
            pending = [_track(region, stage) for region in pending]
            pending = [passed for region in pending for passed in _pass_stage(stage, region, walk, ruleset.chains.get(stage.chain), done)]
    return _gather([*done, *(_settle(region, Entry.OPEN) for region in pending)], _fate)


def _track(region: Region, stage: Stage) -> Region:
    """Connection tracking sees every packet that it wasn't told to leave alone, between the stages."""
    packet = region.packet
    if stage.place < TRACKING or TRACKED in packet.facts or (UNTRACKED in packet.facts and UNTRACKED not in packet.unsure):
        return region
    unsure = packet.unsure | ({TRACKED} if UNTRACKED in packet.unsure else frozenset())
    return region._replace(packet=packet._replace(facts=packet.facts | {TRACKED}, unsure=unsure))


def _pass_stage(stage: Stage, region: Region, walk: Walk, chain: Chain | None, done: list[Segment]) -> Iterator[Region]:
    """The parts of a region that get past one stage; those that don't are settled."""
    facts = region.packet.facts
    # A connection's destination is translated once: the chains before routing that come after are not asked.
    passed_by = stage.translates and (TRACKED not in facts or (TRANSLATED in facts and stage.place[0] == TRACKING[0]))
    if (stage.path and stage.path != region.packet.path) or passed_by:
        yield region
        return
    if stage.translates and TRACKED in region.packet.unsure:
        stage = stage._replace(doubt="whether its connection is tracked, and so translated, depends on that")
    for left in walk.enter(stage.chain, region._replace(deciders=()), 0):
        found, act = left.region, left.act
        if act is Act.RETURN and chain is not None:  # the bottom of a stage is its policy
            act, found = chain.otherwise, found._replace(deciders=(policy_rule(chain),))
        if stage.doubt:
            yield _doubt_stage(region, found, act, stage)
        elif act is Act.DENY:
            done.append(_settle(found, Entry.CLOSED))
        else:
            yield _admit(region, found, chain)


def _admit(before: Region, after: Region, chain: Chain | None) -> Region:
    """A region behind a stage. A rule that accepted it says more than the policy of a later stage."""
    by_policy = not after.deciders or (chain is not None and after.deciders == (policy_rule(chain),))
    maybe = after.maybe - {Entry.OPEN}  # whether a doubtful rule of this stage would have accepted it no longer matters
    return after._replace(
        maybe=maybe,
        doubts=after.doubts if maybe or after.packet != before.packet else before.doubts,
        suspects=after.suspects if maybe else before.suspects,
        deciders=before.deciders if by_policy and before.deciders else after.deciders,
    )


def _doubt_stage(before: Region, after: Region, act: Act, stage: Stage) -> Region:
    """A stage that may not be passed at all: whatever it decides is a doubt."""
    denies = frozenset({Entry.CLOSED}) if act is Act.DENY else frozenset()
    maybe = before.maybe | denies | (after.maybe - {Entry.OPEN}) | (ANYTHING if after.packet != before.packet else frozenset())
    if maybe == before.maybe:
        return before._replace(sources=after.sources)
    suspects = (*after.suspects, *after.deciders)
    return after._replace(
        packet=before.packet, maybe=maybe, doubts=(*after.doubts, stage.doubt), suspects=suspects, deciders=before.deciders
    )


def _settle(region: Region, entry: Entry) -> Segment:
    if region.maybe - {entry}:
        return Segment(region.sources, Entry.UNKNOWN, region.rules, region.doubts, tuple(dict.fromkeys(region.suspects)), entry)
    return Segment(region.sources, entry, region.rules, (), region.deciders)


class _Fate(NamedTuple):
    """What segments that are put together have in common."""

    entry: Entry
    doubts: tuple[str, ...]
    deciders: tuple[Rule, ...]
    otherwise: Entry


def _fate(segment: Segment) -> _Fate:
    return _Fate(segment.entry, tuple(sorted(set(segment.doubts))), segment.deciders, segment.otherwise)


def _gather(segments: Iterable[Segment], key: Callable[[Segment], _Fate]) -> Iterator[Segment]:
    """Segments of one key become one: open ones, closed ones, unknown ones, each by their lowest address."""
    by_key: dict[_Fate, list[Segment]] = {}
    for segment in segments:
        by_key.setdefault(key(segment), []).append(segment)
    joined = [
        Segment(
            unite_runs(*(segment.sources for segment in same)),
            fate.entry,
            tuple(dict.fromkeys(rule for segment in same for rule in segment.rules)),
            fate.doubts,
            tuple(dict.fromkeys(rule for segment in same for rule in segment.deciders)),
            fate.otherwise,
        )
        for fate, same in by_key.items()
    ]
    order = tuple(Entry)
    return iter(sorted(joined, key=lambda segment: (order.index(segment.entry), segment.sources)))


def _overlay(first: Iterable[Segment], second: Iterable[Segment], forks: Iterable[str]) -> Iterator[Segment]:
    """What two divisions of all sources agree about; the rest is unknown."""
    others = tuple(second)
    for one in first:
        for other in others:
            if common := intersect_runs(one.sources, other.sources):
                rules = tuple(dict.fromkeys((*one.rules, *other.rules)))
                deciders = tuple(dict.fromkeys((*one.deciders, *other.deciders)))
                agreed = one.entry is other.entry and one.entry is not Entry.UNKNOWN
                doubts = () if agreed else tuple(dict.fromkeys((*one.doubts, *other.doubts, *forks)))
                yield Segment(common, one.entry if agreed else Entry.UNKNOWN, rules, doubts, deciders)


def find_rule(segment: Segment, family: Family, address: int) -> tuple[Rule, ...]:
    """The rules of a segment that speak about one address of it."""
    return tuple(rule for rule in segment.rules if _may_match_source(rule.match, family, address))


def _may_match_source(match: Match, family: Family, address: int) -> bool:
    if match.family is not None and match.family is not family:
        return False
    return match.sources is None or has_number(match.sources, address)
