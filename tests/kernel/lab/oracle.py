"""What a plan means for one connection, worked out naively: every prefix is tried, nothing is shared with the product.

Plans are the JSON of `gatepost plan --format json`, schema gatepost.plan/1.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum, auto
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from generator.prove.lab.network import SERVER_ADDRESSES

PlanJson = Mapping[str, Any]
Host = Callable[[str, int], bool]  # whether the host's own ruleset admits a source to a port

OUTSIDERS: Final = (
    "10.0.0.1", "100.64.0.1", "172.16.0.1", "192.168.0.1", "198.18.0.1", "223.255.255.254", "240.0.0.1",
    "2001:db8:dead:beef::1", "2002:c000:204::1", "64:ff9b::c000:204", "fd00:dead::1", "3fff::1",
)  # fmt: skip

# No packet can come from these, or not over the lab's wire.
_UNUSABLE: Final = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "255.255.255.255",
            "::/127",
            "fe80::/10",
            "ff00::/8",
            "::ffff:0:0/96",
        ),
    )
)


class Layout(Enum):
    """What a target's ruleset can do about a service."""

    GUARD = auto()  # a table of its own: it only closes
    INCLUDE = auto()  # a chain in the host's table, whose policy drops: it only opens
    CHAIN = auto()  # iptables, where an accept is final: it opens and closes


def expected(plan: PlanJson, source: str, port: int, layout: Layout, host: Host) -> bool:
    """Whether `source` must reach `port` when the plan is loaded beside the host's own rules."""
    opened = any(_covers(rule["ports"], port) and _contains(rule["sources"], source) for rule in plan["rules"])
    access = {service["access"] for service in plan["services"] if _covers(service["ports"], port)}
    opened = opened or "public" in access
    closed = "allowlist" in access and not opened
    match layout:
        case Layout.GUARD:
            return host(source, port) and not closed
        case Layout.INCLUDE:
            return host(source, port) or opened
        case Layout.CHAIN:
            return opened or (host(source, port) and not closed)


def sources_of(plan: PlanJson) -> list[str]:
    """All source prefixes of a plan, each once."""
    return list(dict.fromkeys(source for rule in plan["rules"] for source in rule["sources"]))


def ports_of(plan: PlanJson) -> list[int]:
    """First and last port of every service, and their neighbours, which are nobody's business."""
    ends = [end for service in plan["services"] for end in service["ports"]]
    return sorted({port for first, last in ends for port in (first - 1, first, last, last + 1) if 0 < port < 65536})


def boundaries(prefixes: Sequence[str], *, most: int = 1000) -> list[str]:
    """First, last, one before and one after of each prefix; of a long list, of `most` prefixes evenly taken, both ends among them."""
    step = max(1, -(-len(prefixes) // most))
    taken = [*prefixes[::step], *prefixes[-1:]]
    return list(dict.fromkeys(edge for prefix in taken for edge in _edges(ip_network(prefix))))


def _edges(network: IPv4Network | IPv6Network) -> Iterator[str]:
    kind = type(network.network_address)
    first, last = int(network.network_address), int(network.broadcast_address)
    for number in (first - 1, first, last, last + 1):
        if 0 <= number < 1 << network.max_prefixlen and _is_usable(kind(number)):
            yield str(kind(number))


def _is_usable(address: IPv4Address | IPv6Address) -> bool:
    return str(address) not in SERVER_ADDRESSES and not any(address in network for network in _UNUSABLE)


def _covers(ports: Iterable[Sequence[int]], port: int) -> bool:
    return any(first <= port <= last for first, last in ports)


def _contains(prefixes: Iterable[str], source: str) -> bool:
    address = ip_address(source)
    return any(address in network for network in map(_parse, prefixes))


@cache
def _parse(prefix: str) -> IPv4Network | IPv6Network:
    return ip_network(prefix)
