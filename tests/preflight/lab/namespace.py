"""A network of the tests' own, in this process: what runs in its thread sees nothing but its loopback interface.

Every prefix for documentation is local there, and every port is free, so a server can have an address and the real port of its service.
Clients have the address 203.0.113.200: a client with the server's own is trusted more by some servers.
A socket stays in the network it was made in, and a thread or program starts in that of the thread that started it.
"""

import ctypes
import os
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from tests.kernel.lab import LabError

_CLONE_NEWNET: Final = 0x40000000
_NETWORK: Final = """\
link set lo up
addr add 203.0.113.200/32 dev lo
route add local 192.0.2.0/24 dev lo src 203.0.113.200
route add local 198.51.100.0/24 dev lo src 203.0.113.200
route add local 203.0.113.0/24 dev lo src 203.0.113.200
route add local 10.0.0.0/8 dev lo src 203.0.113.200
addr add 2001:db8::1/128 dev lo nodad
addr add 2001:db8::2/128 dev lo nodad
addr add fd00::1/128 dev lo nodad
"""

P = ParamSpec("P")
T = TypeVar("T")


class Namespace:
    """`with Namespace() as namespace: namespace.run(function, …)`. It ends with the `with`, or with the process."""

    def __enter__(self) -> Self:
        if os.geteuid() != 0:
            raise LabError("the preflight lab needs root: it makes a network of its own; run the tests as root")
        self._threads = ThreadPoolExecutor(1)
        self.process: int = self._threads.submit(_leave).result()
        self.run(subprocess.run, ["ip", "-batch", "-"], input=_NETWORK, text=True, check=True, capture_output=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._threads.shutdown()

    def run(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function in there."""
        return self._threads.submit(function, *args, **kwargs).result()

    def nft(self, rules: str) -> None:
        """Load rules into its firewall."""
        self.run(subprocess.run, ["nft", "-f", "-"], input=rules, text=True, check=True, capture_output=True)


def _leave() -> int:
    """Take the thread that calls out of the machine's network; its number, which nsenter takes for a process."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET):
        raise LabError(f"no network of the tests' own: {os.strerror(ctypes.get_errno())}")
    return threading.get_native_id()
