"""The preflight's lab as a test sees it: hosts to be looked at, each started when it is asked for first."""

import datetime
import socket
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.kernel.lab import LabError
from tests.mail.lab.dovecot import Dovecot
from tests.mail.lab.machine import WRITTEN, Machine
from tests.mail.lab.postfix import Postfix
from tests.mail.lab.releases import MACHINE, find_root
from tests.preflight.lab import others
from tests.preflight.lab.addresses import CERTIFICATE_HOSTS, DOVECOT_HOSTS, NAME_SERVER, OTHER_HOSTS, POSTFIX_HOSTS, host_of
from tests.preflight.lab.certificates import Office
from tests.preflight.lab.kit import Kit, Peer
from tests.preflight.lab.names_server import NameServer
from tests.preflight.lab.namespace import Namespace
from tests.preflight.lab.peer import Listener
from tests.preflight.lab.peers import AUTH, BAD, GREETINGS, LOGINS, STARTTLS
from tests.preflight.lab.servers import UNSERVED, start_dovecot, start_postfix
from tests.preflight.lab.tls_peers import TLS_PEERS
from tests.preflight.lab.zone import FIREWALL, RECORDS

PEERS: Final[Mapping[str, Peer]] = {**GREETINGS, **STARTTLS, **AUTH, **LOGINS, **BAD, **TLS_PEERS}
PEER_HOSTS: Final = {name: f"198.51.100.{number}" for number, name in enumerate(PEERS, start=1)}
_CERTIFICATES: Final = {name: address for name, address in CERTIFICATE_HOSTS.items() if name not in UNSERVED}
_HOSTS: Final = {**_CERTIFICATES, **DOVECOT_HOSTS, **POSTFIX_HOSTS, **OTHER_HOSTS, **PEER_HOSTS}
_TRIES: Final = 500
_PAUSE_SECONDS: Final = 0.02
_START: Final = {"courier": others.start_courier, "cyrus": others.start_cyrus, "exim": others.start_exim}


class PreflightLab:
    """`with PreflightLab() as lab: lab.start("dovecot"); lab.namespace.run(…)`. Everything ends with the `with`, or with the process.

    `release` is the Debian release whose Dovecot and Postfix they are.
    """

    def __init__(self, release: str = MACHINE) -> None:
        self._release = release

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            self.folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="preflight-lab-")))
            self.folder.chmod(0o755)
            self.namespace = undo.enter_context(Namespace())
            self.namespace.nft(FIREWALL)
            self.office = Office(self.folder / "tls", datetime.datetime.now(datetime.UTC))
            zone = {f"{host_of(name)}.": [f"A {address}"] for name, address in _HOSTS.items()}
            self.names = self.namespace.run(NameServer, NAME_SERVER, 53, {**zone, **RECORDS})
            undo.callback(self.names.close)
            self.listeners: dict[str, Listener] = {}
            self._started: set[str] = set()
            self._undo = undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._undo.close()

    def start(self, name: str) -> None:
        """Have a host listen; a name without a host of its own is one of Dovecot's, or of nobody's."""
        if name in self._started:
            return
        self._started.add(name)
        if name in PEERS:
            listener = self.namespace.run(Listener, PEER_HOSTS[name], PEERS[name].port, PEERS[name].make(Kit(self.office)))
            self._undo.callback(listener.close)
            self.listeners[name] = listener
        elif name in OTHER_HOSTS:
            if name in _START:
                _START[name](self._others, self.folder / "others", self.office.issue("wildcard"))
            else:
                self.start("courier")  # opens two
            self.namespace.run(_wait, OTHER_HOSTS[name], others.LAST_PORTS[name])
        else:
            _ = self.mail

    @cached_property
    def mail(self) -> tuple[Dovecot, Postfix]:
        """Dovecot and Postfix, on one machine, on all addresses that are theirs."""
        machine = self._new_machine(self.folder, find_root(self._release), WRITTEN)  # sees its certificates there
        return start_dovecot(machine, self.office), start_postfix(machine, self.office)

    @cached_property
    def _others(self) -> Machine:
        return self._new_machine(self.folder / "others", others.find_peers(), others.WRITTEN)

    def _new_machine(self, folder: Path, root: Path, written: Sequence[str]) -> Machine:
        machine = Machine(network=self.namespace.process, folder=folder, root=root, written=written)
        folder.chmod(0o755)
        self._undo.callback(machine.stop)
        return machine


def _wait(address: str, port: int) -> None:
    """Until somebody listens there; most servers do before the command that starts them returns.

    Raises:
        LabError: nobody does.
    """
    for _ in range(_TRIES):
        with suppress(ConnectionRefusedError), socket.create_connection((address, port)):
            return
        time.sleep(_PAUSE_SECONDS)
    raise LabError(f"nothing listens at {address} port {port}")
