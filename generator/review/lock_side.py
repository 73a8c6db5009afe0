"""A lock as one side of a comparison: a plan of its connectors, with what the shipped profiles say about each.

A lock says nothing of settings and nothing of everybody else: those are a site's business.
"""

from pathlib import Path
from typing import Final, NamedTuple

from generator import resources
from generator.compile.locked import Pinned, read_pinned
from generator.compile.requirements import build_requirement
from generator.compile.services import MX_PORT
from generator.decode import Document, decode_lock
from generator.diagnostics import Report, Span
from generator.load import ConnectorInput
from generator.models import ConnectorModel, ConnectorUse, LockModel
from generator.net import Prefix, merge_prefixes, split_families
from generator.net.runs import EVERYTHING
from generator.plan import Access, Input, Plan, Rule, Server, Service, verify
from generator.review.picture import Door, Picture, Slot, State
from generator.review.profiles import load_profile, profile_service
from generator.source import SourceFile

_HINT: Final = "compare the site, which names the profile; a lock alone tells the services of shipped connectors under their own names"


class _Locked(NamedTuple):
    """One connector of a lock: its addresses by family, the lists that they stand in, and its services."""

    name: str
    profile: Document[ConnectorModel]
    families: tuple[tuple[Prefix, ...], tuple[Prefix, ...]]
    origins: tuple[Span, ...]
    services: tuple[Service, ...]


def read_lock_plan(source: SourceFile, report: Report) -> Plan | None:
    """The plan of a lock, named after its file; None after an error that was reported.

    Every region is in it, and what is leaving still is. Nobody else is let in or kept out by it, `borrow_rest` sees to that.
    """
    report.remember(source.path, source.text)
    document = decode_lock(source, report)
    if document is None:
        return None
    found = [_read_connector(name, document, report) for name in sorted(document.model.connectors)]
    connectors = [entry for entry in found if entry is not None]
    if report.has_errors:
        return None
    site = Path(source.path).stem
    named: dict[str, Service] = {}
    for entry in connectors:
        for service in entry.services:
            named.setdefault(service.name, service)
    services = tuple(sorted(named.values(), key=lambda service: (service.ports, service.name)))
    needs = tuple(
        build_requirement(
            ConnectorInput(entry.name, 0, ConnectorUse(use=entry.name), entry.profile, None), tuple(entry.profile.model.services)
        )
        for entry in connectors
    )
    rules = tuple(_rule(site, entry, service, sources) for service, entry, sources in _let_in(services, connectors))
    most = max((need.connections for need in needs), default=0)
    plan = Plan(site, Server("", "", (), ""), services, rules, needs, most, (Input(source.name, source.path, source.sha256),))
    verify(plan)
    return plan


def _read_connector(name: str, lock: Document[LockModel], report: Report) -> _Locked | None:
    place = lock.spans.key("connectors", name)
    if name not in resources.shipped_profiles():
        report.add("AUD088", place, f"no shipped connector is called `{name}`, so its services can't be told", hint=_HINT)
        return None
    profile = load_profile(name, report)
    if profile is None:
        return None
    pinned = Pinned(name, lock.model.connectors[name], lock)
    lists = read_pinned(pinned, list(pinned.regions), report)
    merged = merge_prefixes(prefix for listed in lists for prefix in listed.prefixes)
    known = [profile_service(profile, service, report) for service in profile.model.services]
    services = tuple(service._replace(access=_access(service), decided=place) for service in known if service is not None)
    return _Locked(name, profile, split_families(merged), tuple(listed.origin for listed in lists), services)


def _access(service: Service) -> Access:
    return Access.ADDITIVE if service.ports == (MX_PORT,) else Access.ALLOWLIST


def _let_in(services: tuple[Service, ...], connectors: list[_Locked]) -> list[tuple[Service, _Locked, tuple[Prefix, ...]]]:
    """In the order of a plan's rules: by service, connector and family."""
    return [
        (service, entry, sources)
        for service in services
        for entry in connectors
        if service.name in entry.profile.model.services
        for sources in entry.families
        if sources
    ]


def _rule(site: str, entry: _Locked, service: Service, sources: tuple[Prefix, ...]) -> Rule:
    family = sources[0].family
    name = f"{site}/{entry.name}/{service.name}/v{family.value}"
    return Rule(name, family, service.protocol, service.ports, sources, service.name, entry.name, entry.origins)


def borrow_rest(lock: Picture, other: Picture) -> Picture:
    """The picture of a lock beside that of a plan or of rules: what the lock does not say is as the other side has it.

    Where that one lets everybody in, so does the lock, and the connectors are compared; ports that it does not know are untouched.
    """
    slots = []
    for slot in lock.slots:
        beside = next((one for one in other.slots if one.protocol == slot.protocol and _share_a_port(one, slot)), None)
        doors = [_borrow(door, beside.doors[index] if beside else None) for index, door in enumerate(slot.doors)]
        slots.append(slot._replace(doors=(doors[0], doors[1])))
    return lock._replace(slots=tuple(slots))


def _share_a_port(one: Slot, other: Slot) -> bool:
    return any(a.first <= b.last and b.first <= a.last for a in one.ports for b in other.ports)


def _borrow(door: Door, beside: Door | None) -> Door:
    if beside is None:
        return door._replace(rest=State.UNTOUCHED)
    public = beside.open in EVERYTHING.values()
    return door._replace(open=beside.open if public else door.open, rest=beside.rest)
