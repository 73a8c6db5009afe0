"""One line of a log: who connected where, and what came of it. Nothing else of the line is kept: it may hold user names.

Sources: the LOG format of Linux net/netfilter/nf_log_syslog.c; Postfix src/smtpd/smtpd_check.c and smtpd.c; Dovecot src/login-common and
src/auth of 2.3 and 2.4.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final, NamedTuple

from generator.net import Family


class Outcome(StrEnum):
    """What became of a connection, as far as the line tells."""

    REFUSED = "refused"  # for its address
    LIMITED = "limited"  # for having too many connections
    ADMITTED = "admitted"  # let in by the firewall, or logged in
    FAILED = "failed"  # a wrong password
    REACHED = "reached"  # the mail server spoke with it
    SEEN = "seen"  # a firewall wrote it down, and not what it did


class Sighting(NamedTuple):
    """A connection, to `port`, or, where that is 0, to one of the services by these names."""

    family: Family
    address: int
    outcome: Outcome
    port: int = 0
    services: tuple[str, ...] = ()


_REFUSING: Final = re.compile(r"drop|block|reject|den(?:y|ied)|refus", re.I)
_ADMITTING: Final = re.compile(r"allow|accept|permit", re.I)
# Bounded, so that no line that somebody makes up takes long.
_TAG: Final = re.compile(r"([\w./-]{1,64})\[\d+\]: ")  # a program with its process id, as syslog writes it before what the program says
_SMTPD: Final = re.compile(r"postfix[\w-]{0,64}/(?:([\w-]{1,64})/)?smtpd\[\d+\]: (.*)")
_CLIENT: Final = r"[^\s\[\]]+\[([0-9A-Fa-f.:]+)\]"
_REJECTED: Final = re.compile(
    rf"\S+: reject: (?:CONNECT|EHLO|HELO|MAIL|RCPT|DATA) from {_CLIENT}(?::\d+)?: \d{{3}} .*?Client host rejected"
)
_CONNECTED: Final = re.compile(rf"connect from {_CLIENT}")
_SASL_FAILED: Final = re.compile(rf"warning: {_CLIENT}(?::\d+)?: SASL \S+ authentication failed")
_SASL: Final = re.compile(rf"\S+: client={_CLIENT}(?::\d+)?, .*sasl_username=")
_MINUTE: Final = re.compile(rf"warning: Connection (?:rate|concurrency) limit exceeded: \d+ from {_CLIENT}")
_LOGIN: Final = re.compile(r"\b(imap|submission)-login: (?:Info: )?(.*)")  # with `Info` in a file that Dovecot itself writes
# What a stranger may write, a user name, comes before the address that counts: the last one of its kind.
_RIP: Final = re.compile(r".*\brip=([0-9A-Fa-f.:]+)")
_NETS: Final = re.compile(r".*allow_nets check failed: IP ([0-9A-Fa-f.:]+) not in")
# Postfix's `syslog_name` tells its listeners apart; without one it is the listener of the MX port.
_LISTENERS: Final[Mapping[str, tuple[str, ...]]] = {
    "smtps": ("submissions",),
    "submissions": ("submissions",),
    "submission": ("submission",),
}
_DOVECOT: Final = ("dovecot", "imap-login", "submission-login", "auth")
_FIREWALL: Final = ("kernel", "ulogd")
_MX: Final = ("smtp",)
_SUBMISSION: Final = ("submission", "submissions")
_IMAP: Final = ("imap", "imaps")  # Dovecot logs no port


def read_line(line: str, site: str) -> Sighting | None:
    """What a line says; None for a line about something else, also where that quotes one of these."""
    if "smtpd[" in line and (tag := _TAG.search(line)) and tag[1].endswith("/smtpd") and not _says_before(line, tag.start()):
        return _read_postfix(line[tag.start() :])
    if "-login: " in line:
        return _read_login(line) if _is_of(line.partition("-login: ")[0], _DOVECOT) else None
    if "allow_nets check failed" in line:
        if not _is_of(line.partition("allow_nets check failed")[0], _DOVECOT):
            return None
        return _make(found[1], Outcome.REFUSED, services=(*_IMAP, *_SUBMISSION)) if (found := _NETS.match(line)) else None
    return _read_packet(line, site) if " SRC=" in line else None


def _says_before(line: str, end: int) -> bool:
    """Whether Dovecot, whose lines have no process id, says what comes there: a user name can be any text."""
    return "-login: " in line[:end] or "auth: " in line[:end]


def _is_of(before: str, programs: tuple[str, ...]) -> bool:
    """Whether what syslog has before a text names no other program than these."""
    tag = _TAG.search(before)
    return tag is None or tag[1].startswith(programs)


def _make(address: str, outcome: Outcome, *, port: int = 0, services: tuple[str, ...] = ()) -> Sighting | None:
    try:
        parsed = ip_address(address)
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    parsed = mapped or parsed
    return Sighting(Family(parsed.version), int(parsed), outcome, port, services)


def _read_packet(line: str, site: str) -> Sighting | None:
    """The first packet of a connection from outside; others are strays of connections that were there before."""
    prefix, _, rest = line.partition("IN=")
    if not _is_of(prefix.partition("kernel: ")[0], _FIREWALL):
        return None
    words = f"IN={rest}".split()
    facts = dict(word.split("=", 1) for word in words if "=" in word)
    if facts["IN"] in ("", "lo") or facts.get("OUT") or facts.get("PROTO") != "TCP" or "SYN" not in words or "ACK" in words:
        return None
    port = facts.get("DPT", "")
    return _make(facts.get("SRC", ""), _packet_outcome(prefix, site), port=int(port)) if port.isdecimal() and len(port) < 6 else None


def _packet_outcome(prefix: str, site: str) -> Outcome:
    own = prefix.rfind(f"gatepost-{site} ")
    if own >= 0 and "limit: " in prefix[own:]:
        return Outcome.LIMITED
    words = prefix[own:] if own >= 0 else _without_head(prefix)
    if _REFUSING.search(words):
        return Outcome.REFUSED
    return Outcome.ADMITTED if _ADMITTING.search(words) else Outcome.SEEN


def _without_head(prefix: str) -> str:
    """The firewall's own words: the host before them may be called `droplet`."""
    if "kernel: " in prefix:
        return prefix.rpartition("kernel: ")[2]
    tag = _TAG.search(prefix)
    return prefix[tag.end() :] if tag else prefix


_POSTFIX: Final = (
    (_REJECTED, Outcome.REFUSED),
    (_MINUTE, Outcome.LIMITED),
    (_SASL_FAILED, Outcome.FAILED),
    (_SASL, Outcome.ADMITTED),
    (_CONNECTED, Outcome.REACHED),  # a refusal, if there is one, follows in a line of its own
)


def _read_postfix(line: str) -> Sighting | None:
    found = _SMTPD.search(line)
    if found is None:
        return None
    for pattern, outcome in _POSTFIX:
        if said := pattern.match(found[2]):
            return _make(said[1], outcome, services=_LISTENERS.get(found[1] or "", _MX))
    return None


def _read_login(line: str) -> Sighting | None:
    found = _LOGIN.search(line)
    address = _RIP.match(line)
    if found is None or address is None:
        return None
    said = found[2]
    if re.match(r"(?:Login|Logged in): user=", said):
        outcome = Outcome.ADMITTED
    elif "Maximum number of connections" in said:
        outcome = Outcome.LIMITED
    else:
        outcome = Outcome.FAILED if "(auth failed" in said else Outcome.REACHED
    return _make(address[1], outcome, services=_IMAP if found[1] == "imap" else _SUBMISSION)
