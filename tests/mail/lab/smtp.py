"""An SMTP client that tells what it met."""

import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from tests.mail.lab.certificates import SMTP_NAME
from tests.mail.lab.outcome import Client, Outcome, Reached, Tls

_SECONDS = 20.0


class Envelope(NamedTuple):
    """What is to be sent. Without `message`, it is not: the client leaves after the reply to RCPT."""

    sender: str
    recipient: str
    message: str = ""


class _Connection(smtplib.SMTP):
    """Speaks over a socket that is connected already. smtplib greets in its constructor."""

    def __init__(self, sock: socket.socket) -> None:
        self._given = sock
        super().__init__(SMTP_NAME, local_hostname="client.example.net", timeout=_SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        del host, port, timeout
        return self._given


def send_mail(
    connect: Callable[[], socket.socket], client: Client, tls: Tls, login: tuple[str, str] | None, envelope: Envelope | None
) -> Outcome:
    """Connect, greet, encrypt, log in, send; each as far as asked for."""
    session = _Session(connect, client, tls)
    try:
        return session.outcome(session.talk(login, envelope))
    except smtplib.SMTPResponseException as error:
        words = error.smtp_error if isinstance(error.smtp_error, str) else error.smtp_error.decode(errors="replace")
        return session.outcome(f"{error.smtp_code} {words}")
    except (OSError, smtplib.SMTPException) as error:
        return session.outcome(str(error) or type(error).__name__)
    finally:
        session.close()


class _Session:
    def __init__(self, connect: Callable[[], socket.socket], client: Client, tls: Tls) -> None:
        self._connect = connect
        self._client = client
        self._tls = tls
        self._step = Reached.CONNECT
        self._sock: socket.socket | None = None
        self._smtp: _Connection | None = None
        self._version = ""

    def talk(self, login: tuple[str, str] | None, envelope: Envelope | None) -> str:
        """Do everything, noting the step; the server's last words.

        Raises:
            OSError: the connection or the handshake failed.
            SMTPException: the server said no.
        """
        smtp = self._greet()
        reply = smtp.ehlo()
        if self._tls is Tls.STARTTLS:
            self._step = Reached.TLS
            _check(smtp.starttls(context=self._client.context()))
            reply = smtp.ehlo()
        sock = smtp.sock
        self._version = (sock.version() or "") if isinstance(sock, ssl.SSLSocket) else ""
        if login:
            self._step = Reached.LOGIN
            reply = smtp.login(*login)
        if envelope:
            reply = self._send(smtp, envelope)
        self._step = Reached.DONE
        return _spell(reply)

    def outcome(self, text: str) -> Outcome:
        """How far it got."""
        features = self._smtp.esmtp_features if self._smtp else {}
        return Outcome(self._step, text, frozenset(name.upper() for name in features), self._version)

    def close(self) -> None:
        """Leave."""
        if self._smtp is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._smtp.quit()
            self._smtp.close()
        elif self._sock is not None:
            self._sock.close()

    def _greet(self) -> _Connection:
        self._sock = self._connect()
        if self._tls is Tls.IMPLICIT:
            self._step = Reached.TLS
            self._sock = self._client.context().wrap_socket(self._sock, server_hostname=SMTP_NAME)
        self._step = Reached.GREETING
        self._smtp = _Connection(self._sock)
        return self._smtp

    def _send(self, smtp: _Connection, envelope: Envelope) -> tuple[int, bytes]:
        self._step = Reached.SENDER
        _check(smtp.mail(envelope.sender))
        self._step = Reached.RECIPIENT
        reply = _check(smtp.rcpt(envelope.recipient))
        if not envelope.message:
            return reply
        self._step = Reached.MESSAGE
        return _check(smtp.data(envelope.message))


def _check(reply: tuple[int, bytes]) -> tuple[int, bytes]:
    if not 200 <= reply[0] < 300:
        raise smtplib.SMTPResponseException(*reply)
    return reply


def _spell(reply: tuple[int, bytes]) -> str:
    return f"{reply[0]} {reply[1].decode(errors='replace')}"
