"""Plans for the tests of the Dovecot target, and what it writes for them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from generator.diagnostics import Report, Span
from generator.net import PortRange
from generator.plan import Access, Plan, Server, Service, TlsMode
from generator.render import open_templates, render_target
from generator.targets.dovecot import lower
from generator.targets.dovecot_view import DovecotView
from generator.targets.manifest import Target
from generator.targets.options import Options, OptionValue
from tests.support import plans
from tests.support.targets import shipped_target

NOWHERE: Final = Span("acme.yaml", 1, 1, 1, 2)
HUBSPOT: Final = ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48")
OFFICE: Final = ("203.0.113.0/28", "2001:db8:a::/48")
IMAP: Final = ("imap", "imaps")

Grants = Mapping[str, tuple[Sequence[str], Sequence[str]]]  # connector → its services, its prefixes


def make_plan(
    *names: str,
    grants: Grants | None = None,
    each: Mapping[str, int] | None = None,
    mailboxes: Mapping[str, int] | None = None,
    ports: Mapping[str, Sequence[PortRange]] | None = None,
    access: Mapping[str, Access] | None = None,
    trusted: Sequence[str] = (),
    tls_minimum: str = "TLSv1.2",
    tls: Mapping[str, Sequence[str]] | None = None,
) -> Plan:
    """A plan in few words. Without `grants`, `hubspot` reaches every service from HUBSPOT; `each` is 5 and `mailboxes` 1 by default."""
    given = {"hubspot": (names or IMAP, HUBSPOT)} if grants is None else grants
    listeners = [_service(name, (access or {}).get(name, Access.ALLOWLIST), *(ports or {}).get(name, ())) for name in names or IMAP]
    connectors = {who: dict.fromkeys(services, prefixes) for who, (services, prefixes) in given.items()}
    plan = plans.make_plan(listeners, connectors, trusted=trusted, connections=1)
    counts = {who: ((each or {}).get(who, 5), (mailboxes or {}).get(who, 1)) for who in connectors}
    return plan._replace(
        server=Server("imap.example.org", "smtp.example.org", (), tls_minimum),
        requirements=tuple(
            one._replace(
                tls_versions=tuple((tls or {}).get(one.connector, one.tls_versions)),
                connections_per_mailbox=counts[one.connector][0],
                mailboxes=counts[one.connector][1],
                connections=counts[one.connector][0] * counts[one.connector][1],
            )
            for one in plan.requirements
        ),
    )


def _service(name: str, access: Access, *ports: PortRange) -> Service:
    implicit = name in ("imaps", "submissions")
    application = "imap" if name.startswith("imap") else "smtp"
    service = plans.service(name, access, *ports)
    return service._replace(tls=TlsMode.IMPLICIT if implicit else TlsMode.STARTTLS, application=application)


@cache
def dovecot_target() -> Target:
    """The shipped target."""
    return shipped_target("dovecot")


def make_options(**given: OptionValue) -> Options:
    """The manifest's defaults and what is given."""
    options = dovecot_target().manifest.options
    values: dict[str, OptionValue] = {name: option.default for name, option in options.items()} | given
    return Options(values, dict.fromkeys(options, NOWHERE))


def view_of(plan: Plan, **options: OptionValue) -> DovecotView:
    """The view of a plan that has one."""
    report = Report()
    view = lower(plan, limits=dovecot_target().limits, options=make_options(**options), report=report)
    assert view is not None, report.findings
    return view


def findings_of(plan: Plan, **options: OptionValue) -> list[tuple[str, str, str]]:
    """Code, message and hint of every finding."""
    report = Report()
    lower(plan, limits=dovecot_target().limits, options=make_options(**options), report=report)
    return [(finding.code, finding.message, finding.hint) for finding in report.findings]


def render_dovecot(plan: Plan, **options: OptionValue) -> dict[str, str]:
    """The text of every file of the target, by file name."""
    report = Report()
    artifacts = render_target(
        plan, dovecot_target(), make_options(**options), templates=open_templates(), again=["acme.yaml"], report=report
    )
    assert not report.has_errors, report.findings
    return {artifact.path.rpartition("/")[2]: artifact.content for artifact in artifacts}
