"""Why an address gets in, or does not: the rule, the merged prefix and the YAML lines; or the nearest rule, and what differs."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from generator.checks.expectations import check_expectations
from generator.compile import TRUSTED, Compiled, compile_site
from generator.compile.lists import SourceList
from generator.diagnostics import Report, Severity, Span
from generator.load import load_site
from generator.net import Family, Prefix, PrefixError, parse_prefix
from generator.plan import Access, Plan, Rule, Service
from generator.source import SourceFile
from generator.verdict import Verdict, decide

MOST_ORIGINS: Final = 20  # one address can stand in thousands of lines

_Index = dict[tuple[Family, int], dict[int, list[int]]]  # family and length → first address → positions in the list


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that lets the address in, the merged prefix that holds it, and the places that prefix was made from."""

    rule: str
    prefix: Prefix
    origins: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """The rule that comes closest to letting the address in. `differs` is `service`, `address` or `family`.

    `distance` says how far the address is from the prefix, in addresses; only where the address differs.
    """

    rule: str
    service: str
    prefix: Prefix
    differs: str
    distance: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict about one address and one service. `service` is None for a port that no service of the plan has."""

    address: Prefix
    asked: str
    service: Service | None
    verdict: Verdict
    reason: str
    matches: tuple[Match, ...]
    nearest: Nearest | None


class QuestionError(ValueError):
    """A question that no plan could answer. `str()` is the finding's message."""

    def __init__(self, message: str, code: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Places:
    """Where each written prefix of a site stands, for looking up many addresses. Made once by `index_places`."""

    by_party: dict[str, tuple[tuple[SourceList, _Index], ...]]


def open_site(argument: str, networks: Sequence[str], report: Report) -> Compiled | None:
    """Read and compile one site without judging its plan, see `judge_expectations`. None after an error."""
    given = load_site(argument, tuple(networks), report)
    compiled = None if given is None else compile_site(given, report)
    return None if report.has_errors else compiled


def judge_expectations(compiled: Compiled) -> Report:
    """Expectations that the plan does not meet, as warnings: they stop nobody who asks why."""
    failed, judged = Report(), Report()
    check_expectations(compiled, failed)
    judged.remember(compiled.site.source.path, compiled.site.source.text)
    judged.extend(finding._replace(severity=Severity.WARNING) for finding in failed.findings)
    return judged


def index_places(compiled: Compiled) -> Places:
    """Index the written prefixes of every connector and of the trusted networks."""
    return Places({name: tuple((listed, _index(listed)) for listed in gathered.lists) for name, gathered in compiled.gathered.items()})


def _index(listed: SourceList) -> _Index:
    index: _Index = {}
    for number, written in enumerate(listed.prefixes):
        index.setdefault((written.family, written.length), {}).setdefault(written.first, []).append(number)
    return index


def ask(plan: Plan, places: Places, source: str, asked: str) -> Answer:
    """Answer a question as a user types it: an address, and a service or a port.

    Raises:
        QuestionError: one of the two cannot be understood.
    """
    try:
        address = parse_prefix(source)
    except PrefixError as error:
        raise QuestionError(str(error), error.code, error.hint) from error
    if address.length != address.family.bits:
        raise QuestionError(f"`{source}` is a network, not an address", "PLN042", "ask about one address")
    return explain(plan, places, address, asked)


def answer_lines(plan: Plan, places: Places, file: SourceFile, report: Report) -> list[Answer]:
    """Answer a file of questions; a line that cannot be understood becomes a finding."""
    answers: list[Answer] = []
    for number, line in enumerate(file.text.split("\n"), start=1):
        question = line.split("#", 1)[0]
        words = question.split()
        if not words:
            continue
        try:
            if len(words) != 2:
                raise QuestionError(f"`{question.strip()}` is no question", "PLN042", "write an address and a service: 198.51.100.10 imaps")
            answers.append(ask(plan, places, words[0], words[1]))
        except QuestionError as error:
            first = len(question) - len(question.lstrip()) + 1
            report.add(error.code, Span(file.path, number, first, number, len(question.rstrip()) + 1), str(error), hint=error.hint)
    return answers


def explain(plan: Plan, places: Places, address: Prefix, asked: str) -> Answer:
    """Judge a new connection from one address to a service, named or given as a port.

    Raises:
        QuestionError: `asked` is neither a port nor a service of the plan.
    """
    service = _find_service(plan, asked)
    if service is None:
        reason = "no service of the plan has this port: it stays as the host has it"
        return Answer(address, asked, None, Verdict.UNTOUCHED, reason, (), None)
    decision = decide(plan, address, service)
    matches = tuple(Match(rule.id, prefix, _find_origins(rule, address, places)) for rule, prefix in decision.matches)
    nearest = None if decision.verdict is Verdict.ALLOW else _find_nearest(plan, address, service)
    return Answer(address, asked, service, decision.verdict, _reason(decision.verdict, service, matches), matches, nearest)


def _find_service(plan: Plan, asked: str) -> Service | None:
    if asked.isascii() and asked.isdigit():
        if not 0 < int(asked[:6]) < 65536:
            raise QuestionError(f"`{asked}` is no port", "PLN042", "ports go from 1 to 65535")
        port = int(asked)
        return next((service for service in plan.services if any(part.first <= port <= part.last for part in service.ports)), None)
    for service in plan.services:
        if service.name == asked:
            return service
    names = [service.name for service in plan.services]
    near = get_close_matches(asked, names, n=1)
    hint = (f"did you mean `{near[0]}`? " if near else "") + f"in the plan are: {', '.join(names)}; or ask about a port"
    raise QuestionError(f"`{asked}` is no service of the plan", "PLN042", hint)


def _reason(verdict: Verdict, service: Service, matches: tuple[Match, ...]) -> str:
    if matches:
        return "a rule lets the address in"
    if verdict is Verdict.ALLOW:
        return "the site makes the service public: everybody gets in"
    if service.access is Access.ADDITIVE:
        return "no rule lets the address in, and the port is not closed either: it stays as the host has it"
    return "the service is closed to everybody but its connectors and the trusted networks"


def _find_origins(rule: Rule, address: Prefix, places: Places) -> tuple[Span, ...]:
    """The places of all written prefixes that hold the address; those of the whole list where none does."""
    found: list[Span] = []
    for listed, index in places.by_party.get(rule.connector or TRUSTED, ()):
        for (family, length), by_first in index.items():
            if family is address.family:
                numbers = by_first.get(address.first >> (family.bits - length) << (family.bits - length), [])
                found += [listed.span(number) for number in numbers[:MOST_ORIGINS]]
    return tuple(sorted(found)[:MOST_ORIGINS]) or rule.origins


def _find_nearest(plan: Plan, address: Prefix, service: Service) -> Nearest | None:
    """Another service that the address may reach; else the prefix of this service that is next to it; else the other family's first."""
    for other in plan.services:
        for rule, prefix in decide(plan, address, other).matches:
            return Nearest(rule.id, other.name, prefix, "service", None)
    same = [rule for rule in plan.rules if rule.service == service.name]
    near = [nearest for rule in same if rule.family is address.family for nearest in _neighbours(rule, address)]
    if near:
        return min(near, key=lambda nearest: (nearest.distance or 0, nearest.rule))
    return next((Nearest(rule.id, service.name, rule.sources[0], "family", None) for rule in same), None)


def _neighbours(rule: Rule, address: Prefix) -> Iterator[Nearest]:
    """The prefixes of a rule just below and just above an address that is in none of them."""
    after = bisect_right(rule.sources, address)
    for prefix in rule.sources[max(0, after - 1) : after + 1]:
        distance = address.first - prefix.last if prefix.last < address.first else prefix.first - address.first
        yield Nearest(rule.id, rule.service, prefix, "address", distance)
