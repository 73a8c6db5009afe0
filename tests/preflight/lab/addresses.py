"""Which host of the lab has which address. Every host is NAME.example.org, and the names are in order of the addresses."""

from typing import Final

from tests.preflight.lab.recipes import DOMAIN, RECIPES

NAME_SERVER: Final = "192.0.2.53"

# Hosts of one Dovecot, one for each certificate; and those that differ in a setting.
CERTIFICATE_HOSTS: Final = {name: f"192.0.2.{number}" for number, name in enumerate(RECIPES, start=100)}
DOVECOT_HOSTS: Final = {
    "dovecot": "192.0.2.10",
    "only-tls13": "192.0.2.11",
    "only-tls12": "192.0.2.12",
    "limit-three": "192.0.2.13",
    "limit-ten": "192.0.2.14",
    "plaintext-login": "192.0.2.15",
}
POSTFIX_HOSTS: Final = {
    "postfix": "192.0.2.20",
    "postfix-tls13": "192.0.2.21",
    "postfix-expired": "192.0.2.22",
    "postfix-no-login": "192.0.2.23",
    "postfix-sender": "192.0.2.24",
    "postfix-slow": "192.0.2.25",
}
OTHER_HOSTS: Final = {"courier": "192.0.2.30", "cyrus": "192.0.2.31", "exim": "192.0.2.32", "courier-limit": "192.0.2.33"}
# More addresses of Dovecot's: other families and kinds, and some that a firewall stands before.
MORE_ADDRESSES: Final = ("2001:db8::1", "10.1.2.3", "127.0.0.1", *(f"203.0.113.{number}" for number in range(1, 8)))


def host_of(name: str) -> str:
    """The name of a host, as a user gives it."""
    return f"{name}.{DOMAIN}"
