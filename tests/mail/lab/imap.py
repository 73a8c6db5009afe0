"""An IMAP client that tells what it met."""

import imaplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from tests.mail.lab.certificates import IMAP_NAME
from tests.mail.lab.outcome import Client, Outcome, Reached, Tls

_FAILURES = (OSError, imaplib.IMAP4.error)


class _Connection(imaplib.IMAP4):
    """Speaks over a socket that is connected already."""

    def __init__(self, sock: socket.socket) -> None:
        self._given = sock
        super().__init__(IMAP_NAME)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        del timeout
        return self._given


class ImapSession:
    """A login that is held until `close` or the end of the `with`; `outcome` tells how far it got."""

    def __init__(self, connect: Callable[[], socket.socket], client: Client, tls: Tls, user: str, password: str) -> None:
        self._imap: _Connection | None = None
        self._sock: socket.socket | None = None
        self._step = Reached.CONNECT
        try:
            text = self._log_in(connect, client, tls, user, password)
        except _FAILURES as error:
            self.outcome = Outcome(self._step, _spell(error))
            self.close()
            return
        self.outcome = Outcome(Reached.DONE, text, *self._terms())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def alive(self) -> bool:
        """Whether the server still answers."""
        try:
            return self._imap is not None and self._imap.noop()[0] == "OK"
        except _FAILURES:
            return False

    def find(self, text: str) -> bytes:
        """The first message in the INBOX that has a text somewhere; empty if there is none."""
        if self._imap is None:
            return b""
        self._imap.select("INBOX", readonly=True)
        _, found = self._imap.search(None, "TEXT", f'"{text}"')
        for number in (found[0] or b"").split():
            _, parts = self._imap.fetch(number.decode(), "(BODY.PEEK[])")
            return b"".join(part[1] for part in parts if isinstance(part, tuple))
        return b""

    def close(self) -> None:
        """Log out."""
        if self._imap is not None:
            with suppress(*_FAILURES):
                self._imap.logout()
            with suppress(OSError):
                self._imap.shutdown()
        elif self._sock is not None:
            self._sock.close()
        self._imap = self._sock = None

    def _log_in(self, connect: Callable[[], socket.socket], client: Client, tls: Tls, user: str, password: str) -> str:
        self._sock = connect()
        if tls is Tls.IMPLICIT:
            self._step = Reached.TLS
            self._sock = client.context().wrap_socket(self._sock, server_hostname=IMAP_NAME)
        self._step = Reached.GREETING
        self._imap = _Connection(self._sock)
        if tls is Tls.STARTTLS:
            self._step = Reached.TLS
            self._imap.starttls(client.context())
        self._step = Reached.LOGIN
        _, words = self._imap.login(user, password)
        return b" ".join(words).decode(errors="replace")

    def _terms(self) -> tuple[frozenset[str], str]:
        """What the server offers, and the TLS version."""
        if self._imap is None:
            return frozenset(), ""
        sock = self._imap.sock
        return frozenset(self._imap.capabilities), (sock.version() or "") if isinstance(sock, ssl.SSLSocket) else ""


def _spell(error: Exception) -> str:
    """The server's words: imaplib puts bytes into its exceptions."""
    words = error.args[0] if error.args else ""
    return words.decode(errors="replace") if isinstance(words, bytes) else str(error) or type(error).__name__
