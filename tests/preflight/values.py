"""What tests of a preflight's parts are made with."""

import time
from datetime import UTC, datetime
from typing import Final

from generator.diagnostics import Report
from generator.models import ConnectorModel
from generator.plan import TlsMode
from generator.preflight.certificate import CertificateFacts
from generator.preflight.context import Context, Credentials
from generator.preflight.demands import Demands, make_demands
from generator.preflight.outcome import EndpointReport, Info, Preflight, Reachability
from generator.preflight.resolve import Resolved
from generator.preflight.result import Check, Endpoint, Status
from generator.preflight.tls import Handshake, Outcome
from generator.preflight.transcript import Said
from generator.review.profiles import load_profile

NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def profile(name: str) -> ConnectorModel:
    """A shipped profile."""
    document = load_profile(name, Report())
    assert document is not None
    return document.model


DEMANDS: Final = make_demands(profile("hubspot"), name="hubspot", mailboxes=1, ipv6_known=False)
IMAPS: Final = Endpoint("imap", "imap.example.org", 993, TlsMode.IMPLICIT, "imaps")
NOTHING: Final = Info()
FITS: Final = Check("cert.name", Status.PASS, "the certificate is for this host name", data=(("rule", "san+cn"),))
SUBMISSION: Final = Endpoint("smtp", "smtp.example.org", 587, TlsMode.STARTTLS, "submission")


def context(demands: Demands = DEMANDS, credentials: Credentials | None = None, seconds: float = 5.0) -> Context:
    """A run that asks no name server and never waits between connections."""
    return Context(
        demands=demands,
        clock=time.monotonic,
        pause=lambda _seconds: None,
        now=NOW,
        resolver=lambda _host, _deadline: Resolved(("127.0.0.1",)),
        trusted=b"",
        timeout=seconds,
        credentials=credentials,
    )


def endpoint_report(endpoint: Endpoint, *checks: Check, out_of_reach: bool = False, info: Info = NOTHING) -> EndpointReport:
    """What was found at an endpoint."""
    said = (Said("S", "* OK ready"), Said("C", 'g01 LOGIN "bob" ***'), Said("-", "TLS: TLSv1.2"))
    return EndpointReport(endpoint, ("192.0.2.10",), "192.0.2.10", "198.51.100.7", 1, info, checks, said, out_of_reach)


def preflight(*endpoints: EndpointReport, checks: tuple[Check, ...] = ()) -> Preflight:
    """A result."""
    return Preflight(
        connector="hubspot",
        title="HubSpot connected personal email (IMAP and SMTP)",
        vendor="HubSpot",
        site="acme",
        time=NOW,
        seconds=1.5,
        endpoints=endpoints,
        checks=checks,
        reachability=Reachability(("198.51.100.10",), ("imaps (tcp 993)",), ("acme/hubspot/imaps/v4",), "in HubSpot, Settings"),
    )


CERTIFICATE: Final = CertificateFacts(
    subject="CN=imap.example.org,O=a|b `c`",
    issuer="CN=Example CA",
    common_names=("imap.example.org",),
    dns_names=("imap.example.org", "mail.example.org"),
    not_before=datetime(2026, 9, 1, tzinfo=UTC),
    not_after=datetime(2026, 12, 1, tzinfo=UTC),
    key="RSA 2048 bits",
    signature="sha256",
    serial="01",
    sha256="ab" * 32,
    sent=2,
)
INFO: Final = Info(
    greeting="* OK [CAPABILITY IMAP4rev1] Courier-IMAP ready.",
    capabilities=("IMAP4REV1", "AUTH=PLAIN"),
    handshake=Handshake(Outcome.DONE, "TLSv1.2", "ECDHE-RSA-AES256-GCM-SHA384", key_exchange="ECDHE"),
    certificate=CERTIFICATE,
    id='* ID ("name" "Courier-IMAP")',
    bye="* BYE Courier-IMAP server shutting down",
)
EVERY_KIND: Final = preflight(
    endpoint_report(
        IMAPS,
        Check("dns", Status.PASS, "the host name resolves", "192.0.2.10"),
        Check("tcp", Status.PASS, "port 993 answers", "192.0.2.10 in 3 ms, from 198.51.100.7"),
        Check("cert.validity", Status.WARN, "the certificate expires soon", "8 days left", "see why it was not renewed yet"),
        Check("login", Status.FAIL, "the login is refused", "LOGIN: NO Login failed.", "compare the password", "IMAP authentication error"),
        Check("inbox", Status.SKIP, "inbox", "not run because the login was refused"),
        Check("connections", Status.SKIP, "simultaneous connections", "not run because the login was refused"),
        Check("software", Status.FAIL, "Courier-IMAP: HubSpot does not support it", "the greeting says so", "move the mailboxes"),
        info=INFO,
    ),
    endpoint_report(
        SUBMISSION,
        Check("greeting", Status.PASS, "the server greets", "220 <b>mail</b> | *ESMTP* [x](y)"),
        Check("plaintext", Status.NOTE, "login is offered without TLS", "", "Postfix: `smtpd_tls_auth_only = yes`"),
    ),
    checks=(
        Check("dns.mx", Status.NOTE, "mail for example.org goes to Google", "MX: aspmx.l.google.com"),
        Check("reminder", Status.NOTE, "a box to tick"),
    ),
)
