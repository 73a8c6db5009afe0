"""Plans for the tests of the iptables target, and what it writes for them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from generator.diagnostics import Report, Span
from generator.net import PortRange
from generator.plan import Access, Plan
from generator.render import open_templates, render_target
from generator.targets.manifest import Target
from generator.targets.options import Options, OptionValue
from tests.support import plans
from tests.support.targets import shipped_target

NOWHERE: Final = Span("acme.yaml", 1, 1, 1, 2)
HUBSPOT: Final = ("192.0.2.7", "198.51.100.0/25", "2001:db8:100::/48")
OFFICE: Final = ("203.0.113.0/28", "2001:db8:a::/48")
MAIL: Final = {"imaps": (993, 993), "submission": (587, 587)}

Ports = tuple[int, int] | tuple[tuple[int, int], ...]  # one port range, or several
Grants = Mapping[str, tuple[Sequence[str], Sequence[str]]]  # connector → its services, its prefixes


def make_plan(
    *,
    site: str = "acme",
    services: Mapping[str, Ports] = MAIL,
    grants: Grants | None = None,
    trusted: Sequence[str] = (),
    access: Mapping[str, Access] | None = None,
    needed: int = 5,
) -> Plan:
    """A plan in few words. Without `grants`, `hubspot` reaches every service from HUBSPOT."""
    given = {"hubspot": (tuple(services), HUBSPOT)} if grants is None else grants
    listeners = [plans.service(name, (access or {}).get(name, Access.ALLOWLIST), *_ranges(ports)) for name, ports in services.items()]
    connectors = {who: dict.fromkeys(names, prefixes) for who, (names, prefixes) in given.items()}
    return plans.make_plan(listeners, connectors, site=site, trusted=trusted, connections=needed)


@cache
def iptables_target() -> Target:
    """The shipped target."""
    return shipped_target("iptables")


def make_options(**given: OptionValue) -> Options:
    """The manifest's defaults and what is given."""
    options = iptables_target().manifest.options
    values: dict[str, OptionValue] = {name: option.default for name, option in options.items()} | given
    listed = {name: (value,) for name, value in values.items() if options[name].type == "list" and isinstance(value, str)}
    return Options(values | listed, dict.fromkeys(options, NOWHERE))


def render_iptables(plan: Plan, **given: OptionValue) -> dict[str, str]:
    """The text of every file of the iptables target, by file name."""
    report = Report()
    artifacts = render_target(
        plan, iptables_target(), make_options(**given), templates=open_templates(), again=["acme.yaml"], report=report
    )
    assert not report.has_errors, report.findings
    return {artifact.path.rpartition("/")[2]: artifact.content for artifact in artifacts}


def _ranges(ports: Ports) -> tuple[PortRange, ...]:
    pairs = (pair for pair in ports if isinstance(pair, tuple))
    return tuple(PortRange(*pair) for pair in pairs) or (PortRange(*ports),)
