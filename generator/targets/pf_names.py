"""Names and numbers that pfSense and OPNsense take, made so that no site's objects can be taken for another's.

Slugs are lower case, so a capital letter marks what is not one: `gatepost_acme__TRUSTED` is never a connector's alias, and a name that had
to be cut has an `X` before its digest. Slugs have no two `-` in a row, so the first `__` of a name ends the site's part.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from generator.targets.naming import SHORTEST_FIT, fit, underscored

_CUT: Final = "X"
_SITE_LETTERS: Final = SHORTEST_FIT
SHORTEST_ALIAS_NAME: Final = len("gatepost_") + _SITE_LETTERS + len("__") + SHORTEST_FIT
_MARK_SITE_LETTERS: Final = 20
SHORTEST_DESCRIPTION: Final = len("gatepost : ") + _MARK_SITE_LETTERS + SHORTEST_FIT

# pfSense's GUI takes the current time as a tracker; its own rules have 10000 to 13999 and numbers from 10^7 and 10^9 up (filter.inc).
# From May 2033 on to the largest number that fits 31 bits, nothing else is in use.
FIRST_TRACKER: Final = 2_000_000_000
LAST_TRACKER: Final = (1 << 31) - 1


def name_prefix(site: str) -> str:
    """What the names of all aliases of a site, and of no other site, start with."""
    return f"gatepost_{fit(underscored(site), _SITE_LETTERS, joint=_CUT)}__"


def name_mark(site: str) -> str:
    """What the descriptions of all rules of a site, and of no other site, start with."""
    return f"gatepost {fit(site, _MARK_SITE_LETTERS)}: "


def name_server(site: str, limit_bytes: int) -> str:
    """Name the alias of the mail server's addresses."""
    return _join(site, "SERVER", limit_bytes)


def name_sources(site: str, connector: str | None, services: Sequence[str], limit_bytes: int) -> str:
    """Name the alias of a connector's networks, or of the site's own; `services` only where other services have other networks."""
    return _join(site, "__".join((underscored(connector or "TRUSTED"), *map(underscored, services))), limit_bytes)


def name_ports(site: str, services: Sequence[str], limit_bytes: int) -> str:
    """Name the alias of the ports of some services."""
    return _join(site, f"PORTS_{'__'.join(map(underscored, services))}", limit_bytes)


def describe(mark: str, text: str, limit_bytes: int) -> str:
    """A description with the mark of its site, cut to its limit."""
    return mark + fit(text, limit_bytes - len(mark))


def number_trackers(ids: Iterable[str]) -> Mapping[str, int]:
    """A tracker for each rule id: its own, or, where two ids of a plan meet, the next that is free, taken in the order of their names."""
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    span = LAST_TRACKER - FIRST_TRACKER + 1
    for rule_id in sorted(ids):
        number = int(sha256(rule_id.encode()).hexdigest(), 16) % span
        while number in taken:
            number = (number + 1) % span
        taken.add(number)
        numbers[rule_id] = FIRST_TRACKER + number
    return numbers


def name_uuid(text: str) -> str:
    """A UUID that stands for a text. It has the form of version 4: OPNsense makes an item under no other that it is told (Type.php)."""
    digest = sha256(text.encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) % 4]
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"


def _join(site: str, text: str, limit_bytes: int) -> str:
    prefix = name_prefix(site)
    return prefix + fit(text, limit_bytes - len(prefix), joint=_CUT)
