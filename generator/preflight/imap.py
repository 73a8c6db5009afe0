"""The client's half of IMAP (RFC 3501, RFC 9051), as far as a preflight needs it: it reads, and changes nothing in the mailbox."""

import base64
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.preflight.dialogue import Greeting, LoginAnswer, shown, wrong_protocol
from generator.preflight.transcript import printable
from generator.preflight.wire import Channel, WireTrouble

GREETING_SECONDS: Final = 30.0  # some servers wait on purpose before they greet
LOGIN_SECONDS: Final = 60.0  # Dovecot makes a client wait after a wrong password, also the next one
ANSWER_SECONDS: Final = 20.0
_LONGEST_TOGETHER: Final = 64 * 1024  # of a line and its literals: names of folders and programs, nothing longer is asked for
_MOST_LITERALS: Final = 64
_MOST_UNTAGGED: Final = 50_000  # lines before the answer: folders of a large mailbox, and an end to a server that never answers

_LITERAL: Final = re.compile(rb"\{(\d{1,9})\+?\}$")
_CODE: Final = re.compile(r"\[CAPABILITY ([^\]]*)\]", re.IGNORECASE)


class Reply(NamedTuple):
    """The answer to a command: OK, NO, BAD, or BYE if the server left instead; `untagged` are the lines before it."""

    status: str
    text: str
    untagged: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether the command was done."""
        return self.status == "OK"


class ImapDialogue:
    """A client's half of IMAP over one channel."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.offers: tuple[str, ...] = ()
        self.last_words = ""  # of an untagged BYE
        self._tag = 0

    @property
    def offers_starttls(self) -> bool:
        """Whether STARTTLS is among the offers."""
        return "STARTTLS" in self.offers

    @property
    def offers_login(self) -> bool:
        """Whether a password can be given now: by LOGIN unless it is disabled (RFC 3501, 6.2.3), or by a SASL mechanism that takes one."""
        return "LOGINDISABLED" not in self.offers or bool({"AUTH=PLAIN", "AUTH=LOGIN"} & set(self.offers))

    def greet(self) -> Greeting:
        """Read the greeting; often it tells what the server offers."""
        line = self._line(GREETING_SECONDS)
        text = printable(line)
        kind = text[:6].upper()
        if kind.startswith("* BYE"):
            self.last_words = text
            return Greeting(
                text, "the server says goodbye at once", f"it said: {text}", "look into its log: it refuses this address or is full"
            )
        if not kind.startswith(("* OK", "* PREA")):
            return wrong_protocol(line, "IMAP")
        self._learn((text,))
        return Greeting(text)

    def ask_offers(self) -> str:
        """Ask for the capabilities; those told before don't count any more. Nothing, or the words of a refusal."""
        self.offers = ()
        reply = self.command("CAPABILITY")
        self._learn(reply.untagged)
        return "" if reply.ok else shown(f"{reply.status} {reply.text}", self.channel.transcript)

    def request_starttls(self) -> str:
        """Ask for TLS; nothing if the server agrees, else its words."""
        reply = self.command("STARTTLS")
        return "" if reply.ok else shown(f"{reply.status} {reply.text}", self.channel.transcript)

    def identify(self) -> str:
        """The server's ID (RFC 2971), or nothing."""
        answers = [line for line in self.command("ID NIL").untagged if line.upper().startswith("* ID (")]
        return answers[0] if answers else ""

    def log_in(self, user: str, password: str) -> LoginAnswer:
        """Log in, once: by LOGIN, or by SASL where LOGIN is disabled or can't carry the characters."""
        transcript = self.channel.transcript
        transcript.hide(password)
        plain_text = user.isascii() and password.isascii()
        if "LOGINDISABLED" not in self.offers and (plain_text or "AUTH=PLAIN" not in self.offers):
            method, reply = "LOGIN", self._log_in_by_login(user, password)
        elif "AUTH=PLAIN" in self.offers:
            token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
            transcript.hide(token)
            method, reply = "AUTHENTICATE PLAIN", self.command("AUTHENTICATE PLAIN", secrets=(token,))
        else:
            tokens = tuple(base64.b64encode(text.encode()).decode() for text in (user, password))
            transcript.hide(tokens[1])
            method, reply = "AUTHENTICATE LOGIN", self.command("AUTHENTICATE LOGIN", secrets=tokens)
        if reply.ok:
            self.offers = ()
            self._learn((reply.text, *reply.untagged))
        return LoginAnswer(reply.ok, _is_refusal(reply), shown(f"{reply.status} {reply.text}".strip(), transcript), method)

    def leave(self) -> str:
        """Log out; the server's BYE."""
        self.command("LOGOUT")
        return self.last_words

    def command(self, text: str, *, secrets: Sequence[str] = (), within: float = ANSWER_SECONDS) -> Reply:
        """Send a command and read its answer; `secrets` are sent one by one, each when the server asks for more."""
        self._tag += 1
        tag = f"g{self._tag:02}"
        within = LOGIN_SECONDS if secrets else within
        self.channel.write(f"{tag} {text}\r\n".encode(), within=within)
        return self._answer(tag, list(secrets), within)

    def _log_in_by_login(self, user: str, password: str) -> Reply:
        self._tag += 1
        tag = f"g{self._tag:02}"
        if user.isascii() and password.isascii():
            line = f"{tag} LOGIN {_quoted(user)} {_quoted(password)}\r\n"
            self.channel.write(line.encode("ascii"), shown=f"{tag} LOGIN {_quoted(user)} ***", within=LOGIN_SECONDS)
            return self._answer(tag, [], LOGIN_SECONDS)
        sizes = [len(text.encode()) for text in (user, password)]
        self.channel.write(f"{tag} LOGIN {{{sizes[0]}}}\r\n".encode(), within=LOGIN_SECONDS)
        return self._answer(tag, [f"{user} {{{sizes[1]}}}", password], LOGIN_SECONDS)

    def _answer(self, tag: str, secrets: list[str], within: float) -> Reply:
        untagged: list[str] = []
        for _ in range(_MOST_UNTAGGED):
            text = printable(self._line(within))
            if text.startswith("+"):
                # A server that asks for more than there is gets an empty line, which ends a SASL exchange as a mistake.
                self.channel.write(f"{secrets.pop(0) if secrets else '*'}\r\n".encode(), shown="***", within=within)
                continue
            first, _, rest = text.partition(" ")
            if first == tag:
                status, _, words = rest.partition(" ")
                return Reply(status.upper(), words, tuple(untagged))
            untagged.append(text)
            if text.upper().startswith("* BYE"):
                self.last_words = text
        raise WireTrouble("too-long", f"more than {_MOST_UNTAGGED} lines without an answer")

    def _line(self, within: float) -> bytes:
        """A line with the literals that it announces."""
        line = self.channel.read_line(within=within)
        count = 0
        while (literal := _LITERAL.search(line)) is not None:
            count += 1
            if count > _MOST_LITERALS or len(line) + int(literal[1]) > _LONGEST_TOGETHER:
                raise WireTrouble("too-long", "a line with longer literals, or more of them, than any answer needs")
            data = self.channel.read_exactly(int(literal[1]), within=within)
            line = line[: literal.start()] + b'"' + data + b'"' + self.channel.read_line(within=within)
        return line

    def _learn(self, lines: Sequence[str]) -> None:
        for line in lines:
            code = _CODE.search(line)
            listed = code[1] if code else line[len("* CAPABILITY ") :] if line.upper().startswith("* CAPABILITY ") else ""
            if listed:
                self.offers = tuple(word.upper() for word in listed.split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _is_refusal(reply: Reply) -> bool:
    """Whether name and password were judged. Codes of RFC 5530 tell where the reason is another one."""
    return reply.status == "NO" and not re.match(
        r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN|PRIVACYREQUIRED)\b", reply.text.upper()
    )
