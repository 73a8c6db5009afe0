"""Host names against the names in a certificate: the SAN decides (RFC 9525), and what the CN is still good for is told.

The wording follows what real clients do. OpenSSL and Java look at the CN where there is no DNS name in the SAN, and take a wildcard beside
other letters (`im*.example.org`); Python, Go and browsers do neither.
"""

import re
from ipaddress import ip_address
from typing import Final, NamedTuple

FITTING: Final = frozenset(("san+cn", "san-only", "wildcard", "partial-wildcard", "cn-only"))
"""The rules by which a certificate is for a host, as far as some client accepts them."""

_LONGEST_HOST: Final = 253
_LABEL: Final = re.compile(r"[0-9a-z_]([0-9a-z_-]{0,61}[0-9a-z_])?")


class NameVerdict(NamedTuple):
    """How a certificate answers for a host. `rule` is one word for machines, `matched` the name that fits, `why` what speaks against it.

    Rules: `san+cn`, `san-only` (the CN is another or missing), `wildcard`, `partial-wildcard`, `cn-only`, `cn-ignored`, `mismatch`,
    `address`, `no-host-name`.
    """

    rule: str
    matched: str = ""
    why: str = ""


def is_address(host: str) -> bool:
    """Whether a host is written as an address, as in a URL or bare."""
    try:
        ip_address(host[1:-1] if host.startswith("[") and host.endswith("]") else host)
    except ValueError:
        return False
    return True


def ascii_name(host: str) -> str:
    """A name as it goes over the wire (UTS 46, IDNA 2008), without the final dot; what is ASCII is not looked at.

    Raises:
        ValueError: it can be no host name.
    """
    import idna

    bare = host.rstrip(".")
    if bare.isascii():
        return bare.lower()
    return idna.encode(bare, uts46=True).decode("ascii").lower()  # IDNAError is a ValueError


def ascii_host(host: str) -> str | None:
    """The host name as certificates have it: A-labels, lower case, no final dot; None for what is no host name."""
    name = host.strip().removesuffix(".").lower()
    if len(name) > _LONGEST_HOST:
        return None
    if not name.isascii():
        try:
            name = ascii_name(name)
        except ValueError:
            return None
    fits = len(name) <= _LONGEST_HOST and all(_LABEL.fullmatch(label) for label in name.split("."))
    return name if fits else None


def both_forms(name: str) -> str:
    """A host name for people: an internationalised one also in its own letters."""
    import idna

    if "xn--" not in name:
        return name
    try:
        return f"{name} ({idna.decode(name)})"
    except (idna.IDNAError, UnicodeError):
        return name


def fit(pattern: str, host: str) -> str:
    """How a name of a certificate fits a host in its ASCII form: `exact`, `wildcard`, `partial`, or nothing."""
    pattern = pattern.lower()
    if "*" not in pattern:
        return "exact" if pattern == host else ""
    first, _, rest = pattern.partition(".")
    label, _, domain = host.partition(".")
    if rest != domain or "." not in rest or "*" in rest or first.count("*") != 1:
        return ""
    if first == "*":
        return "wildcard" if label else ""
    head, _, tail = first.partition("*")
    # RFC 6125, 6.4.3: not within an A-label, on either side.
    encoded = first.startswith("xn--") or label.startswith("xn--")
    fits = len(label) >= len(head) + len(tail) and label.startswith(head) and label.endswith(tail)
    return "partial" if fits and not encoded else ""


def judge_name(host: str, dns_names: tuple[str, ...], common_names: tuple[str, ...]) -> NameVerdict:
    """How a certificate with these DNS names in its SAN and these CNs answers for `host`, as the user typed it."""
    if is_address(host):
        return NameVerdict("address")
    name = ascii_host(host)
    if name is None:
        return NameVerdict("no-host-name")
    # A CN is free text: there a name in its own letters counts as what it stands for. In a SAN it is against the rules and read by nobody.
    in_cn = _best(name, tuple(text if "*" in text else ascii_host(text) or text for text in common_names))
    if not dns_names:
        return NameVerdict("cn-only", in_cn[1]) if in_cn[0] else NameVerdict("mismatch", why=_explain(name, common_names))
    how, matched = _best(name, dns_names)
    if how == "exact":
        return NameVerdict("san+cn" if in_cn[0] else "san-only", matched)
    if how:
        return NameVerdict("wildcard" if how == "wildcard" else "partial-wildcard", matched)
    return NameVerdict("cn-ignored", in_cn[1]) if in_cn[0] else NameVerdict("mismatch", why=_explain(name, dns_names))


def _best(host: str, names: tuple[str, ...]) -> tuple[str, str]:
    """The best fit and the name that has it."""
    fits = {fit(name, host): name for name in reversed(names)}
    return next(((how, fits[how]) for how in ("exact", "wildcard", "partial") if how in fits), ("", ""))


def _explain(host: str, names: tuple[str, ...]) -> str:
    """Why names that look as if they fit do not."""
    for name in names:
        plain = name.lower()
        if not plain.isascii() and ascii_host(name) == host:
            return f"{name} is written in its own letters, and clients look for {host}"
        if plain.removesuffix(".") == host:
            return f"{name} ends in a dot"
        first, _, rest = plain.partition(".")
        if "*" not in plain or not host.endswith(f".{rest.replace('*.', '')}"):
            continue
        if "*" in rest:
            return f"{name} has more than one wildcard, or one that is not in front"
        if "." not in rest:
            return f"{name} covers a whole top-level domain, which no client accepts"
        if first == "*":
            return f"{name} stands for one label, and {host.removesuffix('.' + rest)} has more"
    return ""
