"""What a whole preflight found, and the verdict over it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from generator.preflight.certificate import CertificateFacts
from generator.preflight.log_filter import log_filter
from generator.preflight.resolve import hidden_kind
from generator.preflight.result import Check, Endpoint, Status
from generator.preflight.tls import Handshake
from generator.preflight.transcript import Said


class Verdict(StrEnum):
    """What a preflight comes to."""

    READY = "ready"
    WARNINGS = "ready-with-warnings"
    NOT_READY = "not-ready"
    UNTESTED = "could-not-test"


class Info(NamedTuple):
    """What a server showed of itself, as one printable line each."""

    greeting: str = ""
    capabilities_before_tls: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    capabilities_after_login: tuple[str, ...] = ()
    handshake: Handshake | None = None
    certificate: CertificateFacts | None = None
    id: str = ""
    bye: str = ""


class EndpointReport(NamedTuple):
    """Everything about one endpoint. `out_of_reach`: it was not reached, and the reason lies on this side."""

    endpoint: Endpoint
    addresses: tuple[str, ...]
    tested_address: str
    local_address: str
    connections_made: int
    info: Info
    checks: tuple[Check, ...]
    transcript: tuple[Said, ...]
    out_of_reach: bool


class Reachability(NamedTuple):
    """What must be let through for the connector, wherever this was run. `how` says where prefixes are found that are not known."""

    prefixes: tuple[str, ...]
    services: tuple[str, ...]  # `imaps (tcp 993)`
    rules: tuple[str, ...]
    how: str

    @property
    def log_filter(self) -> str:
        """The command that finds the connector in the server's log, where one line says it."""
        return log_filter(self.prefixes)


class Preflight(NamedTuple):
    """The result of one run. `checks` are those of no endpoint: DNS notes and reminders. `seconds` is how long it took."""

    connector: str
    title: str
    vendor: str
    site: str
    time: datetime
    seconds: float
    endpoints: tuple[EndpointReport, ...]
    checks: tuple[Check, ...]
    reachability: Reachability

    def read_strictly(self) -> "Preflight":
        """The same with the vendor's words taken literally: a name that the SAN has and the CN has not is a warning then."""
        endpoints = tuple(report._replace(checks=tuple(map(_read_strictly, report.checks))) for report in self.endpoints)
        return self._replace(endpoints=endpoints)

    @property
    def every_check(self) -> tuple[Check, ...]:
        """All checks, those of the endpoints first."""
        return (*(check for report in self.endpoints for check in report.checks), *self.checks)

    def count(self, status: Status) -> int:
        """How many checks came out like that."""
        return sum(check.status is status for check in self.every_check)

    @property
    def verdict(self) -> Verdict:
        """Whether the connector's login can work, as far as it can be seen from here.

        Could not test: no endpoint was reached, and for each the reason may lie on this side: no route, no answer from the name server, or
        silence, which a firewall in front of this machine makes as well as one in front of the server. A name that does not exist, a
        refused port and a router's "prohibited" are answers of the other side.
        """
        if self.endpoints and all(report.out_of_reach for report in self.endpoints):
            return Verdict.UNTESTED
        if self.count(Status.FAIL):
            return Verdict.NOT_READY
        return Verdict.WARNINGS if self.count(Status.WARN) else Verdict.READY

    @property
    def local_addresses(self) -> tuple[str, ...]:
        """The addresses of this machine that it was tested from."""
        return tuple(dict.fromkeys(report.local_address for report in self.endpoints if report.local_address))

    @property
    def vantage_note(self) -> str:
        """What a test from here leaves open."""
        private = [address for address in self.local_addresses if hidden_kind(address)]
        inside = "; from a private address it may take another way than from outside" if private else ""
        return (
            f"a PASS from here says nothing about {self.vendor}'s own addresses: firewalls, GeoIP and fail2ban judge each by itself{inside}"
        )


def _read_strictly(check: Check) -> Check:
    literal = check.id == "cert.name" and check.status is Status.NOTE
    return check._replace(status=Status.WARN) if literal else check
