"""What to type at the vendor, and what to do and know there before: the other half of letting a connector in."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from generator.plan import Plan, Requirement, Server, Service, TlsMode

_TLS_TEXTS: Final = {TlsMode.IMPLICIT: "implicit TLS (vendors also say SSL/TLS)", TlsMode.STARTTLS: "STARTTLS"}
DOUBTS: Final = {
    "low": "low: the addresses are derived, not the vendor's own list for this use; hold them against your logs",
    "medium": "medium: not every fact is the vendor's own word about this use",
}
_APPLICATIONS: Final = (("imap", "IMAP"), ("smtp", "SMTP"))


class Handover(NamedTuple):
    """What the person who connects one connector needs. `rows` are labels with their texts, in the order in which they are needed."""

    connector: str
    title: str
    rows: tuple[tuple[str, str], ...]


def handover(plan: Plan) -> tuple[Handover, ...]:
    """One handover for each connector of a plan."""
    return tuple(make_handover(requirement, plan.services, plan.server) for requirement in plan.requirements)


def make_handover(requirement: Requirement, services: Sequence[Service], server: Server) -> Handover:
    """The handover of one connector; an empty host name of the server becomes a word about where to write it."""
    used = [service for service in services if service.name in requirement.services]
    rows = (
        *(("before", text) for text in requirement.preconditions),
        *([("addresses", requirement.how)] if requirement.how else []),
        *_host_rows(used, server),
        *_login_rows(requirement, used, server),
        *_certificate_rows(requirement, used, server),
        ("connections", _connections(requirement)),
        *([("confidence", DOUBTS[requirement.confidence])] if requirement.confidence in DOUBTS else []),
        *(("warning", text) for text in requirement.warnings),
        *(("unsupported", text) for text in requirement.unsupported),
        *(("note", text) for text in requirement.notes),
    )
    return Handover(requirement.connector, requirement.title, rows)


def _host_rows(used: Sequence[Service], server: Server) -> Iterator[tuple[str, str]]:
    for application, label in _APPLICATIONS:
        listeners = sorted(
            (service for service in used if service.application == application),
            key=lambda service: (service.tls is not TlsMode.IMPLICIT, service.ports),
        )
        if listeners:
            yield f"{label} host", _host(server, application)
            yield f"{label} port", "; or ".join(f"{_ports(service)}, {_TLS_TEXTS[service.tls]}" for service in listeners)


def _host(server: Server, application: str) -> str:
    name = server.imap if application == "imap" else server.smtp
    return name or f"your server's name (the site file can say it: `server: {{{application}: ...}}`)"


def _ports(service: Service) -> str:
    return ", ".join(str(port.first) if port.first == port.last else f"{port.first} to {port.last}" for port in service.ports)


def _login_rows(requirement: Requirement, used: Sequence[Service], server: Server) -> Iterator[tuple[str, str]]:
    if requirement.login == "password":
        names = sorted({_host(server, service.application) for service in used if getattr(server, service.application)})
        yield "user name", "the mailbox's own" + (f", as on {' and '.join(names)}" if names else "")
        yield "password", "that mailbox's own; where the server has app passwords, one made for this connector"
    elif requirement.login == "oauth":
        yield "login", "OAuth: the vendor leads to your server's own sign-in page, and no password is typed"


def _certificate_rows(requirement: Requirement, used: Sequence[Service], server: Server) -> Iterator[tuple[str, str]]:
    names = [name for application, _ in _APPLICATIONS for name in [getattr(server, application)] if _is_used(used, application)]
    if requirement.certificate_names_server:
        shown = " and ".join(dict.fromkeys(filter(None, names))) or "the host names above"
        yield "certificate", f"it has to carry {shown}"
    if requirement.certificate_public_ca == "required":
        yield "certificate", "it has to be signed by a public CA"
    elif requirement.insecure_option:
        yield "certificate", f"if no public CA signed it, choose: {requirement.insecure_option}"
    elif requirement.certificate_public_ca == "preferred":
        yield "certificate", "it should be signed by a public CA"
    if requirement.tls_versions:
        accepts = f" (the server accepts {server.tls_minimum} and newer)" if server.tls_minimum else ""
        yield "TLS", f"the connector speaks {', '.join(requirement.tls_versions)}{accepts}"


def _is_used(used: Sequence[Service], application: str) -> bool:
    return any(service.application == application for service in used)


def _connections(requirement: Requirement) -> str:
    per_mailbox = requirement.connections_per_mailbox
    each = f"{per_mailbox} for each mailbox" if per_mailbox else "the vendor does not say how many; 5 for each mailbox are reckoned with"
    breakdown = f" ({'; '.join(requirement.connection_breakdown)})" if requirement.connection_breakdown else ""
    if requirement.mailboxes == 1:
        return f"{each}{breakdown}"
    return f"{requirement.connections} at the same time: {each}{breakdown}, {requirement.mailboxes} mailboxes"


def handover_lines(given: Handover) -> Iterator[str]:
    """The handover as text, a line for each row."""
    yield f"{given.title} ({given.connector}): at the vendor"
    label_width = max(len(label) for label, _ in given.rows)
    yield from (f"  {label:<{label_width}}  {text}" for label, text in given.rows)
