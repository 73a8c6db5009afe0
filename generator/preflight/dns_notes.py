"""What the domain publishes about its mail: SRV records of services, and where its mail goes. Notes, and never more than that."""

from collections.abc import Iterator, Sequence
from typing import Final

from generator.plan import TlsMode
from generator.preflight.names import ascii_name, is_address
from generator.preflight.resolve import open_resolver
from generator.preflight.result import Check, Endpoint, Status
from generator.preflight.transcript import printable
from generator.preflight.wire import Deadline

# RFC 6186 and RFC 8314, section 5.1.
_SERVICES: Final = {
    ("imap", TlsMode.IMPLICIT): "_imaps._tcp",
    ("imap", TlsMode.STARTTLS): "_imap._tcp",
    ("smtp", TlsMode.IMPLICIT): "_submissions._tcp",
    ("smtp", TlsMode.STARTTLS): "_submission._tcp",
}
_HOSTED: Final = {
    "mail.protection.outlook.com": "Microsoft 365",
    "mx.microsoft": "Microsoft 365",
    "olc.protection.outlook.com": "Outlook.com",
    "google.com": "Google",
    "googlemail.com": "Google",
}
_PATIENCE_SECONDS: Final = 3.0

Record = tuple[str, int]  # host and port, or host and preference


def mail_domain(user: str, endpoints: Sequence[Endpoint]) -> str:
    """The domain whose records are looked at: that of the mailbox, else what is above the first host's name; nothing for addresses."""
    domain = user.rpartition("@")[2] if "@" in user else ""
    if not domain:
        hosts = [endpoint.host.rstrip(".") for endpoint in endpoints if not is_address(endpoint.host)]
        domain = hosts[0].partition(".")[2] if hosts else ""
    ascii_form = _ascii(domain)
    return ascii_form if "." in ascii_form else ""


def _ascii(name: str) -> str:
    """The name as it goes over the wire; nothing for one that can't."""
    try:
        return ascii_name(name)
    except ValueError:
        return ""


def find_dns_notes(domain: str, endpoints: Sequence[Endpoint], server: tuple[str, int] | None, deadline: Deadline) -> tuple[Check, ...]:
    """The checks `dns.srv` and `dns.mx` for what is published; what is not published, or not answered, has none."""
    if not domain:
        return ()
    until = deadline.within(_PATIENCE_SECONDS)
    return (*_srv_notes(domain, endpoints, server, until), *_mx_notes(domain, server, until))


def _srv_notes(domain: str, endpoints: Sequence[Endpoint], server: tuple[str, int] | None, until: Deadline) -> Iterator[Check]:
    for (application, mode), label in _SERVICES.items():
        mine = [endpoint for endpoint in endpoints if endpoint.application == application]
        records = _ask(f"{label}.{domain}", "SRV", server, until) if mine else ()
        if not records:
            continue
        title = f"{label}.{domain}"
        data = (("records", " ".join(f"{host}:{port}" for host, port in records)),)
        if all(host in ("", ".") for host, _ in records):
            same = any(endpoint.tls is mode for endpoint in mine)
            detail = "the target `.` says that it is not offered" + (", and it is tested here" if same else "")
            yield Check("dns.srv", Status.NOTE, f"{title}: the domain does not offer this service", detail, data=data)
        elif any((_ascii(endpoint.host), endpoint.port) in records for endpoint in mine):
            yield Check("dns.srv", Status.PASS, f"{title} agrees", data=data)
        elif any(endpoint.tls is mode for endpoint in mine):
            named = ", ".join(f"{host}:{port}" for host, port in records)
            given = ", ".join(f"{endpoint.host}:{endpoint.port}" for endpoint in mine if endpoint.tls is mode)
            yield Check("dns.srv", Status.NOTE, f"{title} names {named}", f"tested is {given}", data=data)


def _mx_notes(domain: str, server: tuple[str, int] | None, until: Deadline) -> Iterator[Check]:
    records = _ask(domain, "MX", server, until)
    hosts = [host for host, _ in records]
    hosted = {title for host in hosts for suffix, title in _HOSTED.items() if f".{host}".endswith(f".{suffix}")}
    data = (("records", " ".join(hosts)),)
    if hosted:
        provider = " and ".join(sorted(hosted))
        yield Check(
            "dns.mx",
            Status.NOTE,
            f"mail for {domain} goes to {provider}",
            f"MX: {', '.join(hosts)}",
            f"if the mailbox itself is there, connect it with the connector's own option for {provider} instead of IMAP",
            data=data,
        )
    elif hosts == [""]:
        yield Check("dns.mx", Status.NOTE, f"{domain} takes no mail", "its MX record is the null MX of RFC 7505", data=data)


def _ask(name: str, kind: str, server: tuple[str, int] | None, until: Deadline) -> tuple[Record, ...]:
    """The records of a name, best first; none where nobody answers: nothing hangs on these."""
    import dns.exception

    try:
        resolver = open_resolver(*server) if server else open_resolver()
        answer = resolver.resolve(f"{name}.", kind, lifetime=max(until.left, 0.01), raise_on_no_answer=False)
    except (dns.exception.DNSException, OSError, ValueError):
        return ()
    if kind == "MX":
        found = [(record.preference, _host(record.exchange), 0) for record in answer.rrset or ()]
    else:
        found = [(record.priority, _host(record.target), record.port) for record in answer.rrset or ()]
    return tuple((host, port) for _, host, port in sorted(found))


def _host(name: object) -> str:
    return printable(str(name).lower().rstrip(".").encode())
