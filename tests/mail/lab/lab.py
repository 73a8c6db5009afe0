"""The mail lab as a test sees it."""

import os
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypedDict, TypeVar, Unpack

from generator.prove.lab.agent import ROLES
from generator.prove.lab.network import SERVER_ADDRESSES
from tests.kernel.lab import Lab, LabError
from tests.mail.lab.certificates import make_certificates
from tests.mail.lab.dovecot import Dovecot
from tests.mail.lab.imap import ImapSession
from tests.mail.lab.machine import Machine, find_missing
from tests.mail.lab.outcome import DEFAULT_TLS, Client, Outcome, Reached, Tls
from tests.mail.lab.people import ALICE, PASSWORDS
from tests.mail.lab.postfix import Postfix, make_queue
from tests.mail.lab.releases import MACHINE, find_root
from tests.mail.lab.smtp import Envelope, send_mail
from tests.mail.lab.world import World

_AT_ONCE: Final = 16
_DELIVERY_SECONDS: Final = 10.0
SENDER: Final = "sales@example.net"
_NEEDED: Final = {"postfix": "postfix", "doveadm": "dovecot-imapd", "openssl": "openssl"}

T = TypeVar("T")


class Options(TypedDict, total=False):
    """How a client connects: `to` which of the server's addresses, and what it insists on."""

    to: str
    tls: Tls
    at_least: ssl.TLSVersion
    at_most: ssl.TLSVersion


class ImapOptions(Options, total=False):
    """The same, and to which port."""

    port: int


class MailLab:
    """A mail server and the world: `with MailLab() as lab: …`. Everything of it ends with the `with`, or with the process."""

    folder: Path
    machine: Machine

    def __init__(self, release: str = MACHINE, *, addresses: Sequence[str] = SERVER_ADDRESSES) -> None:
        self.release = release
        self.addresses = tuple(addresses)
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        if os.geteuid() != 0:
            raise LabError("the mail lab needs root: Postfix and Dovecot run as several users; run the tests as root")
        if missing := find_missing(*_NEEDED):
            raise LabError(f"not installed: {', '.join(missing)}; apt-get install {' '.join(_NEEDED[name] for name in missing)}")
        root = find_root(self.release)
        with ExitStack() as undo:
            self.network = undo.enter_context(Lab(addresses=self.addresses))
            self.folder = self.network.folder
            self.folder.chmod(0o755)  # Postfix and Dovecot become other users
            pids = dict(zip(ROLES, self.network.pids, strict=True))
            server, client = pids["server worker"], pids["client worker"]
            self.certificates = make_certificates(self.folder / "tls")
            self.machine = Machine(network=server, folder=self.folder, root=root)
            undo.callback(self.machine.stop)
            make_queue(self.machine)
            self._world = World(client=client, server=server, addresses=self.addresses)
            undo.callback(self._world.leave)
            self._undo = undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._undo.close()

    def dovecot(self, *, settings: Iterable[str] = (), files: Mapping[str, str] | None = None, start: bool = True) -> Dovecot:
        """A Dovecot. `settings` are more lines, `files` more files by their path in its folder (`conf.d/…`)."""
        dovecot = Dovecot(self.machine, self.certificates)
        dovecot.configure(settings=settings, files=files or {})
        if start:
            dovecot.start()
        return dovecot

    def postfix(
        self,
        *,
        submission: bool = True,
        implicit: str = "submissions",
        postscreen: bool = False,
        settings: Mapping[str, str] | None = None,
        start: bool = True,
    ) -> Postfix:
        """A Postfix; start Dovecot first, it makes the socket for logins.

        `submission` has master.cf listen on 587, `implicit` is the name of the service on 465 (`submissions`, `smtps` or `465`; empty for
        none), `postscreen` puts it before port 25, `settings` are more of main.cf.
        """
        postfix = Postfix(self.machine, self.certificates)
        postfix.configure(submission=submission, implicit=implicit, postscreen=postscreen, settings=settings or {})
        if start:
            postfix.start()
        return postfix

    def imap(self, source: str, user: str = ALICE, password: str | None = None, **options: Unpack[ImapOptions]) -> ImapSession:
        """Log in from an address, and stay until the session is closed. Without `password`, with the right one. Port 993 by default."""
        port = options.get("port", 993)
        connect = partial(self._world.connect, source, port, options.get("to", ""))
        word = PASSWORDS[user] if password is None else password
        return ImapSession(connect, self._client(options), options.get("tls", DEFAULT_TLS.get(port, Tls.NONE)), user, word)

    def try_imap(self, source: str, user: str = ALICE, password: str | None = None, **options: Unpack[ImapOptions]) -> Outcome:
        """Log in and out."""
        with self.imap(source, user, password, **options) as session:
            return session.outcome

    def hold_imap(self, count: int, source: str, user: str = ALICE, **options: Unpack[ImapOptions]) -> list[Outcome]:
        """Log in so many times at once, and leave only when everybody is in: a session that did not last to the end is not DONE."""
        sessions = at_once(*[partial(self.imap, source, user, **options)] * count)
        alive = at_once(*(session.alive for session in sessions))
        for session in sessions:
            session.close()
        return [
            session.outcome if lives or not session.outcome.done else session.outcome._replace(reached=Reached.LOGIN, text="hung up on")
            for session, lives in zip(sessions, alive, strict=True)
        ]

    def smtp(
        self,
        source: str,
        port: int,
        *,
        user: str = "",
        password: str | None = None,
        sender: str = SENDER,
        recipient: str = "",
        message: str = "",
        **options: Unpack[Options],
    ) -> Outcome:
        """Connect from an address and say as much as asked for: STARTTLS (on 587), AUTH as `user`, a recipient, a message.

        Without `password`, with the right one. The `text` of the outcome is the reply to the last step.
        """
        connect = partial(self._world.connect, source, port, options.get("to", ""))
        login = (user, PASSWORDS[user] if password is None else password) if user else None
        envelope = Envelope(sender, recipient, message) if recipient else None
        return send_mail(connect, self._client(options), options.get("tls", DEFAULT_TLS.get(port, Tls.NONE)), login, envelope)

    def read_mail(self, source: str, user: str, text: str) -> bytes:
        """The message with `text` in it, once it has arrived; empty if it does not, or if nobody may log in from there."""
        deadline = time.monotonic() + _DELIVERY_SECONDS
        with self.imap(source, user) as session:
            while not (found := session.find(text)) and session.outcome.done and time.monotonic() < deadline:
                time.sleep(0.05)
        return found

    def connect(self, source: str, port: int, to: str = "") -> socket.socket:
        """A bare connection to the server, for what the clients here cannot say; from loopback, from the server itself.

        Raises:
            OSError: it was not accepted.
        """
        return self._world.connect(source, port, to)

    def _client(self, options: Options) -> Client:
        lowest, highest = options.get("at_least", ssl.TLSVersion.TLSv1_2), options.get("at_most", ssl.TLSVersion.MAXIMUM_SUPPORTED)
        return Client(self.certificates.authority, lowest, highest)


def at_once(*calls: Callable[[], T]) -> list[T]:
    """Call them side by side; their results in order."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]
