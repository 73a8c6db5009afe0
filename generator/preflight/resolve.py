"""Names to addresses, by the system or by one name server, and never longer than the deadline."""

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from generator.net import PrefixError, classify, parse_prefix
from generator.preflight.wire import Deadline

if TYPE_CHECKING:
    import dns.resolver

_HIDDEN: Final = {
    "private",
    "unique-local",
    "loopback",
    "link-local",
    "unspecified",
    "shared",
}  # kinds of `net` that no connector can reach


class Resolved(NamedTuple):
    """What a name stands for. `failure`: no-name, no-address, no-server, bad-name, or nothing when there are addresses."""

    addresses: tuple[str, ...] = ()
    failure: str = ""
    detail: str = ""


Resolver = Callable[[str, Deadline], Resolved]


def is_ipv6(address: str) -> bool:
    """Whether an address is one of IPv6."""
    return ":" in address


def hidden_kind(address: str) -> str:
    """What keeps the public internet from an address, such as `private space`; nothing for an ordinary one."""
    try:
        special = classify(parse_prefix(address.partition("%")[0]))
    except PrefixError:  # IPv4-mapped and the like
        return ""
    return special.name if special is not None and special.kind in _HIDDEN else ""


def order_addresses(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """IPv4 first, as the connectors that publish their addresses have those; then by number: name servers turn their answers round."""
    return tuple(sorted(dict.fromkeys(addresses), key=lambda address: (is_ipv6(address), ipaddress.ip_address(address), address)))


def ask_system(host: str, deadline: Deadline) -> Resolved:
    """Ask as every program of this machine does, /etc/hosts included. getaddrinfo(3) has no time limit, so a thread waits for it."""
    answers: queue.SimpleQueue[Resolved] = queue.SimpleQueue()
    threading.Thread(target=lambda: answers.put(_getaddrinfo(host)), daemon=True).start()
    try:
        return answers.get(timeout=deadline.left or 1e-6)
    except queue.Empty:
        return Resolved(failure="no-server", detail="the name servers of this machine did not answer in time")


def _getaddrinfo(host: str) -> Resolved:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            return Resolved(failure="no-server", detail="the name servers of this machine did not answer")
        if error.errno == getattr(socket, "EAI_NODATA", None):
            return Resolved(failure="no-address", detail="the name has neither an A nor an AAAA record")
        return Resolved(failure="no-name", detail=str(error.strerror))
    except (OSError, UnicodeError) as error:
        return Resolved(failure="bad-name", detail=str(error))
    if not found:
        return Resolved(failure="no-address", detail="the name has neither an A nor an AAAA record")
    return Resolved(order_addresses(tuple(str(entry[4][0]) for entry in found)))


def ask_server(server: str, port: int) -> Resolver:
    """A resolver that asks one name server alone."""

    def ask(host: str, deadline: Deadline) -> Resolved:
        import dns.exception
        import dns.name
        import dns.resolver

        resolver = open_resolver(server, port)
        addresses: list[str] = []
        for kind in ("A", "AAAA"):
            try:
                answer = resolver.resolve(f"{host}.", kind, lifetime=max(deadline.left, 0.01), raise_on_no_answer=False)
                addresses += [str(record) for record in answer.rrset or ()]
            except dns.resolver.NXDOMAIN:
                return Resolved(failure="no-name", detail="the name does not exist")
            except (dns.name.LabelTooLong, dns.name.EmptyLabel, dns.name.NameTooLong) as error:
                return Resolved(failure="bad-name", detail=str(error))
            except (dns.exception.DNSException, OSError) as error:
                if addresses:
                    break
                return Resolved(failure="no-server", detail=f"the name server {server} gave no answer ({type(error).__name__})")
        if not addresses:
            return Resolved(failure="no-address", detail="the name has neither an A nor an AAAA record")
        return Resolved(order_addresses(tuple(addresses)))

    return ask


def open_resolver(server: str = "", port: int = 53) -> "dns.resolver.Resolver":
    """A resolver of dnspython for one server, or for those of this machine.

    Raises:
        dns.resolver.NoResolverConfiguration: this machine has none.
    """
    import dns.resolver

    resolver = dns.resolver.Resolver(configure=not server)
    if server:
        resolver.nameservers, resolver.port = [server], port
    resolver.cache = None
    resolver.timeout = 2.0
    return resolver


def find_local_address(address: str) -> str:
    """The address that this machine would connect from; nothing without a route. Connecting a UDP socket sends no packet."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(address, 9, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)[0]
        with socket.socket(family, kind, protocol) as plug:
            plug.connect(where)
            return str(plug.getsockname()[0]).partition("%")[0]
    except OSError:
        return ""
