"""The scripted peers of the lab, by host: what each does that a good server does not."""

from collections.abc import Mapping
from typing import Final

from tests.preflight.lab.kit import Peer
from tests.preflight.lab.peer import Act, Part, Reply, Slow
from tests.preflight.lab.scripts import capabilities, ehlo, imap, imaps, smtp, smtps


def _imap_login(reply: Reply) -> dict[str, Reply]:
    return {"LOGIN": reply, "AUTHENTICATE": reply, "AUTHENTICATE PLAIN": ("+ \r\n", Act.HEAR, *_parts(reply))}


def _smtp_login(reply: Reply) -> dict[str, Reply]:
    return {
        "AUTH": reply,
        "AUTH PLAIN": ("334 \r\n", Act.HEAR, *_parts(reply)),
        "AUTH LOGIN": ("334 VXNlcm5hbWU6\r\n", Act.HEAR, "334 UGFzc3dvcmQ6\r\n", Act.HEAR, *_parts(reply)),
    }


def _parts(reply: Reply) -> tuple[Part, ...]:
    return reply if isinstance(reply, tuple) and not isinstance(reply, Slow) else (reply,)


_MANY_FOLDERS: Final = "".join(f'* LIST (\\HasNoChildren) "/" "Archive/{year}"\r\n' for year in range(5000))
_WORDS: Final = "IMAP4rev1 ID SASL-IR "

GREETINGS: Final[Mapping[str, Peer]] = {
    "pop3-greeting": Peer(143, lambda kit: imap(kit.tls(), greeting="+OK POP3 ready <1.2@example.org>\r\n")),
    "smtp-on-imap": Peer(143, lambda kit: imap(kit.tls(), greeting="220 mail.example.org ESMTP Postfix\r\n")),
    "imap-on-smtp": Peer(587, lambda kit: smtp(kit.tls(), greeting="* OK IMAP4rev1 ready\r\n")),
    "ssh-greeting": Peer(143, lambda kit: imap(kit.tls(), greeting="SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n")),
    "http-greeting": Peer(143, lambda kit: imap(kit.tls(), greeting=("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", Act.CLOSE))),
    "bye-greeting": Peer(143, lambda kit: imap(kit.tls(), greeting=("* BYE Too many connections from your address\r\n", Act.CLOSE))),
    "preauth-greeting": Peer(143, lambda kit: imap(kit.tls(), greeting="* PREAUTH ready, and you are root\r\n")),
    "late-greeting": Peer(587, lambda kit: smtp(kit.tls(), greeting=(Act.THINK, "220 mail.example.org ESMTP\r\n"))),
    "smtp-421": Peer(587, lambda kit: smtp(kit.tls(), greeting=("421 4.7.0 Too many connections, try again later\r\n", Act.CLOSE))),
    "smtp-450": Peer(587, lambda kit: smtp(kit.tls(), greeting=("450 4.7.1 Try again later\r\n", Act.CLOSE))),
    "smtp-554": Peer(587, lambda kit: smtp(kit.tls(), greeting=("554 5.7.1 You are blocked\r\n", Act.CLOSE))),
    "smtp-long-greeting": Peer(587, lambda kit: smtp(kit.tls(), greeting="220-mail.example.org\r\n220-No spam\r\n220 ready ESMTP\r\n")),
    "closes-at-once": Peer(143, lambda kit: imap(kit.tls(), greeting=Act.CLOSE)),
    "resets-at-once": Peer(143, lambda kit: imap(kit.tls(), greeting=Act.RESET)),
    "says-nothing": Peer(143, lambda kit: imap(kit.tls(), greeting=Act.HANG)),
    "says-nothing-smtp": Peer(587, lambda kit: smtp(kit.tls(), greeting=Act.HANG)),
    "tls-on-143": Peer(143, lambda kit: imaps(kit.tls())),
    "tls-on-587": Peer(587, lambda kit: smtps(kit.tls())),
    "plain-on-993": Peer(993, lambda kit: imap(kit.tls())),
    "plain-on-465": Peer(465, lambda kit: smtp(kit.tls())),
    "tls-but-silent": Peer(993, lambda kit: imaps(kit.tls(), greeting=Act.HANG)),
}

STARTTLS: Final[Mapping[str, Peer]] = {
    "no-starttls": Peer(
        143, lambda kit: imap(kit.tls(), greeting="* OK ready\r\n", before={"CAPABILITY": capabilities(_WORDS + "AUTH=PLAIN")})
    ),
    "no-starttls-smtp": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": ehlo("8BITMIME", "AUTH PLAIN LOGIN")})),
    "starttls-refused": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": "{tag} NO TLS is not available\r\n"})),
    "starttls-454": Peer(587, lambda kit: smtp(kit.tls(), before={"STARTTLS": "454 4.7.0 TLS not available due to local problem\r\n"})),
    "starttls-closed": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": ("{tag} OK begin\r\n", Act.CLOSE)})),
    "starttls-closed-smtp": Peer(587, lambda kit: smtp(kit.tls(), before={"STARTTLS": ("220 go ahead\r\n", Act.CLOSE)})),
    "starttls-plain": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": "{tag} OK begin\r\n* OK but I don't mean it\r\n"})),
    "starttls-injected": Peer(
        143, lambda kit: imap(kit.tls(), before={"STARTTLS": ("{tag} OK begin\r\n* CAPABILITY IMAP4rev1 X-EVIL\r\n", Act.TLS)})
    ),
    "starttls-injected-smtp": Peer(
        587, lambda kit: smtp(kit.tls(), before={"STARTTLS": ("220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n", Act.TLS)})
    ),
    "asa": Peer(
        587, lambda kit: smtp(kit.tls(), greeting=f"220 {'*' * 60}\r\n", before={"EHLO": ehlo("SIZE 10240000", "XXXXXXXA", "8BITMIME")})
    ),
    "asa-caps-only": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": ehlo("SIZE 10240000", "XXXXXXXA", "XXXXXXXXXX")})),
    "hangs-in-handshake": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": ("{tag} OK begin\r\n", Act.HANG)})),
    "resets-in-handshake": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": ("{tag} OK begin\r\n", Act.RESET)})),
    "ehlo-refused": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": "502 5.5.1 what is that\r\n", "HELO": "250 hello\r\n"})),
}

AUTH: Final[Mapping[str, Peer]] = {
    "login-disabled": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities("IMAP4rev1 LOGINDISABLED")})),
    "login-disabled-but-plain": Peer(
        993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities(_WORDS + "LOGINDISABLED AUTH=PLAIN")})
    ),
    "oauth-only": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities(_WORDS + "LOGINDISABLED AUTH=XOAUTH2")})),
    "no-mechanisms": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities("IMAP4rev1")})),  # LOGIN needs none
    "capability-after-login": Peer(
        993,
        lambda kit: imaps(
            kit.tls(), after={"LOGIN": "{tag} OK [CAPABILITY IMAP4rev1 LOGINDISABLED] in\r\n"}
        ),  # as Cyrus does: not to be judged
    ),
    "smtp-oauth-only": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": ehlo("8BITMIME", "AUTH XOAUTH2 OAUTHBEARER")})),
    "smtp-cram-only": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": ehlo("AUTH CRAM-MD5 DIGEST-MD5")})),
    "smtp-no-auth": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": ehlo("8BITMIME")})),
    "smtp-old-auth": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": ehlo("8BITMIME", "AUTH=LOGIN PLAIN", "AUTH LOGIN PLAIN")})),
    "smtp-auth-in-the-open": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": ehlo("STARTTLS", "AUTH PLAIN LOGIN")})),
    "courier-proxy": Peer(
        993, lambda kit: imaps(kit.tls(), after={"LOGOUT": ("* BYE Courier-IMAP server shutting down\r\n{tag} OK done\r\n", Act.CLOSE)})
    ),
    "courier-capability": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities("IMAP4rev1 ACL ACL2=UNION")})),
    "courier-trash": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities("IMAP4rev1 XMAGICTRASH")})),
    "courier-outbox": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": capabilities("IMAP4rev1 XCOURIEROUTBOX=INBOX.Outbox")})),
    "courier-id": Peer(
        993, lambda kit: imaps(kit.tls(), after={"ID": '* ID ("name" "Courier-IMAP" "version" "1.0.16")\r\n{tag} OK done\r\n'})
    ),
}

LOGINS: Final[Mapping[str, Peer]] = {
    "plain-imap": Peer(993, lambda kit: imaps(kit.tls())),  # nothing is wrong with these four
    "plain-imap-starttls": Peer(143, lambda kit: imap(kit.tls())),
    "plain-smtp": Peer(465, lambda kit: smtps(kit.tls())),
    "plain-smtp-starttls": Peer(587, lambda kit: smtp(kit.tls())),
    "echoing": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login("{tag} NO you said {line}\r\n"))),
    "echoing-smtp": Peer(465, lambda kit: smtps(kit.tls(), after=_smtp_login("535 5.7.8 you said {line}\r\n"))),
    "fifth-bye": Peer(993, lambda kit: imaps(kit.tls())._replace(limit=4, beyond=("* BYE Too many connections\r\n", Act.CLOSE))),
    "second-hangs": Peer(993, lambda kit: imaps(kit.tls())._replace(limit=1, beyond=Act.HANG)),
    "second-closes": Peer(993, lambda kit: imaps(kit.tls())._replace(limit=1, beyond=Act.CLOSE)),
    "late-login": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login((Act.THINK, "{tag} OK in\r\n")))),
    "plain-but-wrong": Peer(993, lambda kit: imaps(kit.tls("wrong-name"))),
    "plain-smtp-but-wrong": Peer(465, lambda kit: smtps(kit.tls("wrong-name"))),
    "login-refused": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login("{tag} NO [AUTHENTICATIONFAILED] Invalid credentials\r\n"))),
    "login-bye": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login(("* BYE go away\r\n", Act.CLOSE)))),
    "login-closed": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login(Act.CLOSE))),
    "login-hangs": Peer(993, lambda kit: imaps(kit.tls(), after=_imap_login(Act.HANG))),
    "login-unavailable": Peer(
        993, lambda kit: imaps(kit.tls(), after=_imap_login("{tag} NO [UNAVAILABLE] Temporary authentication failure\r\n"))
    ),
    "list-hangs": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": Act.HANG, "LSUB": Act.HANG})),
    "list-refused": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": "{tag} NO no folders\r\n", "LSUB": "{tag} NO no folders\r\n"})),
    "list-endless": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": Act.UNTAGGED})),
    "list-literal": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": ('* LIST () "/" {99999999999}\r\n', Act.BINARY)})),
    "many-folders": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": _MANY_FOLDERS + '* LIST (\\Sent) "/" Sent\r\n{tag} OK\r\n'})),
    "sent-in-german": Peer(
        993,
        lambda kit: imaps(kit.tls(), after={"LIST": '* LIST () "/" INBOX\r\n* LIST (\\Sent) "/" "Gesendete Objekte"\r\n{tag} OK\r\n'}),
    ),
    "sent-as-literal": Peer(
        993, lambda kit: imaps(kit.tls(), after={"LIST": '* LIST () "/" INBOX\r\n* LIST () "/" {4}\r\nSent\r\n{tag} OK done\r\n'})
    ),
    "no-sent": Peer(993, lambda kit: imaps(kit.tls(), after={"LIST": '* LIST () "/" INBOX\r\n* LIST () "/" Presents\r\n{tag} OK\r\n'})),
    "inbox-locked": Peer(993, lambda kit: imaps(kit.tls(), after={"EXAMINE": "{tag} NO [INUSE] mailbox is locked\r\n"})),
    "inbox-hangs": Peer(993, lambda kit: imaps(kit.tls(), after={"EXAMINE": Act.HANG})),
    "logout-hangs": Peer(993, lambda kit: imaps(kit.tls(), after={"LOGOUT": Act.HANG})),
    "id-hangs": Peer(993, lambda kit: imaps(kit.tls(), after={"ID": Act.HANG})),
    "smtp-535": Peer(465, lambda kit: smtps(kit.tls(), after=_smtp_login("535 5.7.8 Error: authentication failed\r\n"))),
    "smtp-454": Peer(465, lambda kit: smtps(kit.tls(), after=_smtp_login("454 4.7.0 Temporary authentication failure\r\n"))),
    "smtp-534": Peer(465, lambda kit: smtps(kit.tls(), after=_smtp_login("534 5.7.9 Application-specific password required\r\n"))),
    "smtp-login-hangs": Peer(465, lambda kit: smtps(kit.tls(), after=_smtp_login(Act.HANG))),
    "sender-refused": Peer(465, lambda kit: smtps(kit.tls(), after={"MAIL": "550 5.7.1 not your address\r\n"})),
    "sender-later": Peer(465, lambda kit: smtps(kit.tls(), after={"MAIL": "451 4.3.0 try later\r\n"})),
    "sender-hangs": Peer(465, lambda kit: smtps(kit.tls(), after={"MAIL": Act.HANG})),
    "quit-hangs": Peer(465, lambda kit: smtps(kit.tls(), after={"QUIT": Act.HANG, "RSET": "250 2.0.0 Ok\r\n"})),
}

BAD: Final[Mapping[str, Peer]] = {
    "endless-lines": Peer(143, lambda kit: imap(kit.tls(), greeting=Act.LINES)),
    "endless-untagged": Peer(143, lambda kit: imap(kit.tls(), greeting="* OK hi\r\n", before={"CAPABILITY": Act.UNTAGGED})),
    "endless-untagged-tls": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": Act.UNTAGGED})),
    "endless-greeting-smtp": Peer(587, lambda kit: smtp(kit.tls(), greeting=("220-hello\r\n", Act.CONTINUED))),
    "endless-ehlo": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": Act.CONTINUED})),
    "endless-ehlo-tls": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": Act.CONTINUED})),
    "huge-line": Peer(143, lambda kit: imap(kit.tls(), greeting=("* OK ", Act.ONE_LINE))),
    "huge-line-smtp": Peer(587, lambda kit: smtp(kit.tls(), greeting=("220 ", Act.ONE_LINE))),
    "huge-line-tls": Peer(993, lambda kit: imaps(kit.tls(), greeting=("* OK ", Act.ONE_LINE))),
    "binary": Peer(143, lambda kit: imap(kit.tls(), greeting=Act.BINARY)),
    "binary-instead-of-tls": Peer(993, lambda kit: imap(kit.tls(), greeting=Act.BINARY)),
    "records-instead-of-tls": Peer(993, lambda kit: imap(kit.tls(), greeting=Act.RECORDS)),
    "byte-by-byte": Peer(143, lambda kit: imap(kit.tls(), greeting=Slow("* OK [CAPABILITY IMAP4rev1 ID STARTTLS LOGINDISABLED] slow\r\n"))),
    "byte-by-byte-for-ever": Peer(143, lambda kit: imap(kit.tls(), greeting=Slow("* OK " + "very " * 2000 + "slow\r\n", 0.05))),
    "hangs-at-capability": Peer(143, lambda kit: imap(kit.tls(), greeting="* OK hi\r\n", before={"CAPABILITY": Act.HANG})),
    "hangs-at-starttls": Peer(143, lambda kit: imap(kit.tls(), before={"STARTTLS": Act.HANG})),
    "hangs-at-capability-tls": Peer(993, lambda kit: imaps(kit.tls(), after={"CAPABILITY": Act.HANG})),
    "hangs-at-ehlo": Peer(587, lambda kit: smtp(kit.tls(), before={"EHLO": Act.HANG})),
    "hangs-at-starttls-smtp": Peer(587, lambda kit: smtp(kit.tls(), before={"STARTTLS": Act.HANG})),
    "hangs-at-ehlo-tls": Peer(465, lambda kit: smtps(kit.tls(), after={"EHLO": Act.HANG})),
    "control-characters": Peer(993, lambda kit: imaps(kit.tls(), greeting="* OK \x1b[2J\x1b]0;owned\x07 ready \udcff\udcfe\r\n")),
    "markup": Peer(993, lambda kit: imaps(kit.tls(), greeting="* OK <script>alert(1)</script> | `x` | [a](javascript:1)\r\n")),
}
