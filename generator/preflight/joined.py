"""A preflight and the plan: which endpoints a site has, what must be reachable, and what the plan says about a port that is not."""

from collections.abc import Iterator, Sequence

from generator.compile import Compiled
from generator.compile.services import ports_text
from generator.diagnostics import Report
from generator.models import ConnectorModel, network_text
from generator.net import Prefix, parse_prefix
from generator.plan import Plan, Requirement, Service
from generator.preflight.outcome import Reachability
from generator.preflight.resolve import find_local_address
from generator.preflight.result import Endpoint
from generator.verdict import Verdict, decide


def list_endpoints(compiled: Compiled, requirement: Requirement, wanted: Sequence[str], report: Report) -> tuple[Endpoint, ...]:
    """The endpoints of one connector in a site, of the `wanted` services or of all; a host that the site does not name is a finding."""
    plan, spans = compiled.plan, compiled.site.spans
    found: list[Endpoint] = []
    missing: set[str] = set()
    for service in plan.services:
        if service.name not in requirement.services or (wanted and service.name not in wanted):
            continue
        host = plan.server.imap if service.application == "imap" else plan.server.smtp
        if host:
            found.append(Endpoint(service.application, host, service.ports[0].first, service.tls, service.name))
        elif service.application not in missing:
            missing.add(service.application)
            message = f"the site does not say which host `{requirement.connector}` connects to for {service.application.upper()}"
            hint = f"write `server: {{{service.application}: ...}}`, or name the host with --{service.application}"
            report.add("PRE001", spans.at("server"), message, hint=hint)
    return tuple(sorted(found, key=lambda endpoint: endpoint.application))


def site_reachability(plan: Plan, requirement: Requirement) -> Reachability:
    """What the plan lets through for a connector."""
    rules = [rule for rule in plan.rules if rule.connector == requirement.connector]
    prefixes = dict.fromkeys(prefix for rule in rules for prefix in rule.sources)
    services = [service for service in plan.services if service.name in requirement.services]
    return Reachability(
        tuple(map(_prefix_text, prefixes)), tuple(map(_service_text, services)), tuple(rule.id for rule in rules), requirement.how
    )


def profile_reachability(profile: ConnectorModel) -> Reachability:
    """What a profile alone says that must be let through."""
    networks = [network_text(entry) for entry in profile.networks]
    networks += [network_text(entry) for region in profile.regions.values() for entry in region.networks]
    services = tuple(f"{name} ({facts.protocol} {facts.port})" for name, facts in profile.services.items())
    return Reachability(tuple(dict.fromkeys(networks)), services, (), profile.addresses.how)


def knows_ipv6(reachability: Reachability) -> bool:
    """Whether some address that the connector comes from is an IPv6 one, as far as they are known."""
    return any(":" in prefix for prefix in reachability.prefixes)


def explain_port(plan: Plan, connector: str, endpoint: Endpoint, address: str) -> str:
    """What the plan says about a port that could not be reached, and about this machine, which its rules may shut out."""
    service = next((service for service in plan.services if service.name == endpoint.service), None)
    if service is None:
        return "The plan says nothing about this port"
    return ". ".join(_explanations(plan, connector, service, address))


def _explanations(plan: Plan, connector: str, service: Service, address: str) -> Iterator[str]:
    rules = [rule for rule in plan.rules if rule.connector == connector and rule.service == service.name]
    if rules:
        named = ", ".join(f"{rule.id} ({len(rule.sources)} prefix{'es' * (len(rule.sources) > 1)})" for rule in rules)
        yield f"The plan lets {connector} in by {named}: see whether it is loaded (`gatepost render`) on every firewall on the way"
    else:
        yield f"The plan has no rule that lets {connector} in to {service.name}"
    local = find_local_address(address)
    if local and decide(plan, parse_prefix(local), service).verdict is Verdict.DENY:
        yield f"It shuts this machine out ({local}, unless NAT changes it): test from a network under `trusted`, or expect a failure here"


def _prefix_text(prefix: Prefix) -> str:
    return prefix.host_text if prefix.length == prefix.family.bits else str(prefix)


def _service_text(service: Service) -> str:
    return f"{service.name} ({service.protocol} {ports_text(service.ports)})"
