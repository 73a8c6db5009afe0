"""Logs against a plan: connectors' addresses that were refused, and outsiders that tried or got in, with how often."""

import gzip
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.net import Family
from generator.net.runs import Runs, has_number, prefix_runs
from generator.plan import Access, Plan, Service
from generator.review.audit_log_lines import Outcome, Sighting, read_line

_HEAD: Final = b"\x1f\x8b"
_MOST_LINE: Final = 8192  # of one line: no log line that matters here is longer


class Visitor(NamedTuple):
    """An address, what it met at a service, and how often. `party` is '' for an outsider; `line` is that of the last time."""

    family: Family
    address: int
    services: tuple[str, ...]
    party: str
    outcome: Outcome
    times: int
    path: str
    line: int

    @property
    def is_refused_friend(self) -> bool:
        """Whether the plan lets it in, and something did not."""
        return bool(self.party) and self.outcome in (Outcome.REFUSED, Outcome.LIMITED)

    @property
    def is_admitted_outsider(self) -> bool:
        """Whether the plan keeps it out, and it got in."""
        return not self.party and self.outcome in (Outcome.ADMITTED, Outcome.FAILED, Outcome.REACHED)


class LogTally(NamedTuple):
    """All that the logs say. `lines` is how many there were, `understood` how many were about a connection to a service of the plan."""

    paths: tuple[str, ...]
    lines: int
    understood: int
    visitors: tuple[Visitor, ...]


def read_logs(paths: Sequence[str], plan: Plan, report: Report) -> LogTally:
    """Count what the logs say of connections to the plan's services; the most frequent visitors first."""
    judge = _Judge(plan)
    counts: dict[tuple[Sighting, str], list[int]] = {}
    total = 0
    for path in paths:
        for number, line in enumerate(_lines(path, report), 1):
            total += 1
            sighting = read_line(line, plan.site)
            if sighting is not None:
                tally = counts.setdefault((sighting, path), [0, 0])
                tally[0] += 1
                tally[1] = number
    visitors = [visitor for (sighting, path), (count, line) in counts.items() if (visitor := judge.visit(sighting, count, path, line))]
    understood = sum(visitor.times for visitor in visitors)
    kept = [visitor for visitor in _without_echoes(visitors) if visitor.party or judge.minds(visitor)]
    kept.sort(key=lambda visitor: (not visitor.party, -visitor.times, visitor.family, visitor.address, visitor.services, visitor.outcome))
    return LogTally(tuple(paths), total, understood, tuple(kept))


def _without_echoes(visitors: Sequence[Visitor]) -> Iterator[Visitor]:
    """Without the lines that a refusal or a login has before and after it: a connection was made, a password did not help."""
    told: dict[tuple[Family, int], list[Visitor]] = {}
    for visitor in visitors:
        told.setdefault((visitor.family, visitor.address), []).append(visitor)
    for visitor in visitors:
        stronger = _STRONGER.get(visitor.outcome, ())
        others = told[visitor.family, visitor.address]
        if not any(other.outcome in stronger and set(visitor.services) <= set(other.services) for other in others):
            yield visitor


_STRONGER: Final = {
    Outcome.FAILED: (Outcome.REFUSED,),
    Outcome.REACHED: (Outcome.REFUSED, Outcome.LIMITED, Outcome.FAILED, Outcome.ADMITTED),
}


def _lines(path: str, report: Report) -> Iterator[str]:
    """The lines of a log, gzipped or not. Bytes that are no text, which anybody can have written there, become `?`."""
    try:
        with Path(path).open("rb") if path != "-" else open(sys.stdin.fileno(), "rb", closefd=False) as plain:
            packed = plain.peek(2)[:2] == _HEAD
            stream = gzip.GzipFile(fileobj=plain) if packed else plain
            yield from _decode(iter(lambda: stream.readline(_MOST_LINE), b""))
    except (OSError, EOFError, ValueError, AttributeError) as error:
        closed = isinstance(error, AttributeError)  # there is no sys.stdin
        reason = "standard input is closed" if closed else (getattr(error, "strerror", None) or str(error)).lower()
        report.add(
            "AUD065", Span(path, 1, 1, 1, 1), f"the log `{path}` cannot be read: {reason}", hint="check the path, and who may read it"
        )


def _decode(lines: Iterable[bytes]) -> Iterator[str]:
    return (line.decode("utf-8", "replace") for line in lines)


class _Judge:
    """Whose an address is, at the services that a line may mean."""

    def __init__(self, plan: Plan) -> None:
        self._services = plan.services
        self._parties: dict[tuple[str, Family], list[tuple[str, Runs]]] = {}
        for rule in plan.rules:
            runs = prefix_runs(rule.sources, rule.family)
            self._parties.setdefault((rule.service, rule.family), []).append((rule.connector or "trusted", runs))

    def visit(self, sighting: Sighting, count: int, path: str, line: int) -> Visitor | None:
        """The visitor; None at a port that is no business of the plan."""
        services = [service for service in self._services if _may_mean(sighting, service)]
        if not services:
            return None
        parties = (
            name
            for service in services
            for name, runs in self._parties.get((service.name, sighting.family), ())
            if has_number(runs, sighting.address)
        )
        names = sighting.services or tuple(service.name for service in services)
        return Visitor(sighting.family, sighting.address, names, next(parties, ""), sighting.outcome, count, path, line)

    def minds(self, visitor: Visitor) -> bool:
        """Whether an outsider there is worth a word: only at what is certainly closed to others."""
        access = {service.name: service.access for service in self._services}
        return all(access.get(name, Access.ALLOWLIST) is Access.ALLOWLIST for name in visitor.services)


def _may_mean(sighting: Sighting, service: Service) -> bool:
    if sighting.port:
        return any(port.first <= sighting.port <= port.last for port in service.ports)
    return service.name in sighting.services
