"""Connector profiles by the names that a user types, without a site."""

from difflib import get_close_matches
from pathlib import Path

from generator import resources
from generator.compile.requirements import build_requirement
from generator.decode import Document, decode_connector
from generator.diagnostics import Report
from generator.load import ConnectorInput
from generator.models import ConnectorModel, ConnectorUse
from generator.net import PortError, make_port, merge_ports, parse_ports
from generator.plan import Access, Server, Service, TlsMode
from generator.review.handover import Handover, make_handover
from generator.source import read_source


class UnknownConnectorError(LookupError):
    """No shipped connector is called that. `str()` says so, and what was perhaps meant."""


def is_profile_path(name: str) -> bool:
    """Whether a user means a file rather than a shipped connector."""
    return "/" in name or name.endswith((".yaml", ".yml"))


def load_profile(name: str, report: Report) -> Document[ConnectorModel] | None:
    """The profile of a shipped connector, or the one at a path; None after an error in the report.

    Raises:
        UnknownConnectorError: it is neither.
    """
    path, shown = Path(name), name
    if not is_profile_path(name):
        path = resources.profile_path(name) or path
        shown = f"{resources.BUILTIN}/profiles/{path.name}"
        if path == Path(name):
            raise UnknownConnectorError(_unknown(name))
    source = read_source(path, shown=shown, name=shown, report=report)
    if source is None:
        return None
    return decode_connector(source, report)


def _unknown(name: str) -> str:
    known = resources.shipped_profiles()
    near = get_close_matches(name, known, n=1)
    mean = f"did you mean `{near[0]}`? " if near else ""
    return f"`{name}` is no shipped connector; {mean}`gatepost connectors list` shows all"


def profile_handover(profile: Document[ConnectorModel], report: Report) -> Handover | None:
    """What to do at the vendor, as far as the profile alone can tell; None after an error in the report."""
    model = profile.model
    services = [service for name in model.services for service in [profile_service(profile, name, report)] if service is not None]
    if report.has_errors:
        return None
    entry = ConnectorInput(model.name, 0, ConnectorUse(use=model.name), profile, None)
    return make_handover(build_requirement(entry, tuple(model.services)), services, Server("", "", (), ""))


def profile_service(profile: Document[ConnectorModel], name: str, report: Report) -> Service | None:
    """A service as a profile has it, closed to others; None after an error in the report."""
    facts, span = profile.model.services[name], profile.spans.at("services", name, "port")
    written = facts.port if isinstance(facts.port, tuple) else (facts.port,)
    try:
        ports = merge_ports(make_port(port) if isinstance(port, int) else parse_ports(port) for port in written)
    except PortError as error:
        report.add(error.code, span, str(error), hint=error.hint)
        return None
    return Service(name, facts.protocol, ports, TlsMode(facts.tls), facts.application, Access.ALLOWLIST, span, span)
