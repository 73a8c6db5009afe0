"""What a server offers before the login, and whether a connector's password can be given."""

from typing import Final

from generator.preflight.dialogue import Dialogue
from generator.preflight.imap import ImapDialogue
from generator.preflight.result import Check, Status
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.visit import Visit
from generator.preflight.wire import WireTrouble

LOG: Final = "look into the server's log"


def ask_offers(visit: Visit, dialogue: Dialogue, check: str) -> bool:
    """What the server offers; a server that doesn't say so fails the check that needs it."""
    try:
        refusal = "" if dialogue.offers else dialogue.ask_offers()
    except WireTrouble as trouble:
        refusal = trouble.detail
    if refusal:
        visit.fail(check, "the server does not say what it offers", refusal, LOG)
        return False
    if visit.info.handshake is not None:
        visit.info = visit.info._replace(capabilities=dialogue.offers)
    else:
        visit.info = visit.info._replace(capabilities_before_tls=dialogue.offers)
    return True


def judge_offers(visit: Visit, dialogue: Dialogue) -> None:
    """The check `auth`, by what is offered over TLS and before a login. Cyrus announces LOGINDISABLED afterwards."""
    if without := visit.context.demands.login_without:
        visit.add(Check("auth", Status.SKIP, "login on offer", f"not run because {without}"))
    elif isinstance(dialogue, ImapDialogue):
        _judge_imap_login(visit, dialogue)
    elif isinstance(dialogue, SmtpDialogue):
        _judge_smtp_login(visit, dialogue)


def _judge_imap_login(visit: Visit, dialogue: ImapDialogue) -> None:
    mechanisms = ", ".join(offer.removeprefix("AUTH=") for offer in dialogue.offers if offer.startswith("AUTH="))
    if dialogue.offers_login:
        disabled = "LOGINDISABLED" in dialogue.offers
        visit.add(
            Check(
                "auth",
                Status.PASS,
                "login with a password is offered",
                f"LOGIN {'no' if disabled else 'yes'}; SASL: {mechanisms or 'none'}",
            )
        )
        return
    detail = f"over TLS the server announces LOGINDISABLED and of SASL {mechanisms or 'nothing'}"
    visit.add(Check("auth", Status.FAIL, "login with a password is not offered", detail, "offer AUTH=PLAIN over TLS"))


def _judge_smtp_login(visit: Visit, dialogue: SmtpDialogue) -> None:
    mechanisms = ", ".join(dialogue.mechanisms)
    if dialogue.offers_login:
        visit.add(Check("auth", Status.PASS, "login with a password is offered", f"AUTH {mechanisms}"))
    elif mechanisms:
        detail = f"offered are {mechanisms}, and neither PLAIN nor LOGIN"
        visit.add(Check("auth", Status.FAIL, "login with a password is not offered", detail, "offer AUTH PLAIN over TLS"))
    elif visit.endpoint.port == 25:
        detail = "no AUTH in the answer to EHLO over TLS: port 25 is for mail between servers"
        fix = "use the submission service: 587 with STARTTLS, or 465 with implicit TLS"
        visit.add(Check("auth", Status.FAIL, "login is not offered", detail, fix))
    else:
        detail = "no AUTH in the answer to EHLO over TLS"
        visit.add(Check("auth", Status.FAIL, "login is not offered", detail, "switch SMTP logins on for this port"))
