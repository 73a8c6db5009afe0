"""How an administrator finds the connector in a mail server's log: one command for grep."""

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

_MOST_PATTERNS: Final = 24  # more than that is no line to copy
_HEXTET: Final = 16


def log_filter(prefixes: Sequence[str]) -> str:
    """The command whose output is the lines with an address in one of `prefixes`; nothing where no line to copy says that exactly."""
    patterns: list[str] = []
    for text in prefixes:
        network = ip_network(text)
        found = list(_whole_octets(network) if isinstance(network, IPv4Network) else _whole_groups(network))
        if not found or len(patterns) + len(found) > _MOST_PATTERNS:
            return ""
        patterns += found
    return f"grep -wE '{'|'.join(patterns)}' /var/log/mail.log" if patterns else ""


def _whole_octets(network: IPv4Network) -> Iterator[str]:
    """A pattern for each network that ends at a dot and together are this one."""
    octets = -(-network.prefixlen // 8)
    if not octets or 2 ** (octets * 8 - network.prefixlen) > _MOST_PATTERNS:
        return
    for part in network.subnets(new_prefix=octets * 8):
        known = str(part.network_address).split(".")[:octets]
        yield r"\.".join((*known, *["[0-9]+"] * (4 - octets)))


def _whole_groups(network: IPv6Network) -> Iterator[str]:
    """One pattern where the network ends at a colon and none of its groups may be left out of an address as zeros; else none."""
    if network.prefixlen == network.max_prefixlen:
        yield re.escape(str(network.network_address))
        return
    groups = network.network_address.exploded.split(":")[: network.prefixlen // _HEXTET]
    known = [group.lstrip("0") for group in groups]
    if network.prefixlen % _HEXTET == 0 and groups and all(known):
        yield ":".join(known) + ":[0-9a-f:]*"
