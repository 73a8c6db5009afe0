"""Who may reach each service besides its connectors: the design's rules, port 25 above all."""

from collections.abc import Mapping, Sequence
from typing import Final

from generator.compile.services import Listener
from generator.decode import Document
from generator.diagnostics import Report, Span
from generator.models import AccessMode, SiteModel
from generator.plan import Access, Service

_TWINS: Final = {"imap": "imaps", "imaps": "imap", "submission": "submissions", "submissions": "submission"}


def decide_access(
    listeners: Mapping[str, Listener], used: Mapping[str, Span], site: Document[SiteModel], report: Report
) -> tuple[Service, ...]:
    """Give every listener its access and order them by port. `used` has the services that some connector uses, and where it says so."""
    services = []
    for listener in sorted(listeners.values(), key=lambda listener: (listener.ports, listener.name)):
        access, name = _access_of(listener.name, site, report), listener.name
        if access is not None:
            decided = site.spans.at("access", name) if name in site.model.access else used[name]
            facts = (listener.protocol, listener.ports, listener.tls, listener.application)
            services.append(Service(name, *facts, access, listener.origin, decided))
    _note_unused(services, used, site, report)
    _note_twins(services, site, report)
    _note_closed(services, site, report)
    return tuple(services)


def _access_of(name: str, site: Document[SiteModel], report: Report) -> Access | None:
    wanted = site.model.access.get(name)
    if wanted is None:
        return Access.ADDITIVE if name == "smtp" else Access.ALLOWLIST
    mode = wanted.mode if isinstance(wanted, AccessMode) else wanted
    exclusive = isinstance(wanted, AccessMode) and wanted.exclusive
    span = site.spans.at("access", name)
    if exclusive and (name != "smtp" or mode != "allowlist"):
        hint = f"write `{name}: {mode}`" if name != "smtp" else "write `smtp: public`, or leave it out: nobody is shut out then"
        report.add("PLN022", span, f"`exclusive` does not go with `{name}: {mode}`", hint=hint)
        return None
    if name == "smtp" and mode == "allowlist" and not exclusive:
        hint = (
            "to refuse the mail of the world write `smtp: {mode: allowlist, exclusive: true}`; "
            "to let a connector in beside the world's mail, remove the line"
        )
        report.add("PLN021", span, "`smtp: allowlist` closes port 25, where the world's mail arrives", hint=hint)
        return None
    return Access(mode)


def _note_unused(services: Sequence[Service], used: Mapping[str, Span], site: Document[SiteModel], report: Report) -> None:
    for service in services:
        if service.access is Access.ALLOWLIST and service.name not in used:
            report.add(
                "PLN023",
                site.spans.key("access", service.name),
                f"`{service.name}` is closed to all but the trusted networks: no connector of this site uses it",
                hint="remove the line to leave the port as it is",
            )


def _note_twins(services: Sequence[Service], site: Document[SiteModel], report: Report) -> None:
    names = {service.name for service in services}
    for service in services:
        twin = _TWINS.get(service.name)
        if service.access is Access.ALLOWLIST and twin is not None and twin not in names:
            report.add(
                "PLN024",
                site.spans.key("connectors"),
                f"`{service.name}` is guarded, `{twin}` is not in the plan and stays as it is",
                hint=f"if the server listens there too, decide under `access:`, such as `{twin}: allowlist`",
            )


def _note_closed(services: Sequence[Service], site: Document[SiteModel], report: Report) -> None:
    closed = [service.name for service in services if service.access is Access.ALLOWLIST and service.name != "smtp"]
    unsaid = [name for name in closed if name not in site.model.access]
    if unsaid:
        names = ", ".join(f"`{name}`" for name in unsaid)
        report.add(
            "PLN025",
            site.spans.key("connectors"),
            f"{names} {'is' if len(unsaid) == 1 else 'are'} closed to your own users on the road",
            hint=f"keep one open with `access: {{{unsaid[0]}: public}}`, or say that it is meant with `{unsaid[0]}: allowlist`",
        )
    if any(service.name == "smtp" and service.access is Access.ALLOWLIST for service in services):
        report.add("PLN026", site.spans.key("access", "smtp"), "mail from the world is refused on port 25")
