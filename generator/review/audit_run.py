"""The whole audit: dumps read, every service held against the plan, our own rules and limits looked at, logs counted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from generator import codes
from generator.compile import Compiled
from generator.diagnostics import Report, Severity, Span
from generator.net import Family, Prefix
from generator.net.runs import EVERYTHING, Runs, subtract_runs, unite_runs
from generator.plan import Plan
from generator.readers.judge import Question
from generator.readers.limits import find_limits
from generator.readers.model import Act, Chain, Rule, Ruleset
from generator.readers.outside import Outside
from generator.readers.reached import Unreached, find_unreached
from generator.readers.registry import Dump, detect, read_host
from generator.review.audit import CODES, Fault, Kind, audit_services, group_ports, path_of
from generator.review.audit_limits import audit_limits, site_limits
from generator.review.audit_logs import LogTally
from generator.review.audit_names import is_ours, our_layout
from generator.review.audit_ours import audit_ours
from generator.review.audit_server import add_site_destinations
from generator.review.picture_rules import Destinations, choose_destinations

_ORDER: Final = tuple(Kind)


class Audit(NamedTuple):
    """What came of it. `dumps` are those that were read, `log` is None where none was given."""

    plan: Plan
    dumps: tuple[Dump, ...]
    faults: tuple[Fault, ...]
    log: LogTally | None = None

    @property
    def verdict(self) -> str:
        """`same`, `different`, or `unknown` where nothing is known to differ and something can't be told."""
        severities = {severity_of(fault) for fault in self.faults}
        if Severity.ERROR in severities:
            return "different"
        return "unknown" if any(fault.kind in (Kind.UNKNOWN, Kind.UNREAD) for fault in self.faults) else "same"


def severity_of(fault: Fault) -> Severity:
    """How much a fault weighs, according to the catalogue."""
    return Severity(codes.lookup(CODES[fault.kind]).severity)


def audit_dumps(
    compiled: Compiled, dumps: Sequence[Dump], outside: Outside, destinations: Sequence[Prefix], report: Report
) -> Audit | None:
    """Hold the dumps of one host against a site; None after an error that was reported."""
    own = Report()
    ruleset = read_host(dumps, outside, own)
    report.extend(own.findings)
    if ruleset is None and not own.has_errors:
        place = Span(dumps[0].path, 1, 1, 1, 1)
        report.add("AUD001", place, "no rules are in what was read", hint="routes and sets belong beside the output of iptables-save")
    if ruleset is None or own.has_errors:
        return None
    plan = compiled.plan
    read = [(dump, dump.reader or detect(dump.text, dump.path) or "") for dump in dumps]
    given = add_site_destinations(destinations, compiled, [reader for _, reader in read])
    asked = choose_destinations(ruleset, given, plan.server.addresses)
    limits = [limit for dump, reader in read for limit in find_limits(dump.text, dump.path, reader)]
    found = (
        *_join_places(audit_services(plan, ruleset, asked), len(asked)),
        *_find_shadowed(plan, ruleset, asked),
        *audit_ours(plan, ruleset),
        *audit_limits(plan, ruleset, limits, site_limits(compiled)),
    )
    return Audit(plan, tuple(dumps), tuple(sorted(dict.fromkeys(found), key=lambda fault: _ORDER.index(fault.kind))))


def _join_places(faults: Iterable[Fault], places: int) -> Iterator[Fault]:
    """Faults that are the same at every address of the server are told once."""
    found: dict[Fault, list[str]] = {}
    for fault in faults:
        found.setdefault(fault._replace(where=""), []).append(fault.where)
    for fault, wheres in found.items():
        if len(wheres) == places:
            yield fault
        else:
            yield from (fault._replace(where=where) for where in wheres)


def _find_shadowed(plan: Plan, ruleset: Ruleset, asked: Sequence[tuple[str, Destinations]]) -> Iterator[Fault]:
    """Rules for services of the plan that no connection gets to. Of a layout of ours that nothing leads to, one word is enough."""
    questions = [
        Question(family, ports[0].first, destinations.get(family), path_of(ruleset))
        for service in plan.services
        for ports in group_ports(ruleset, service.ports)
        for family in Family
        for _, destinations in asked
    ]
    idle: dict[str, list[Rule]] = {}
    shadowed: list[tuple[Rule, Fault]] = []
    for found in find_unreached(ruleset, questions):
        layout = our_layout(found.chain, plan.site)
        if not found.entered:
            if layout and not found.chain.endswith("over_limit"):
                idle.setdefault(layout, []).append(found.rule)
        elif _is_shadowed(found, plan, ruleset.chains[found.chain]):
            shadowed.append((found.rule, _shadowed(found.rule, plan)))
    yield from _join_families(shadowed, ruleset)
    for layout, rules in idle.items():
        if not any(our_layout(chain, plan.site) == layout for chain in _entered(ruleset, rules)):
            yield Fault(Kind.SHADOWED, rules=(rules[0],), fact=f"{layout}: nothing leads to our rules, of which this is the first")


def _join_families(shadowed: Sequence[tuple[Rule, Fault]], ruleset: Ruleset) -> Iterator[Fault]:
    """A rule for both families was read as one for each: it is told once, or said of which family it is true."""
    families: dict[tuple[str, int], set[Family | None]] = {}
    for chain in ruleset.chains.values():
        for rule in chain.rules:
            families.setdefault((rule.text, rule.line), set()).add(rule.match.family)
    found: dict[tuple[str, int], list[Fault]] = {}
    for rule, fault in shadowed:
        found.setdefault((rule.text, rule.line), []).append(fault)
    for words, faults in found.items():
        if not set(Family) <= families[words]:
            yield from faults
        elif len({fault.family for fault in faults}) > 1:
            yield faults[0]._replace(family=None)
        else:
            yield from (fault._replace(is_half=True) for fault in faults)


def _entered(ruleset: Ruleset, idle: Sequence[Rule]) -> Iterator[str]:
    """The chains that have a rule which is not idle."""
    known = {id(rule) for rule in idle}
    yield from (name for name, chain in ruleset.chains.items() if any(id(rule) not in known for rule in chain.rules))


def _is_shadowed(found: Unreached, plan: Plan, chain: Chain) -> bool:
    """Whether it is worth a word: a rule for ports of the plan alone, or one of ours that our own rules don't make idle."""
    rule = found.rule
    if is_ours(rule.comment, plan.site):
        return bool(_sources(rule)) and bool(subtract_runs(_sources(rule), _taken_by_ours(rule, plan, chain)))
    ports = rule.match.ports
    if ports is None or rule.act not in (Act.ACCEPT, Act.DENY, Act.JUMP, Act.GOTO):
        return False
    planned = [port for service in plan.services for port in service.ports]
    return all(any(port.first <= one.first and one.last <= port.last for port in planned) for one in ports)


def _sources(rule: Rule) -> Runs:
    if rule.match.sources is not None:
        return rule.match.sources
    return EVERYTHING[rule.match.family or Family.V4]


def _taken_by_ours(rule: Rule, plan: Plan, chain: Chain) -> Runs:
    """What our own rules before this one have let in: trusted networks may well be connectors too."""
    before = chain.rules[: next(index for index, one in enumerate(chain.rules) if one is rule)]
    family = rule.match.family or Family.V4
    taken = [_sources(one) for one in before if is_ours(one.comment, plan.site) and one.match.family in (None, family) and one != rule]
    return unite_runs(*taken, ())


def _shadowed(rule: Rule, plan: Plan) -> Fault:
    ports = rule.match.ports or ()
    services = [service for service in plan.services if any(a.first <= b.last and b.first <= a.last for a in ports for b in service.ports)]
    if len(services) == 1:
        return Fault(Kind.SHADOWED, services[0].name, services[0].ports, rule.match.family, rules=(rule,))
    return Fault(Kind.SHADOWED, family=rule.match.family, rules=(rule,))
