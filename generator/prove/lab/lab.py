"""The lab as its caller sees it: a mail server, the world joined to it by one wire, and packets between them."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from subprocess import CompletedProcess
from types import TracebackType
from typing import Final, NamedTuple, Self

from generator.prove.lab.network import SERVER_ADDRESSES, client_commands, server_commands
from generator.prove.lab.processes import Processes
from generator.prove.lab.sockets import Knock, LabError, Verdict
from generator.prove.lab.wire import Message

CONTROL_PORT: Final = 22  # ssh: no mail rule speaks of it, and a host's own ruleset lets it in
CONTROL_SOURCES: Final = ("192.0.2.254", "2001:db8:ffff:ffff::fe")
UNUSED_PORT: Final = 9  # nobody listens: a reset from the server's own TCP

_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin"  # an ordinary user's PATH has no sbin
_DEBIAN_PACKAGES: Final = {"ip": "iproute2", "nft": "nftables", "ipset": "ipset"}
_NOBODY: Final = 65534
# Connections that were reset fill a small machine's connection table within a minute; a full one drops packets. Best effort.
_FORGET_SOON: Final = "echo 1 >/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_close"


class Probe(NamedTuple):
    """A question: does `source` reach `port`? `to` is one of the server's addresses; left out, the first of the source's family."""

    source: str
    port: int
    to: str = ""


class HammerCounts(NamedTuple):
    """What happened to connections in a loop. A good reload leaves `refused` and `admitted` at 0."""

    allowed: int
    refused: int  # allowed connects that met a reset, silence or a dropped SYN
    outside: int
    admitted: int  # outside connects that got in


class Held:
    """An open connection."""

    def __init__(self, ask: Callable[[Message], Message], number: int) -> None:
        self._ask = ask
        self._number = number

    def alive(self) -> bool:
        """Whether a byte still makes the way there and back."""
        return bool(self._ask({"task": "ask", "held": self._number})["alive"])

    def release(self) -> None:
        """Hang up (with RST: nothing lingers)."""
        self._ask({"task": "release", "held": self._number})


class Lab:
    """A throw-away network: `with Lab() as lab: …`. Nothing of it has a name on the machine; it goes when the `with` or the process ends.

    `rootless` makes it as the user `nobody` in a user namespace; the lab of an ordinary user always is in one. `folder` is a directory
    that the lab's commands may use, and their working directory; `interface` is what the server calls its end of the wire.
    """

    folder: Path
    _processes: Processes

    def __init__(self, *, rootless: bool = False, addresses: Sequence[str] = SERVER_ADDRESSES, interface: str = "wire") -> None:
        self.rootless = rootless or os.geteuid() != 0
        self.addresses = tuple(addresses)
        self.interface = interface

    def __enter__(self) -> Self:
        find_tool("ip")
        self.folder = Path(tempfile.mkdtemp(prefix="gatepost-lab-"))
        try:
            if self.rootless and os.geteuid() == 0:
                os.chown(self.folder, _NOBODY, _NOBODY)
            lock = str(self.folder / "xtables.lock")  # the one in /run is root's, and shared by every lab
            environment = {
                "PATH": _PATH,
                "LC_ALL": "C.UTF-8",
                "HOME": str(self.folder),
                "TMPDIR": str(self.folder),
                "XTABLES_LOCKFILE": lock,
            }
            self._processes = Processes(rootless=self.rootless, folder=self.folder, environment=environment)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        try:
            self._join()
        except BaseException:
            self._leave()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._leave()

    @property
    def pids(self) -> tuple[int, ...]:
        """The lab's processes."""
        return tuple(self._processes.pids.values())

    def run(self, *command: str, stdin: str = "", check: bool = True, seconds: float = 60.0) -> CompletedProcess[str]:
        """Run a command on the server, in the lab's folder.

        Raises:
            LabError: it could not be started, took too long, or failed (unless `check` is off).
        """
        return self._run("server worker", command, stdin, check, seconds)

    def listen(self, *ports: int) -> None:
        """Have the server listen: TCP with a banner and an echo, UDP with an echo, on every address of both families."""
        self._processes.ask("server listener", {"ports": ports})

    def listen_outside(self, *ports: int) -> None:
        """Have the world listen, on every address that is not the server's."""
        self._processes.ask("client listener", {"ports": ports})

    def probe(self, probes: Iterable[tuple[str, int] | tuple[str, int, str]], *, control: bool = True) -> list[Verdict]:
        """Knock from the world, at everything at once.

        Raises:
            LabError: a control connection (any source to CONTROL_PORT, both families) failed: the verdicts would mean nothing.
        """
        controls = [Probe(source, CONTROL_PORT) for source in CONTROL_SOURCES] if control else []
        return self._judge("client worker", probes, controls)

    def probe_inside(self, probes: Iterable[tuple[str, int] | tuple[str, int, str]]) -> list[Verdict]:
        """Knock from the server itself: over loopback, at its own addresses, or out into the world (`to` is any address)."""
        return self._judge("server worker", probes, [])

    def hold(self, source: str, port: int, to: str = "") -> Held:
        """Connect from the world and stay.

        Raises:
            LabError: the connection was not accepted.
        """
        return self._hold("client worker", self._knock(Probe(source, port, to)))

    def hold_outward(self, to: str, port: int) -> Held:
        """Connect from the server to an address of the world (see `listen_outside`) and stay."""
        return self._hold("server worker", Knock(find_own(self.addresses, to), to, port))

    def answers_datagram(self, source: str, port: int) -> bool:
        """Whether a UDP datagram from the world comes back."""
        return bool(self._processes.ask("client worker", {"task": "datagram", "knock": self._knock(Probe(source, port))})["answered"])

    def answers_ping(self, source: str) -> bool:
        """Whether an ICMP or ICMPv6 echo request from the world is answered."""
        return bool(self._processes.ask("client worker", {"task": "ping", "knock": self._knock(Probe(source, 0))})["answered"])

    def hammer(
        self, *, allowed: Iterable[tuple[str, int]], outside: Iterable[tuple[str, int]], during: Callable[[], object]
    ) -> HammerCounts:
        """Connect in two endless loops while `during` runs.

        Raises:
            LabError: no connection was tried, so nothing was shown.
        """
        knocks = {name: [self._knock(Probe(*probe)) for probe in probes] for name, probes in (("allowed", allowed), ("outside", outside))}
        self.run("sh", "-c", _FORGET_SOON, check=False)
        self._processes.ask("client worker", {"task": "hammer", **knocks})
        try:
            during()
        finally:
            inside, beyond = self._processes.ask("client worker", {"task": "rest"})["counts"]
        counts = HammerCounts(*inside, *beyond)
        if (knocks["allowed"] and not counts.allowed) or (knocks["outside"] and not counts.outside):
            raise LabError(f"the hammer did not hit: {counts}")
        return counts

    def _join(self) -> None:
        self.run("ip", "-batch", "-", stdin=server_commands(self.addresses, self._processes.pids["client worker"], self.interface))
        self._run("client worker", ("ip", "-batch", "-"), client_commands(self.addresses), check=True, seconds=60.0)
        self.listen(CONTROL_PORT)
        nobody_listens = self.probe(Probe(source, UNUSED_PORT) for source in CONTROL_SOURCES)
        if set(nobody_listens) != {Verdict.REFUSED}:
            raise LabError(f"a port on which nobody listens was {nobody_listens}, before any ruleset")

    def _leave(self) -> None:
        self._processes.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, role: str, command: Sequence[str], stdin: str, check: bool, seconds: float) -> CompletedProcess[str]:
        find_tool(command[0])
        request = {"task": "run", "command": command, "stdin": stdin, "seconds": seconds, "folder": str(self.folder)}
        answer = self._processes.ask(role, request)
        done = CompletedProcess(command, answer["status"], answer["stdout"], answer["stderr"])
        if check and done.returncode:
            raise LabError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
        return done

    def _judge(self, role: str, probes: Iterable[tuple[str, int] | tuple[str, int, str]], controls: Iterable[Probe]) -> list[Verdict]:
        request = {"task": "judge", "knocks": [self._knock(Probe(*probe)) for probe in probes], "control": list(map(self._knock, controls))}
        return list(map(Verdict, self._processes.ask(role, request)["verdicts"]))

    def _hold(self, role: str, knock: Knock) -> Held:
        answer = self._processes.ask(role, {"task": "hold", "knock": knock})
        if "held" not in answer:
            raise LabError(f"{knock} was {answer['verdict']}")
        return Held(lambda request: self._processes.ask(role, request), answer["held"])

    def _knock(self, probe: Probe) -> Knock:
        return Knock(probe.source, probe.to or find_own(self.addresses, probe.source), probe.port)


def find_own(addresses: Iterable[str], peer: str) -> str:
    """The first of the server's addresses that has the peer's family."""
    return next(address for address in addresses if (":" in address) == (":" in peer))


def find_tool(name: str, path: str = _PATH) -> str:
    """The path of a command that the lab cannot do without.

    Raises:
        LabError: it is missing; the text names its Debian package. A lab that does without would prove nothing.
    """
    found = shutil.which(name, path=path)
    if found is None:
        package = "iptables" if "tables" in name else _DEBIAN_PACKAGES.get(name, name)
        raise LabError(f"`{name}` is not installed; on Debian: apt-get install {package}")
    return found
