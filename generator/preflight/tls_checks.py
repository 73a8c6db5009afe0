"""The judgement of a TLS handshake by what the connector can speak."""

from typing import Final

from generator.preflight.result import Check, Status
from generator.preflight.suites import VERSIONS
from generator.preflight.tls import Handshake, Outcome, Probed, best_view
from generator.preflight.transcript import printable

_MODERN: Final = ("TLSv1.2", "TLSv1.3")
_SILENCE: Final = {
    Outcome.CLOSED: "the server closes the connection at the beginning of TLS",
    Outcome.RESET: "the connection is reset at the beginning of TLS",
    Outcome.TIMEOUT: "the server does not answer the beginning of TLS",
    Outcome.TOO_LARGE: "the server sends far more than a handshake needs",
    Outcome.BROKEN: "what the server sends is no proper TLS",
}
_ENDINGS: Final = {
    Outcome.CLOSED: "the server closed the connection",
    Outcome.RESET: "the connection was reset",
    Outcome.TIMEOUT: "the server stopped answering",
    Outcome.TOO_LARGE: "the server's certificates are larger than clients take",
    Outcome.PLAIN_TEXT: "what came is no TLS",
}
_PROTOCOLS: Final = (
    (b"* ", "IMAP in plain text"),
    (b"220", "SMTP in plain text"),
    (b"421", "SMTP in plain text, and a refusal"),
    (b"554", "SMTP in plain text, and a refusal"),
    (b"5", "an error in plain text"),
    (b"+OK", "POP3 in plain text"),
    (b"SSH-", "SSH"),
    (b"HTTP/", "HTTP in plain text"),
    (b"<", "HTTP in plain text"),
)


def judge_tls(handshake: Handshake, versions: Probed | None, *, tls_versions: tuple[str, ...], vendor: str) -> tuple[Check, ...]:
    """The checks `tls.version`, `tls.handshake`, and where they apply `tls.kex`, `tls.dh` and `tls.clientcert`.

    `tls_versions` are the profile's; none means that the vendor says nothing of them. `versions` is what raw hellos
    showed, if any were sent (`find_unasked`, `probe_versions`).
    """
    seen = best_view(handshake, versions)
    if not seen.version or (seen is not handshake and tls_versions and seen.version not in tls_versions):
        reason = "not run because no TLS version was agreed on"
        skipped = tuple(Check(name, Status.SKIP, "not run", reason) for name in ("tls.handshake", "tls.kex"))
        return (_judge_silence(handshake, versions, tls_versions, vendor), *skipped)
    found = [_judge_version(seen, versions, tls_versions, vendor), _judge_ending(seen, handshake)]
    found += [check for check in (_judge_key_exchange(seen), _judge_group(seen)) if check]
    if seen.client_certificate_asked:
        detail = f"{vendor} has none to show; it goes on without where the server only asks"
        found.append(
            Check("tls.clientcert", Status.WARN, "the server asks for a client certificate", detail, "do not ask for one on this port")
        )
    return tuple(found)


def _judge_version(seen: Handshake, versions: Probed | None, tls_versions: tuple[str, ...], vendor: str) -> Check:
    title = f"the server picks {seen.version}"
    detail = f"with {seen.cipher}{_others(versions)}"
    data = _data(seen, versions)
    if tls_versions and seen.version not in tls_versions:
        why = f"{vendor} speaks {', '.join(tls_versions)}"
        return Check("tls.version", Status.FAIL, title, f"{detail}; {why}", _allow(tls_versions), data=data)
    if seen.version in _MODERN:
        return Check("tls.version", Status.PASS, title, detail, data=data)
    listed = f"on {vendor}'s list, but " if tls_versions else ""
    why = f"{listed}clients of today refuse it unless told otherwise"
    return Check("tls.version", Status.WARN, title, f"{detail}; {why}", "allow TLSv1.2 on the server", data=data)


def _judge_silence(handshake: Handshake, versions: Probed | None, tls_versions: tuple[str, ...], vendor: str) -> Check:
    """The check `tls.version` where the server chose none of those that the connector speaks."""
    data = _data(handshake, versions)
    spoken = versions.spoken if versions else ()
    if spoken:
        detail = f"{vendor} speaks {', '.join(tls_versions)}; {_words(handshake)}"
        return Check("tls.version", Status.FAIL, f"the server speaks {', '.join(spoken)} only", detail, _allow(tls_versions), data=data)
    if handshake.outcome is Outcome.PLAIN_TEXT:
        what = name_protocol(handshake.first_bytes)
        fix = "choose STARTTLS for this port, or the port of the same service with TLS from the start (993 for IMAP, 465 for SMTP)"
        detail = f"it begins with `{printable(handshake.first_bytes[:80]).rstrip()}`: {what}"
        return Check("tls.version", Status.FAIL, "plain text where TLS should begin", detail, fix, data=data)
    asked = "; ".join(f"{version}: {words}" for version, words in versions.words) if versions else ""
    detail = "; ".join(text for text in (_words(handshake), asked) if text)
    fix = (
        "see the server's log at this moment; often it can't read its certificate or key, or its versions and ciphers exclude the connector"
    )
    if handshake.outcome is Outcome.ALERT:
        return Check("tls.version", Status.FAIL, f"the server refuses TLS: alert {handshake.alert}", detail, fix, data=data)
    return Check("tls.version", Status.FAIL, _SILENCE.get(handshake.outcome, "no TLS"), detail, fix, data=data)


def name_protocol(first: bytes) -> str:
    """What is spoken in place of TLS, by its first bytes."""
    return next((name for begin, name in _PROTOCOLS if first.startswith(begin)), "no protocol that is known here")


def _judge_ending(seen: Handshake, handshake: Handshake) -> Check:
    """The check `tls.handshake`: a ServerHello is no success yet. `seen` is the handshake, or what a raw hello saw in its place."""
    if seen.outcome is Outcome.DONE:
        return Check("tls.handshake", Status.PASS, "the TLS handshake is completed")
    if seen is not handshake and seen.version in _MODERN:
        detail = f"{_words(handshake)}; asked with every cipher there ever was, it picks {seen.cipher}"
        fix = "allow ciphers that begin with ECDHE, and see that the key in use can sign for them"
        return Check("tls.handshake", Status.FAIL, "the server takes nothing that clients of today offer", detail, fix)
    if seen.outcome is Outcome.NOT_SPOKEN:
        detail = f"not run because the OpenSSL of this machine does not speak {seen.version}; the rest can't be seen from here"
        return Check("tls.handshake", Status.SKIP, "not run", detail)
    title = f"the handshake breaks after the server chose {seen.version}"
    fix = "see the server's log at this moment; often its key does not belong to its certificate"
    if seen.client_certificate_asked:
        fix = "do not insist on a client certificate on this port"
    if seen.outcome is Outcome.TOO_LARGE:
        fix = "install the certificate and its intermediates alone, not a whole list of CAs"
    return Check("tls.handshake", Status.FAIL, title, _words(seen), fix)


def _judge_key_exchange(seen: Handshake) -> Check | None:
    if not seen.key_exchange:
        return None
    if seen.key_exchange != "RSA":
        return Check("tls.kex", Status.PASS, f"keys are agreed by {seen.key_exchange}")
    detail = f"{seen.cipher}: the key is sent under the certificate's, which Java and others refuse today"
    return Check("tls.kex", Status.WARN, "no key exchange with forward secrecy", detail, "allow ciphers that begin with ECDHE")


def _judge_group(seen: Handshake) -> Check | None:
    if seen.dh_bits is None:
        return None
    title = f"a Diffie-Hellman group of {seen.dh_bits} bits"
    fix = "use a group of 2048 bits or more, or ciphers that begin with ECDHE"
    data = (("bits", str(seen.dh_bits)),)
    if seen.dh_bits < 1024:
        return Check("tls.dh", Status.FAIL, title, "clients of today refuse less than 1024", fix, data=data)
    if seen.dh_bits < 2048:
        return Check("tls.dh", Status.WARN, title, "some clients refuse less than 2048", fix, data=data)
    return Check("tls.dh", Status.PASS, title, data=data)


def _words(handshake: Handshake) -> str:
    """How a handshake ended, in words."""
    if handshake.outcome is Outcome.ALERT:
        meaning = f": {handshake.alert_meaning}" if handshake.alert_meaning else ""
        return f"alert {handshake.alert}{meaning}"
    ending = _ENDINGS.get(handshake.outcome, "")
    return "; ".join(text for text in (ending, f"OpenSSL says: {handshake.detail}" if handshake.detail else "") if text)


def _others(versions: Probed | None) -> str:
    return f"; it speaks {', '.join(versions.spoken)}" if versions and versions.spoken else ""


def _allow(tls_versions: tuple[str, ...]) -> str:
    best = max(tls_versions, key=VERSIONS.__getitem__, default="TLSv1.2")
    return f"allow {best} on the server too"


def _data(seen: Handshake, versions: Probed | None) -> tuple[tuple[str, str], ...]:
    spoken = (("spoken", " ".join(versions.spoken)),) if versions else ()
    return (("version", seen.version), ("cipher", seen.cipher), ("outcome", seen.outcome.value), *spoken)
