"""The plan: the normalised meaning of a site, and `verify()`, which asserts its invariants.

A plan has no defaults and no emptiness; a rule has one address family and one protocol. Table names, chunks, syntax and dates are not
its business: those belong to the targets.
"""

import itertools
from enum import StrEnum
from typing import NamedTuple

from generator.diagnostics import Span
from generator.net import Family, PortRange, Prefix, merge_prefixes


class Access(StrEnum):
    """Who may reach a service of the plan besides its connectors."""

    ALLOWLIST = "allowlist"  # connectors and trusted networks; closed to everybody else
    PUBLIC = "public"  # everybody: the site says so in words
    ADDITIVE = "additive"  # port 25 alone: connectors get allow rules, nothing is closed or opened to others


class TlsMode(StrEnum):
    """How TLS starts on a service."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"


class Input(NamedTuple):
    """A file the plan was made from. `name` is its path relative to the site file (or `builtin/profiles/…`): stable in every checkout."""

    name: str
    path: str  # as the user named it; the `path` of spans
    sha256: str


class Service(NamedTuple):
    """A listener of the mail server that the plan speaks of. `ports` is sorted and disjoint.

    `origin` is where its ports come from, often a profile; `decided` is the place in the site that brings it into the plan and says who may
    reach it: the line under `access:`, else that of the first connector that uses it.
    """

    name: str
    protocol: str
    ports: tuple[PortRange, ...]
    tls: TlsMode
    application: str
    access: Access
    origin: Span
    decided: Span


class Rule(NamedTuple):
    """Sources of one family that may connect to one service. `connector` is None for the site's trusted networks.

    `id` is made of names (`acme/hubspot/imaps/v4`, `acme/trusted/imaps/v4`); `sources` is canonical, merged and sorted; `origins` are the
    places of the YAML entries it came from.
    """

    id: str
    family: Family
    protocol: str
    ports: tuple[PortRange, ...]
    sources: tuple[Prefix, ...]
    service: str
    connector: str | None
    origins: tuple[Span, ...]

    @property
    def trusted(self) -> bool:
        """Whether the rule keeps the site's own networks in, rather than letting a connector in."""
        return self.connector is None


class Requirement(NamedTuple):
    """What one connector asks of the mail server and of the person who connects it. Empty tuples: its vendor says nothing of it."""

    connector: str
    title: str
    services: tuple[str, ...]
    tls_versions: tuple[str, ...]
    connections_per_mailbox: int | None
    connection_breakdown: tuple[str, ...]
    mailboxes: int
    connections: int  # simultaneous connections to allow: (connections_per_mailbox or 5) × mailboxes
    certificate_names_server: bool
    certificate_public_ca: str  # "required", "preferred" or ""
    insecure_option: str
    login: str
    fields: tuple[str, ...]
    how: str  # where the user finds the connector's addresses
    confidence: str  # "high", "medium", "low" or ""
    preconditions: tuple[str, ...]
    unsupported: tuple[str, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]


class Server(NamedTuple):
    """The site's mail server as connectors see it."""

    imap: str
    smtp: str
    addresses: tuple[Prefix, ...]
    tls_minimum: str


class Plan(NamedTuple):
    """The whole meaning of one site. Services are ordered by first port and name, rules by service, connector (trusted last) and family.

    `connections_needed` is the largest number of simultaneous connections that one source address (IPv6: one /64) may need over all
    services: a connection limit below it refuses a connector.
    """

    site: str
    server: Server
    services: tuple[Service, ...]
    rules: tuple[Rule, ...]
    requirements: tuple[Requirement, ...]
    connections_needed: int
    inputs: tuple[Input, ...]


def verify(plan: Plan) -> None:
    """Assert the invariants that every target relies on.

    Raises:
        AssertionError: the compiler broke one of them (a bug, never a mistake in a file).
    """
    names = [service.name for service in plan.services]
    assert len(set(names)) == len(names), "service names are unique"
    ids = [rule.id for rule in plan.rules]
    assert len(set(ids)) == len(ids), "rule ids are unique"
    by_name = {service.name: service for service in plan.services}
    needs = {requirement.connector: requirement.connections for requirement in plan.requirements}
    for service in plan.services:
        _verify_ports(service.ports)
        assert service.access is not Access.ADDITIVE or service.name == "smtp", "only port 25 is additive"
        assert service.name == "smtp" or not any(port.first <= 25 <= port.last for port in service.ports), "port 25 is smtp's"
    order = [(service.ports, service.name) for service in plan.services]
    assert order == sorted(order), "services are sorted by port"
    every_port = sorted(port for service in plan.services for port in service.ports)
    assert all(a.last < b.first for a, b in itertools.pairwise(every_port)), "no port belongs to two services"
    for rule in plan.rules:
        name = f"{plan.site}/{rule.connector or 'trusted'}/{rule.service}/v{rule.family.value}"
        assert rule.id == name, f"{rule.id}: the id is made of names"
        if rule.connector is not None:
            assert rule.connector in needs, f"{rule.id}: its connector's requirements are in the plan"
            assert needs[rule.connector] <= plan.connections_needed, f"{rule.connector}: its connections fit"
        assert rule.service in by_name, f"{rule.id}: its service is in the plan"
        assert rule.ports == by_name[rule.service].ports, f"{rule.id}: ports are the service's"
        assert rule.protocol == by_name[rule.service].protocol, f"{rule.id}: protocol is the service's"
        assert rule.sources, f"{rule.id}: no rule without a source"
        assert rule.sources[0].family is rule.sources[-1].family is rule.family, f"{rule.id}: one family per rule (sources are sorted)"
        assert rule.origins, f"{rule.id}: every rule has an origin"
        assert not rule.trusted or by_name[rule.service].access is Access.ALLOWLIST, f"{rule.id}: trusted only where others are closed"
    for rule in {id(rule.sources): rule for rule in plan.rules}.values():  # services share one long tuple
        assert merge_prefixes(rule.sources) == rule.sources, f"{rule.id}: sources are canonical, merged and sorted"


def _verify_ports(ports: tuple[PortRange, ...]) -> None:
    assert ports, "a service has a port"
    assert all(0 < port.first <= port.last <= 65535 for port in ports), "ports are in 1..65535"
    assert all(a.last + 1 < b.first for a, b in itertools.pairwise(ports)), "ports are sorted, disjoint and merged"
