"""Peers on loopback: a thread that plays what a test tells it to, on a port that the system chose."""

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from generator.preflight.transcript import Transcript
from generator.preflight.wire import Channel, Deadline

Play = Callable[[socket.socket], None]


@contextlib.contextmanager
def serve(play: Play, connections: int = 1) -> Iterator[int]:
    """Play on each of so many connections, one after the other; the port. What the client's going away does to the player is no matter."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def run() -> None:
        for _ in range(connections):
            with contextlib.suppress(OSError, ValueError):
                plug, _ = listener.accept()
                plug.settimeout(10)
                with plug:
                    play(plug)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes a player that waits for a connection that never comes
        listener.close()
        thread.join(10)


@contextlib.contextmanager
def closed_port() -> Iterator[int]:
    """A port where nobody listens, kept so that nobody else begins to."""
    with socket.socket() as keeper:
        keeper.bind(("127.0.0.1", 0))
        yield int(keeper.getsockname()[1])


def say(*pieces: bytes, pause: float = 0.0) -> Play:
    """Send the pieces with a pause after each, then wait until the client goes."""

    def play(plug: socket.socket) -> None:
        for piece in pieces:
            plug.sendall(piece)
            time.sleep(pause)
        wait_for_end(plug)

    return play


def answer(*pieces: bytes) -> Play:
    """Wait for the client's first bytes, then send the pieces, then wait until it goes."""

    def play(plug: socket.socket) -> None:
        plug.recv(65536)
        say(*pieces)(plug)

    return play


def reset(plug: socket.socket) -> None:
    """End the connection by a reset and not in order, as soon as the client has it."""
    time.sleep(0.05)
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def wait_for_end(plug: socket.socket) -> None:
    """Read and forget, until the other side closes."""
    while plug.recv(65536):
        pass


def speak_tls(context: ssl.SSLContext, then: Callable[[ssl.SSLSocket], None] = lambda _: None) -> Play:
    """Shake hands as a server, then play on."""

    def play(plug: socket.socket) -> None:
        with context.wrap_socket(plug, server_side=True) as tls:
            then(tls)
            wait_for_end(tls)

    return play


def server_context(chain: Path, *, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2, ciphers: str = "DEFAULT") -> ssl.SSLContext:
    """A server of exactly one version with the key and the certificates in one PEM file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    context.set_ciphers(ciphers)
    context.minimum_version = context.maximum_version = version
    return context


def connect(port: int, seconds: float = 5.0) -> Channel:
    """A channel to a peer."""
    return Channel.connect("127.0.0.1", port, deadline=Deadline.after(time.monotonic, seconds), transcript=Transcript())
