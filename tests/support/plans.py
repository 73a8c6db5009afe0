"""Plans made by hand, for the tests of targets: no files, no compiler."""

from collections.abc import Mapping, Sequence
from typing import Final

from generator.diagnostics import Span
from generator.net import Family, PortRange, merge_prefixes, parse_prefix, split_families
from generator.plan import Access, Input, Plan, Requirement, Rule, Server, Service, TlsMode, verify

HERE: Final = Span("site.yaml", 1, 1, 1, 5)
PORTS: Final = {"smtp": 25, "imap": 143, "submissions": 465, "submission": 587, "imaps": 993}


def service(name: str, access: Access = Access.ALLOWLIST, *ports: PortRange) -> Service:
    """A listener; the well-known services have their own ports."""
    number = PORTS.get(name, 4190)
    return Service(name, "tcp", ports or (PortRange(number, number),), TlsMode.STARTTLS, "imap", access, HERE, HERE)


def make_plan(
    services: Sequence[Service],
    connectors: Mapping[str, Mapping[str, Sequence[str]]],
    *,
    site: str = "acme",
    trusted: Sequence[str] = (),
    addresses: Sequence[str] = (),
    connections: int = 5,
    inputs: tuple[Input, ...] = (Input("site.yaml", "site.yaml", "0" * 64),),
) -> Plan:
    """A plan that the compiler could have made. `connectors`: by connector and service, the networks that it comes from."""
    ordered = sorted(services, key=lambda item: (item.ports[0], item.name))
    rules: list[Rule] = []
    for item in ordered:
        for connector, by_service in sorted(connectors.items()):
            rules += _rules(site, connector, item, by_service.get(item.name, ()))
        if item.access is Access.ALLOWLIST:
            rules += _rules(site, None, item, trusted)
    plan = Plan(
        site=site,
        server=Server("imap.example.org", "smtp.example.org", tuple(map(parse_prefix, addresses)), "TLSv1.2"),
        services=tuple(ordered),
        rules=tuple(rules),
        requirements=tuple(_requirement(name, tuple(by_service), connections) for name, by_service in sorted(connectors.items())),
        connections_needed=connections,
        inputs=inputs,
    )
    verify(plan)
    return plan


def _rules(site: str, connector: str | None, item: Service, networks: Sequence[str]) -> list[Rule]:
    families = split_families(merge_prefixes(map(parse_prefix, networks)))
    stem = f"{site}/{connector or 'trusted'}/{item.name}"
    return [
        Rule(f"{stem}/v{family.value}", family, item.protocol, item.ports, tuple(sources), item.name, connector, (HERE,))
        for family, sources in zip(Family, families, strict=True)
        if sources
    ]


def _requirement(connector: str, services: tuple[str, ...], connections: int) -> Requirement:
    return Requirement(
        connector=connector,
        title=connector,
        services=services,
        tls_versions=(),
        connections_per_mailbox=connections,
        connection_breakdown=(),
        mailboxes=1,
        connections=connections,
        certificate_names_server=False,
        certificate_public_ca="",
        insecure_option="",
        login="",
        fields=(),
        how="",
        confidence="",
        preconditions=(),
        unsupported=(),
        warnings=(),
        notes=(),
    )
