"""The hosts that a proof puts the rules on: other people's rules, which are there first and must be the same afterwards."""

from collections.abc import Callable
from typing import Final, NamedTuple

from generator.prove.lab.lab import CONTROL_PORT, Lab

MAIL_PORTS: Final = (25, 143, 465, 587, 993)
BANNED: Final = ("198.18.0.66", "2001:2:0:bad::66")  # of the networks for benchmarks (RFC 2544, RFC 5180)


class Host(NamedTuple):
    """A host's own rules: the commands that load them, with their input, and what they admit and ban by themselves."""

    title: str
    commands: tuple[tuple[tuple[str, ...], str], ...]
    admits: Callable[[str, int], bool]
    bans: Callable[[str, int], bool]

    def load(self, lab: Lab) -> None:
        """Load the rules on the lab's server."""
        for command, stdin in self.commands:
            lab.run(*command, stdin=stdin)


def open_host() -> Host:
    """nftables with policy accept and an address that it bans from mail, as fail2ban does."""
    ports = ", ".join(map(str, MAIL_PORTS))
    text = f"""
table inet others {{
	set banned {{ type ipv4_addr; flags timeout; elements = {{ {BANNED[0]} timeout 1d }}
	}}
	set banned6 {{ type ipv6_addr; elements = {{ {BANNED[1]} }}
	}}
	chain input {{
		type filter hook input priority filter; policy accept;
		tcp dport {{ {ports} }} ip saddr @banned drop
		tcp dport {{ {ports} }} ip6 saddr @banned6 drop
	}}
}}
"""
    return Host("a host that accepts what it does not ban", (_nft(text),), lambda source, port: not _bans(source, port), _bans)


def closed_host(table: str) -> Host:
    """nftables with policy drop in the table `inet filter`, or as it is called; ssh alone is let in."""
    text = f"""
table {table} {{
	chain input {{
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		ct state established,related accept
		meta l4proto {{ icmp, icmpv6 }} accept
		tcp dport {CONTROL_PORT} accept
	}}
}}
"""
    return Host("a host that drops all but ssh", (_nft(text),), _admits_ssh, _bans_nobody)


def closed_iptables() -> Host:
    """iptables with policy DROP, a set and a chain of others, and a table of nftables beside it."""
    beside = "table inet others {\n\tchain output {\n\t\ttype filter hook output priority filter; policy accept;\n\t}\n}\n"
    sets = """create others4 hash:net family inet
add others4 192.0.2.128/25
create others6 hash:net family inet6
add others6 2001:db8:ff::/48
"""
    return Host(
        "a host whose iptables drop all but ssh",
        (
            _nft(beside),
            (("ipset", "restore"), sets),
            (("iptables-restore",), _filter("icmp", BANNED[0], "others4")),
            (("ip6tables-restore",), _filter("ipv6-icmp", BANNED[1], "others6")),
        ),
        _admits_ssh,
        _bans,
    )


def open_iptables() -> Host:
    """iptables without a rule: what is closed then, gatepost closes."""
    commands = tuple(((name, "-P", "INPUT", "ACCEPT"), "") for name in ("iptables", "ip6tables"))
    return Host("a host whose iptables are empty", commands, lambda source, port: True, _bans_nobody)


def _nft(text: str) -> tuple[tuple[str, ...], str]:
    return ("nft", "-f", "-"), text


def _filter(icmp: str, banned: str, members: str) -> str:
    return f"""*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:others - [0:0]
-A INPUT -p tcp -m multiport --dports {",".join(map(str, MAIL_PORTS))} -j others
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p {icmp} -j ACCEPT
-A INPUT -p tcp -m tcp --dport {CONTROL_PORT} -j ACCEPT
-A INPUT -m set --match-set {members} src -p tcp -m tcp --dport 5432 -j ACCEPT
-A others -s {banned} -j REJECT
-A others -j RETURN
COMMIT
"""


def _admits_ssh(source: str, port: int) -> bool:
    return port == CONTROL_PORT


def _bans(source: str, port: int) -> bool:
    return source in BANNED and port in MAIL_PORTS


def _bans_nobody(source: str, port: int) -> bool:
    return False
