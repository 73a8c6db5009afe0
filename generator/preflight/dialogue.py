"""What the dialogues of IMAP and SMTP have in common."""

from typing import Final, NamedTuple, Protocol

from generator.preflight.transcript import Transcript, printable
from generator.preflight.wire import Channel

_LONGEST_SHOWN: Final = 600


class Greeting(NamedTuple):
    """A server's first words, and what is wrong with them: a title for the finding with its cause and cure, or nothing."""

    text: str
    title: str = ""
    detail: str = ""
    fix: str = ""

    @property
    def fine(self) -> bool:
        """Whether the dialogue can go on."""
        return not self.title


class LoginAnswer(NamedTuple):
    """What became of the one login. `refused`: the server judged name and password, and said no."""

    accepted: bool
    refused: bool
    text: str
    method: str


class Dialogue(Protocol):
    """A client's half of a protocol over one channel. Every call may raise WireTrouble."""

    channel: Channel
    offers: tuple[str, ...]  # capabilities as announced last

    def greet(self) -> Greeting:
        """Read the greeting."""

    @property
    def offers_starttls(self) -> bool:
        """Whether STARTTLS is among the offers."""

    @property
    def offers_login(self) -> bool:
        """Whether a password can be given now."""

    def request_starttls(self) -> str:
        """Ask for TLS; nothing if the server agrees, else its words."""

    def ask_offers(self) -> str:
        """Ask for the offers, forgetting all that was offered before; nothing, or the words of a refusal."""

    def log_in(self, user: str, password: str) -> LoginAnswer:
        """Log in, once."""

    def leave(self) -> str:
        """Say goodbye; the server's last words."""


def shown(text: str, transcript: Transcript) -> str:
    """A server's words as they may stand in a report: secrets masked, not too long."""
    masked = transcript.mask(text)
    return masked if len(masked) <= _LONGEST_SHOWN else f"{masked[:_LONGEST_SHOWN]}…"


def other_protocol(first: bytes) -> str:
    """What a server speaks that greets like this, if it is neither IMAP nor SMTP; nothing if it can't be told."""
    for mark, name in ((b"+OK", "POP3"), (b"SSH-", "SSH"), (b"HTTP/", "HTTP"), (b"* ", "IMAP"), (b"220", "SMTP"), (b"\x15\x03", "TLS")):
        if first.startswith(mark):
            return name
    if b"<html" in first.lower():
        return "HTTP"
    return "something binary" if any(byte < 32 and byte not in b"\r\n\t" for byte in first) else ""


def wrong_protocol(line: bytes, wanted: str) -> Greeting:
    """The finding about a greeting that is not one of the protocol."""
    text, spoken = printable(line), other_protocol(line).replace(wanted, "")
    fixes = {"TLS": "this port starts with TLS: choose implicit TLS for it", "": f"give the port on which {wanted} is spoken"}
    fix = fixes.get(spoken, f"give the port on which {wanted} is spoken; this one speaks {spoken}")
    return Greeting(text, f"the greeting is not {wanted}" + (f" but {spoken}" if spoken else ""), f"the server said: {text[:200]}", fix)
