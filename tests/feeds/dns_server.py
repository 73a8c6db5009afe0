"""A DNS server on the loopback for the tests: answers from a few records over UDP and TCP, or fails in the ways that servers do."""

import socketserver
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from struct import pack, unpack
from threading import Thread
from typing import NamedTuple

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

_Handler = type[socketserver.BaseRequestHandler]
Records = Mapping[tuple[str, str], Sequence[str]]  # (name with its last dot, type): data as text


class Behaviour(NamedTuple):
    """What the server does. A record list under (name, "CNAME") is given for every type, as a server does that doesn't ask others."""

    records: Records
    silent: frozenset[str] = frozenset()
    failing: frozenset[str] = frozenset()
    truncated: frozenset[str] = frozenset()


def answer(behaviour: Behaviour, query: bytes, *, over_tcp: bool) -> bytes | None:
    """The answer to one query; None is silence."""
    asked = dns.message.from_wire(query)
    question = asked.question[0]
    name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
    if name in behaviour.silent:
        return None
    made = dns.message.make_response(asked, recursion_available=True)
    if name in behaviour.failing:
        made.set_rcode(dns.rcode.SERVFAIL)
    elif name in behaviour.truncated and not over_tcp:
        made.flags |= dns.flags.TC
    elif not any(owner == name for owner, _ in behaviour.records):
        made.set_rcode(dns.rcode.NXDOMAIN)
    else:
        for given in dict.fromkeys((kind, "CNAME")):
            if (name, given) in behaviour.records:
                made.answer.append(dns.rrset.from_text(question.name, 60, "IN", given, *behaviour.records[name, given]))
    return made.to_wire()


@contextmanager
def serve_dns(behaviour: Behaviour) -> Iterator[int]:
    """Run the server on 127.0.0.1, over UDP and TCP; yields its port."""

    class OverUdp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            query, socket = self.request
            if (made := answer(behaviour, query, over_tcp=False)) is not None:
                socket.sendto(made, self.client_address)

    class OverTcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            (length,) = unpack("!H", self.rfile.read(2))
            if (made := answer(behaviour, self.rfile.read(length), over_tcp=True)) is not None:
                self.wfile.write(pack("!H", len(made)) + made)

    with _on_one_port(OverUdp, OverTcp) as servers:
        for server in servers:
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield servers[0].server_address[1]
        for server in servers:
            server.shutdown()


@contextmanager
def _on_one_port(udp: _Handler, tcp: _Handler) -> Iterator[tuple[socketserver.ThreadingUDPServer, socketserver.ThreadingTCPServer]]:
    """Both servers on one free port. A port that is free for UDP may be taken for TCP, so several are tried."""
    for _ in range(20):
        first = socketserver.ThreadingUDPServer(("127.0.0.1", 0), udp)
        try:
            second = socketserver.ThreadingTCPServer(("127.0.0.1", first.server_address[1]), tcp)
        except OSError:
            first.server_close()
            continue
        with first, second:
            yield first, second
        return
    pytest.fail("no port of the loopback is free for UDP and TCP")
