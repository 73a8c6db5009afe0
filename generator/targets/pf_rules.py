"""Plan → aliases and ordered rules, in the terms that pfSense and OPNsense share; each lowering spells them.

On an interface the first rule that matches decides. So ours say, in this order: connectors in, trusted networks in, everybody in where a
service is public, nobody else where it is allowlisted. Every rule is about the mail server's addresses; other ports stay as they are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from generator.net import Family, PortRange, Prefix
from generator.plan import Access, Plan
from generator.targets.pf_names import describe, name_mark, name_ports, name_prefix, name_server, name_sources

_Sources = tuple[tuple[Prefix, ...], tuple[Prefix, ...]]
HOST, NETWORK, PORT = "host", "network", "port"


class PfAlias(NamedTuple):
    """One alias. `kind` is host (addresses), network (prefixes, both families) or port (numbers and ranges `first:last`); never empty.

    `details` says of each entry whose it is: a connector's, a service's, `trusted` or `server`.
    """

    name: str
    kind: str
    entries: tuple[str, ...]
    details: tuple[str, ...]
    who: str  # all of `details`: one printable line


class PfRule(NamedTuple):
    """One rule on one interface, for TCP over both families. The names are those of aliases; `source` is empty for everybody."""

    id: str
    action: str  # pass or block
    interface: str
    source: str
    destination: str
    ports: str
    connections: int | None  # most simultaneous connections of one source address
    description: str


class PfRules(NamedTuple):
    """All that a site has on a firewall. `prefix` begins the names of its aliases, `mark` the descriptions of its rules, no others."""

    prefix: str
    mark: str
    aliases: tuple[PfAlias, ...]
    rules: tuple[PfRule, ...]


class _Group(NamedTuple):
    """Services that the same sources reach; without a connector the sources are the site's trusted networks."""

    connector: str | None
    services: tuple[str, ...]
    sources: _Sources
    limited: bool


class _Statement(NamedTuple):
    """What is said on every interface. `who` is part of the rule's id, in capitals where it is no connector."""

    action: str
    who: str
    source: str
    services: tuple[str, ...]
    limited: bool
    text: str


def make_rules(
    plan: Plan, *, interfaces: Sequence[str], destinations: Iterable[Prefix], connections: int | None, limits: Mapping[str, int]
) -> PfRules:
    """Make the aliases and rules of a plan. `destinations` are the mail server's addresses as the firewall sees them after NAT."""
    name_bytes, mark = limits["alias_name_bytes"], name_mark(plan.site)
    server = _make_server(plan.site, tuple(destinations), name_bytes)
    groups = _group_rules(plan, counted=connections is not None)
    sources = {group: _make_source(plan.site, group, groups, name_bytes) for group in groups}
    statements = tuple(_make_statements(plan, groups, sources))
    ports = {services: _make_ports(plan, services, name_bytes) for services in dict.fromkeys(item.services for item in statements)}
    rules = [
        PfRule(
            id=f"{plan.site}/{item.who}/{interface}",
            action=item.action,
            interface=interface,
            source=item.source,
            destination=server.name,
            ports=ports[item.services].name,
            connections=connections if item.limited else None,
            description=describe(mark, item.text, limits["description_bytes"]),
        )
        for interface in interfaces
        for item in statements
    ]
    aliases = (server, *{alias.name: alias for alias in sources.values()}.values(), *ports.values())
    return PfRules(name_prefix(plan.site), mark, aliases if rules else (), tuple(rules))


def _group_rules(plan: Plan, *, counted: bool) -> tuple[_Group, ...]:
    """Group the plan's rules over services and families; trusted networks come last. Public services need no sources.

    `counted`: connections are limited, and port 25, where it is only opened, is exempt: it gets a group of its own.
    """
    access = {service.name: service.access for service in plan.services}
    reached: dict[tuple[str, str], dict[Family, tuple[Prefix, ...]]] = {}
    for rule in plan.rules:
        if access[rule.service] is not Access.PUBLIC:
            reached.setdefault((rule.connector or "", rule.service), {})[rule.family] = rule.sources
    found: dict[tuple[str, _Sources, bool], list[str]] = {}
    for (connector, service), families in reached.items():
        sources = (families.get(Family.V4, ()), families.get(Family.V6, ()))
        limited = counted and bool(connector) and access[service] is Access.ALLOWLIST
        found.setdefault((connector, sources, limited), []).append(service)
    groups = [_Group(connector or None, tuple(services), sources, limited) for (connector, sources, limited), services in found.items()]
    return tuple(sorted(groups, key=lambda group: (group.connector is None, group.connector or "")))


def _make_statements(plan: Plan, groups: Sequence[_Group], sources: Mapping[_Group, PfAlias]) -> Iterator[_Statement]:
    for group in groups:
        who = group.connector or "TRUSTED"
        if sum(other.connector == group.connector for other in groups) > 1:
            who = f"{who}/{'+'.join(group.services)}"
        text = f"{group.connector or 'trusted'} to {'+'.join(group.services)}"
        yield _Statement("pass", who, sources[group].name, group.services, group.limited, text)
    for action, who, access, everybody in (
        ("pass", "PUBLIC", Access.PUBLIC, "everybody"),
        ("block", "OTHERS", Access.ALLOWLIST, "nobody else"),
    ):
        services = tuple(service.name for service in plan.services if service.access is access)
        if services:
            yield _Statement(action, who, "", services, limited=False, text=f"{everybody} to {'+'.join(services)}")


def _make_source(site: str, group: _Group, groups: Iterable[_Group], name_bytes: int) -> PfAlias:
    services = () if _is_alike(group, groups) else group.services
    name = name_sources(site, group.connector, services, name_bytes)
    who = group.connector or "trusted"
    entries = tuple(map(str, _halve_everything(group.sources)))
    return PfAlias(name, NETWORK, entries, (who,) * len(entries), who)


def _is_alike(group: _Group, groups: Iterable[_Group]) -> bool:
    """Whether a connector comes from the same networks to all its services, so that one alias does for all its groups."""
    return all(other.sources == group.sources for other in groups if other.connector == group.connector)


def _halve_everything(sources: _Sources) -> Iterator[Prefix]:
    """The sources of both families, with a prefix of length 0 as its two halves: GUIs take `0.0.0.0/0` for a slip of the pen."""
    for prefix in (*sources[0], *sources[1]):
        if prefix.length:
            yield prefix
        else:
            yield Prefix(prefix.family, 0, 1)
            yield Prefix(prefix.family, 1 << (prefix.family.bits - 1), 1)


def _make_server(site: str, destinations: tuple[Prefix, ...], name_bytes: int) -> PfAlias:
    """The mail server: addresses, or, where the site lists wider networks, prefixes."""
    hosts = all(prefix.is_host for prefix in destinations)
    entries = tuple(prefix.host_text if hosts else str(prefix) for prefix in destinations)
    return PfAlias(name_server(site, name_bytes), HOST if hosts else NETWORK, entries, ("server",) * len(entries), "server")


def _make_ports(plan: Plan, services: tuple[str, ...], name_bytes: int) -> PfAlias:
    """The ports of some services, which no two of them share, so each entry is one service's."""
    ports = [(_spell_port(port), service.name) for service in plan.services if service.name in services for port in service.ports]
    entries, details = zip(*ports, strict=True)
    return PfAlias(name_ports(plan.site, services, name_bytes), PORT, entries, details, "+".join(services))


def _spell_port(port: PortRange) -> str:
    return str(port.first) if port.first == port.last else f"{port.first}:{port.last}"
