"""A firewall's web server on the loopback, with a certificate of an authority that nobody else knows, and the runners of its calls."""

import base64
import json
import os
import shutil
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from tests.support.cli import Result

KEY: Final = 'k3y"with\\marks and-$HOME'
SECRET: Final = "s3cr3t\\n'`\"#"  # noqa: S105 nobody's
PROGRAMS: Final = ("curl", "jq", "sed", "tr", "cut", "cat", "wc")


class Model(Protocol):
    """What stands behind the web server."""

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """The status and the JSON of an answer."""


class Call(NamedTuple):
    """A call as it arrived."""

    method: str
    path: str
    body: Any
    login: str


Fault = Callable[[Call], "str | tuple[int, Any] | None"]


class Firewall:
    """A web server before a model. `fault` may have something else happen: an answer, or `hang up`, `html` or `redirect`."""

    def __init__(self, model: Model, certificate: Path) -> None:
        self.model, self.calls, self.authority = model, list[Call](), certificate.with_name("ca.pem")
        self.fault: Fault = lambda _call: None
        self.after: Callable[[Call], None] = lambda _call: None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        """What GATEPOST_FIREWALL has to be."""
        return f"https://localhost:{self.server.server_port}"

    @property
    def changes(self) -> list[Call]:
        """The calls that change something."""
        return [call for call in self.calls if call.method != "GET"]

    def _handler(firewall) -> type[BaseHTTPRequestHandler]:  # noqa: N805 the handler's own self is inside
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_words: object) -> None:
                pass

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                basic = self.headers.get("Authorization", "").removeprefix("Basic ")
                login = self.headers.get("X-API-Key") or base64.b64decode(basic).decode()
                call = Call(self.command, self.path, json.loads(body) if body else None, login)
                firewall.calls.append(call)
                fault = firewall.fault(call)
                if fault == "hang up":
                    self.close_connection = True
                    return
                if fault == "html":
                    self.reply(200, b"<!DOCTYPE html><title>Login</title>", "text/html")
                elif fault == "redirect":
                    self.reply(301, b"{}", "application/json", Location=f"{firewall.url}/elsewhere")
                else:
                    status, said = fault if isinstance(fault, tuple) else firewall.model.answer(call.method, call.path, call.body)
                    self.reply(status, json.dumps(said).encode(), "application/json")
                firewall.after(call)

            def reply(self, status: int, content: bytes, kind: str, **headers: str) -> None:
                self.send_response(status)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any  # noqa: N815 the names that http.server calls

        return Handler


@contextmanager
def serve(model: Model, certificate: Path) -> Iterator[Firewall]:
    """Run a firewall's web server."""
    firewall = Firewall(model, certificate)
    thread = threading.Thread(target=firewall.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield firewall
    finally:
        firewall.server.shutdown()
        thread.join()
        firewall.server.server_close()


def make_certificate(folder: Path) -> Path:
    """An authority, `ca.pem`, and a server's key and certificate for `localhost` in one file."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    _openssl(folder, "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority")
    _openssl(folder, "req", *key[:-2], "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n", encoding="utf-8")
    signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-days", "2"]
    _openssl(folder, "x509", "-req", "-in", "server.csr", *signing, "-out", "server.crt")
    both = folder / "server.pem"
    both.write_text(
        (folder / "server.key").read_text(encoding="utf-8") + (folder / "server.crt").read_text(encoding="utf-8"), encoding="utf-8"
    )
    return both


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr


def run(script: Path, words: Sequence[str], environment: Mapping[str, str], *, traced: bool = False) -> Result:
    """Run a script with nothing in its environment but this."""
    given = {"PATH": os.environ["PATH"], "HOME": str(script.parent), "TMPDIR": str(script.parent), **environment}
    done = subprocess.run(["sh", *(["-x"] if traced else []), str(script), *words], env=given, capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)


def watch_programs(folder: Path) -> tuple[str, Path]:
    """A PATH with programs that note the arguments and environments of processes before they do their work, and where they do."""
    notes, programs = folder / "notes", folder / "watched"
    programs.mkdir()
    for name in PROGRAMS:
        lines = ["#!/bin/sh", f'printf "%s\\n" "{name} $*" >>{notes}', f"/usr/bin/env >>{notes}"]
        lines += [f"/bin/cat /proc/[0-9]*/cmdline >>{notes} 2>/dev/null"] if name == "curl" else []
        (programs / name).write_text("\n".join([*lines, f'exec {shutil.which(name)} "$@"', ""]), encoding="utf-8")
        (programs / name).chmod(0o755)
    return f"{programs}:{os.environ['PATH']}", notes


def programs_without(folder: Path, missing: str) -> str:
    """A PATH that has what the scripts use, but for one program."""
    for name in {*PROGRAMS, "sh", "dirname", "mktemp", "rm", "flock"} - {missing}:
        (folder / name).symlink_to(str(shutil.which(name)))
    return str(folder)


def write_files(texts: Mapping[str, str], folder: Path) -> Path:
    """Put rendered files into a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
