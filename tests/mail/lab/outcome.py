"""How far a client got, and what the server said last."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Reached(StrEnum):
    """The step at which a client was stopped, or DONE."""

    CONNECT = "connect"  # reset, no answer, or an ICMP error
    GREETING = "greeting"  # the server refused at, or instead of, its greeting
    TLS = "tls"  # STARTTLS was refused, or the handshake failed
    LOGIN = "login"  # a wrong password, or an address from which nobody may log in
    SENDER = "sender"
    RECIPIENT = "recipient"
    MESSAGE = "message"
    DONE = "done"


class Outcome(NamedTuple):
    """What a client met. `text` is the server's last words, or the error; `offers` what the server says it can, in the end."""

    reached: Reached
    text: str
    offers: frozenset[str] = frozenset()
    tls: str = ""  # `TLSv1.2`, or nothing for cleartext

    @property
    def done(self) -> bool:
        """Whether everything that was asked for was granted."""
        return self.reached is Reached.DONE


class Tls(StrEnum):
    """How a connection becomes encrypted."""

    IMPLICIT = "implicit"
    STARTTLS = "starttls"
    NONE = "none"


DEFAULT_TLS = {25: Tls.NONE, 143: Tls.STARTTLS, 465: Tls.IMPLICIT, 587: Tls.STARTTLS, 993: Tls.IMPLICIT}


class Client(NamedTuple):
    """What a client insists on: the lowest and highest TLS version that it speaks, and who signs the server's certificate."""

    authority: Path
    at_least: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2
    at_most: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED

    def context(self) -> ssl.SSLContext:
        """For one connection."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        context.minimum_version = self.at_least
        context.maximum_version = self.at_most
        return context
