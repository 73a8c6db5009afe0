"""A preflight as the JSON document `gatepost.preflight/1`. docs/schemas/preflight-1.schema.json describes it."""

import platform
import ssl
from collections.abc import Sequence

from generator import __version__
from generator.preflight.certificate import CertificateFacts
from generator.preflight.outcome import EndpointReport, Info, Preflight
from generator.preflight.result import Check, Status
from generator.preflight.tls import Handshake

Json = dict[str, object]


def preflight_document(result: Preflight, *, verbose: bool) -> Json:
    """The whole result; the transcripts only with `verbose`."""
    reach = result.reachability
    return {
        "schema": "gatepost.preflight/1",
        "tool": {"name": "gatepost", "version": __version__, "python": platform.python_version(), "openssl": ssl.OPENSSL_VERSION},
        "time": result.time.isoformat(timespec="seconds"),
        "seconds": result.seconds,
        "site": result.site or None,
        "connector": {"name": result.connector, "title": result.title},
        "vantage": {"addresses": list(result.local_addresses), "note": result.vantage_note},
        "verdict": str(result.verdict),
        "summary": {str(status): result.count(status) for status in Status},
        "endpoints": [_endpoint(report, verbose=verbose) for report in result.endpoints],
        "checks": _checks(result.checks),
        "reminders": [check.title for check in result.checks if check.id == "reminder"],
        "reachability": {
            "prefixes": list(reach.prefixes),
            "services": list(reach.services),
            "rules": list(reach.rules),
            "how": reach.how or None,
        },
    }


def _endpoint(report: EndpointReport, *, verbose: bool) -> Json:
    endpoint = report.endpoint
    found: Json = {
        "application": endpoint.application,
        "service": endpoint.service or None,
        "host": endpoint.host,
        "port": endpoint.port,
        "tls": str(endpoint.tls),
        "addresses": list(report.addresses),
        "tested_address": report.tested_address or None,
        "connections_made": report.connections_made,
        "info": _info(report.info),
        "checks": _checks(report.checks),
    }
    if verbose:
        found["transcript"] = [{"who": line.who, "text": line.text} for line in report.transcript]
    return found


def _checks(checks: Sequence[Check]) -> list[Json]:
    return [
        {
            "id": check.id,
            "status": str(check.status),
            "title": check.title,
            "detail": check.detail,
            "fix": check.fix,
            "vendor_message": check.vendor_message,
            "data": dict(check.data),
        }
        for check in checks
    ]


def _info(info: Info) -> Json:
    return {
        "greeting": info.greeting or None,
        "capabilities_before_tls": list(info.capabilities_before_tls),
        "capabilities": list(info.capabilities),
        "capabilities_after_login": list(info.capabilities_after_login),
        "tls": _tls(info.handshake) if info.handshake else None,
        "certificate": _certificate(info.certificate) if info.certificate else None,
        "id": info.id or None,
        "bye": info.bye or None,
    }


def _tls(handshake: Handshake) -> Json:
    return {
        "outcome": str(handshake.outcome),
        "version": handshake.version or None,
        "cipher": handshake.cipher or None,
        "key_exchange": handshake.key_exchange or None,
        "dh_bits": handshake.dh_bits,
        "alert": handshake.alert or None,
    }


def _certificate(facts: CertificateFacts) -> Json:
    return {
        "subject": facts.subject,
        "issuer": facts.issuer,
        "common_names": list(facts.common_names),
        "dns_names": list(facts.dns_names),
        "not_before": facts.not_before.isoformat(),
        "not_after": facts.not_after.isoformat(),
        "key": facts.key,
        "signature": facts.signature,
        "serial": facts.serial,
        "sha256": facts.sha256,
        "sent": facts.sent,
    }
