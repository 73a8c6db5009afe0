"""The judgement of a certificate and what a report tells of it."""

from datetime import datetime
from typing import Final, NamedTuple

from generator.preflight.certificate_rules import judge_interception, judge_keys, judge_names, judge_purpose, judge_validity
from generator.preflight.chain import Chain, judge_chain, read_roots
from generator.preflight.reading import Certificate, read_certificate
from generator.preflight.result import Check, Status

_IDS: Final = ("cert.name", "cert.validity", "cert.key", "cert.purpose", "cert.chain")


class CertificateFacts(NamedTuple):
    """A server's certificate for people: names as RFC 4514 texts, times in UTC, `sha256` in hex, `sent` = how many came."""

    subject: str
    issuer: str
    common_names: tuple[str, ...]
    dns_names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str  # `RSA 2048 bits`, `EC secp256r1`
    signature: str  # `sha256`
    serial: str
    sha256: str
    sent: int


def describe_certificate(chain: tuple[bytes, ...]) -> CertificateFacts | None:
    """What a report tells of the first certificate; None if there is none or it can't be read."""
    found = read_certificate(chain[0]) if chain else None
    if found is None:
        return None
    return CertificateFacts(
        subject=found.subject,
        issuer=found.issuer,
        common_names=found.common_names,
        dns_names=found.dns_names,
        not_before=found.not_before,
        not_after=found.not_after,
        key=found.key,
        signature=found.signature_hash,
        serial=found.serial,
        sha256=found.sha256,
        sent=len(chain),
    )


def judge_certificate(
    chain: tuple[bytes, ...],
    host: str,
    *,
    names_server: bool,
    public_ca: str,
    insecure_option: str,
    now: datetime,
    trusted: bytes,
    vendor: str,
) -> tuple[Check, ...]:
    """The checks `cert.name`, `cert.validity`, `cert.key`, `cert.purpose`, `cert.chain`, and `cert.intercepted` where it applies.

    `host` is what the user typed; `now` has a time zone; `trusted` is the PEM of the roots that count as public (`load_public_roots()`).
    An empty `chain` gives SKIP for each.

    Raises:
        ValueError: `trusted` holds no certificate.
    """
    if not chain:
        return tuple(Check(name, Status.SKIP, "not run", "not run because no certificate was seen") for name in _IDS)
    certificate = read_certificate(chain[0])
    if certificate is None:
        return _unreadable(chain[0])
    found = judge_chain(chain, read_roots(trusted))
    path = found.path or (certificate,)
    checks = (
        judge_names(certificate, host, names_server=names_server, vendor=vendor),
        judge_validity(path, now),
        judge_keys(path),
        judge_purpose(certificate),
        _word_chain(found, len(chain), certificate, public_ca=public_ca, option=insecure_option, vendor=vendor),
    )
    intercepted = None if found.kind == "public" else judge_interception(certificate)
    return checks if intercepted is None else (*checks, intercepted)


def _unreadable(der: bytes) -> tuple[Check, ...]:
    detail = f"what the server sent in its place ({len(der)} bytes) is no X.509 certificate"
    fix = "see what the server's setting for its certificate names: the file should begin with the server's own certificate"
    first = Check("cert.name", Status.FAIL, "the certificate can't be read", detail, fix)
    return (first, *(Check(name, Status.SKIP, "not run", "not run because the certificate can't be read") for name in _IDS[1:]))


def _word_chain(found: Chain, sent: int, certificate: Certificate, *, public_ca: str, option: str, vendor: str) -> Check:
    """The check `cert.chain`. What no public CA signed works with the connector's option, if it has one; the option is for nothing else."""
    count = "1 certificate sent" if sent == 1 else f"{sent} certificates sent"
    data = (("kind", found.kind), ("sent", str(sent)))
    top = found.path[-1].issuer if found.path else certificate.issuer
    status = {"required": Status.FAIL, "preferred": Status.WARN}.get(public_ca, Status.NOTE)
    tick = (
        f"tick the connector's option: {option}; or install a certificate of a public CA"
        if option
        else "install a certificate of a public CA"
    )
    match found.kind:
        case "public":
            return Check("cert.chain", Status.PASS, "the chain leads to a public CA", f"{count}; the last was issued by {top}", data=data)
        case "self-signed":
            detail = f"no CA signed it{_only(option, vendor)}"
            return Check("cert.chain", status, "the certificate is self-signed", detail, tick, data=data)
        case "private":
            detail = f"{count}; it ends at {top}, which is no public CA{_only(option, vendor)}"
            fix = f"{tick}. If {top} is a public CA's, install its complete chain instead"
            return Check("cert.chain", status, "no public CA signed the certificate", detail, fix, data=data)
        case "incomplete":
            detail = f"{count}; whoever issued it ({certificate.issuer}) is not among them, and is no public root"
            fix = "install the full chain (fullchain.pem), not the certificate alone" + (
                f"; with a private CA also: {option}" if option else ""
            )
            worst = Status.FAIL if public_ca in ("required", "preferred") else Status.WARN
            return Check("cert.chain", worst, "the intermediate certificate is missing", detail, fix, data=data)
        case "broken":
            fix = "install the chain that the CA delivered with this certificate"
            return Check("cert.chain", Status.FAIL, "the chain is broken", f"{count}; OpenSSL says: {found.words}", fix, data=data)
    return Check(
        "cert.chain", Status.SKIP, "not judged", f"OpenSSL would not judge the chain: {found.words or 'no reason given'}", data=data
    )


def _only(option: str, vendor: str) -> str:
    return f"; {vendor} connects only with its option ticked" if option else ""
