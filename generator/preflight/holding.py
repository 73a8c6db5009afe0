"""How many connections a server takes from one mailbox at the same time: as many as the connector opens, all held."""

from contextlib import ExitStack
from typing import Final

from generator.plan import TlsMode
from generator.preflight.dialogue import Dialogue, shown
from generator.preflight.imap import ImapDialogue
from generator.preflight.result import Check, Status
from generator.preflight.securing import judge_identity
from generator.preflight.session import find_doubt, finish
from generator.preflight.tls import Outcome
from generator.preflight.visit import Visit
from generator.preflight.wire import ConnectFailure, WireTrouble

_PAUSE_SECONDS: Final = 0.1
_REFUSALS: Final = {"timeout": "the connection gets no answer", "refused": "the connection is refused", "reset": "the connection is reset"}


class _RefusedError(Exception):
    """A further connection that was not accepted; `str()` says what the server did."""


def hold_connections(visit: Visit) -> None:
    """The check `connections`: the one that is open and enough more, logged in if there is a password, all held, and each asked once."""
    if visit.stopped_by:
        return
    needed = visit.context.demands.connections_per_mailbox
    logged_in = visit.context.credentials is not None
    held: list[Dialogue] = [] if visit.dialogue is None else [visit.dialogue]
    refusal = ""
    with ExitStack() as stack:
        try:
            while len(held) < needed:
                visit.tell(f"holding {len(held) + 1} of {needed} connections")
                visit.context.pause(_PAUSE_SECONDS)
                held.append(_one_more(visit, stack))
            for number, one in enumerate(held, start=1):
                _ask(one, number)
        except _RefusedError as refused:
            refusal = str(refused)
        visit.add(_judge(visit, len(held), refusal, logged_in=logged_in))
        for one in held:
            if one is not visit.dialogue:
                _leave(one)
    finish(visit)


def _one_more(visit: Visit, stack: ExitStack) -> Dialogue:
    """Another connection, as far as the login.

    Raises:
        _RefusedError: the server did not take it.
    """
    transcript = visit.new_transcript()
    try:
        channel = visit.connect(visit.tested_address, transcript)
        stack.callback(channel.close)
        dialogue = visit.speak(channel)
        if visit.endpoint.tls is TlsMode.IMPLICIT:
            _secure(visit, dialogue)
        greeting = dialogue.greet()
        if not greeting.fine:
            raise _RefusedError(greeting.detail)
        if not dialogue.offers:
            dialogue.ask_offers()
        if visit.endpoint.tls is TlsMode.STARTTLS:
            refusal = dialogue.request_starttls()
            if refusal or channel.unread:
                raise _RefusedError(f"STARTTLS: {refusal}")
            _secure(visit, dialogue)
            dialogue.ask_offers()
        _log_in(visit, dialogue)
    except ConnectFailure as failure:
        raise _RefusedError(_REFUSALS.get(failure.kind, failure.detail)) from failure
    except WireTrouble as trouble:
        raise _RefusedError(trouble.detail) from trouble
    return dialogue


def _secure(visit: Visit, dialogue: Dialogue) -> None:
    ceiling, floor = visit.context.demands.tls_range
    handshake = dialogue.channel.start_tls(visit.endpoint.host, ceiling=ceiling, floor=floor, within=visit.seconds(20.0, 0.3))
    if handshake.outcome is not Outcome.DONE:
        raise _RefusedError(f"TLS: {handshake.alert or handshake.outcome}")
    # Another machine may answer this time, and the password goes to none that can't show who it is.
    known = visit.info.handshake.chain if visit.info.handshake else ()
    if visit.context.credentials and handshake.chain != known and (doubt := find_doubt(judge_identity(visit, handshake.chain))):
        raise _RefusedError(f"another certificate comes than on the first connection: {doubt}, and no password was sent")


def _log_in(visit: Visit, dialogue: Dialogue) -> None:
    credentials = visit.context.credentials
    if credentials is None:
        return
    answer = dialogue.log_in(credentials.user, credentials.password)
    if not answer.accepted:
        raise _RefusedError(f"login: {answer.text}")


def _ask(dialogue: Dialogue, number: int) -> None:
    """See that a connection is still alive: some servers take a new one and end an old one."""
    try:
        reply = dialogue.command("NOOP") if isinstance(dialogue, ImapDialogue) else None
    except WireTrouble as trouble:
        raise _RefusedError(f"connection {number} was ended again: {trouble.detail}") from trouble
    if reply is not None and not reply.ok:
        words = shown(f"{reply.status} {reply.text}", dialogue.channel.transcript)
        raise _RefusedError(f"connection {number} was ended again: {words}")


def _leave(dialogue: Dialogue) -> None:
    try:
        dialogue.leave()
    except WireTrouble:
        return


def _judge(visit: Visit, held: int, refusal: str, *, logged_in: bool) -> Check:
    demands = visit.context.demands
    needed = demands.connections_per_mailbox
    whose = f"{demands.vendor} opens up to {needed} for each mailbox"
    if not demands.connections_known:
        whose = f"{demands.vendor} does not say how many it opens; {needed} for each mailbox are reckoned with"
    total = (
        f"; for {demands.mailboxes} mailboxes up to {demands.connections}, which limits for each address have to hold"
        if demands.mailboxes > 1
        else ""
    )
    data = (("held", str(held)), ("needed", str(needed)), ("needed_in_all", str(demands.connections)))
    if not logged_in:
        came = f"{held} of {needed} were taken" + (f", then: {refusal}" if refusal else "")
        detail = f"{came}. Limits for a mailbox act after the login, so this shows only those for an address. {whose}{total}"
        return Check("connections", Status.NOTE, f"{held} connections at the same time, without a login", detail, data=data)
    if not refusal:
        # What is needed in all is told and not tried, so it must not disappear among what passed.
        status = Status.NOTE if demands.mailboxes > 1 else Status.PASS
        return Check("connections", status, f"{needed} connections at the same time, all logged in", f"{whose}{total}", data=data)
    detail = refusal if held == needed else f"number {held + 1} was not taken: {refusal}"
    fix = f"allow {needed} or more for one mailbox and {demands.connections} or more from one address, in the server and in firewalls"
    # What is reckoned with and not known may be more than the connector needs.
    status = Status.FAIL if demands.connections_known else Status.WARN
    return Check("connections", status, f"fewer than {needed} connections at the same time", f"{detail}. {whose}{total}", fix, data=data)
