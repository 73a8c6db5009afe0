"""Connections into the lab's network: from any address of the world, or from the server itself."""

import ctypes
import errno
import os
import select
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import Final

from generator.prove.lab.lab import find_own
from generator.prove.lab.sockets import Knock, judge_error, open_connection
from tests.kernel.lab import LabError

_CLONE_NEWNET: Final = 0x40000000
_CONNECT_SECONDS: Final = 5.0
_SECONDS: Final = 20.0

_libc = ctypes.CDLL(None, use_errno=True)


class World:
    """Makes sockets in the namespaces of two processes; a socket stays where it was made, so it can then be used from any thread."""

    def __init__(self, *, client: int, server: int, addresses: Sequence[str]) -> None:
        self._addresses = tuple(addresses)
        self._client = ThreadPoolExecutor(1, initializer=_enter_network, initargs=(client,))
        self._server = ThreadPoolExecutor(1, initializer=_enter_network, initargs=(server,))

    def connect(self, source: str, port: int, to: str = "") -> socket.socket:
        """Connect to the server; from a loopback address or one of the server's own, from the server itself.

        Raises:
            OSError: ConnectionRefusedError for a reset, TimeoutError for no answer, others for an ICMP error.
        """
        inside = source in self._addresses or ip_address(source).is_loopback
        knock = Knock(source, to or (source if inside else find_own(self._addresses, source)), port)
        sock, code = (self._server if inside else self._client).submit(open_connection, knock).result()
        try:
            if code == errno.EINPROGRESS:
                code = _await_connection(sock)
            if code:
                judge_error(code)  # raises if it came from this machine
                raise OSError(code, os.strerror(code))
            sock.settimeout(_SECONDS)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, bytes(8))  # hang up as clients do: servers log a reset
        except BaseException:
            sock.close()
            raise
        return sock

    def leave(self) -> None:
        """Leave the namespaces, so that they can go."""
        for threads in (self._client, self._server):
            threads.shutdown()


def _enter_network(pid: int) -> None:
    """Move this thread, and it alone, into the network namespace of a process."""
    with open(f"/proc/{pid}/ns/net", "rb") as file:
        if _libc.setns(file.fileno(), _CLONE_NEWNET):
            raise LabError(f"setns: {os.strerror(ctypes.get_errno())}")


def _await_connection(sock: socket.socket) -> int:
    poll = select.poll()
    poll.register(sock, select.POLLOUT)
    if not poll.poll(_CONNECT_SECONDS * 1000):
        return errno.ETIMEDOUT
    return sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
