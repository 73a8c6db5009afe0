"""Plan → Postfix: a cidr table for every service that is closed to others, and what apply.sh sets in master.cf.

Sources of the facts: postconf(5), master(5), cidr_table(5), access(5), tried on Postfix 3.7 and 3.10; the sources of 3.4 to 3.10.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from generator.diagnostics import Report
from generator.net import Prefix
from generator.plan import Access, Plan, Rule, Service, TlsMode
from generator.targets.naming import underscored
from generator.targets.options import Options
from generator.targets.postfix_view import Listener, PostfixView, Section, Table

OPTIONS: Final[Mapping[str, str]] = {"limit_exceptions": "choice"}
CHOICES: Final = {"limit_exceptions": ("auto", "always", "never")}
LIMITS: Final[Mapping[str, int]] = {"listeners_per_service": 1}

_MX: Final = "smtp"
_LOOPBACK: Final = Section("the mail server itself", ("127.0.0.0/8", "::1/128"))
_OLDER_PROTOCOLS: Final = {
    "TLSv1.0": "!SSLv2,!SSLv3",
    "TLSv1.1": "!SSLv2,!SSLv3,!TLSv1",
    "TLSv1.2": "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1",
    "TLSv1.3": "!SSLv2,!SSLv3,!TLSv1,!TLSv1.1,!TLSv1.2",
}


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> PostfixView | None:
    """Turn a plan into what Postfix can say; None after an error that was reported."""
    services = tuple(service for service in plan.services if service.application == "smtp")
    if not services:
        _report_nothing(plan, report)
        return None
    fits = [_check_service(service, limits["listeners_per_service"], report) for service in services]
    if not all(fits):
        return None
    exempt = options.text("limit_exceptions")
    spared = tuple(service for service in services if _connectors(plan, service))
    return PostfixView(
        site=plan.site,
        folder=f"gatepost_{underscored(plan.site)}",
        listeners=tuple(listener for service in services for listener in _listeners(plan, service, exempt)),
        tables=tuple(_access_table(plan, service) for service in services if service.access is Access.ALLOWLIST),
        limits=() if exempt == "never" else tuple(_limits_table(plan, service) for service in spared),
        postscreen=tuple(_postscreen_table(plan, service) for service in spared if service.name == _MX),
        need=plan.connections_needed,
        exempt=exempt,
        families=tuple(sorted({f"ipv{rule.family.value}" for service in spared for rule in _connectors(plan, service)})),
    )


def _report_nothing(plan: Plan, report: Report) -> None:
    names = ", ".join(f"`{service.name}`" for service in plan.services)
    report.add(
        "TGT110",
        plan.services[0].decided,
        f"Postfix has nothing to serve: {names} {'is' if len(plan.services) == 1 else 'are'} not SMTP",
        hint="leave the target `postfix` out, or let a connector use `submission`, `submissions` or `smtp`",
    )


def _check_service(service: Service, most: int, report: Report) -> bool:
    """Whether Postfix can listen as the plan says; what it can't is reported."""
    count = sum(port.last - port.first + 1 for port in service.ports)
    if count > most:
        ports = ", ".join(map(str, service.ports))
        message = f"`{service.name}` is on {count} ports ({ports}), and each of them is a listener of Postfix"
        in_site = service.origin.path == service.decided.path  # else in a profile, which the user may not be able to change
        place = service.origin if in_site else service.decided
        report.add("TGT111", place, message, hint=f"name the ports that Postfix listens on, {most} or fewer")
    if service.name == _MX and service.tls is TlsMode.IMPLICIT:
        message = "`smtp` with implicit TLS: the port that other mail servers use has none"
        report.add("TGT112", service.decided, message, hint="call the service `submissions`")
        return False
    return count <= most


def _listeners(plan: Plan, service: Service, exempt: str) -> Iterator[Listener]:
    closed, spared = service.access is Access.ALLOWLIST, bool(_connectors(plan, service))
    kind = ("exclusive" if closed else "additive") if service.name == _MX else "submission"
    for number in (number for port in service.ports for number in range(port.first, port.last + 1)):
        yield Listener(
            title=f"{service.name}, {service.protocol} {number}: {_summary(service)}",
            service=service.name,
            port=number,
            kind=kind,
            tls=() if service.name == _MX else _tls_settings(service, plan.server.tls_minimum),
            starttls=service.name == _MX,
            table=service.name if closed else "",
            limits=f"{service.name}.limits" if spared and exempt != "never" else "",
            postscreen=f"{service.name}.postscreen" if spared and service.name == _MX else "",
        )


def _tls_settings(service: Service, minimum: str) -> tuple[str, ...]:
    """TLS always, from the floor up. No ceiling: a connector may speak nothing newer than the floor."""
    return (
        f"smtpd_tls_wrappermode={'yes' if service.tls is TlsMode.IMPLICIT else 'no'}",
        "smtpd_tls_security_level=encrypt",
        # What all of 3.4 to 3.10 read; `>=TLSv1.2` is Postfix 3.6's.
        f"smtpd_tls_mandatory_protocols={_OLDER_PROTOCOLS[minimum]}",
        "smtpd_tls_auth_only=yes",
        "smtpd_sasl_auth_enable=yes",
    )


def _summary(service: Service) -> str:
    if service.access is Access.ALLOWLIST:
        return "connectors and trusted networks, nobody else"
    return "open to everybody" if service.access is Access.PUBLIC else "as it is, to everybody"


def _access_table(plan: Plan, service: Service) -> Table:
    rules = [rule for rule in plan.rules if rule.service == service.name]
    title = f"who may connect to {service.name}, {service.protocol} {', '.join(map(str, service.ports))}"
    return Table(service.name, title, "OK", (_LOOPBACK, *_sections(rules)))


def _limits_table(plan: Plan, service: Service) -> Table:
    title = f"who is spared the client limits of {service.name}"
    return Table(f"{service.name}.limits", title, "exempt", _sections(_connectors(plan, service)))


def _postscreen_table(plan: Plan, service: Service) -> Table:
    return Table(f"{service.name}.postscreen", "who is spared the tests of postscreen", "permit", _sections(_connectors(plan, service)))


def _connectors(plan: Plan, service: Service) -> list[Rule]:
    return [rule for rule in plan.rules if rule.service == service.name and not rule.trusted]


def _sections(rules: Iterable[Rule]) -> tuple[Section, ...]:
    return tuple(Section(rule.id, _texts(rule.sources)) for rule in rules)


def _texts(prefixes: Iterable[Prefix]) -> tuple[str, ...]:
    """Canonical CIDR with its length: postmap warns about nothing but drops a line with host bits."""
    return tuple(map(str, prefixes))
