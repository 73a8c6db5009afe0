"""What IMAP and SMTP servers say, for scripts that differ from a good server in one thing."""

from collections.abc import Mapping
from typing import Final

from tests.preflight.lab.peer import Act, Reply, Script
from tests.preflight.lab.streams import Secure

USER: Final = "alice@example.org"
IMAP_GREETING: Final = "* OK [CAPABILITY IMAP4rev1 ID STARTTLS LOGINDISABLED] ready\r\n"
SMTP_GREETING: Final = "220 mail.example.org ESMTP ready\r\n"
_DONE: Final = "{tag} OK done\r\n"
_BYE: Final = ("* BYE see you\r\n{tag} OK done\r\n", Act.CLOSE)
_SMTP_BYE: Final = ("221 2.0.0 Bye\r\n", Act.CLOSE)

IMAP_BEFORE: Final[Mapping[str, Reply]] = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 ID STARTTLS LOGINDISABLED\r\n" + _DONE,
    "STARTTLS": ("{tag} OK begin\r\n", Act.TLS),
    "ID": "* ID NIL\r\n" + _DONE,
    "LOGIN": "{tag} NO [PRIVACYREQUIRED] not without TLS\r\n",
    "LOGOUT": _BYE,
    "NOOP": _DONE,
}
IMAP_AFTER: Final[Mapping[str, Reply]] = {
    "CAPABILITY": "* CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR SPECIAL-USE NAMESPACE\r\n" + _DONE,
    "ID": "* ID NIL\r\n" + _DONE,
    "LOGIN": "{tag} OK welcome\r\n",
    "AUTHENTICATE": "{tag} OK welcome\r\n",
    "AUTHENTICATE PLAIN": ("+ \r\n", Act.HEAR, "{tag} OK welcome\r\n"),
    "NAMESPACE": '* NAMESPACE (("" "/")) NIL NIL\r\n' + _DONE,
    "LIST": '* LIST (\\HasNoChildren) "/" INBOX\r\n* LIST (\\HasNoChildren \\Sent) "/" "Sent"\r\n' + _DONE,
    "LSUB": _DONE,
    "EXAMINE": "* FLAGS ()\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 1]\r\n{tag} OK [READ-ONLY] done\r\n",
    "CLOSE": _DONE,
    "UNSELECT": _DONE,
    "NOOP": _DONE,
    "LOGOUT": _BYE,
}
SMTP_BEFORE: Final[Mapping[str, Reply]] = {
    "EHLO": "250-mail.example.org\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
    "STARTTLS": ("220 2.0.0 go ahead\r\n", Act.TLS),
    "MAIL": "530 5.7.0 Must issue a STARTTLS command first\r\n",
    "AUTH": "530 5.7.0 Must issue a STARTTLS command first\r\n",
    "NOOP": "250 2.0.0 Ok\r\n",
    "RSET": "250 2.0.0 Ok\r\n",
    "QUIT": _SMTP_BYE,
}
SMTP_AFTER: Final[Mapping[str, Reply]] = {
    "EHLO": "250-mail.example.org\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
    "AUTH": "235 2.7.0 Authentication successful\r\n",
    "AUTH PLAIN": ("334 \r\n", Act.HEAR, "235 2.7.0 Authentication successful\r\n"),
    "AUTH LOGIN": ("334 VXNlcm5hbWU6\r\n", Act.HEAR, "334 UGFzc3dvcmQ6\r\n", Act.HEAR, "235 2.7.0 Authentication successful\r\n"),
    "MAIL": "250 2.1.0 Ok\r\n",
    "RSET": "250 2.0.0 Ok\r\n",
    "NOOP": "250 2.0.0 Ok\r\n",
    "QUIT": _SMTP_BYE,
    "RCPT": ("421 4.3.0 nobody asked for a recipient\r\n", Act.CLOSE),
    "DATA": ("421 4.3.0 nobody asked for a message\r\n", Act.CLOSE),
}


def imap(
    secure: Secure,
    *,
    greeting: Reply = IMAP_GREETING,
    before: Mapping[str, Reply] | None = None,
    after: Mapping[str, Reply] | None = None,
) -> Script:
    """STARTTLS on a port for plain text; `before` and `after` are the replies that differ, `CAPABILITY` for both may be told in short."""
    return Script(greeting, {**IMAP_BEFORE, **(before or {})}, {**IMAP_AFTER, **(after or {})}, secure)


def imaps(secure: Secure, *, greeting: Reply = "* OK ready\r\n", after: Mapping[str, Reply] | None = None) -> Script:
    """TLS from the start."""
    return Script(greeting, {}, {**IMAP_AFTER, **(after or {})}, secure, implicit=True)


def smtp(
    secure: Secure,
    *,
    greeting: Reply = SMTP_GREETING,
    before: Mapping[str, Reply] | None = None,
    after: Mapping[str, Reply] | None = None,
) -> Script:
    """STARTTLS on a submission port."""
    return Script(greeting, {**SMTP_BEFORE, **(before or {})}, {**SMTP_AFTER, **(after or {})}, secure)


def smtps(secure: Secure, *, greeting: Reply = SMTP_GREETING, after: Mapping[str, Reply] | None = None) -> Script:
    """TLS from the start."""
    return Script(greeting, {}, {**SMTP_AFTER, **(after or {})}, secure, implicit=True)


def capabilities(words: str) -> str:
    """The reply to CAPABILITY."""
    return f"* CAPABILITY {words}\r\n{_DONE}"


def ehlo(*words: str) -> str:
    """The reply to EHLO."""
    lines = ["mail.example.org", *words]
    return "".join(f"250{' ' if line is lines[-1] else '-'}{line}\r\n" for line in lines)
