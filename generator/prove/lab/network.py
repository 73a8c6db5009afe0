"""How the two namespaces are joined: `ip -batch` texts.

One veth pair, named `wire` on both sides unless the server's end is given a name. Each side knows the other as a gateway with a permanent
neighbour entry, so no address has to be resolved, however many sources speak. The client owns every address there is (local routes for
everything), except the server's.
"""

from collections.abc import Sequence
from typing import Final

SERVER_ADDRESSES: Final = ("192.0.2.25", "2001:db8::25")

_SERVER_MAC = "02:00:00:00:00:01"
_CLIENT_MAC = "02:00:00:00:00:02"
_SERVER_GATEWAYS = ("169.254.0.1", "fe80::1")
_CLIENT_GATEWAYS = ("169.254.0.2", "fe80::2")


def server_commands(addresses: Sequence[str], client_pid: int, wire: str = "wire") -> str:
    """Make the pair, put its far end into the namespace of the process `client_pid`, and send every answer back through it."""
    return _lines(
        "link set lo up",
        f"link add {wire} address {_SERVER_MAC} type veth peer name wire address {_CLIENT_MAC} netns {client_pid}",
        f"link set {wire} addrgenmode none",  # no link-local address, so nothing waits for duplicate address detection
        *(f"addr add {address} dev {wire}{' nodad' if ':' in address else ''}" for address in addresses),
        f"link set {wire} up",
        *(f"neigh add {gateway} lladdr {_CLIENT_MAC} dev {wire} nud permanent" for gateway in _CLIENT_GATEWAYS),
        f"route add 0.0.0.0/0 via {_CLIENT_GATEWAYS[0]} dev {wire} onlink",
        f"route add ::/0 via {_CLIENT_GATEWAYS[1]} dev {wire}",
    )


def client_commands(addresses: Sequence[str]) -> str:
    """Own every address but the server's: those are beyond the wire, by longer routes in the table that a source address must be in."""
    return _lines(
        "link set lo up",
        "link set wire addrgenmode none",
        "link set wire up",
        *(f"neigh add {gateway} lladdr {_SERVER_MAC} dev wire nud permanent" for gateway in _SERVER_GATEWAYS),
        *(f"route add {address} via {_SERVER_GATEWAYS[':' in address]} dev wire onlink table local" for address in addresses),
        "route add local 0.0.0.0/0 dev lo",
        "route add local ::/0 dev lo",
    )


def _lines(*commands: str) -> str:
    return "".join(f"{command}\n" for command in commands)
