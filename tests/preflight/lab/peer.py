"""Peers that say what a script has for each command, and behave badly on request.

A reply is text, in which `{tag}` is the command's, and `{line}` the last line that came; or one of the acts below; or several of both, one
after the other.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from enum import Enum
from typing import Final, NamedTuple

from tests.preflight.lab.streams import Plain, Secure, Stream, reset

_LINE_LIMIT: Final = 1 << 20
_THINK_SECONDS: Final = 3.0
_RESET_SECONDS: Final = 0.05  # a reset at once may come before the client knows that it is connected
_FLOOD_BYTES: Final = 256 << 20  # what a flood sends at most


class Act(Enum):
    """What a peer does instead of replying."""

    HANG = "says nothing more"
    CLOSE = "closes"
    RESET = "resets, in a moment"
    TLS = "starts TLS"
    HEAR = "takes a line, whatever it is"
    THINK = "takes three seconds"
    LINES = "sends lines without an end"
    UNTAGGED = "sends IMAP's untagged lines without an end"
    CONTINUED = "sends lines of one SMTP reply without an end"
    ONE_LINE = "sends a line without an end"
    BINARY = "sends random bytes"
    RECORDS = "sends TLS records of no meaning"


class Slow(NamedTuple):
    """Text that comes byte by byte."""

    text: str
    pause_seconds: float = 0.005


Part = str | Slow | Act
Reply = Part | tuple[Part, ...]

_FLOODS: Final = {
    Act.LINES: b"hello, hello, is anybody there\r\n" * 2048,
    Act.UNTAGGED: b"* OK [ALERT] still working on it\r\n" * 2048,
    Act.CONTINUED: b"250-X-STILL-WORKING\r\n" * 2048,
    Act.ONE_LINE: b"A" * 65536,
    Act.BINARY: bytes(range(256)) * 256,
    Act.RECORDS: b"\x16\x03\x03\x40\x00" + b"\x00" * 0x4000,
}


class Script(NamedTuple):
    """One peer. `replies` are by command, in capitals; those in `secured` are for after TLS. `secure` is who makes TLS.

    Beyond `limit` connections at the same time, each next one is greeted with `beyond`.
    """

    greeting: Reply
    replies: Mapping[str, Reply]
    secured: Mapping[str, Reply]
    secure: Secure | None = None
    implicit: bool = False
    limit: int = 1000
    beyond: Reply = ""


class Listener:
    """A script on an address and port: every connection gets its own thread."""

    def __init__(self, address: str, port: int, script: Script) -> None:
        self._script = script
        self._sock = socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.heard: list[list[str]] = []  # the lines of each connection
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Accept nothing more."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                sock, _ = self._sock.accept()
                self.heard.append([])
                threading.Thread(target=self._serve, args=(sock, self.heard[-1]), daemon=True).start()

    def _serve(self, sock: socket.socket, heard: list[str]) -> None:
        self._open.add(sock)
        script = self._script
        if len(self._open) > script.limit:
            script = script._replace(greeting=script.beyond)
        with suppress(Exception), sock:  # whatever a client makes of a bad peer is not the peer's failure
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _Conversation(sock, script, heard).hold()
        self._open.discard(sock)


class _End(Exception):  # noqa: N818 # no error: the script says so
    """The connection is over."""


class _Conversation:
    def __init__(self, sock: socket.socket, script: Script, heard: list[str]) -> None:
        self._sock = sock
        self._heard = heard
        self._script = script
        self._stream: Stream = Plain(sock)
        self._replies = script.replies
        self._held = b""

    def hold(self) -> None:
        try:
            if self._script.implicit:
                self._act(Act.TLS)
            self._reply(self._script.greeting, "*")
            while line := self._read_line():
                self._answer(line)
        finally:
            self._stream.close()

    def _answer(self, line: str) -> None:
        words = line.split() or [""]
        tag, command = (words[0], words[1].upper()) if len(words) > 1 and words[0].upper() not in self._replies else ("", words[0].upper())
        reply = self._replies.get(f"{command} {words[-1].upper()}") or self._replies.get(command) or self._replies.get("*")
        if reply is None:
            reply = "{tag} BAD unknown command\r\n" if tag else "500 5.5.1 unknown command\r\n"
        self._reply(reply, tag)

    def _reply(self, reply: Reply, tag: str) -> None:
        for part in reply if isinstance(reply, tuple) and not isinstance(reply, Slow) else (reply,):
            if isinstance(part, Act):
                self._act(part)
            elif isinstance(part, Slow):
                for byte in part.text.replace("{tag}", tag).encode():
                    self._stream.write(bytes([byte]))
                    threading.Event().wait(part.pause_seconds)
            else:
                text = part.replace("{tag}", tag).replace("{line}", self._heard[-1] if self._heard else "")
                self._stream.write(text.encode("utf-8", "surrogateescape"))

    def _act(self, act: Act) -> None:
        if act is Act.TLS:
            if self._script.secure is None:
                raise _End
            self._stream = self._script.secure(self._sock)
            self._replies = self._script.secured
            self._held = b""
            return
        if act is Act.THINK:
            threading.Event().wait(_THINK_SECONDS)
            return
        if act is Act.HEAR:
            self._read_line()
            return
        if act in _FLOODS:
            for _ in range(_FLOOD_BYTES // len(_FLOODS[act])):
                self._stream.write(_FLOODS[act])
        if act is Act.HANG:
            while self._stream.read():
                pass
        if act is Act.RESET:
            threading.Event().wait(_RESET_SECONDS)
            reset(self._sock)
        raise _End

    def _read_line(self) -> str:
        while b"\n" not in self._held:
            data = self._stream.read()
            if not data or len(self._held) > _LINE_LIMIT:
                return ""
            self._held += data
        line, _, self._held = self._held.partition(b"\n")
        self._heard.append(line.decode("utf-8", "replace").rstrip("\r"))
        return self._heard[-1] or " "
