"""What one side of a comparison says: for every port and family, who gets in, by name where names are known."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from generator.compile import TRUSTED
from generator.diagnostics import Span
from generator.net import Family, PortRange, Prefix
from generator.net.runs import EVERYTHING, Runs, prefix_runs, unite_runs
from generator.plan import Access, Plan, Rule, Service

EVERY_PORT: Final = (PortRange(1, 65535),)


class State(StrEnum):
    """What becomes of a new connection. `UNTOUCHED`: this side leaves it as the host has it."""

    CLOSED = "closed"
    UNTOUCHED = "untouched"
    OPEN = "open"
    UNKNOWN = "unknown"


class Party(NamedTuple):
    """Somebody who is let in. `why` are the ids of the rules that do it, or the rules themselves, `spans` their places."""

    name: str
    sources: Runs
    why: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


class Doubtful(NamedTuple):
    """Sources about which a ruleset leaves a doubt. `otherwise` is what becomes of them where the doubtful rules mean others."""

    doubts: tuple[str, ...]
    sources: Runs
    otherwise: State = State.UNKNOWN


class Door(NamedTuple):
    """One port in one family. `open` and the sources in `unknown` are disjoint; `rest` says what becomes of everybody else.

    Parties may overlap; together they need not be everybody in `open`.
    """

    open: Runs
    rest: State
    unknown: tuple[Doubtful, ...] = ()
    parties: tuple[Party, ...] = ()


class Slot(NamedTuple):
    """Ports that a side says the same about, in both families (IPv4 first). `name` is the service's, '' where none is known."""

    name: str
    protocol: str
    ports: tuple[PortRange, ...]
    doors: tuple[Door, Door]
    place: Span | None = None


class Fact(NamedTuple):
    """A setting that is no matter of addresses: `subject` is `service imaps`, `name` is `tls`."""

    subject: str
    name: str
    value: str
    place: Span | None = None


class Picture(NamedTuple):
    """Everything one side says. Ports of no slot are untouched.

    `limited`: it speaks of its own ports alone, as a plan does, so what it leaves untouched is no statement about a host. `named`: its
    parties are the names of a plan. `facts` of a name in `knows` are complete; of others it has none to compare. `opens`: it is rules that
    let in whom a plan lets in, so a port that they leave out is a port that nobody was let in at.
    """

    slots: tuple[Slot, ...]
    facts: tuple[Fact, ...]
    knows: frozenset[str]
    limited: bool
    named: bool
    opens: bool = False


UNTOUCHED: Final = Door((), State.UNTOUCHED)
_SERVER_FACTS: Final = ("imap", "smtp", "addresses", "tls_minimum", "connections_needed")
_SERVICE_FACTS: Final = ("protocol", "ports", "tls", "application", "access")
_CONNECTOR_FACTS: Final = ("services", "mailboxes", "connections", "tls_versions", "certificate", "login")
# A target that is used is a subject of its own, `target iptables`, whose other facts are its options.
TARGET: Final = "target "
USED: Final = "used"
PLAN_FACTS: Final = frozenset((*_SERVER_FACTS, *_SERVICE_FACTS, *_CONNECTOR_FACTS))


class _Sources:
    """The runs of the sources of rules. Rules of several services share one tuple, which is converted once."""

    def __init__(self) -> None:
        self._runs: dict[int, Runs] = {}
        self._doors: dict[tuple[int, ...], Runs] = {}
        self._kept: list[tuple[Prefix, ...]] = []  # an id is good as long as its tuple is there

    def runs(self, rule: Rule) -> Runs:
        if id(rule.sources) not in self._runs:
            self._kept.append(rule.sources)
            self._runs[id(rule.sources)] = prefix_runs(rule.sources, rule.family)
        return self._runs[id(rule.sources)]

    def union(self, rules: list[Rule]) -> Runs:
        key = tuple(sorted({id(rule.sources) for rule in rules}))
        if key not in self._doors:
            self._doors[key] = unite_runs(*(self.runs(rule) for rule in rules)) if rules else ()
        return self._doors[key]


def picture_plan(plan: Plan) -> Picture:
    """A plan: its services are its slots, its connectors and the trusted networks are the parties."""
    sources = _Sources()
    by_door: dict[tuple[str, Family], list[Rule]] = {}
    for rule in plan.rules:
        by_door.setdefault((rule.service, rule.family), []).append(rule)
    slots = tuple(
        Slot(
            service.name,
            service.protocol,
            service.ports,
            (
                _plan_door(service, by_door.get((service.name, Family.V4), []), Family.V4, sources),
                _plan_door(service, by_door.get((service.name, Family.V6), []), Family.V6, sources),
            ),
            service.decided,
        )
        for service in plan.services
    )
    return Picture(slots, tuple(_plan_facts(plan)), PLAN_FACTS, limited=True, named=True)


def _plan_door(service: Service, rules: list[Rule], family: Family, sources: _Sources) -> Door:
    parties = tuple(Party(rule.connector or TRUSTED, sources.runs(rule), (rule.id,), rule.origins) for rule in rules)
    if service.access is Access.PUBLIC:
        return Door(EVERYTHING[family], State.CLOSED, (), parties)
    rest = State.UNTOUCHED if service.access is Access.ADDITIVE else State.CLOSED
    return Door(sources.union(rules), rest, (), parties)


def _plan_facts(plan: Plan) -> Iterator[Fact]:
    server = plan.server
    yield Fact("server", "imap", server.imap)
    yield Fact("server", "smtp", server.smtp)
    yield Fact("server", "addresses", ", ".join(address.host_text for address in server.addresses))
    yield Fact("server", "tls_minimum", server.tls_minimum)
    yield Fact("server", "connections_needed", str(plan.connections_needed))
    for service in plan.services:
        subject = f"service {service.name}"
        yield Fact(subject, "protocol", service.protocol, service.decided)
        yield Fact(subject, "ports", ", ".join(map(str, service.ports)), service.decided)
        yield Fact(subject, "tls", service.tls, service.decided)
        yield Fact(subject, "application", service.application, service.decided)
        yield Fact(subject, "access", service.access, service.decided)
    for needed in plan.requirements:
        subject = f"connector {needed.connector}"
        certificate = (["names the server"] if needed.certificate_names_server else []) + (
            [f"public CA {needed.certificate_public_ca}"] if needed.certificate_public_ca else []
        )
        yield Fact(subject, "services", ", ".join(needed.services))
        yield Fact(subject, "mailboxes", str(needed.mailboxes))
        yield Fact(subject, "connections", str(needed.connections))
        yield Fact(subject, "tls_versions", ", ".join(sorted(needed.tls_versions)))
        yield Fact(subject, "certificate", ", ".join(certificate))
        yield Fact(subject, "login", needed.login)
