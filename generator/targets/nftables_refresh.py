"""The first half of an nftables file: what it declares, empties and deletes, so that the second half can fill it in place.

A declaration does nothing to what is there already. What an earlier version of the site may have left is declared as well, because nft
1.0.6 refuses to delete what is not there (`destroy` came with 1.0.7), and then deleted.
"""

from typing import Final, NamedTuple

from generator.net import Family
from generator.targets.nftables_names import WELL_KNOWN, NameScheme
from generator.targets.nftables_view import AddressSet

TYPES: Final = {Family.V4: "ipv4_addr", Family.V6: "ipv6_addr"}


class Refresh(NamedTuple):
    """Lines of a table's block, and the statements that follow it."""

    declarations: tuple[str, ...]
    statements: tuple[str, ...]


def plan_refresh(names: NameScheme, hook: str, chains: tuple[str, ...], sets: tuple[AddressSet, ...], *, counting: bool) -> Refresh:
    """Declare the wanted and the stale objects, empty the wanted and delete the stale ones. `hook` is empty in the host's table."""
    wanted_sets = {item.name: _interval(item.type) for item in sets}
    counters = {names.counting(family): f"{{ type {TYPES[family]}; size 65535; flags dynamic; }}" for family in Family}
    service_sets = {names.service_set(name, family): _interval(TYPES[family]) for name in WELL_KNOWN for family in Family}
    known_sets = wanted_sets | counters | service_sets
    kept = wanted_sets.keys() | (counters.keys() if counting else set())
    known_chains = (*chains, names.scoped, names.over_limit, *(names.service(name) for name in WELL_KNOWN), *names.other_bases)
    stale_chains = [name for name in dict.fromkeys(known_chains) if name not in chains]
    every_chain = (*chains, *stale_chains)
    return Refresh(
        declarations=(
            *(f"set {name} {body}" for name, body in known_sets.items()),
            *(f"chain {name} {{ }}" for name in every_chain),
            f"chain {names.base} {{ {hook} }}" if hook else f"chain {names.base} {{ }}",
        ),
        statements=(
            *([f"flush table {names.table}"] if hook else [f"flush chain {names.table} {name}" for name in (names.base, *every_chain)]),
            *(f"delete chain {names.table} {name}" for name in stale_chains),
            *(f"{'flush' if name in kept else 'delete'} set {names.table} {name}" for name in known_sets),
        ),
    )


def _interval(type_: str) -> str:
    return f"{{ type {type_}; flags interval; }}"
