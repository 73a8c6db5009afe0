"""The client's half of SMTP for submission (RFC 5321, 6409, 4954). It names a sender at most, never a recipient, and sends no mail."""

import base64
from typing import Final, NamedTuple

from generator.preflight.dialogue import Greeting, LoginAnswer, shown, wrong_protocol
from generator.preflight.imap import ANSWER_SECONDS, GREETING_SECONDS, LOGIN_SECONDS
from generator.preflight.resolve import is_ipv6
from generator.preflight.transcript import printable
from generator.preflight.wire import Channel, WireTrouble

_MOST_LINES: Final = 200
_LONGEST_INITIAL: Final = 480  # characters of `AUTH PLAIN …` within the 512 of a command line


class Answer(NamedTuple):
    """A reply: its code, 0 if what came is no reply, and the text of each line."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Code and text in one line."""
        return f"{self.code} {' / '.join(self.lines)}"


class SmtpDialogue:
    """A client's half of SMTP over one channel."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.offers: tuple[str, ...] = ()
        self.masked_by_firewall = ""  # what shows that a firewall rewrites the dialogue

    @property
    def offers_starttls(self) -> bool:
        """Whether STARTTLS is among the offers."""
        return "STARTTLS" in self.offers

    @property
    def mechanisms(self) -> tuple[str, ...]:
        """The SASL mechanisms on offer; `AUTH=` is how servers wrote it before RFC 2554."""
        lines = [offer.replace("AUTH=", "AUTH ", 1) for offer in self.offers]
        return tuple(dict.fromkeys(word for line in lines if line.split(" ")[0] == "AUTH" for word in line.split()[1:]))

    @property
    def offers_login(self) -> bool:
        """Whether a password can be given now."""
        return bool({"PLAIN", "LOGIN"} & set(self.mechanisms))

    def greet(self) -> Greeting:
        """Read the greeting, of however many lines."""
        first = self.channel.read_line(within=GREETING_SECONDS)
        answer = self._answer(first)
        text = printable(first)
        if answer.code == 0:
            return wrong_protocol(first, "SMTP")
        if answer.code != 220:
            return _refusing(text, answer.code, shown(answer.text, self.channel.transcript))
        if set(text[4:].strip()) <= set("*0 2") and "**" in text:
            self.masked_by_firewall = f"the greeting is masked: {text}"
        if not text.startswith("220") or (text[3:4] not in (" ", "-", "")):
            return wrong_protocol(first, "SMTP")
        return Greeting(text)

    def ask_offers(self) -> str:
        """Say EHLO; what was offered before doesn't count any more (RFC 3207, 4.2). Nothing, or the words of a refusal."""
        reply = self._ehlo()
        return "" if reply.code == 250 else shown(reply.text, self.channel.transcript)

    def request_starttls(self) -> str:
        """Ask for TLS; nothing if the server agrees, else its words."""
        reply = self.command("STARTTLS")
        return "" if reply.code == 220 else shown(reply.text, self.channel.transcript)

    def log_in(self, user: str, password: str) -> LoginAnswer:
        """Log in, once."""
        transcript = self.channel.transcript
        transcript.hide(password)
        if "PLAIN" in self.mechanisms:
            token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            transcript.hide(token)
            method, tokens = "AUTH PLAIN", [token]
        else:
            method, tokens = "AUTH LOGIN", [base64.b64encode(text.encode()).decode() for text in (user, password)]
            transcript.hide(tokens[1])
        initial = method == "AUTH PLAIN" and len(tokens[0]) < _LONGEST_INITIAL
        if initial:
            reply = self.command(f"{method} {tokens.pop(0)}", masked=f"{method} ***", within=LOGIN_SECONDS)
        else:
            reply = self.command(method, within=LOGIN_SECONDS)
        for token in (*tokens, "*"):  # who asks for more than there is gets the `*` that ends the exchange
            if reply.code == 334:
                reply = self.command(token, masked="***", within=LOGIN_SECONDS)
        refused = 500 <= reply.code < 600
        return LoginAnswer(reply.code == 235, refused, shown(reply.text, transcript), method)

    def leave(self) -> str:
        """Say QUIT; the server's last words."""
        return self.command("QUIT").text

    def command(self, text: str, *, masked: str | None = None, within: float = ANSWER_SECONDS) -> Answer:
        """Send a command and read the reply."""
        self.channel.write(f"{text}\r\n".encode(), shown=masked, within=within)
        return self._answer(self.channel.read_line(within=within), within)

    def _ehlo(self) -> Answer:
        """Say EHLO with an address literal (RFC 5321, 4.1.3): this machine's own name may be none that a server would take."""
        address = self.channel.local_address.partition("%")[0]
        reply = self.command(f"EHLO [IPv6:{address}]" if is_ipv6(address) else f"EHLO [{address}]")
        self.offers = tuple(line.upper() for line in reply.lines[1:]) if reply.code == 250 else ()
        hidden = [line for line in self.offers if set(line) <= {"X", "A"} and line.startswith("XXX")]
        if hidden:
            self.masked_by_firewall = f"a capability is overwritten: {hidden[0]}"
        return reply

    def _answer(self, first: bytes, within: float = ANSWER_SECONDS) -> Answer:
        lines: list[str] = []
        line = first
        for _ in range(_MOST_LINES):
            code = line[:3]
            if not (code.isdigit() and code.isascii() and line[3:4] in (b"", b" ", b"-")):
                return Answer(0, (printable(line),))
            lines.append(printable(line[4:]))
            if line[3:4] != b"-":
                return Answer(int(code), tuple(lines))
            line = self.channel.read_line(within=within)
        raise WireTrouble("too-long", f"a reply of more than {_MOST_LINES} lines")


def _refusing(text: str, code: int, said: str) -> Greeting:
    """The finding about a greeting that is none: 4xx for now, 5xx for good."""
    words = f"it said: {said}"
    if 400 <= code < 500:
        return Greeting(
            text, "the server refuses for now", words, "it is busy, or limits connections from this address: try later, look into its log"
        )
    if 500 <= code < 600:
        return Greeting(text, "the server refuses this address", words, "look into its log: a blocklist, or a rule about addresses")
    return Greeting(text, "the greeting is not SMTP's", words, "give the port on which SMTP is spoken")
