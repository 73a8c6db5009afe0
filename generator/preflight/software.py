"""Which IMAP server answers, by what it says of itself; above all whether it is Courier-IMAP."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from generator.preflight.demands import Demands
from generator.preflight.result import Check, Status

COURIER: Final = "Courier-IMAP"
# Courier alone announces these (upstream's source, the same since 2004); its greeting and BYE are compiled in.
_COURIER_CAPABILITIES: Final = ("ACL2=UNION", "XMAGICTRASH", "XCOURIEROUTBOX")
_PRODUCTS: Final = (
    ("courier", COURIER),
    ("dovecot", "Dovecot"),
    ("cyrus", "Cyrus IMAP"),
    ("microsoft exchange", "Microsoft Exchange"),
    ("gimap", "Gmail"),
    ("zimbra", "Zimbra"),
    ("stalwart", "Stalwart"),
    ("hmailserver", "hMailServer"),
    ("mdaemon", "MDaemon"),
    ("kerio", "Kerio Connect"),
    ("axigen", "Axigen"),
    ("communigate", "CommuniGate Pro"),
    ("imail", "IMail"),
    ("smartermail", "SmarterMail"),
    ("apache james", "Apache James"),
    ("imap4rev1 2", "UW IMAP"),
    ("postfix", "Postfix"),
    ("exim", "Exim"),
    ("opensmtpd", "OpenSMTPD"),
    ("sendmail", "Sendmail"),
)


class Signs(NamedTuple):
    """What a server said of itself, each as one line, and every capability it announced at any time."""

    greeting: str = ""
    id: str = ""
    bye: str = ""
    capabilities: tuple[str, ...] = ()


def recognise(signs: Signs) -> str:
    """The product that the signs name; nothing if they name none."""
    if _courier_signs(signs):
        return COURIER
    said = " ".join((signs.greeting, signs.id, signs.bye)).lower()
    return next((product for mark, product in _PRODUCTS if mark in said), "")


def judge_software(signs: Signs, demands: Demands) -> Check | None:
    """The check `software`; None for a connector that refuses no server.

    FAIL on any sign of Courier; a proxy rewrites the greeting and leaves the rest, so each sign counts. Where nothing names a product it is
    a note and no PASS, because a proxy may hide the server.
    """
    if not demands.refused_software:
        return None
    found = _courier_signs(signs)
    data = (("product", recognise(signs)),)
    if found:
        why = next((text for text in demands.software_reasons if text), f"{demands.vendor} does not work with it")
        fix = "move the mailboxes to another IMAP server, such as Dovecot"
        return Check(
            "software", Status.FAIL, f"Courier-IMAP: {demands.vendor} does not support it", f"{'; '.join(found)}; {why}", fix, data=data
        )
    product = recognise(signs)
    if product:
        return Check("software", Status.PASS, f"not Courier-IMAP: it says {product}", data=data)
    detail = "the server does not name its software; a proxy in front may hide it"
    return Check("software", Status.NOTE, "no sign of Courier-IMAP", detail, data=data)


def _courier_signs(signs: Signs) -> tuple[str, ...]:
    named = [place for place, text in (("greeting", signs.greeting), ("ID", signs.id), ("BYE", signs.bye)) if "courier" in text.lower()]
    announced = sorted({word for word in signs.capabilities if _is_couriers(word)})
    return (*(f"the {place} says so" for place in named), *(f"it announces {word}, as Courier alone does" for word in announced))


def _is_couriers(capability: str) -> bool:
    return capability.upper().startswith("XCOURIEROUTBOX") or capability.upper() in _COURIER_CAPABILITIES


def all_capabilities(*lists: Iterable[str]) -> tuple[str, ...]:
    """Every capability of several announcements, once."""
    return tuple(dict.fromkeys(word for words in lists for word in words))
