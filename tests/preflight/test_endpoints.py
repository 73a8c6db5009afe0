"""Endpoints as users type them."""

import pytest

from generator.plan import TlsMode
from generator.preflight.result import Endpoint
from generator.preflight.targets import EndpointError, parse_endpoint
from tests.preflight.values import profile

SERVICES = profile("hubspot").services
IMPLICIT, STARTTLS = TlsMode.IMPLICIT, TlsMode.STARTTLS


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("imap.example.org", Endpoint("imap", "imap.example.org", 993, IMPLICIT, "imaps")),
        ("imap.example.org:143", Endpoint("imap", "imap.example.org", 143, STARTTLS, "imap")),
        ("imap.example.org:143/implicit", Endpoint("imap", "imap.example.org", 143, IMPLICIT, "")),
        ("imap.example.org/starttls", Endpoint("imap", "imap.example.org", 993, STARTTLS, "")),
        ("imap.example.org:1993/implicit", Endpoint("imap", "imap.example.org", 1993, IMPLICIT, "")),
        ("[2001:db8::1]:993", Endpoint("imap", "2001:db8::1", 993, IMPLICIT, "imaps")),
        ("192.0.2.1", Endpoint("imap", "192.0.2.1", 993, IMPLICIT, "imaps")),
        ("müller.example.org", Endpoint("imap", "müller.example.org", 993, IMPLICIT, "imaps")),
    ],
)
def test_the_port_tells_the_mode_unless_it_is_written(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text, "imap", SERVICES) == endpoint


def test_port_25_is_known_though_the_connector_does_not_use_it() -> None:
    assert parse_endpoint("mx.example.org:25", "smtp", SERVICES) == Endpoint("smtp", "mx.example.org", 25, STARTTLS, "")


@pytest.mark.parametrize(
    "text",
    [
        *("", ":993", "imap.example.org:", "imap.example.org:0", "imap.example.org:65536", "imap.example.org:x", "imap.example.org:1993"),
        *("2001:db8::1", "[2001:db8::g]:993", "a b", "imap.example.org/tls", "https://imap.example.org", "[imap.example.org]:993"),
        "\x1b[2Jimap.example.org",
    ],
)
def test_what_is_no_endpoint_is_refused(text: str) -> None:
    with pytest.raises(EndpointError):
        parse_endpoint(text, "imap", SERVICES)
