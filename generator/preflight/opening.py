"""The checks of one endpoint that need no password: name, port, greeting, STARTTLS, TLS, certificate, and what login is offered."""

from typing import Final

from generator.plan import TlsMode
from generator.preflight.dialogue import Dialogue, Greeting, shown
from generator.preflight.names import ascii_name, is_address
from generator.preflight.offers import LOG, ask_offers, judge_offers
from generator.preflight.reach import Attempt, judge_dns, judge_tcp
from generator.preflight.resolve import Resolved, find_local_address
from generator.preflight.result import Check, Status
from generator.preflight.securing import secure, speaks_tls
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.transcript import printable
from generator.preflight.visit import Visit
from generator.preflight.wire import Channel, ConnectFailure, WireTrouble

_GREETING_WORDS: Final = {
    "timeout": "it says nothing: an inspecting firewall, a proxy, a full server, or packets of full size get lost (MTU)",
    "closed": "it closes the connection before a word: full, or a rule about this address (tcp wrappers, fail2ban, a limit of connections)",
    "reset": "it resets the connection before a word: full, or a rule about this address (tcp wrappers, fail2ban, a limit of connections)",
    "too-long": "it sends without end",
    "tls": "TLS broke",
}


def open_endpoint(visit: Visit) -> None:
    """Go as far as the login. Afterwards `visit.dialogue` is there if one can be tried."""
    channel = _reach(visit)
    if channel is None:
        return
    visit.dialogue = visit.speak(channel)
    try:
        if visit.endpoint.tls is TlsMode.IMPLICIT:
            ready = secure(visit, visit.dialogue, agreed=False) and _greet(visit, visit.dialogue)
            ready = ready and ask_offers(visit, visit.dialogue, "auth")
        else:
            ready = _greet(visit, visit.dialogue) and _start_tls(visit, visit.dialogue)
        if ready and visit.dialogue is not None:
            judge_offers(visit, visit.dialogue)
    except WireTrouble as trouble:
        visit.fail("auth", "the dialogue breaks off before the login", trouble.detail, LOG)


def _reach(visit: Visit) -> Channel | None:
    """A channel to the first address that answers; every address is tried once."""
    visit.tell("looking up the name")
    resolved = _resolve(visit)
    visit.addresses = resolved.addresses
    if not is_address(visit.endpoint.host):
        visit.add(judge_dns(resolved, visit.context.demands, visit.context.published))
    if not resolved.addresses:
        visit.set_out_of_reach(resolved.failure)
        visit.stop("the host name leads to no address")
        return None
    visit.tell("connecting")
    channel: Channel | None = None
    attempts: list[Attempt] = []
    for address in resolved.addresses:
        started = visit.context.clock()
        try:
            made = visit.connect(address, visit.transcript if channel is None else None, of=len(resolved.addresses))
        except ConnectFailure as failure:
            attempts.append(Attempt(address, failure.kind, failure.detail, 0))
            continue
        attempts.append(Attempt(address, "", "", round((visit.context.clock() - started) * 1000)))
        if channel is None:
            channel = made
        else:
            made.close()
    visit.attempts = tuple(attempts)
    visit.local_address = channel.local_address if channel else find_local_address(attempts[0].address)
    known = "" if channel else visit.known(attempts[0].address)
    visit.add(judge_tcp(visit.endpoint, attempts, visit.local_address, known))
    if channel is None:
        visit.set_out_of_reach(*(attempt.kind for attempt in attempts))
        visit.stop(f"port {visit.endpoint.port} can't be reached")
    return channel


def _resolve(visit: Visit) -> Resolved:
    host = visit.endpoint.host
    if is_address(host):
        return Resolved((host,))
    try:
        name = ascii_name(host)
    except ValueError as error:
        return Resolved(failure="bad-name", detail=str(error))
    return visit.context.resolver(name, visit.deadline.within(visit.seconds(10.0, 0.25)))


def _greet(visit: Visit, dialogue: Dialogue) -> bool:
    """The check `greeting`, and `inspection` where a firewall shows itself; whether the dialogue can go on."""
    visit.tell("reading the greeting")
    dialogue.channel.deadline = visit.deadline.within(visit.seconds(45.0, 0.5))
    try:
        greeting = dialogue.greet()
    except WireTrouble as trouble:
        greeting = _no_greeting(visit, dialogue, trouble)
    finally:
        dialogue.channel.deadline = visit.deadline
    text = shown(greeting.text, visit.transcript)
    visit.info = visit.info._replace(greeting=text, bye=shown(getattr(dialogue, "last_words", ""), visit.transcript))
    if not greeting.fine:
        visit.fail("greeting", greeting.title, greeting.detail, greeting.fix)
        return False
    if greeting.text.upper().startswith("* PREAUTH"):
        detail = "it takes whoever connects from here for a user; a connector that logs in gets an error"
        visit.add(
            Check(
                "greeting", Status.WARN, "the server logs this address in without a password", detail, "look for a rule about this address"
            )
        )
    else:
        visit.add(Check("greeting", Status.PASS, "the server greets", text))
    return True


def _no_greeting(visit: Visit, dialogue: Dialogue, trouble: WireTrouble) -> Greeting:
    """The finding about a server that does not come to a greeting. One that waits for TLS is silent too."""
    came = printable(dialogue.channel.unread[:200])
    if trouble.kind == "timeout" and not came and visit.endpoint.tls is TlsMode.STARTTLS and speaks_tls(visit):
        fix = "choose implicit TLS (SSL/TLS) for this port at the vendor, or give the STARTTLS port"
        return Greeting("", "the port waits for TLS", "it says nothing, and answers a TLS hello: TLS starts with the connection here", fix)
    detail = _GREETING_WORDS.get(trouble.kind, trouble.detail) + (f"; it said: {came}" if came else "")
    return Greeting(
        "", "there is no greeting", detail, "look into the server's log for this address, and for a proxy or firewall in between"
    )


def _start_tls(visit: Visit, dialogue: Dialogue) -> bool:
    """The checks from `starttls` to the certificate; whether the dialogue can go on."""
    if not ask_offers(visit, dialogue, "starttls"):
        return False
    if dialogue.offers_login:
        detail = "a password may be given before TLS; the connector doesn't need that, and a careless program would send it in clear"
        visit.add(Check("plaintext", Status.NOTE, "login is offered without TLS", detail))
    _judge_inspection(visit, dialogue)
    visit.tell("STARTTLS")
    if not (_agree(visit, dialogue) and secure(visit, dialogue, agreed=True)):
        return False
    dialogue.offers = ()  # what was said in plain text doesn't count any more
    return ask_offers(visit, dialogue, "auth")


def _agree(visit: Visit, dialogue: Dialogue) -> bool:
    """Ask for TLS; whether the server agrees, and nothing was put in between."""
    if not dialogue.offers_starttls:
        detail = shown(f"offered is: {', '.join(dialogue.offers) or 'nothing'}", visit.transcript)
        fix = "switch TLS on for this port, or give the port with implicit TLS"
        visit.fail("starttls", "STARTTLS is not offered", detail, fix, polite=True)
        return False
    try:
        refusal = dialogue.request_starttls()
    except WireTrouble as trouble:
        visit.fail("starttls", "STARTTLS gets no answer", trouble.detail, LOG)
        return False
    if refusal:
        fix = f"{LOG}: most often it can't read its key or certificate"
        visit.fail("starttls", "STARTTLS is offered and refused", refusal, fix, polite=True)
        return False
    injected = dialogue.channel.unread
    if injected:
        dialogue.channel.drop_unread()
        detail = f"{len(injected)} bytes of plain text came after the server had agreed, and were refused: {printable(injected[:120])}"
        fix = "update the server or the proxy in front of it: whoever can do this can put words into a connection (CVE-2011-0411)"
        visit.fail("starttls", "plain text is mixed into STARTTLS", detail, fix)
    return not injected


def _judge_inspection(visit: Visit, dialogue: Dialogue) -> None:
    sign = dialogue.masked_by_firewall if isinstance(dialogue, SmtpDialogue) else ""
    if not sign:
        return
    status = Status.WARN if dialogue.offers_starttls else Status.FAIL
    fix = "on a Cisco ASA: `no inspect esmtp` for this server, or `allow-tls` in its inspection map"
    visit.add(
        Check(
            "inspection", status, "a firewall rewrites the dialogue", f"{sign}; Cisco's `inspect esmtp` does this and hides STARTTLS", fix
        )
    )
