"""A container behind the lab's server: a network namespace of its own with one wire, in which somebody listens."""

import os
import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from generator.prove.lab.namespaces import die_with_parent
from generator.prove.lab.sockets import BANNER
from tests.kernel.lab import Lab

ADDRESSES: Final = ("172.17.0.2", "fd00:17::2")
GATEWAYS: Final = ("172.17.0.1", "fd00:17::1")
_MACS: Final = ("02:00:00:00:17:02", "02:00:00:00:17:01")  # nobody has to be found: no ruleset can get in the way of that
_ROOT: Final = Path(__file__).parents[3]


@contextmanager
def run_container(lab: Lab, ports: Sequence[int], interface: str = "docker0") -> Iterator[None]:
    """Join a container to the server by `interface`, and have the server forward packets."""
    server = lab.pids[0]
    user = ["--user", "--preserve-credentials"] if lab.rootless else []
    command = ["nsenter", "--target", str(server), *user, "--net", "unshare", "--net", sys.executable, "-m", __spec__.name]
    with subprocess.Popen([*command, *map(str, ports)], cwd=_ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n"
            lab.run("ip", "-batch", "-", stdin=_outside_commands(process.pid, interface))
            lab.run("nsenter", "--target", str(process.pid), "--net", "ip", "-batch", "-", stdin=_inside_commands())
            lab.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")
            yield
        finally:
            process.terminate()


def _outside_commands(pid: int, interface: str) -> str:
    return (
        f"link add {interface} address {_MACS[1]} type veth peer name eth0 address {_MACS[0]} netns {pid}\n"
        f"link set {interface} addrgenmode none\n"
        f"addr add {GATEWAYS[0]}/16 dev {interface}\naddr add {GATEWAYS[1]}/64 dev {interface} nodad\nlink set {interface} up\n"
        + "".join(f"neigh add {address} lladdr {_MACS[0]} dev {interface} nud permanent\n" for address in ADDRESSES)
    )


def _inside_commands() -> str:
    return (
        "link set lo up\nlink set eth0 addrgenmode none\n"
        f"addr add {ADDRESSES[0]}/16 dev eth0\naddr add {ADDRESSES[1]}/64 dev eth0 nodad\nlink set eth0 up\n"
        + "".join(f"neigh add {address} lladdr {_MACS[1]} dev eth0 nud permanent\n" for address in GATEWAYS)
        + f"route add default via {GATEWAYS[0]}\nroute add default via {GATEWAYS[1]}\n"
    )


def _listen(ports: Sequence[int]) -> None:
    die_with_parent()
    selector = selectors.DefaultSelector()
    for port in ports:
        sock = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=4096)
        selector.register(sock, selectors.EVENT_READ, sock)
    os.write(1, b"listening\n")
    while True:
        for key, _ in selector.select():
            with key.data.accept()[0] as connection:
                connection.sendall(BANNER)


if __name__ == "__main__":
    _listen([int(word) for word in sys.argv[1:]])
