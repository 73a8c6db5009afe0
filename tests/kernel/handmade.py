"""A plan and rulesets for it, both written by hand, for the tests of the lab itself: they hold whatever the product does."""

from typing import Any, Final

from tests.kernel.lab import Lab

SOURCES4: Final = ("192.0.2.7/32", "198.51.100.0/25", "203.0.113.16/28")
SOURCES6: Final = ("2001:db8:100::/48", "2001:db8:200:1::/64", "2001:db8:ffff::25/128")


def _rule(service: str, port: int, version: int) -> dict[str, Any]:
    sources = SOURCES4 if version == 4 else SOURCES6
    return {"id": f"acme/example/{service}/v{version}", "ports": [[port, port]], "sources": list(sources), "service": service}


PLAN: Final[dict[str, Any]] = {
    "schema": "gatepost.plan/1",
    "site": "acme",
    "services": [
        {"name": "smtp", "protocol": "tcp", "ports": [[25, 25]], "access": "additive"},
        {"name": "submission", "protocol": "tcp", "ports": [[587, 587]], "access": "allowlist"},
        {"name": "imaps", "protocol": "tcp", "ports": [[993, 993]], "access": "allowlist"},
    ],
    "rules": [_rule(name, port, version) for name, port in (("smtp", 25), ("submission", 587), ("imaps", 993)) for version in (4, 6)],
}

_SETS: Final = f"""
	set connectors4 {{ type ipv4_addr; flags interval; elements = {{ {", ".join(SOURCES4)} }}
	}}
	set connectors6 {{ type ipv6_addr; flags interval; elements = {{ {", ".join(SOURCES6)} }}
	}}
"""

# It only closes; policy accept.
GUARD: Final = f"""
table inet gatepost_acme {{{_SETS}
	chain services {{
		ip saddr @connectors4 accept
		ip6 saddr @connectors6 accept
		drop
	}}
	chain input {{
		type filter hook input priority filter - 5; policy accept;
		iif "lo" accept
		ct state established,related accept
		tcp dport 587 goto services
		tcp dport 993 goto services
	}}
}}
"""

# It only opens; to be loaded after a host's `inet filter` whose policy is drop.
INCLUDE: Final = f"""
table inet filter {{{_SETS}
	chain gatepost_acme {{
		tcp dport {{ 25, 587, 993 }} ip saddr @connectors4 accept
		tcp dport {{ 25, 587, 993 }} ip6 saddr @connectors6 accept
	}}
}}
add rule inet filter input jump gatepost_acme
"""

_REJECTING: Final = GUARD.replace("\t\tdrop\n", "\t\treject with tcp reset\n")
# The usual way to replace a table, which makes the kernel miss allowed connections for microseconds.
MAKE_ANEW: Final = f"table inet gatepost_acme\ndelete table inet gatepost_acme\n{_REJECTING}"
REFRESH_IN_PLACE: Final = f"""
table inet gatepost_acme {{
	set connectors4 {{ type ipv4_addr; flags interval; }}
	set connectors6 {{ type ipv6_addr; flags interval; }}
	chain services {{ }}
	chain input {{ type filter hook input priority filter - 5; policy accept; }}
}}
flush table inet gatepost_acme
flush set inet gatepost_acme connectors4
flush set inet gatepost_acme connectors6
{_REJECTING}"""


def load(lab: Lab, ruleset: str) -> None:
    """Load a ruleset in one transaction."""
    lab.run("nft", "-f", "-", stdin=ruleset)


def change(text: str, old: str, new: str) -> str:
    """Break a ruleset in one place; the place must be there."""
    assert old in text, f"{old!r} is not in the ruleset"
    return text.replace(old, new)
