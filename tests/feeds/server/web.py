"""A vendor's web server that does whatever a test wants, and a proxy that leads every name to it."""

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import NamedTuple


class Reply(NamedTuple):
    """One answer. `etag` makes the server say 304 to whoever has it; `length` is announced in place of the truth.

    `pause_seconds` is how long nothing comes; `drip_seconds` how long after every byte. `chunked` ends the answer without its last chunk
    where `length` is given.
    """

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    etag: str = ""
    length: int | None = None
    packed: bool = False
    chunked: bool = False
    pause_seconds: float = 0.0
    drip_seconds: float = 0.0


class Request(NamedTuple):
    """A request as it arrived."""

    host: str
    path: str
    headers: Mapping[str, str]

    @property
    def url(self) -> str:
        """Host and path."""
        return f"{self.host.partition(':')[0]}{self.path}"


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that hang up, which is what they are to do when they don't trust a certificate."""


class Vendor:
    """The server. `pages` are the replies by host and path, or by path alone: one after the other, the last again and again."""

    def __init__(self, certificate: Path | None) -> None:
        self.pages: dict[str, list[Reply]] = {}
        self.requests: list[Request] = []
        self.server = _Quiet(("127.0.0.1", 0), type("Handler", (_Handler,), {"vendor": self}))
        self.server.daemon_threads = True
        self.port: int = self.server.server_address[1]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.base = f"http{'s' if certificate else ''}://localhost:{self.port}"

    def put(self, where: str, *replies: Reply | bytes) -> None:
        """Say what is at a place, from now on."""
        self.pages[where] = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]

    def take(self, request: Request) -> Reply:
        """The next reply."""
        self.requests.append(request)
        replies = self.pages.get(request.url) or self.pages.get(request.path.partition("?")[0]) or [Reply(b"not here", 404)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        known = reply.etag and request.headers.get("If-None-Match") == reply.etag
        return Reply(b"", 304, etag=reply.etag) if known else reply

    def asked(self) -> list[str]:
        """Host and path of every request so far."""
        return [request.url for request in self.requests]


@contextmanager
def running_vendor(certificate: Path | None) -> Iterator[Vendor]:
    """A server on the loopback."""
    vendor = Vendor(certificate)
    thread = threading.Thread(target=vendor.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        vendor.server.shutdown()
        vendor.server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    vendor: Vendor

    def do_GET(self) -> None:
        host = self.headers.get("Host", "")
        headers = {name.title(): value for name, value in self.headers.items()}
        reply = self.vendor.take(Request(host, self.path.removeprefix(f"http://{host}"), headers))
        self.close_connection = True
        time.sleep(reply.pause_seconds)
        with suppress(OSError):
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        body = gzip.compress(reply.body, mtime=0) if reply.packed else reply.body
        length = ("Content-Length", str(len(body) if reply.length is None else reply.length))
        shape = [("Transfer-Encoding", "chunked") if reply.chunked else length]
        packed = [("Content-Encoding", "gzip")] if reply.packed else []
        etag = [("ETag", reply.etag)] if reply.etag else []
        self.send_response_only(reply.status)
        for name, value in [*reply.headers, *etag, *packed, *shape, ("Connection", "close")]:
            self.send_header(name, value)
        self.end_headers()
        if reply.chunked:
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n" + (b"0\r\n\r\n" if reply.length is None else b"")
        for piece in map(bytes, zip(body, strict=True)) if reply.drip_seconds else [body]:
            self.wfile.write(piece)
            self.wfile.flush()
            time.sleep(reply.drip_seconds)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its name in the base class)
        """Say nothing."""


class Proxy:
    """A proxy that leads whatever name it is asked for to one port of this machine, but `others` to theirs; `asked` are first lines and
    logins.
    """

    def __init__(self, port: int, others: Mapping[str, int]) -> None:
        self._port, self._others = port, others
        self.asked: list[tuple[str, str]] = []
        self.server = ThreadingTCPServer(("127.0.0.1", 0), _tunnel(self))
        self.server.daemon_threads = True
        self.address = f"127.0.0.1:{self.server.server_address[1]}"

    def port_of(self, host: str) -> int:
        """Where a name leads."""
        return self._others.get(host, self._port)


@contextmanager
def running_proxy(port: int, others: Mapping[str, int] | None = None) -> Iterator[Proxy]:
    """A proxy on the loopback that leads to a port, and to others for some names."""
    proxy = Proxy(port, others or {})
    thread = threading.Thread(target=proxy.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join()


def _tunnel(proxy: Proxy) -> type[BaseRequestHandler]:
    class Tunnel(BaseRequestHandler):
        def handle(self) -> None:
            head = b""
            while b"\r\n\r\n" not in head:
                piece = self.request.recv(65536)
                if not piece:
                    return
                head += piece
            lines = head.decode("latin-1").split("\r\n")
            login = next((line.partition(": ")[2] for line in lines if line.lower().startswith("proxy-authorization:")), "")
            proxy.asked.append((lines[0], login))
            port = proxy.port_of(lines[0].partition(" ")[2].partition(":")[0])
            with suppress(OSError), ExitStack() as stack:
                target = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                if lines[0].startswith("CONNECT "):
                    self.request.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    target.sendall(head)
                back = threading.Thread(target=_copy, args=(target, self.request), daemon=True)
                back.start()
                _copy(self.request, target)
                back.join()

    return Tunnel


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
