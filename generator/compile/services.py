"""Which services a site's connectors use, on which ports, and where two connectors contradict each other."""

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import combinations
from typing import Final, NamedTuple

from generator.decode import Document, Spans
from generator.diagnostics import Related, Report, Span
from generator.load import ConnectorInput
from generator.models import SiteModel
from generator.net import PortError, PortRange, make_port, merge_ports, parse_ports
from generator.plan import TlsMode

MX_PORT: Final = PortRange(25, 25)


class WellKnown(NamedTuple):
    """A registered mail service."""

    port: int
    tls: TlsMode
    application: str


# RFC 8314 and the IANA service name registry.
WELL_KNOWN: Final = {
    "smtp": WellKnown(25, TlsMode.STARTTLS, "smtp"),
    "imap": WellKnown(143, TlsMode.STARTTLS, "imap"),
    "submissions": WellKnown(465, TlsMode.IMPLICIT, "smtp"),
    "submission": WellKnown(587, TlsMode.STARTTLS, "smtp"),
    "imaps": WellKnown(993, TlsMode.IMPLICIT, "imap"),
}


class Listener(NamedTuple):
    """A service of the plan before its access is known. `origin` is where its ports come from, `tls_origin` where its TLS mode does."""

    name: str
    protocol: str
    ports: tuple[PortRange, ...]
    tls: TlsMode
    application: str
    origin: Span
    tls_origin: Span


def choose_services(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> tuple[str, ...]:
    """The services of its profile that this entry of the site lets the connector use, in the profile's order."""
    offered = entry.profile.model.services
    if entry.use.services is None:
        return tuple(offered)
    path = ("connectors", entry.index, "services")
    for index, name in enumerate(entry.use.services):
        if name not in offered:
            report.add("PLN010", site.spans.at(*path, index), f"`{entry.name}` uses no service `{name}`", hint=_suggest(name, offered))
    chosen = tuple(name for name in offered if name in entry.use.services)
    if not entry.use.services:
        report.add("PLN011", site.spans.key(*path), f"no service is left for `{entry.name}`", hint=f"it can use: {', '.join(offered)}")
    return chosen


def find_uses(uses: Iterable[tuple[ConnectorInput, tuple[str, ...]]], site: Document[SiteModel]) -> dict[str, Span]:
    """Where the site first says that a connector uses a service, by the service's name."""
    places: dict[str, Span] = {}
    for entry, names in uses:
        for name in names:
            listed = entry.use.services
            path = ("use",) if listed is None else ("services", listed.index(name))
            places.setdefault(name, site.spans.at("connectors", entry.index, *path))
    return places


def collect_listeners(
    uses: Iterable[tuple[ConnectorInput, tuple[str, ...]]], site: Document[SiteModel], report: Report
) -> dict[str, Listener]:
    """The services that connectors use or that `access:` names, by name; contradictions are reported, and the first one wins."""
    listeners: dict[str, Listener] = {}
    for entry, names in uses:
        for name in names:
            listener = _from_profile(entry, name, site, report)
            known = listeners.setdefault(name, listener) if listener is not None else None
            if listener is not None and known is not None and known is not listener:
                _compare(known, listener, report)
    for name in site.model.access:
        if name not in listeners:
            _add_named(name, site, listeners, report)
    _check_overrides(site, listeners, report)
    return _drop_contested(listeners, site.source.path, report)


def _suggest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = get_close_matches(name, names, n=1)
    return (f"did you mean `{near[0]}`? " if near else "") + f"there are: {', '.join(names)}"


def _from_profile(entry: ConnectorInput, name: str, site: Document[SiteModel], report: Report) -> Listener | None:
    service, spans = entry.profile.model.services[name], entry.profile.spans
    tls_origin = spans.at("services", name, "tls")
    override = _override(name, site, report)
    ports = override or _read_ports(service.port, spans, ("services", name, "port"), report)
    if ports is None:
        return None
    origin = site.spans.at("server", "ports", name) if override else spans.at("services", name, "port")
    listener = Listener(name, service.protocol, ports, TlsMode(service.tls), service.application, origin, tls_origin)
    _check_tls_mode(listener, origin if override else tls_origin, report)
    return listener


def _add_named(name: str, site: Document[SiteModel], listeners: dict[str, Listener], report: Report) -> None:
    span = site.spans.key("access", name)
    known = WELL_KNOWN.get(name)
    if known is None:
        names = sorted({*listeners, *WELL_KNOWN})
        report.add("PLN020", span, f"no connector of this site uses a service `{name}`", hint=_suggest(name, names))
        return
    ports = _override(name, site, report) or (PortRange(known.port, known.port),)
    listeners[name] = Listener(name, "tcp", ports, known.tls, known.application, span, span)


def _override(name: str, site: Document[SiteModel], report: Report) -> tuple[PortRange, ...] | None:
    ports = site.model.server.ports
    return _read_ports(ports[name], site.spans, ("server", "ports", name), report) if name in ports else None


def _read_ports(
    value: int | str | tuple[int | str, ...], spans: Spans, path: tuple[str, ...], report: Report
) -> tuple[PortRange, ...] | None:
    entries = value if isinstance(value, tuple) else (value,)
    ports: list[PortRange] = []
    for index, entry in enumerate(entries):
        try:
            ports.append(make_port(entry) if isinstance(entry, int) else parse_ports(entry))
        except PortError as error:
            report.add(error.code, spans.at(*path, index) if isinstance(value, tuple) else spans.at(*path), str(error), hint=error.hint)
    return merge_ports(ports) if ports and len(ports) == len(entries) else None


def _compare(known: Listener, other: Listener, report: Report) -> None:
    if known.ports != other.ports:
        there = Related(known.origin, f"port {ports_text(known.ports)} here")
        hint = f"write the port that your server listens on: `server: {{ports: {{{known.name}: {ports_text(known.ports)}}}}}`"
        message = f"two connectors give `{known.name}` different ports: {ports_text(known.ports)} and {ports_text(other.ports)}"
        report.add("PLN012", other.origin, message, hint=hint, related=(there,))
    if known.tls is not other.tls:
        there = Related(known.tls_origin, f"{known.tls} here")
        hint = "one listener has one TLS mode: let each connector use the service that has its mode, with `services:`"
        message = f"two connectors give `{known.name}` different TLS modes: {known.tls} and {other.tls}"
        report.add("PLN012", other.tls_origin, message, hint=hint, related=(there,))


def _check_tls_mode(listener: Listener, place: Span, report: Report) -> None:
    for name, known in WELL_KNOWN.items():
        if PortRange(known.port, known.port) in listener.ports and listener.tls is not known.tls:
            hint = f"port {known.port} is `{name}`: write `tls: {known.tls}`, or another port"
            report.add("PLN015", place, f"`{listener.name}` on port {known.port} with `tls: {listener.tls}`", hint=hint)


def _check_overrides(site: Document[SiteModel], listeners: dict[str, Listener], report: Report) -> None:
    for name in site.model.server.ports:
        if name not in listeners:
            hint = _suggest(name, listeners) if listeners else "remove it"
            report.add("PLN016", site.spans.key("server", "ports", name), f"`{name}` is not in the plan", hint=hint)


def _drop_contested(listeners: dict[str, Listener], site_path: str, report: Report) -> dict[str, Listener]:
    """The listeners without those that stand for port 25 by another name or share a port with an earlier one: a plan can't hold them.

    The place of a finding is in the site where one of the two ports comes from there: a user can't change a shipped profile.
    """
    dropped: set[str] = set()
    ordered = sorted(listeners.values(), key=lambda listener: (listener.ports, listener.name))
    for listener in ordered:
        if listener.name != "smtp" and _overlap(listener.ports, (MX_PORT,)):
            hint = "call the service `smtp`, which is never closed without `exclusive: true`, or use another port"
            dropped.add(listener.name)
            report.add("PLN014", listener.origin, f"`{listener.name}` would stand for port 25, where the world's mail arrives", hint=hint)
    for pair in combinations(ordered, 2):
        first, second = sorted(pair, key=lambda listener: listener.origin.path == site_path)
        if _overlap(first.ports, second.ports):
            there = Related(first.origin, f"`{first.name}` is here")
            message = f"`{second.name}` and `{first.name}` share port {ports_text(second.ports)}"
            dropped.add(second.name)
            report.add("PLN013", second.origin, message, hint="use one service name for one port", related=(there,))
    return {name: listener for name, listener in listeners.items() if name not in dropped}


def _overlap(first: tuple[PortRange, ...], second: tuple[PortRange, ...]) -> bool:
    return any(a.first <= b.last and b.first <= a.last for a in first for b in second)


def ports_text(ports: tuple[PortRange, ...]) -> str:
    """Ports as a user writes them: `993`, `10000-10010`, `25, 2525`."""
    return ", ".join(str(port.first) if port.first == port.last else f"{port.first}-{port.last}" for port in ports)
