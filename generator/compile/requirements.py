"""What the connectors ask of the server: TLS versions, certificate, and how many connections one source address may need at once."""

from collections.abc import Sequence
from typing import Final

from generator.compile.addresses import Gathered
from generator.decode import Document
from generator.diagnostics import Related, Report
from generator.load import ConnectorInput
from generator.models import SiteModel
from generator.net import Family, Prefix, make_prefix
from generator.plan import Requirement

UNKNOWN_CONNECTIONS: Final = 5  # per mailbox, where a vendor says nothing: as many as HubSpot says
_TLS_ORDER: Final = ("SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_V6_SOURCE_LENGTH: Final = 64  # a limit counts an IPv6 source by its /64


def build_requirement(entry: ConnectorInput, services: tuple[str, ...]) -> Requirement:
    """The demands of one connector as its profile states them, sized for the site's mailboxes."""
    profile, mailboxes = entry.profile.model, entry.use.mailboxes
    asks = profile.requires
    return Requirement(
        connector=entry.name,
        title=profile.title,
        services=services,
        tls_versions=asks.tls_versions,
        connections_per_mailbox=asks.connections_per_mailbox,
        connection_breakdown=tuple(f"{part.count} {part.when}" for part in asks.connections),
        mailboxes=mailboxes,
        connections=(asks.connections_per_mailbox or UNKNOWN_CONNECTIONS) * mailboxes,
        certificate_names_server=asks.certificate.names_server,
        certificate_public_ca=asks.certificate.public_ca,
        insecure_option=profile.insecure_option,
        login=asks.login,
        fields=asks.fields,
        how=profile.addresses.how,
        confidence=profile.confidence or "",
        preconditions=profile.preconditions,
        unsupported=profile.unsupported,
        warnings=profile.warnings,
        notes=profile.notes,
    )


def check_tls_floor(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> None:
    """Report a `server.tls_minimum` above the newest version that this connector speaks, at both lines."""
    server, versions = site.model.server, entry.profile.model.requires.tls_versions
    if not versions:
        return
    ceiling = max(versions, key=_TLS_ORDER.index)
    if _TLS_ORDER.index(server.tls_minimum) > _TLS_ORDER.index(ceiling):
        there = Related(entry.profile.spans.at("requires", "tls_versions"), f"`{entry.name}` speaks {', '.join(versions)}")
        report.add(
            "PLN030",
            site.spans.at("server", "tls_minimum"),
            f"`{entry.name}` can't speak {server.tls_minimum}: its newest version is {ceiling}",
            hint=f"write `tls_minimum: {ceiling}`",
            related=(there,),
        )


def count_connections(connectors: Sequence[tuple[Requirement, Gathered]]) -> int:
    """The largest number of simultaneous connections that one source may need: connectors that share a source add up.

    A source is an IPv4 address or an IPv6 /64, as the connection limits of the firewalls count them. 0 without a connector.
    """
    if len(connectors) == 1:
        return connectors[0][0].connections
    starts_and_ends: list[tuple[Family, int, int]] = []
    for requirement, gathered in connectors:
        for first, last, family in _source_ranges(gathered.prefixes):
            starts_and_ends.append((family, first, requirement.connections))
            starts_and_ends.append((family, last + 1, -requirement.connections))
    needed = current = 0
    for _, _, change in sorted(starts_and_ends):  # at one point the ends (negative) come before the starts
        current += change
        needed = max(needed, current)
    return needed


def _source_ranges(prefixes: Sequence[Prefix]) -> list[tuple[int, int, Family]]:
    """Disjoint ranges of sources; several IPv6 prefixes inside one /64 are one source."""
    ranges: list[tuple[int, int, Family]] = []
    for prefix in prefixes:
        wide = make_prefix(prefix.family, prefix.first, min(prefix.length, _V6_SOURCE_LENGTH))
        if ranges and ranges[-1][2] is wide.family and wide.first <= ranges[-1][1]:
            continue
        ranges.append((wide.first, wide.last, wide.family))
    return ranges
