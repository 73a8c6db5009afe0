"""The rules for a certificate beside its chain: name, dates, key, purpose; and the signs that somebody reads along."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from generator.preflight.names import NameVerdict, ascii_host, both_forms, judge_name
from generator.preflight.reading import Certificate
from generator.preflight.result import Check, Status

_SHOWN_NAMES: Final = 8
_SOON: Final = timedelta(days=14)
_SHORT_LIVED_PART: Final = 3  # a certificate of six days is renewed after four, so what is left is measured by its life
_SERVER, _ANY = "1.3.6.1.5.5.7.3.1", "2.5.29.37.0"
_BROKEN_HASHES: Final = ("md2", "md4", "md5")
# Virus scanners, filters and debugging proxies that sign certificates of their own. Whole words of an issuer's name.
_READERS: Final = re.compile(
    r"\b(adguard|avast|avg|bitdefender|blue ?coat|charles proxy|check ?point|cisco umbrella|cloudflare for teams|dr\.?web|eset|fiddler|"
    r"forcepoint|forti(?:gate|net)|gateway ca|iboss|kaspersky|lightspeed|mcafee|mitmproxy|netskope|norton|palo alto|panda|portswigger|"
    r"skyhigh|smoothwall|sonicwall|sophos|squid|symantec web|trend ?micro|untangle|watchguard|zscaler)\b",
    re.IGNORECASE,
)


def judge_names(certificate: Certificate, host: str, *, names_server: bool, vendor: str) -> Check:
    """The check `cert.name`. Where the vendor says nothing of names, a wrong one is a warning: most clients refuse it, some don't look."""
    verdict = judge_name(host, certificate.dns_names, certificate.common_names)
    status, title, detail, fix = _word_name(verdict, certificate, host, vendor)
    if status is Status.FAIL and not names_server:
        status, detail = Status.WARN, f"{detail}; {vendor} does not say that it looks at the name, and most clients do"
    return Check(
        "cert.name", status, title, detail, fix, data=(("rule", verdict.rule), ("names", " ".join(certificate.dns_names[:_SHOWN_NAMES])))
    )


def _word_name(verdict: NameVerdict, certificate: Certificate, host: str, vendor: str) -> tuple[Status, str, str, str]:
    """Status, title, detail and fix for a certificate that fits in some way; the other ways are `_word_wrong_name`'s."""
    name = both_forms(ascii_host(host) or host)
    good = "the certificate is for this host name"
    match verdict.rule:
        case "san+cn":
            return Status.PASS, good, f"{name} is in the SAN and is the CN", ""
        case "wildcard":
            return Status.PASS, good, f"{verdict.matched} in the SAN covers {name}; a wildcard stands for one label", ""
        case "san-only":
            cn = f"the CN is {list_names(certificate.common_names)}" if certificate.common_names else "there is no CN"
            return Status.NOTE, f"{good}, by its SAN", f"{name} is in the SAN; {cn}. TLS clients look at the SAN (RFC 9525)", ""
        case "cn-only":
            detail = (
                f"{verdict.matched} is the CN, and there is no SAN; OpenSSL and Java still look at the CN, Python, Go and browsers do not"
            )
            return Status.WARN, f"{good}, by its CN alone", detail, f"have {name} in the SAN too"
        case "partial-wildcard":
            detail = f"{verdict.matched} in the SAN covers it for OpenSSL and Java; RFC 9525 forbids a wildcard beside other letters"
            return Status.WARN, f"{good}, by a wildcard that not every client accepts", detail, f"have {name} in the SAN"
    title, detail, fix = _word_wrong_name(verdict, certificate, host, vendor)
    return Status.FAIL, title, detail, fix


def _word_wrong_name(verdict: NameVerdict, certificate: Certificate, host: str, vendor: str) -> tuple[str, str, str]:
    name = both_forms(ascii_host(host) or host)
    offered = list_names(certificate.dns_names or certificate.common_names)
    reissue = f"have {name} in the SAN of the certificate, or give {vendor} a name that it has"
    wrong = "the certificate is not for this host name"
    match verdict.rule:
        case "cn-ignored":
            return wrong, f"the SAN has {offered}; the CN is ignored when there is a SAN, though it is {verdict.matched}", reissue
        case "address":
            fix = f"give the FQDN; the certificate has {offered}" if offered else "give the FQDN"
            return "an address is no host name", f"{host} is in no certificate that {vendor} would accept", fix
        case "no-host-name":
            return "this is no host name", f"{host} can't be in a certificate", "give the FQDN of the server"
    why = [f"it is for {offered}" if offered else "it has no DNS name at all", verdict.why]
    if certificate.damaged:
        why.append(f"what could not be read: {', '.join(certificate.damaged)}")
    return wrong, "; ".join(text for text in why if text), reissue


def list_names(names: Iterable[str]) -> str:
    """Names in a row, the first few of many."""
    every = [name if len(name) <= 100 else f"{name[:100]}…" for name in names]
    rest = len(every) - _SHOWN_NAMES
    return ", ".join(map(both_forms, every[:_SHOWN_NAMES])) + (f" and {rest} more" if rest > 0 else "")


def judge_validity(path: tuple[Certificate, ...], now: datetime) -> Check:
    """The check `cert.validity`: the worst of the server's certificate and those above it that were sent."""
    return min((_judge_dates(one, now, own=number == 0) for number, one in enumerate(path)), key=_rank)


def _rank(check: Check) -> int:
    """The worst first."""
    return (Status.FAIL, Status.WARN, Status.NOTE, Status.PASS).index(check.status)


def _judge_dates(one: Certificate, now: datetime, *, own: bool) -> Check:
    of = "the certificate" if own else f"the certificate of {one.subject}, higher in the chain,"
    renew = "renew it, and reload the server so that it sends the new one" if own else "install the CA's current intermediate certificate"
    data = (("not_before", one.not_before.isoformat()), ("not_after", one.not_after.isoformat()))
    if now > one.not_after:
        return Check("cert.validity", Status.FAIL, f"{of} has expired", f"since {_date(one.not_after)}", renew, data=data)
    if now < one.not_before:
        detail = f"it begins at {_date(one.not_before)}; the clock here says {_date(now)}"
        return Check("cert.validity", Status.FAIL, f"{of} is not valid yet", detail, "install one that is valid now", data=data)
    left = one.not_after - now
    days = f"valid until {_date(one.not_after)} ({left.days} days)"
    if left < min(_SOON, (one.not_after - one.not_before) / _SHORT_LIVED_PART):
        return Check("cert.validity", Status.WARN, f"{of} expires soon", days, "see why it was not renewed yet", data=data)
    return Check("cert.validity", Status.PASS, "the certificate is in date", days, data=data)


def _date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")


def judge_keys(path: tuple[Certificate, ...]) -> Check:
    """The check `cert.key`: sizes of keys and hashes of signatures, the worst on the way up."""
    return min((_judge_key(one, own=number == 0) for number, one in enumerate(path)), key=_rank)


def _judge_key(one: Certificate, *, own: bool) -> Check:
    whose = "" if own else f" (of {one.subject}, higher in the chain)"
    facts = f"{one.key}, signed with {one.signature_hash or 'no separate hash'}{whose}"
    data = (("key", one.key), ("signature", one.signature_hash))
    renew = "have a certificate made with a new key: RSA of 2048 bits or more, or EC P-256" if own else "get a certificate from another CA"
    weakness = _weak_key(one) or _weak_hash(one, own=own)
    if weakness is None:
        return Check("cert.key", Status.PASS, "its key and signature are strong enough", facts, data=data)
    status, title = weakness
    return Check("cert.key", status, title, facts, renew if status is not Status.NOTE else "", data=data)


def _weak_key(one: Certificate) -> tuple[Status, str] | None:
    match one.key_kind:
        case "RSA" if one.key_bits < 1024:
            return Status.FAIL, "the key is so short that anybody can break it"
        case "RSA" if one.key_bits < 2048:
            return Status.WARN, "the key is short: some clients refuse less than 2048 bits"
        case "EC" if one.key_bits < 224:
            return Status.FAIL, "the key is too short for today's clients"
        case "DSA":
            return Status.FAIL, "a DSA key: today's clients know none"
        case "unknown":
            return Status.WARN, "the key is of a kind that can't be read"
        case "Ed25519" | "Ed448":
            return Status.NOTE, "a modern kind of key that older clients do not know"
    return None


def _weak_hash(one: Certificate, *, own: bool) -> tuple[Status, str] | None:
    if one.self_signed and not own:  # a root's signature of itself is looked at by nobody
        return None
    if one.signature_hash in _BROKEN_HASHES:
        return Status.FAIL, f"signed with {one.signature_hash}, which can be forged"
    if one.signature_hash == "sha1" and not one.self_signed:
        return Status.FAIL, "signed with sha1, which today's clients refuse"
    return None


def judge_purpose(certificate: Certificate) -> Check:
    """The check `cert.purpose`: whether the certificate may stand for a server."""
    purposes = certificate.purposes
    fix = "have a certificate made for TLS servers (extended key usage serverAuth)"
    if not certificate.may_sign_handshakes:
        return Check(
            "cert.purpose", Status.FAIL, "the certificate may not be used for TLS", "its key usage allows no signature or key exchange", fix
        )
    if purposes is None or _SERVER in purposes:
        detail = "serverAuth" if purposes else "good for any purpose"
        return Check("cert.purpose", Status.PASS, "it may be used by a server", detail)
    if _ANY in purposes:
        title = "may be used for anything, which not every client accepts"
        return Check("cert.purpose", Status.WARN, title, "anyExtendedKeyUsage alone", fix)
    return Check(
        "cert.purpose", Status.FAIL, "the certificate is not for servers", f"its purposes are {', '.join(purposes[:_SHOWN_NAMES])}", fix
    )


def judge_interception(certificate: Certificate) -> Check | None:
    """The check `cert.intercepted`, for a certificate that no public CA signed: whether a scanner or proxy made it on the way."""
    found = _READERS.search(certificate.issuer)
    if found is None:
        return None
    detail = f"it was issued by {certificate.issuer}; the connector, which comes from outside, may see another one"
    fix = "test from a network without it; if it stands in front of the server, exempt the mail ports"
    return Check("cert.intercepted", Status.WARN, f"the certificate looks like one of a scanner or proxy ({found[0]})", detail, fix)
