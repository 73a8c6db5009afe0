"""Names of the lab that are not simply a host, and what its firewall does to connections."""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.preflight.lab.names_server import BROKEN, SILENT

_DOVECOT: Final = "192.0.2.10"
_DEAD: Final = "203.0.113.250"  # nothing listens there

RECORDS: Final[Mapping[str, Sequence[str]]] = {
    "only-ipv6.example.org.": ["AAAA 2001:db8::1"],
    "no-address.example.org.": ["TXT nothing"],
    "dns-broken.example.org.": [BROKEN],
    "dns-silent.example.org.": [SILENT],
    "dual.example.org.": [f"A {_DOVECOT}", "AAAA 2001:db8::1"],
    "dual-dead.example.org.": [f"A {_DOVECOT}", "AAAA 2001:db8::2"],
    "two-addresses.example.org.": [f"A {_DOVECOT}", "A 192.0.2.12"],
    "one-dead.example.org.": [f"A {_DOVECOT}", f"A {_DEAD}"],
    "inside.example.org.": ["A 10.1.2.3"],
    "loopback.example.org.": ["A 127.0.0.1"],
    "deep.wildcard-too-shallow.example.org.": ["CNAME wildcard-too-shallow.example.org."],
    "alias.example.org.": ["CNAME dovecot.example.org."],
    "closed.example.org.": [f"A {_DEAD}"],
    "dropped.example.org.": ["A 203.0.113.1"],
    "rejected.example.org.": ["A 203.0.113.2"],
    "prohibited.example.org.": ["A 203.0.113.3"],
    "unreachable.example.org.": ["A 203.0.113.4"],
    "no-route.example.org.": ["A 233.252.0.1"],
    "dropped-smtp.example.org.": ["A 203.0.113.1"],
    # After the handshake of TCP nothing passes.
    "stuck.example.org.": ["A 203.0.113.5"],
    # Connections of one source beyond the third.
    "three-reset.example.org.": ["A 203.0.113.6"],
    "three-dropped.example.org.": ["A 203.0.113.7"],
    # Domains of mailboxes, which say something about their servers.
    "_imaps._tcp.srv-agrees.example.org.": ["SRV 0 1 993 no-mechanisms.example.org."],
    "_imaps._tcp.srv-differs.example.org.": ["SRV 0 1 993 imap.example.net."],
    "_imaps._tcp.srv-none.example.org.": ["SRV 0 0 0 ."],
    "mx-google.example.org.": ["MX 1 aspmx.l.google.com.", "MX 5 alt1.aspmx.l.google.com."],
    "mx-microsoft.example.org.": ["MX 0 example-org.mail.protection.outlook.com."],
    "mx-silent.example.org.": [SILENT],
}

FIREWALL: Final = """\
table inet preflight {
  chain input {
    type filter hook input priority 0
    iifname lo ip daddr 203.0.113.1 tcp flags & (syn | ack) == syn drop
    ip daddr 203.0.113.2 meta l4proto tcp reject with tcp reset
    ip daddr 203.0.113.3 meta l4proto tcp reject with icmp admin-prohibited
    ip daddr 203.0.113.4 meta l4proto tcp reject with icmp host-unreachable
    ip daddr 203.0.113.5 tcp flags & psh == psh drop
    ip saddr 203.0.113.5 tcp flags & psh == psh drop
    ip daddr 203.0.113.6 tcp flags & (syn | ack) == syn ct count over 3 reject with tcp reset
    ip daddr 203.0.113.7 tcp flags & (syn | ack) == syn ct count over 3 drop
  }
}
"""
