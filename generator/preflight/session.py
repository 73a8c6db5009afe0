"""The checks that need the password: one login, what the mailbox holds, whether its owner may send, and how many connections are held."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from generator.preflight.dialogue import Dialogue, LoginAnswer, shown
from generator.preflight.imap import ImapDialogue
from generator.preflight.names import FITTING
from generator.preflight.result import Check, Status
from generator.preflight.smtp import SmtpDialogue
from generator.preflight.visit import Visit
from generator.preflight.wire import WireTrouble

# What servers and mail programs call the folder, where no attribute \Sent marks it (RFC 6154): compared without case.
_SENT_NAMES: Final = frozenset(
    (
        *("sent", "sent mail", "sent items", "sent messages", "sent-mail", "gesendet", "gesendete elemente", "gesendete objekte"),
        *("inviata", "inviati", "posta inviata", "messaggi inviati", "elementi inviati", "envoyés", "éléments envoyés", "messages envoyés"),
        *("enviados", "elementos enviados", "itens enviados", "verzonden", "verzonden items", "skickat", "sendt", "wysłane", "odeslané"),
        *("отправленные", "已发送"),
    )
)
_LIST: Final = re.compile(r'\* LIST \(([^)]*)\) (?:"((?:\\.|[^"\\])*)"|NIL) (.*)', re.IGNORECASE)


def log_in(visit: Visit) -> bool:
    """The check `login`, once, and what follows from it; whether name or password were refused."""
    credentials, dialogue = visit.context.credentials, visit.dialogue
    if credentials is None or dialogue is None or visit.stopped_by:
        return False
    if without := visit.context.demands.login_without:
        visit.stop(without, polite=True)
        return False
    if not dialogue.offers_login:
        visit.stop("no login with a password is offered", polite=True)
        return False
    if doubt := find_doubt(visit.checks):
        visit.stop(f"{doubt}: no password is sent to a server that can't show who it is", polite=True)
        return False
    visit.tell("logging in")
    try:
        answer = dialogue.log_in(credentials.user, credentials.password)
    except WireTrouble as trouble:
        detail = f"{trouble.detail}; servers wait on purpose after a wrong password" if trouble.kind == "timeout" else trouble.detail
        visit.fail("login", "the login gets no answer", detail, "look into the server's log")
        return False
    if not answer.accepted:
        _refuse(visit, answer)
        return answer.refused
    visit.add(Check("login", Status.PASS, "the login works", f"{answer.method}: {answer.text}"))
    try:
        _look_around(visit, dialogue)
    except WireTrouble as trouble:
        visit.stop(f"the dialogue broke off after the login ({trouble.detail})")
    return False


def find_doubt(checks: Sequence[Check]) -> str:
    """Why this may be another server than the one that is meant, or nothing, by the checks of its certificate.

    The rule of the name counts and not the status, which is a mere warning where the vendor says nothing of names. A certificate that is
    self-signed, or signed by a company's own CA, is no such reason: it works with the connector's option.
    """
    name = next((check for check in checks if check.id == "cert.name"), None)
    if name is None or dict(name.data).get("rule") not in FITTING:
        return "the certificate is not for this host name"
    if any(check.id == "cert.intercepted" for check in checks):
        return "the certificate was made by something in between"
    return ""


def _refuse(visit: Visit, answer: LoginAnswer) -> None:
    fix = (
        "compare the user name (the whole address, or its first part?) and the password; with two-factor login make an app password; "
        "see whether this mailbox may use the protocol"
        if answer.refused
        else "look into the server's log: the answer does not speak of the password"
    )
    visit.fail("login", "the login is refused", f"{answer.method}: {answer.text}", fix, because="the login was refused", polite=True)


def _look_around(visit: Visit, dialogue: Dialogue) -> None:
    if isinstance(dialogue, ImapDialogue):
        if not dialogue.offers:
            dialogue.ask_offers()
        visit.info = visit.info._replace(capabilities_after_login=dialogue.offers)
        if "sent" in visit.context.demands.folders:
            _try(visit, "folders", lambda: _judge_folders(visit, dialogue))
        _try(visit, "inbox", lambda: _judge_inbox(visit, dialogue))
    elif isinstance(dialogue, SmtpDialogue):
        _try(visit, "sender", lambda: _judge_sender(visit, dialogue))


def _try(visit: Visit, check: str, part: Callable[[], None]) -> None:
    """Ask one question; a server that doesn't answer it fails it, and whatever comes after is skipped."""
    if visit.stopped_by:
        return
    try:
        part()
    except WireTrouble as trouble:
        visit.fail(
            check,
            "the server does not answer",
            trouble.detail,
            "look into the server's log",
            because=f"the dialogue broke off ({trouble.detail})",
        )


def _identify(visit: Visit, dialogue: ImapDialogue) -> None:
    """Ask for the server's ID where it is announced and not known: Cyrus answers once a connection, Courier only after the login."""
    if "ID" in dialogue.offers and not visit.info.id:
        visit.info = visit.info._replace(id=shown(dialogue.identify(), visit.transcript))


def _judge_inbox(visit: Visit, dialogue: ImapDialogue) -> None:
    reply = dialogue.command("EXAMINE INBOX")
    if reply.ok:
        counts = [line.split()[1] for line in reply.untagged if line.upper().endswith(" EXISTS")]
        count = next((count for count in counts if count.isdecimal()), "?")
        visit.add(Check("inbox", Status.PASS, "the inbox can be opened", f"{count} messages"))
    else:
        words = shown(f"{reply.status} {reply.text}", visit.transcript)
        visit.add(
            Check(
                "inbox", Status.FAIL, "the inbox can't be opened", words, "look into the server's log: quota, permissions, a damaged index"
            )
        )


def _judge_folders(visit: Visit, dialogue: ImapDialogue) -> None:
    """The check `folders`. Cyrus tells what a folder is for only if it is asked to."""
    extended = {"SPECIAL-USE", "LIST-EXTENDED"} <= set(dialogue.offers)
    reply = dialogue.command('LIST "" "*" RETURN (SPECIAL-USE)' if extended else 'LIST "" "*"')
    folders = [match for line in reply.untagged if (match := _LIST.fullmatch(line)) is not None]
    sent = next((match for match in folders if "\\sent" in match[1].lower().split()), None)
    named = sent or next((match for match in folders if _last_part(match) in _SENT_NAMES), None)
    data = (("folders", str(len(folders))),)
    if named is None:
        vendor = visit.context.demands.vendor
        detail = f"{len(folders)} folders, and none is marked \\Sent or called so; {vendor} keeps in step with it"
        fix = "send a mail with an ordinary mail program, which makes the folder, or mark one with \\Sent"
        visit.add(Check("folders", Status.WARN, "no folder for sent mail", detail, fix, data=data))
        return
    how = "marked \\Sent" if sent else "by its name"
    text = shown(f"{_decode(_unquoted(named[3]))} ({how}), of {len(folders)}", visit.transcript)
    visit.add(Check("folders", Status.PASS, "there is a folder for sent mail", text, data=data))


def _last_part(match: re.Match[str]) -> str:
    name = _decode(_unquoted(match[3]))
    separator = _unquoted(f'"{match[2] or ""}"')
    return (name.rsplit(separator, 1)[-1] if separator else name).casefold()


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1]) if len(text) > 1 and text[0] == text[-1] == '"' else text


def _decode(name: str) -> str:
    """A folder's name from the UTF-7 of RFC 3501, 5.1.3; as it is where it breaks the rule."""

    def word(match: re.Match[str]) -> str:
        coded = match[1].replace(",", "/")
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be") if coded else "&"

    try:
        return re.sub(r"&([A-Za-z0-9+,]*)-", word, name)
    except (binascii.Error, UnicodeDecodeError):
        return name


def _judge_sender(visit: Visit, dialogue: SmtpDialogue) -> None:
    """The check `sender`: MAIL FROM and at once RSET. No recipient is named and no mail is sent."""
    credentials = visit.context.credentials
    sender = credentials.sender if credentials else ""
    if not sender:
        detail = "not run because the user name is no address (`--sender` gives one)"
        visit.add(Check("sender", Status.SKIP, "sender", detail))
        return
    extension = " SMTPUTF8" if not sender.isascii() else ""
    reply = dialogue.command(f"MAIL FROM:<{sender}>{extension}")
    words = shown(reply.text, visit.transcript)
    if reply.code == 250:
        visit.add(Check("sender", Status.PASS, f"{sender} may send", words))
        dialogue.command("RSET")
    elif 400 <= reply.code < 500:
        visit.add(Check("sender", Status.WARN, f"{sender} may not send for now", words, "try later; look into the server's log"))
    else:
        visit.add(Check("sender", Status.FAIL, f"{sender} may not send", words, "let this login send as this address"))


def finish(visit: Visit) -> None:
    """Ask for what a server tells before it is left, say goodbye and hang up."""
    dialogue = visit.dialogue
    if dialogue is None:
        return
    words = ""
    with suppress(WireTrouble):  # it is the end anyway
        if isinstance(dialogue, ImapDialogue):
            _identify(visit, dialogue)
        words = dialogue.leave()
    said = words or (dialogue.last_words if isinstance(dialogue, ImapDialogue) else "")
    visit.info = visit.info._replace(bye=shown(said, visit.transcript))
    visit.hang_up()
