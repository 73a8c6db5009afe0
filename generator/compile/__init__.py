"""Site → plan: gathers addresses, chooses services, decides access and writes the rules. Pure: everything was read before."""

from typing import Final, NamedTuple

from generator.compile.access import decide_access
from generator.compile.addresses import Gathered, gather_addresses
from generator.compile.judge import Allowances, judge_trusted_list
from generator.compile.lists import read_inline
from generator.compile.openness import check_openness
from generator.compile.redundancy import merge_lists
from generator.compile.requirements import build_requirement, check_tls_floor, count_connections
from generator.compile.services import choose_services, collect_listeners, find_uses
from generator.decode import Document
from generator.diagnostics import Report, Span
from generator.load import ConnectorInput, SiteInput
from generator.models import SiteModel, network_text
from generator.net import Prefix, merge_prefixes, split_families
from generator.plan import Access, Input, Plan, Requirement, Rule, Server, Service, verify

TRUSTED: Final = "trusted"
_OWN_WORDS: Final = (TRUSTED, "public", "limit")  # stand in rule ids and comments where a connector's name stands elsewhere


class Compiled(NamedTuple):
    """A plan with what checks and explanations need of the texts behind it. `gathered` is by connector name (and `trusted`)."""

    plan: Plan
    site: Document[SiteModel]
    connectors: tuple[ConnectorInput, ...]
    gathered: dict[str, Gathered]
    allowances: Allowances
    again: tuple[str, ...]


class _Party(NamedTuple):
    """A connector, or the trusted networks, with merged addresses by family and the services they may reach."""

    name: str
    connector: str | None
    families: tuple[tuple[Prefix, ...], tuple[Prefix, ...]]
    services: tuple[str, ...]
    origins: tuple[Span, ...]


def compile_site(given: SiteInput, report: Report) -> Compiled:
    """Make the plan of one site. Mistakes are reported and left out of the plan, so one with errors is not to be rendered."""
    site = given.site
    allowances = Allowances(site, report)
    uses = tuple((entry, choose_services(entry, site, report)) for entry in unique_connectors(given, report))
    gathered = {entry.name: gather_addresses(entry, site, allowances, report) for entry, _ in uses}
    if site.model.trusted:
        gathered[TRUSTED] = _gather_trusted(site, report)
    listeners = collect_listeners(uses, site, report)
    services = decide_access(listeners, find_uses(uses, site), site, report)
    ordered = [service.name for service in services]
    requirements = tuple(build_requirement(entry, tuple(name for name in ordered if name in names)) for entry, names in uses)
    for entry, names in uses:
        check_tls_floor(entry, site, report)
        check_openness(entry, names, gathered[entry.name], site, report)
    parties = [_party(entry.name, entry.name, names, gathered[entry.name]) for entry, names in sorted(uses, key=lambda use: use[0].name)]
    if TRUSTED in gathered:
        closed = tuple(service.name for service in services if service.access is Access.ALLOWLIST)
        parties.append(_party(TRUSTED, None, closed, gathered[TRUSTED]))
    plan = Plan(
        site=site.model.name,
        server=_server(site, report),
        services=services,
        rules=tuple(_rules(site.model.name, services, parties)),
        requirements=tuple(sorted(requirements, key=lambda requirement: requirement.connector)),
        connections_needed=_needed(requirements, gathered),
        inputs=tuple(Input(source.name, source.path, source.sha256) for source in given.sources),
    )
    verify(plan)
    return Compiled(plan, site, tuple(entry for entry, _ in uses), gathered, allowances, given.again)


def unique_connectors(given: SiteInput, report: Report) -> list[ConnectorInput]:
    """The connectors of the site, one of each name."""
    named: dict[str, ConnectorInput] = {}
    for entry in given.connectors:
        span = given.site.spans.at("connectors", entry.index, "use")
        if entry.name in _OWN_WORDS:
            report.add("PLN062", span, f"a connector can't be called `{entry.name}`", hint="give the entry another `name:`")
        elif entry.name in named:
            hint = "put all networks into one entry, or give this one a `name:` of its own"
            report.add("PLN003", span, f"`{entry.name}` is here twice", hint=hint)
        else:
            named[entry.name] = entry
    return list(named.values())


def _gather_trusted(site: Document[SiteModel], report: Report) -> Gathered:
    listed = read_inline(site.spans, ("trusted",), site.model.trusted, report)
    merged = merge_lists((listed,), report)
    judge_trusted_list(listed, merged, report)
    return Gathered((listed,), merged)


def _server(site: Document[SiteModel], report: Report) -> Server:
    server = site.model.server
    listed = read_inline(site.spans, ("server", "addresses"), server.addresses, report)
    for index, prefix in enumerate(listed.prefixes):
        if prefix.length != prefix.family.bits:
            message = f"`{network_text(server.addresses[listed.entries[index]])}` is a network, not an address"
            report.add("PLN017", listed.span(index), message, hint="write the address that connectors connect to")
    return Server(server.imap or "", server.smtp or "", merge_prefixes(listed.prefixes), server.tls_minimum)


def _party(name: str, connector: str | None, services: tuple[str, ...], gathered: Gathered) -> _Party:
    origins = tuple(listed.origin for listed in gathered.lists)
    return _Party(name, connector, split_families(gathered.prefixes), services, origins)


def _rules(site: str, services: tuple[Service, ...], parties: list[_Party]) -> list[Rule]:
    """By service, then connector (trusted last), then family."""
    return [
        Rule(
            id=f"{site}/{party.name}/{service.name}/v{sources[0].family.value}",
            family=sources[0].family,
            protocol=service.protocol,
            ports=service.ports,
            sources=sources,
            service=service.name,
            connector=party.connector,
            origins=party.origins,
        )
        for service in services
        for party in parties
        if service.name in party.services
        for sources in party.families
        if sources
    ]


def _needed(requirements: tuple[Requirement, ...], gathered: dict[str, Gathered]) -> int:
    return count_connections([(requirement, gathered[requirement.connector]) for requirement in requirements])
