"""Rulesets of other people that are on the server first, and must be there, unchanged, whatever gatepost does."""

from collections.abc import Callable
from typing import Final, NamedTuple

from generator.prove.lab.lab import Lab

BANNED: Final = ("203.0.113.66", "2001:db8:bad::66")
MAIL_PORTS: Final = (25, 143, 465, 587, 993)
REDIRECTED_PORT: Final = 2525  # to 25


class Foreign(NamedTuple):
    """Commands that load a ruleset, and what it admits."""

    name: str
    commands: tuple[tuple[tuple[str, ...], str], ...]  # argument list and standard input
    admits: Callable[[str, int], bool]
    banned: tuple[str, ...] = ()

    def load(self, lab: Lab) -> None:
        for command, stdin in self.commands:
            lab.run(*command, stdin=stdin)


def _admits_all_but_banned(source: str, port: int) -> bool:
    return source not in BANNED or port not in (*MAIL_PORTS, REDIRECTED_PORT)


def _admits_ssh(source: str, port: int) -> bool:
    del source
    return port == 22


def admit_everything(source: str, port: int) -> bool:
    """A server without any ruleset."""
    del source, port
    return True


# A table with policy accept, fail2ban's chain in it, and a redirect. The timeout is fail2ban's ban time.
NFT_OPEN: Final = Foreign(
    "nftables, policy accept",
    (
        (
            ("nft", "-f", "-"),
            """
table inet foreign {
	set banned { type ipv4_addr; flags timeout; elements = { 203.0.113.66 timeout 1d }
	}
	set banned6 { type ipv6_addr; elements = { 2001:db8:bad::66 }
	}
	chain f2b-mail {
		ip saddr @banned reject with tcp reset
		ip6 saddr @banned6 drop
	}
	chain input {
		type filter hook input priority filter; policy accept;
		ct state invalid drop
		tcp dport { 25, 143, 465, 587, 993 } jump f2b-mail
		meta l4proto { icmp, icmpv6 } counter accept
	}
	chain output {
		type filter hook output priority filter; policy accept;
		oif "lo" counter
	}
}
table inet foreign_nat {
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		tcp dport 2525 redirect to :25
	}
}
""",
        ),
    ),
    _admits_all_but_banned,
    BANNED,
)

# Debian's own table name; the administrator lets in ssh and what IPv6 needs. Nothing for mail.
NFT_CLOSED: Final = Foreign(
    "nftables, inet filter with policy drop",
    (
        (
            ("nft", "-f", "-"),
            """
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		ct state established,related accept
		meta l4proto { icmp, icmpv6 } accept
		tcp dport 22 accept
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
""",
        ),
    ),
    _admits_ssh,
)


def _iptables(icmp: str, banned: str, set_name: str) -> str:
    return f"""*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:f2b-mail - [0:0]
-A INPUT -p tcp -m multiport --dports 25,143,465,587,993 -j f2b-mail
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p {icmp} -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -m set --match-set {set_name} src -p tcp -m tcp --dport 5432 -j ACCEPT
-A f2b-mail -s {banned} -j REJECT
-A f2b-mail -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A PREROUTING -p tcp -m tcp --dport 2525 -j REDIRECT --to-ports 25
COMMIT
"""


_IPSETS = """create office4 hash:net family inet
add office4 192.0.2.128/25
create office6 hash:net family inet6
add office6 2001:db8:0ff1::/48
"""


def iptables_closed(variant: str = "") -> Foreign:
    """Policy DROP with ssh, fail2ban's chain, a redirect and an ipset of its own; `variant` is "", "-nft" or "-legacy"."""
    return Foreign(
        f"iptables{variant}, policy drop",
        (
            (("ipset", "restore"), _IPSETS),
            ((f"iptables{variant}-restore",), _iptables("icmp", BANNED[0], "office4")),
            ((f"ip6tables{variant}-restore",), _iptables("ipv6-icmp", BANNED[1], "office6")),
        ),
        _admits_ssh,
    )


IPTABLES_CLOSED: Final = iptables_closed()
