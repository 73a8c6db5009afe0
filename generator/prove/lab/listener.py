"""The mail server's stand-in: greets, then echoes, on any port, over TCP and UDP and both address families, until its wire closes."""

import contextlib
import selectors
import socket
from functools import partial

from generator.prove.lab.sockets import BANNER
from generator.prove.lab.wire import Message, Wire

_BACKLOG = 4096
_WILDCARDS = ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::"))  # noqa: S104 - of a namespace that nothing else is in


class Listener:
    """Serves everything from one thread; `run` returns when the caller is gone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._selector = selectors.DefaultSelector()
        self._ports: set[int] = set()
        self._running = True

    def run(self) -> None:
        """Serve until the wire closes."""
        self._selector.register(self._wire, selectors.EVENT_READ, self._obey)
        while self._running:
            for key, _ in self._selector.select():
                key.data()

    def _obey(self) -> None:
        request = self._wire.receive()
        if request is None:
            self._running = False
        else:
            self._wire.send(self._listen(request["ports"]))

    def _listen(self, ports: list[int]) -> Message:
        for port in ports:
            if port not in self._ports:
                try:
                    for family, address in _WILDCARDS:
                        self._open(family, address, port)
                except OSError as error:
                    return {"error": f"cannot listen on port {port}: {error}"}
                self._ports.add(port)
        return {}

    def _open(self, family: socket.AddressFamily, address: str, port: int) -> None:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            sock = socket.socket(family, kind | socket.SOCK_NONBLOCK)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            sock.bind((address, port))
            if kind == socket.SOCK_STREAM:
                sock.listen(_BACKLOG)
            serve = self._greet if kind == socket.SOCK_STREAM else self._answer
            self._selector.register(sock, selectors.EVENT_READ, partial(serve, sock))

    def _greet(self, listening: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            while True:
                sock, _ = listening.accept()
                sock.setblocking(False)
                try:
                    sock.send(BANNER)
                except OSError:  # the client was quicker: it has gone
                    sock.close()
                    continue
                self._selector.register(sock, selectors.EVENT_READ, partial(self._echo, sock))

    def _echo(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(4096)
            if data:
                sock.send(data)
                return
        except OSError:  # reset: how the lab's clients hang up
            pass
        self._selector.unregister(sock)
        sock.close()

    @staticmethod
    def _answer(sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            data, peer = sock.recvfrom(4096)
            sock.sendto(data, peer)
