"""One TCP connection attempt from any source address, and what became of it."""

import errno
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import NamedTuple

BANNER = b"* gatepost lab\r\n"

_IP_FREEBIND = (socket.SOL_IP, 15)
_IPV6_FREEBIND = (socket.IPPROTO_IPV6, 78)
_IP_BIND_ADDRESS_NO_PORT = (socket.SOL_IP, 24)  # the port is chosen at connect(): no search for one that is free for every peer
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_GRACE_SECONDS = (0.15, 0.25)  # the first time and the second
_CONTROL_SECONDS = 5.0
_BANNER_SECONDS = 1.0
_HOLD_SECONDS = 1.5  # one SYN retransmission
_WAVE = 500


class Verdict(StrEnum):
    """What a connection attempt met."""

    ACCEPTED = "accepted"  # the banner was read
    REFUSED = "refused"  # RST
    DROPPED = "dropped"  # no answer at all, twice
    UNREACHABLE = "unreachable"  # an ICMP error
    MUTE = "mute"  # connected, and then nothing: half a hole


class Knock(NamedTuple):
    """A connection attempt, with all its addresses."""

    source: str
    to: str
    port: int


class LabError(Exception):
    """The lab itself does not work: nothing was learned about the ruleset."""


def open_connection(knock: Knock) -> tuple[socket.socket, int]:
    """Begin to connect: the socket, and connect()'s error number (EINPROGRESS as a rule). Closing it sends RST: no TIME_WAIT is left."""
    v6 = ":" in knock.to
    sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        sock.setsockopt(*(_IPV6_FREEBIND if v6 else _IP_FREEBIND), 1)
        sock.setsockopt(*_IP_BIND_ADDRESS_NO_PORT, 1)
        sock.bind((knock.source, 0))
        return sock, sock.connect_ex((knock.to, knock.port))
    except BaseException:
        sock.close()
        raise


def open_datagram(knock: Knock, *, kind: socket.SocketKind = socket.SOCK_DGRAM, protocol: int = 0) -> socket.socket:
    """A UDP or raw socket that speaks from the knock's source to its destination."""
    v6 = ":" in knock.to
    sock = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, kind, protocol)
    try:
        sock.setsockopt(*(_IPV6_FREEBIND if v6 else _IP_FREEBIND), 1)
        sock.bind((knock.source, 0))
        sock.connect((knock.to, knock.port))
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def judge_one(knock: Knock) -> tuple[Verdict, socket.socket | None]:
    """Knock once; the connection stays open if it was accepted."""
    sock, code = open_connection(knock)
    try:
        if code not in (0, errno.EINPROGRESS):
            verdict = judge_error(code)
        else:
            await_data(sock, _HOLD_SECONDS)
            verdict = _read_verdict(sock)
    except BaseException:
        sock.close()
        raise
    if verdict is Verdict.ACCEPTED:
        return verdict, sock
    sock.close()
    return verdict, None


def judge_error(code: int) -> Verdict:
    """The verdict behind a failed connect.

    Raises:
        LabError: the error comes from this machine, not from the peer.
    """
    if code in (errno.ECONNREFUSED, errno.ECONNRESET):
        return Verdict.REFUSED
    if code in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES, errno.EPERM):
        return Verdict.UNREACHABLE
    raise LabError(f"connect failed here: {errno.errorcode.get(code, code)}")


def judge_all(knocks: Sequence[Knock], control: Sequence[Knock]) -> list[Verdict]:
    """Knock everywhere at once; a knock without answer is knocked once more.

    Raises:
        LabError: a control knock, which every ruleset lets pass, was not accepted.
    """
    verdicts: dict[Knock, Verdict] = {}
    for grace in _GRACE_SECONDS:
        todo = [knock for knock in dict.fromkeys(knocks) if verdicts.get(knock, Verdict.DROPPED) in (Verdict.DROPPED, Verdict.MUTE)]
        for start in range(0, len(todo), _WAVE):
            verdicts.update(_Wave(todo[start : start + _WAVE], control).judge(grace))
    return [verdicts[knock] for knock in knocks]


class _Wave:
    """Some hundred concurrent knocks.

    Silence is measured against control knocks that begin last: DROPPED means that a later, allowed one has been answered for a while. So a
    busy machine makes a wave slower and not wrong.
    """

    def __init__(self, knocks: Sequence[Knock], control: Sequence[Knock]) -> None:
        self._verdicts: dict[Knock, Verdict] = {}
        self._open: dict[int, tuple[Knock, socket.socket]] = {}
        self._control: set[int] = set()
        self._knocks = knocks
        self._control_knocks = control
        self._poll = select.poll()

    def judge(self, grace: float) -> dict[Knock, Verdict]:
        try:
            for knock in self._knocks:
                self._begin(knock)
            for knock in self._control_knocks:
                self._control.add(self._begin(knock, control=True))
            self._wait(grace)
            for knock, sock in self._open.values():
                self._verdicts[knock] = _read_verdict(sock)
        finally:
            for _, sock in self._open.values():
                sock.close()
        return {knock: self._verdicts[knock] for knock in self._knocks}

    def _begin(self, knock: Knock, *, control: bool = False) -> int:
        sock, code = open_connection(knock)
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            verdict = judge_error(code)
            if control:
                raise LabError(f"control connection {knock} was {verdict}")
            self._verdicts[knock] = verdict
            return -1
        self._open[sock.fileno()] = (knock, sock)
        self._poll.register(sock, select.POLLIN)
        return sock.fileno()

    def _wait(self, grace: float) -> None:
        self._settle_until(time.monotonic() + _CONTROL_SECONDS, enough=lambda: not self._control)
        if self._control:
            raise LabError(f"control connections got no answer: {[self._open[fd][0] for fd in sorted(self._control)]}")
        self._settle_until(time.monotonic() + grace)
        # Connected, so the packets pass; a banner that is not there yet may be a busy machine's.
        if any(is_connected(sock) for _, sock in self._open.values()):
            self._settle_until(time.monotonic() + _BANNER_SECONDS)

    def _settle_until(self, deadline: float, enough: Callable[[], bool] = lambda: False) -> None:
        while self._open and not enough() and (left := deadline - time.monotonic()) > 0:
            for descriptor, _ in self._poll.poll(left * 1000):
                self._settle(descriptor)

    def _settle(self, descriptor: int) -> None:
        knock, sock = self._open.pop(descriptor)
        self._poll.unregister(descriptor)
        with sock:
            verdict = _read_verdict(sock)
        if descriptor not in self._control:
            self._verdicts[knock] = verdict
        elif verdict is Verdict.ACCEPTED:
            self._control.remove(descriptor)
        else:
            raise LabError(f"control connection {knock} was {verdict}")


def await_data(sock: socket.socket, seconds: float) -> bool:
    """Whether there is something to read in time; select(2) would refuse descriptors above 1023."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _read_verdict(sock: socket.socket) -> Verdict:
    """What became of a connection that answered, or that was waited for in vain."""
    # An ICMP error that comes while connect() still runs is no event and fails no read: SO_ERROR alone tells it (tcp_v4_err, sk_err_soft).
    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        return judge_error(code)
    try:
        return Verdict.ACCEPTED if sock.recv(len(BANNER)) == BANNER else Verdict.MUTE
    except BlockingIOError:
        return Verdict.MUTE if is_connected(sock) else Verdict.DROPPED
    except OSError as error:
        return judge_error(error.errno or 0)


def is_connected(sock: socket.socket) -> bool:
    """Whether the peer took the connection."""
    try:
        sock.getpeername()
    except OSError:
        return False
    return True
