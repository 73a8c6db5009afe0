"""What a user types for an endpoint: HOST[:PORT][/implicit|/starttls]."""

import re
from collections.abc import Mapping
from typing import Final

from generator.compile.services import WELL_KNOWN
from generator.models import ServiceFacts
from generator.plan import Service, TlsMode
from generator.preflight.names import is_address
from generator.preflight.result import Endpoint

_WRITTEN: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]]+)(?::(?P<port>[0-9]{1,5}))?(?:/(?P<tls>implicit|starttls))?")


class EndpointError(ValueError):
    """A text that names no endpoint. `str()` says why, and what to write."""


def parse_endpoint(text: str, application: str, services: Mapping[str, ServiceFacts]) -> Endpoint:
    """An endpoint as typed. Without a port it is the connector's first service of the application, without a mode the port's usual one.

    Raises:
        EndpointError: it can't be understood.
    """
    match = _WRITTEN.fullmatch(text)
    if match is None or not text.isprintable() or (match["host"].startswith("[") and not is_address(match["host"][1:-1])):
        raise EndpointError(f"`{text}` is no endpoint; write HOST, HOST:PORT or HOST:PORT/implicit, an IPv6 address in brackets")
    host, port = match["host"].strip("[]"), int(match["port"] or 0)
    mine = {name: facts for name, facts in services.items() if facts.application == application}
    if not match["port"]:
        port = next((facts.port for facts in mine.values() if isinstance(facts.port, int)), 993 if application == "imap" else 465)
    if not 0 < port < 65536:
        raise EndpointError(f"`{text}`: a port is a number from 1 to 65535")
    named = next((name for name, facts in mine.items() if facts.port == port), "")
    known = TlsMode(mine[named].tls) if named else _usual_mode(application, port)
    mode = TlsMode(match["tls"]) if match["tls"] else known
    if mode is None:
        raise EndpointError(f"`{text}`: port {port} does not say how TLS starts; add /implicit or /starttls")
    return Endpoint(application, host, port, mode, named if mode is known else "")


def service_facts(service: Service) -> ServiceFacts:
    """A service of a plan as a profile would tell it."""
    return ServiceFacts(
        port=service.ports[0].first,
        protocol="tcp",
        application="imap" if service.application == "imap" else "smtp",
        tls="implicit" if service.tls is TlsMode.IMPLICIT else "starttls",
    )


def _usual_mode(application: str, port: int) -> TlsMode | None:
    return next((known.tls for known in WELL_KNOWN.values() if (known.application, known.port) == (application, port)), None)
