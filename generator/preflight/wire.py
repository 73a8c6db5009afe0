"""One TCP connection with a deadline, first in plain text, then in TLS. Everything that a peer may do to it is bounded.

Plain sockets and not `imaplib` or `smtplib`: those hide the bytes, ask for capabilities by themselves, and have no deadline over several
calls. A line with its end, and after STARTTLS the certainty that nothing of the plain text is left, is all that both protocols need.
"""

import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Final, NamedTuple, Self

from generator.preflight.tls import Handshake, Session, shake_hands
from generator.preflight.transcript import Transcript

Clock = Callable[[], float]

MOST_BYTES: Final = 4 * 1024 * 1024  # of one connection as they come: enough for tens of thousands of folders
LONGEST_LINE: Final = 16 * 1024
_CHUNK: Final = 16 * 1024
_AT_ONCE: Final = 1e-6  # zero would make a socket that never waits, which ends in another error


class Deadline(NamedTuple):
    """The moment on a monotonic clock after which nobody waits any more."""

    clock: Clock
    at: float

    @classmethod
    def after(cls, clock: Clock, seconds: float) -> Self:
        """The deadline that lies `seconds` ahead."""
        return cls(clock, clock() + seconds)

    @property
    def left(self) -> float:
        """Seconds until then, never below zero."""
        return max(0.0, self.at - self.clock())

    def within(self, seconds: float | None) -> "Deadline":
        """This deadline, or the one `seconds` ahead if that is sooner."""
        return self if seconds is None else Deadline(self.clock, min(self.at, self.clock() + seconds))


class ConnectFailure(Exception):  # noqa: N818 (a failure is what it is)
    """There is no connection. `kind`: timeout, refused, reset, unreachable, no-route or other; `detail` is the system's words."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


class WireTrouble(Exception):  # noqa: N818 (of the peer, not of the program)
    """The connection is of no more use. `kind`: timeout, closed, reset, too-long or tls; `detail` is one printable line."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


# What connect(2) says, by what it means to somebody who looks for the firewall. Measured with nft: a dropped SYN ends in no error number at
# all, a reset and an ICMP port-unreachable both in ECONNREFUSED, admin-prohibited and host-unreachable in EHOSTUNREACH.
_CONNECT_KINDS: Final = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ETIMEDOUT: "timeout",
    errno.EHOSTUNREACH: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.ENETUNREACH: "no-route",
    errno.ENETDOWN: "no-route",
    errno.EADDRNOTAVAIL: "no-route",  # no address of our own in that family
    errno.EAFNOSUPPORT: "no-route",
}


class Channel:
    """A connection to one address. `deadline` ends everything on it; `within` of a call, in seconds, ends that call sooner.

    After `start_tls` it carries TLS or nothing: a handshake that fails leaves no way to say a password in plain text.
    """

    def __init__(self, plug: socket.socket, peer_address: str, deadline: Deadline, transcript: Transcript) -> None:
        self._socket = plug
        self._session: Session | None = None
        self._spoiled = False  # TLS was tried in vain: whatever would be said now would be said in plain text
        self._buffer = bytearray()
        self._received = 0
        self._seen = 0  # bytes of the buffer known to hold no line end
        self.deadline = deadline
        self.transcript = transcript
        self.local_address = str(plug.getsockname()[0])
        self.peer_address = peer_address

    @classmethod
    def connect(cls, address: str, port: int, *, deadline: Deadline, transcript: Transcript, within: float | None = None) -> "Channel":
        """Connect to a numeric `address`.

        Raises:
            ConnectFailure: it didn't come to a connection.
        """
        until = deadline.within(within)
        if not until.left:
            raise ConnectFailure("timeout", "no time left")
        plug: socket.socket | None = None
        try:
            family, kind, protocol, _, where = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0]
            plug = socket.socket(family, kind, protocol)
            plug.settimeout(until.left or _AT_ONCE)
            plug.connect(where)
            if plug.getsockname() == where:  # TCP can meet itself where nobody listens on a port of the ephemeral range
                raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            plug.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return cls(plug, str(where[0]), deadline, transcript)
        except (OSError, UnicodeError) as error:
            if plug is not None:
                plug.close()
            raise _connect_failure(error) from error

    @property
    def unread(self) -> bytes:
        """What has come and was not read. After STARTTLS was agreed, anything here was put in by somebody in plain text."""
        return bytes(self._buffer)

    def drop_unread(self) -> None:
        """Forget what has come and was not read."""
        self._buffer.clear()
        self._seen = 0

    def read_line(self, *, limit: int = LONGEST_LINE, within: float | None = None) -> bytes:
        """The next line without its end (CR LF, or LF alone as careless servers send it).

        Raises:
            WireTrouble: none came; what came of it is in `unread`.
        """
        until = self.deadline.within(within)
        while (end := self._buffer.find(b"\n", self._seen)) < 0:
            self._seen = len(self._buffer)
            if self._seen > limit:
                raise WireTrouble("too-long", f"a line of more than {limit} bytes")
            self._fill(until)
        if end > limit:
            raise WireTrouble("too-long", f"a line of more than {limit} bytes")
        line = bytes(self._take(end + 1)[:-1]).removesuffix(b"\r")
        self.transcript.add("S", line)
        return line

    def read_exactly(self, count: int, *, within: float | None = None) -> bytes:
        """The next `count` bytes, for an IMAP literal.

        Raises:
            WireTrouble: they didn't come, or are more than a connection may send.
        """
        if count > MOST_BYTES:
            raise WireTrouble("too-long", f"a literal of {count} bytes")
        until = self.deadline.within(within)
        while len(self._buffer) < count:
            self._fill(until)
        data = bytes(self._take(count))
        self.transcript.add("S", data)
        return data

    def read_some(self, *, within: float | None = None) -> bytes:
        """What comes next, in whatever pieces it comes: for peers that are not asked for lines.

        Raises:
            WireTrouble: nothing comes.
        """
        if not self._buffer:
            self._fill(self.deadline.within(within))
        return bytes(self._take(len(self._buffer)))

    def write(self, data: bytes, *, shown: str | None = None, within: float | None = None) -> None:
        """Send `data`; the transcript gets `shown` in its place, where it holds a secret.

        Raises:
            WireTrouble: it could not be sent.
        """
        self._refuse_after_failed_tls()
        self.transcript.add("C", data.removesuffix(b"\r\n") if shown is None else shown)
        self._send(data if self._session is None else self._session.seal(data), self.deadline.within(within))

    def start_tls(self, server_name: str, *, ceiling: str, floor: str, within: float | None = None) -> Handshake:
        """Shake hands as a connector that speaks `floor` to `ceiling`; everything that goes wrong is in what comes back."""
        until = self.deadline.within(within)
        early = self.unread
        self.drop_unread()

        def receive() -> bytes:
            nonlocal early
            data, early = early or self._receive(until), b""
            return data

        self._spoiled = True
        handshake, self._session = shake_hands(lambda data: self._send_raw(data, until), receive, server_name, ceiling=ceiling, floor=floor)
        self._spoiled = self._session is None
        said = f"{handshake.version} {handshake.cipher}" if self._session else f"{handshake.outcome} {handshake.alert} {handshake.detail}"
        self.transcript.add("-", " ".join(f"TLS: {said}".split()))
        return handshake

    def close(self) -> None:
        """End the connection; in TLS with the word that it ends, without waiting for the other's."""
        with contextlib.suppress(OSError, WireTrouble):
            if self._session is not None:
                self._send_raw(self._session.farewell(), self.deadline.within(1))
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_after_failed_tls(self) -> None:
        if self._spoiled:
            raise WireTrouble("tls", "the TLS handshake failed, and nothing goes on in plain text")

    def _take(self, count: int) -> bytearray:
        taken = self._buffer[:count]
        del self._buffer[:count]
        self._seen = 0
        return taken

    def _fill(self, until: Deadline) -> None:
        """Add what comes next to the buffer: one piece, of whatever size."""
        self._refuse_after_failed_tls()
        try:
            data = self._receive(until) if self._session is None else self._open(self._session, until)
        except TimeoutError as error:
            raise WireTrouble("timeout", "no answer in time") from error
        except OSError as error:
            raise WireTrouble(*_broken(error)) from error
        if not data:
            raise WireTrouble("closed", "the server closed the connection")
        self._buffer += data

    def _open(self, session: Session, until: Deadline) -> bytes:
        """The next decrypted bytes; none at the end."""
        while (data := session.open()) is None:
            pending = session.answer()
            if pending:
                self._send_raw(pending, until)
            sealed = self._receive(until)
            if not sealed:
                return b""
            session.take(sealed)
        return data

    def _receive(self, until: Deadline) -> bytes:
        """What the socket has next. Raises what sockets raise; EMSGSIZE once the peer has sent more than anybody needs."""
        if not until.left:
            raise TimeoutError
        self._socket.settimeout(until.left)
        data = self._socket.recv(_CHUNK)
        self._received += len(data)
        if self._received > MOST_BYTES:
            raise OSError(errno.EMSGSIZE, f"more than {MOST_BYTES} bytes on one connection")
        return data

    def _send(self, data: bytes, until: Deadline) -> None:
        try:
            self._send_raw(data, until)
        except TimeoutError as error:
            raise WireTrouble("timeout", "the server takes nothing more") from error
        except OSError as error:
            raise WireTrouble(*_broken(error)) from error

    def _send_raw(self, data: bytes, until: Deadline) -> None:
        self._socket.settimeout(until.left or _AT_ONCE)
        self._socket.sendall(data)


def _connect_failure(error: OSError | UnicodeError) -> ConnectFailure:
    if isinstance(error, TimeoutError):
        return ConnectFailure("timeout", "no answer")
    number = error.errno if isinstance(error, OSError) else None
    return ConnectFailure(_CONNECT_KINDS.get(number or 0, "other"), str(getattr(error, "strerror", None) or error))


def _broken(error: OSError) -> tuple[str, str]:
    """Kind and words of a connection that broke. An error of TLS is an OSError too."""
    if error.errno in (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED):
        return "reset", "the server reset the connection"
    if error.errno == errno.EMSGSIZE:
        return "too-long", str(error.strerror)
    reason = getattr(error, "reason", None)
    if isinstance(reason, str):
        return "tls", reason.lower().replace("_", " ")
    return "closed", str(error.strerror or error)
