"""Who gets in: by a plan, and by what was read back."""

from collections.abc import Iterable

from generator.diagnostics import Report
from generator.net import Family, parse_prefix
from generator.net.runs import EVERYTHING, Runs, prefix_runs, run_prefixes, unite_runs
from generator.plan import Access, Plan, Service
from generator.readers.judge import Entry, Question, judge
from generator.readers.model import Ruleset
from generator.readers.outside import Outside
from generator.readers.registry import Dump, find_reader, read_host

Answers = dict[tuple[Family, int], Runs]
SERVER = ("10.20.0.25", "2001:db8:a::25")


def questions(services: Iterable[Service]) -> list[tuple[Family, int]]:
    """Both families and the ends of every range of ports."""
    ends = sorted({end for item in services for ports in item.ports for end in ports})
    return [(family, port) for family in Family for port in ends]


def meant(plan: Plan, services: Iterable[Service], *own: str) -> Answers:
    """Who gets in by a plan to some of its services; `own` networks as well."""
    answers: Answers = {}
    extra = tuple(map(parse_prefix, own))
    for item in services:
        for family, port in questions([item]):
            rules = (rule.sources for rule in plan.rules if rule.service == item.name and rule.family is family)
            let_in = unite_runs(*(prefix_runs(sources, family) for sources in (*rules, extra)))
            answers[family, port] = EVERYTHING[family] if item.access is Access.PUBLIC else let_in
    return answers


def read_back(reader: str, text: str, *, path: str = "dump", outside: Outside | None = None) -> tuple[Ruleset | None, list[str]]:
    """The ruleset that a reader makes of a text, and its findings, each as code and message."""
    report = Report()
    ruleset = find_reader(reader)(text, path, outside or Outside(), report)
    return ruleset, [f"{finding.code} {finding.message}" for finding in report.findings]


def read_files(*texts: tuple[str, str]) -> tuple[Ruleset | None, list[str]]:
    """The ruleset of several files by name and text, each of which is recognised; and the findings."""
    report = Report()
    ruleset = read_host([Dump(path, text) for path, text in texts], Outside(), report)
    return ruleset, [f"{finding.code} {finding.message}" for finding in report.findings]


def let_in(ruleset: Ruleset | None, asked: Iterable[tuple[Family, int]], *, server: tuple[str, str] = SERVER) -> Answers:
    """Who gets in by a ruleset. Nothing may be unknown."""
    assert ruleset is not None
    answers: Answers = {}
    for family, port in asked:
        found = by_entry(ruleset, family, port, server=server)
        assert Entry.UNKNOWN not in found
        answers[family, port] = found.get(Entry.OPEN, ())
    return answers


def by_entry(ruleset: Ruleset, family: Family, port: int, *, server: tuple[str, str] = SERVER) -> dict[Entry, Runs]:
    """All sources by what becomes of them."""
    destination = parse_prefix(server[0 if family is Family.V4 else 1]).first
    found: dict[Entry, Runs] = {}
    for segment in judge(ruleset, Question(family, port, destination)):
        found[segment.entry] = unite_runs(found.get(segment.entry, ()), segment.sources)
    return found


def shown(ruleset: Ruleset | None, family: Family, port: int, *, server: tuple[str, str] = SERVER) -> dict[str, str]:
    """The same in words: `everybody`, or the prefixes; of more than five, `the rest`."""
    assert ruleset is not None
    words = {}
    for entry, runs in by_entry(ruleset, family, port, server=server).items():
        prefixes = run_prefixes(runs, family)
        words[entry.value] = (
            "everybody" if runs == EVERYTHING[family] else " ".join(map(str, prefixes)) if len(prefixes) < 6 else "the rest"
        )
    return words


def doubts(ruleset: Ruleset | None, family: Family, port: int, *, server: tuple[str, str] = SERVER) -> list[str]:
    """Why something is unknown."""
    assert ruleset is not None
    destination = parse_prefix(server[0 if family is Family.V4 else 1]).first
    return [doubt for segment in judge(ruleset, Question(family, port, destination)) for doubt in segment.doubts]
