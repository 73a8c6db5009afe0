"""A name server for the lab's own names, over UDP and TCP."""

import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

SILENT: Final = "SILENT"  # instead of records: no answer at all
BROKEN: Final = "BROKEN"  # the server failed

Zone = Mapping[str, Sequence[str]]  # absolute names to lines like `A 192.0.2.1`


class NameServer:
    """Answers from a zone that may be changed while it runs. What is not in it does not exist."""

    def __init__(self, address: str, port: int, zone: Zone) -> None:
        self.zone = zone
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((address, port))
        self._tcp = socket.create_server((address, port))
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        for sock in (self._udp, self._tcp):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _serve_udp(self) -> None:
        with suppress(OSError):
            while True:
                query, peer = self._udp.recvfrom(4096)
                if answer := self._answer(query):
                    self._udp.sendto(answer, peer)

    def _serve_tcp(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._tcp.accept()
                with connection, suppress(OSError, struct.error):
                    connection.settimeout(2)
                    (length,) = struct.unpack("!H", connection.recv(2))
                    if answer := self._answer(connection.recv(length)):
                        connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, wire: bytes) -> bytes:
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return b""
        question = query.question[0]
        lines = self.zone.get(question.name.to_text().lower())
        if lines and lines[0] == SILENT:
            return b""
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if lines is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif lines and lines[0] == BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        else:
            self._fill(answer, question.name, question.rdtype)
        return answer.to_wire(max_size=65535)

    def _fill(self, answer: dns.message.Message, name: dns.name.Name, wanted: dns.rdatatype.RdataType) -> None:
        """Add the records of the type that was asked for, at the end of any alias."""
        for kind in (dns.rdatatype.CNAME, wanted):
            lines = [line.partition(" ") for line in self.zone.get(name.to_text().lower(), ())]
            texts = [text for word, _, text in lines if word == dns.rdatatype.to_text(kind)]
            if texts:
                answer.answer.append(dns.rrset.from_text(name, 60, dns.rdataclass.IN, kind, *texts))
                name = dns.name.from_text(texts[0]) if kind == dns.rdatatype.CNAME else name
