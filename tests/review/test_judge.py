"""Judging all sources at once says the same as walking one packet through the rules, for every way a doubt could turn out."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Run, has_number, join_runs, subtract_runs, unite_runs
from generator.readers.judge import Entry, Question, judge, trace
from generator.readers.model import LOCAL, TRANSLATED, Act, Chain, Fact, Mark, Match, Rule, Ruleset, Stage

SMALL = 16  # only the lowest addresses differ; the rest behave like the last of them
PORTS = (25, 993)
NAMES = ("one", "two", "three")


FACT = "in the set x"
ENDS = (Act.ACCEPT, Act.DENY, Act.RETURN)
CHANGES = (Act.NOTE, Act.MARK, Act.REDIRECT)


@st.composite
def rules(draw: st.DrawFn, below: tuple[str, ...]) -> Rule:
    pairs = draw(st.none() | st.lists(st.tuples(st.integers(0, SMALL - 1), st.integers(0, 4)), min_size=1, max_size=3))
    sources = None if pairs is None else join_runs((first, min(first + more, SMALL - 1)) for first, more in pairs)
    ports = draw(st.sampled_from((None, None, (PortRange(25, 25),), (PortRange(20, 993),))))
    doubts = draw(st.sampled_from(((), (), (), ("a",), ("b",))))
    facts = draw(st.sampled_from(((), (), (), (Fact(FACT),), (Fact(FACT, False),), (Fact(TRANSLATED),), (Fact(LOCAL, False),))))
    mark = draw(st.sampled_from((None, None, None, Mark(1, 1), Mark(0, 3, True))))
    match = Match(Family.V4, sources, None, ports, doubts, facts, mark)
    act = draw(st.sampled_from((*ENDS, *ENDS, *CHANGES, *((Act.JUMP, Act.GOTO) * 2 if below else ()))))
    if act is Act.REDIRECT:
        path, destination = draw(st.sampled_from((("input", None), ("forward", 7), ("either", 9))))
        return Rule(match, act, path, draw(st.sampled_from((None, *PORTS))), destination=destination)
    if act is Act.MARK:
        return Rule(match, act, mark=draw(st.sampled_from((Mark(1), Mark(2, 2), Mark(0, 1)))))
    return Rule(match, act, FACT if act is Act.NOTE else draw(st.sampled_from(below)) if act in (Act.JUMP, Act.GOTO) else "")


@st.composite
def rulesets(draw: st.DrawFn) -> Ruleset:
    chains = {}
    for position, name in enumerate(NAMES):
        chains[name] = Chain(name, tuple(draw(st.lists(rules(NAMES[position + 1 :]), max_size=4))))
    for name in ("first", "second", "third"):
        policy = draw(st.sampled_from((Act.ACCEPT, Act.DENY)))
        chains[name] = Chain(name, tuple(draw(st.lists(rules(NAMES), max_size=5))), policy)
    stages = (Stage("first", "first"), Stage("second", "second", "input"), Stage("third", "third", "forward"))
    return Ruleset("random", stages, chains, (Family.V4,))


class Probe:
    """One packet, one way that the doubts turn out, step by step."""

    def __init__(self, ruleset: Ruleset, source: int, port: int, truth: dict[str, bool], fork: str) -> None:
        self.ruleset, self.source, self.port, self.truth, self.fork = ruleset, source, port, truth, fork
        self.path, self.facts, self.mark = "input", set[str](), 0

    def walk(self, name: str) -> Act:
        for rule in self.ruleset.chains[name].rules:
            if not self.matches(rule.match):
                continue
            if rule.act in CHANGES:
                self.change(rule)
                if rule.act is Act.REDIRECT:
                    return Act.STOP
            elif rule.act not in (Act.JUMP, Act.GOTO):
                return rule.act
            else:
                inner = self.walk(rule.target)
                if inner is not Act.RETURN or rule.act is Act.GOTO:
                    return inner
        return Act.RETURN

    def matches(self, match: Match) -> bool:
        facts = {*self.facts, *([LOCAL] if self.path == "input" else [])}
        return (
            (match.sources is None or has_number(match.sources, self.source))
            and (match.ports is None or any(run.first <= self.port <= run.last for run in match.ports))
            and all(self.truth[doubt] for doubt in match.doubts)
            and all((fact.name in facts) == fact.wanted for fact in match.facts)
            and (match.mark is None or (self.mark & match.mark.mask == match.mark.value) != match.mark.inverted)
        )

    def change(self, rule: Rule) -> None:
        if rule.act is Act.NOTE:
            self.facts.add(rule.target)
        elif rule.mark is not None:
            self.mark = (self.mark & ~rule.mark.mask) | (rule.mark.value or 0)
        else:
            self.facts.add(TRANSLATED)
            self.port = rule.port or self.port
            self.path = self.fork if rule.target == "either" else rule.target

    def meet(self) -> Entry:
        for stage in self.ruleset.stages:
            if stage.path in ("", self.path):
                act = self.walk(stage.chain)
                if (self.ruleset.chains[stage.chain].otherwise if act is Act.RETURN else act) is Act.DENY:
                    return Entry.CLOSED
        return Entry.OPEN


def outcomes(ruleset: Ruleset, source: int, port: int) -> set[Entry]:
    """What a packet meets, for every way that the doubts could turn out."""
    ways = product((False, True), (False, True), ("input", "forward"))
    return {Probe(ruleset, source, port, {"a": a, "b": b}, fork).meet() for a, b, fork in ways}


@given(rulesets(), st.sampled_from(PORTS))
def test_a_verdict_holds_however_the_doubts_turn_out(ruleset: Ruleset, port: int) -> None:
    segments = judge(ruleset, Question(Family.V4, port))
    for source in range(SMALL + 1):
        (found,) = [segment for segment in segments if has_number(segment.sources, source)]

        assert found.entry is Entry.UNKNOWN or outcomes(ruleset, source, port) == {found.entry}


@given(rulesets(), st.sampled_from(PORTS))
def test_without_a_doubt_nothing_is_unknown(ruleset: Ruleset, port: int) -> None:
    sure = {
        name: chain._replace(rules=tuple(rule for rule in chain.rules if not rule.match.doubts and rule.target != "either"))
        for name, chain in ruleset.chains.items()
    }
    segments = judge(ruleset._replace(chains=sure), Question(Family.V4, port, 5))

    assert Entry.UNKNOWN not in {segment.entry for segment in segments}


@given(rulesets(), st.sampled_from(PORTS))
def test_the_parts_of_a_trace_have_one_decider_each_that_speaks_of_all_of_them(ruleset: Ruleset, port: int) -> None:
    for segment in trace(ruleset, Question(Family.V4, port)):
        named = [rule.match.sources or EVERYTHING[Family.V4] for rule in segment.deciders]

        assert segment.entry is Entry.UNKNOWN or subtract_runs(segment.sources, unite_runs(*named)) == ()


@given(rulesets(), st.sampled_from(PORTS))
def test_the_segments_are_every_address_once(ruleset: Ruleset, port: int) -> None:
    segments = judge(ruleset, Question(Family.V4, port))
    runs = [run for segment in segments for run in segment.sources]

    assert unite_runs(*(segment.sources for segment in segments)) == EVERYTHING[Family.V4]
    assert sum(last - first + 1 for first, last in runs) == 1 << 32


def test_a_family_that_was_not_read_is_unknown() -> None:
    ruleset = Ruleset("IPv4 alone", (), {}, (Family.V4,))

    assert [segment.entry for segment in judge(ruleset, Question(Family.V6, 993))] == [Entry.UNKNOWN]


def test_a_redirected_port_is_judged_at_the_port_it_goes_to() -> None:
    chains = {
        "nat": Chain("nat", (Rule(Match(ports=(PortRange(993, 993),)), Act.REDIRECT, "input", 1993),), Act.ACCEPT),
        "input": Chain("input", (Rule(Match(ports=(PortRange(1993, 1993),)), Act.ACCEPT),), Act.DENY),
    }
    ruleset = Ruleset("redirect", (Stage("nat", "nat"), Stage("input", "input", "input")), chains, (Family.V4,))

    assert [segment.entry for segment in judge(ruleset, Question(Family.V4, 993))] == [Entry.OPEN]
    assert [segment.entry for segment in judge(ruleset, Question(Family.V4, 143))] == [Entry.CLOSED]


def test_a_port_that_goes_to_another_host_does_not_pass_the_input_stage() -> None:
    chains = {
        "nat": Chain("nat", (Rule(Match(ports=(PortRange(993, 993),)), Act.REDIRECT, "forward", 993),), Act.ACCEPT),
        "input": Chain("input", (), Act.DENY),
        "forward": Chain("forward", (), Act.ACCEPT),
    }
    stages = (Stage("nat", "nat"), Stage("input", "input", "input"), Stage("forward", "forward", "forward"))
    ruleset = Ruleset("containers", stages, chains, (Family.V4,))

    assert [segment.entry for segment in judge(ruleset, Question(Family.V4, 993))] == [Entry.OPEN]


def test_jumps_in_a_circle_are_unknown() -> None:
    chains = {
        "input": Chain("input", (Rule(Match(), Act.JUMP, "a"),), Act.DENY),
        "a": Chain("a", (Rule(Match(), Act.JUMP, "b"),)),
        "b": Chain("b", (Rule(Match(), Act.JUMP, "a"),)),
    }
    segments = judge(Ruleset("circle", (Stage("input", "input"),), chains, (Family.V4,)), Question(Family.V4, 993))

    assert [segment.entry for segment in segments] == [Entry.UNKNOWN]


def test_runs_of_one_address_and_of_all_are_kept() -> None:
    assert join_runs([(5, 5), (6, 9), (0, 1)]) == (Run(0, 1), Run(5, 9))
