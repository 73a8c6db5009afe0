"""Which rules a new connection gets to at all: the others stand behind rules that have decided everything before them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from generator.net import Family
from generator.net.runs import EVERYTHING, Runs, has_number, intersect_runs, join_runs, subtract_runs
from generator.readers.judge import Question, walk_stages
from generator.readers.model import Act, Match, Rule, Ruleset
from generator.readers.packets import Left, Region
from generator.readers.walk import Walk


class Unreached(NamedTuple):
    """A rule that no source gets to, and the chain it is in. `entered` says whether any source gets into the chain."""

    chain: str
    rule: Rule
    entered: bool


def find_unreached(ruleset: Ruleset, questions: Iterable[Question]) -> tuple[Unreached, ...]:
    """The rules for the ports of the questions that no source at all gets to, in the order of the chains.

    A rule that names no ports is for all of them. Two rules that say the same are two: the second of a list that was loaded twice is here.
    Rules that ask what others did to a packet are left out: what they are for may never come.
    """
    asked = [question for question in questions if question.family in ruleset.families]
    reached: set[int] = set()
    entered: set[str] = set()
    for question in asked:
        for path in ("input", "forward"):  # the second where it is not known which of them a packet goes
            walk = _Watch(ruleset, question.family, path, reached, entered)
            tuple(walk_stages(ruleset, question, walk))
            if not walk.forks:
                break
    return tuple(
        Unreached(chain.name, rule, chain.name in entered)
        for chain in ruleset.chains.values()
        for rule in chain.rules
        if id(rule) not in reached and any(_is_for(rule.match, question) for question in asked)
    )


def _is_for(match: Match, question: Question) -> bool:
    if match.facts or match.mark is not None or match.sources == () or match.family not in (None, question.family):
        return False
    named = match.destinations
    here = named is None or question.destination is None or has_number(named, question.destination)
    return here and (match.ports is None or any(port.first <= question.port <= port.last for port in match.ports))


class _Watch(Walk):
    """A walk that remembers every chain that some source got into and, by identity, every rule that one got to."""

    def __init__(self, ruleset: Ruleset, family: Family, assumed: str, reached: set[int], entered: set[str]) -> None:
        super().__init__(ruleset, family, assumed)
        self._everything = EVERYTHING[family]
        self._reached = reached
        self._entered = entered

    def enter(self, name: str, region: Region, depth: int) -> list[Left]:
        """As the walk does it."""
        self._entered.add(name)
        return super().enter(name, region, depth)

    def _apply(self, batch: tuple[Rule, ...], region: Region, gone: list[Left], depth: int) -> list[Region]:
        self._reached.update(_find_reached(batch, region.sources, self._everything, self._reached))
        return super()._apply(batch, region, gone, depth)


def _find_reached(batch: Sequence[Rule], sources: Runs, everything: Runs, known: set[int]) -> set[int]:
    """The rules of a batch that match sources which no rule before them in the batch has taken."""
    if len(batch) == 1:
        rule = batch[0]
        return {id(rule)} if rule.match.sources is None or intersect_runs(rule.match.sources, sources) else set()
    if all(id(rule) in known for rule in batch):
        return set()
    named = [rule.match.sources if rule.match.sources is not None else everything for rule in batch]
    shared = _overlaps(named)
    found: set[int] = set()
    left = sources
    for rule, own in zip(batch, named, strict=True):
        apart = not intersect_runs(own, shared)
        if intersect_runs(own, sources if apart else left):
            found.add(id(rule))
        if not apart and rule.act is not Act.JUMP:  # what a jump takes may come back
            left = subtract_runs(left, own)
    return found


def _overlaps(sets: Iterable[Runs]) -> Runs:
    """The addresses that are in more than one of the sets."""
    both: list[tuple[int, int]] = []
    last = -1
    for run in sorted(run for runs in sets for run in runs):
        if run.first <= last:
            both.append((run.first, min(run.last, last)))
        last = max(last, run.last)
    return join_runs(both)
