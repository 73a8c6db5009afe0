"""Names that iptables and ipset take, made so that no site's name can be taken for another's.

A site's name is a slug: lower case, no `_`, `~` or `+`. So what follows one of these letters is ours: `GATEPOST-ACME_CONN` is never the
chain of a site `acme-conn`, and nothing that starts with `gatepost-acme_` belongs to a site `acme-two`.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, NamedTuple

from generator.net import Family
from generator.targets.naming import fit

_DIGEST_LETTERS: Final = 5  # fewer than elsewhere: a set's name has 31 bytes for everything
_SET_BYTES: Final = len("submissions4")  # for what is in the set; the rest of the name is the site's
SHORTEST_SET_NAME: Final = len("gatepost-a+_") + _DIGEST_LETTERS + _SET_BYTES


class Chains(NamedTuple):
    """The three chains of a site, the same in both families and in every version, so that none is ever left behind."""

    entry: str
    guard: str
    connectors: str


def name_chains(site: str, limit_bytes: int) -> Chains:
    """Name a site's chains."""
    stem = f"GATEPOST-{fit(site.upper(), limit_bytes - len('GATEPOST-_GUARD'))}"
    return Chains(stem, f"{stem}_GUARD", f"{stem}_CONN")


def name_log_prefix(site: str, event: str, limit_bytes: int) -> str:
    """What a log line starts with: `gatepost-acme drop: `."""
    return f"gatepost-{fit(site, limit_bytes - len(f'gatepost- {event}: '))} {event}: "


def name_set_prefix(site: str, limit_bytes: int) -> str:
    """What the names of a site's sets start with, before `_` or `~`."""
    room = limit_bytes - len("gatepost-_") - _SET_BYTES
    return f"gatepost-{site if len(site) <= room else f'{site[: room - 1 - _DIGEST_LETTERS]}+{_digest(site)}'}"


def name_set(services: Sequence[str], family: Family, *, trusted: bool, only: bool) -> str:
    """Name a set by what its sources may reach, never by who they are, so that a site's list of connectors may change freely.

    `imaps4`, or with more services `imaps4+3f2a1`, the digest of all their names. A name stands for the same services in every version of
    a site, so swapping a set's content before the rules change lets nobody reach a service that neither version allows. `only`: no other
    set of this family has trusted networks, which is so while every service has the same.
    """
    if trusted and only:
        return f"TRUSTED{family.value}"
    first = "TRUSTED" if trusted else services[0]
    if len(services) == 1 and not trusted and len(first) < _SET_BYTES:
        return f"{first}{family.value}"
    return f"{first[: _SET_BYTES - 2 - _DIGEST_LETTERS]}{family.value}+{_digest('+'.join(services))}"


def name_twin(set_prefix: str, name: str) -> str:
    """Name the set that is filled in place of another and then swapped with it."""
    return f"{set_prefix}~{name}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
