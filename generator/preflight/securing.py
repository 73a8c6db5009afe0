"""TLS on one endpoint, as the connector would begin it, and the certificate that comes with it."""

from typing import Final

from generator.plan import TlsMode
from generator.preflight.certificate import describe_certificate, judge_certificate
from generator.preflight.dialogue import Dialogue
from generator.preflight.probe import EVERY_VERSION, find_unasked, probe_versions
from generator.preflight.result import Check, Status
from generator.preflight.tls import Handshake, Outcome, Probed, best_view
from generator.preflight.tls_checks import judge_tls, name_protocol
from generator.preflight.transcript import Transcript, printable
from generator.preflight.visit import Visit
from generator.preflight.wire import Channel, ConnectFailure, WireTrouble

_PAUSE_SECONDS: Final = 0.2


def secure(visit: Visit, dialogue: Dialogue, *, agreed: bool) -> bool:
    """The checks of TLS and the certificate; whether TLS stands. `agreed`: the server has said yes to STARTTLS."""
    visit.tell("TLS")
    demands = visit.context.demands
    ceiling, floor = demands.tls_range
    handshake = dialogue.channel.start_tls(visit.endpoint.host, ceiling=ceiling, floor=floor, within=visit.seconds(20.0, 0.3))
    asked = EVERY_VERSION if visit.context.all_versions else find_unasked(handshake, ceiling=ceiling, floor=floor)
    probed = _probe(visit, asked) if asked else None
    seen = best_view(handshake, probed)
    visit.info = visit.info._replace(handshake=seen)
    if agreed and not _keeps_its_word(visit, handshake, probed):
        return False
    visit.add(*judge_tls(handshake, probed, tls_versions=demands.tls_versions, vendor=demands.vendor))
    visit.info = visit.info._replace(certificate=describe_certificate(seen.chain))
    visit.add(*judge_identity(visit, seen.chain))
    if handshake.outcome is not Outcome.DONE:
        visit.stop("TLS did not come about")
        return False
    return True


def judge_identity(visit: Visit, chain: tuple[bytes, ...]) -> tuple[Check, ...]:
    """The checks of a certificate that this endpoint showed."""
    demands = visit.context.demands
    return judge_certificate(
        chain,
        visit.endpoint.host,
        names_server=demands.names_server,
        public_ca=demands.public_ca,
        insecure_option=demands.insecure_option,
        now=visit.context.now,
        trusted=visit.context.trusted,
        vendor=demands.vendor,
    )


def _keeps_its_word(visit: Visit, handshake: Handshake, probed: Probed | None) -> bool:
    """The check `starttls`: whether TLS really began after the server had agreed to it.

    A server that closes may just refuse the versions (Dovecot does so without a word), so it is only held against STARTTLS where no
    version at all is answered.
    """
    silent = (
        handshake.outcome in (Outcome.CLOSED, Outcome.RESET, Outcome.TIMEOUT) and not handshake.version and not (probed and probed.spoken)
    )
    fix = "look into the server's log: most often it can't read its key or certificate"
    if silent:
        words = "says nothing more" if handshake.outcome is Outcome.TIMEOUT else "hangs up"
        visit.fail("starttls", f"the server agrees to STARTTLS and {words}", "no TLS begins, whatever version is asked for", fix)
        return False
    if handshake.outcome is Outcome.PLAIN_TEXT:
        detail = f"{name_protocol(handshake.first_bytes)}: {printable(handshake.first_bytes[:120])}"
        visit.fail("starttls", "the server agrees to STARTTLS and goes on in plain text", detail, fix)
        return False
    visit.add(Check("starttls", Status.PASS, "STARTTLS is offered and agreed to"))
    return True


def _probe(visit: Visit, asked: tuple[str, ...]) -> Probed:
    visit.tell("asking for other TLS versions")
    transcript = visit.transcript if visit.context.all_versions else Transcript()
    return probe_versions(
        lambda: _open_for_tls(visit, transcript),
        asked,
        visit.endpoint.host,
        within=visit.seconds(5.0, 0.15),
        stop_at_first=not visit.context.all_versions,
    )


def _open_for_tls(visit: Visit, transcript: Transcript) -> Channel:
    """One more connection, on which TLS may begin.

    Raises:
        ConnectFailure: it did not come to one.
        WireTrouble: it did not come to STARTTLS.
    """
    visit.context.pause(_PAUSE_SECONDS)
    channel = visit.connect(visit.tested_address, transcript)
    if visit.endpoint.tls is TlsMode.STARTTLS:
        try:
            dialogue = visit.speak(channel)
            if not dialogue.greet().fine or _refuses(dialogue):
                raise WireTrouble("closed", "STARTTLS was refused this time")
        except WireTrouble:
            channel.close()
            raise
    return channel


def _refuses(dialogue: Dialogue) -> bool:
    """Whether STARTTLS is refused this time. SMTP wants an EHLO before it."""
    return bool((not dialogue.offers and dialogue.ask_offers()) or dialogue.request_starttls())


def speaks_tls(visit: Visit) -> bool:
    """Whether the port answers a TLS hello without STARTTLS: one more connection, where the first brought not a word."""
    try:
        with visit.connect(visit.tested_address) as channel:
            handshake = channel.start_tls(visit.endpoint.host, ceiling="TLSv1.3", floor="TLSv1.0", within=visit.seconds(10.0, 0.2))
    except ConnectFailure:
        return False
    return bool(handshake.version or handshake.alert) or handshake.outcome is Outcome.DONE
