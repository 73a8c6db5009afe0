"""A connection as a scripted peer has it: plain, or with one of several makers of TLS on top."""

import socket
import ssl
import struct
import subprocess
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from tests.preflight.lab.certificates import Issued

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it imports asyncore, which Python 3.12 no longer has
    from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey

_SECONDS: Final = 20.0  # no peer outlives its test by more


class Stream(Protocol):
    """What a script reads from and writes to."""

    def read(self) -> bytes:
        """Some bytes; none at the end."""

    def write(self, data: bytes) -> None:
        """All of them."""

    def close(self) -> None:
        """No more."""


Secure = Callable[[socket.socket], Stream]


class Plain:
    """No TLS, or Python's."""

    def __init__(self, sock: socket.socket) -> None:
        sock.settimeout(_SECONDS)
        self._sock = sock

    def read(self) -> bytes:
        """Some bytes; none at the end."""
        return self._sock.recv(4096)

    def write(self, data: bytes) -> None:
        """All of them."""
        self._sock.sendall(data)

    def close(self) -> None:
        """No more."""
        self._sock.close()


def python_tls(
    issued: Issued,
    *,
    ciphers: str,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    asked: tuple[Path, ssl.VerifyMode] | None = None,
) -> Secure:
    """TLS by Python's OpenSSL, from 1.2 on. `asked` are the authorities whose clients' certificates it asks for, and how firmly."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ciphers)
    context.load_cert_chain(issued.chain, issued.key)
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, highest
    if asked:
        context.load_verify_locations(asked[0])
        context.verify_mode = asked[1]
    return lambda sock: Plain(context.wrap_socket(sock, server_side=True))


def named_tls(default: Issued, named: Issued) -> Secure:
    """TLS with one certificate for clients that name the server (SNI), and another for those that don't."""
    contexts = []
    for issued in (default, named):
        contexts.append(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        contexts[-1].load_cert_chain(issued.chain, issued.key)

    def choose(sock: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        sock.context = contexts[bool(name)]

    contexts[0].sni_callback = choose
    return lambda sock: Plain(contexts[0].wrap_socket(sock, server_side=True))


def alert_tls(code: int) -> Secure:
    """No TLS: the answer to the client's hello is a fatal alert."""

    def secure(sock: socket.socket) -> Stream:
        sock.recv(4096)
        sock.sendall(bytes([21, 3, 3, 0, 2, 2, code]))
        raise OSError("alert sent")

    return secure


def broken_tls(issued: Issued) -> Secure:
    """A right first flight, and then an alert: internal error."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(issued.chain, issued.key)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def secure(sock: socket.socket) -> Stream:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        incoming.write(sock.recv(4096))
        with suppress(ssl.SSLWantReadError):
            tls.do_handshake()
        sock.sendall(outgoing.read())
        sock.recv(4096)
        sock.sendall(bytes([21, 3, 3, 0, 2, 2, 80]))
        raise OSError("alert sent")

    return secure


class _Program:
    """The plain side of a process `openssl s_server` that got one connection: its standard input and output."""

    def __init__(self, pipes: socket.socket) -> None:
        self._pipes = pipes

    def read(self) -> bytes:
        """Some bytes; none at the end."""
        return self._pipes.recv(4096)

    def write(self, data: bytes) -> None:
        """All of them."""
        self._pipes.sendall(data)

    def close(self) -> None:
        """No more."""
        self._pipes.close()


def openssl_tls(issued: Issued, *options: str) -> Secure:
    """TLS by a process `openssl s_server OPTIONS` for each connection; its key may be of any strength."""
    files = ("-cert", str(issued.chain), "-cert_chain", str(issued.chain), "-key", str(issued.key))

    def secure(sock: socket.socket) -> Stream:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-naccept", "1", "-quiet", *options, *files]
        ours, theirs = socket.socketpair()
        with theirs:
            process = subprocess.Popen(command, stdin=theirs.fileno(), stdout=theirs.fileno(), stderr=subprocess.DEVNULL)
        threading.Thread(target=_look_after, args=(process, sock.dup(), ours.dup(), port), daemon=True).start()
        ours.settimeout(_SECONDS)
        return _Program(ours)

    return secure


def _look_after(process: subprocess.Popen[bytes], client: socket.socket, pipes: socket.socket, port: int) -> None:
    """Carry the client's bytes to the program and back until either is done; then nothing of it is left."""
    with process, client, pipes:
        with suppress(OSError), _connect(port) as inner:
            back = threading.Thread(target=_relay, args=(inner, client), daemon=True)
            back.start()
            _relay(client, inner)
            back.join(_SECONDS)
        process.kill()
        with suppress(OSError):
            pipes.shutdown(socket.SHUT_RDWR)


def tlslite_tls(issued: Issued, version: tuple[int, int], prime: int = 0) -> Secure:
    """One version alone, SSL 3.0 (3, 0) too, which OpenSSL no longer speaks; with `prime`, Diffie-Hellman in that group alone."""

    def secure(sock: socket.socket) -> Stream:
        chain = X509CertChain()
        chain.parsePemList(issued.chain.read_text(encoding="ascii"))
        key = parsePEMKey(issued.key.read_text(encoding="ascii"), private=True)
        settings = HandshakeSettings()
        settings.minVersion, settings.maxVersion, settings.versions = version, version, [version]
        if prime:
            settings.keyExchangeNames, settings.dhParams, settings.dhGroups = ["dhe_rsa"], (2, prime), []
        connection = TLSConnection(sock)
        connection.handshakeServer(certChain=chain, privateKey=key, settings=settings)
        return Plain(connection)

    return secure


def reset(sock: socket.socket) -> None:
    """End a connection with a reset."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def _connect(port: int) -> socket.socket:
    """Wait until the program listens."""
    for _ in range(200):
        with suppress(ConnectionRefusedError):
            return socket.create_connection(("127.0.0.1", port), timeout=_SECONDS)
        threading.Event().wait(0.01)
    raise OSError("openssl s_server does not listen")


def _relay(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
