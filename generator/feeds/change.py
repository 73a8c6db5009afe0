"""What an update changes: who gains and who loses access to what, by address, not by line."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from generator.feeds.pins import pinned_networks
from generator.models import Leaving, Pin
from generator.net import Family, Prefix, merge_prefixes, parse_networks, subtract_prefixes


class RegionChange(NamedTuple):
    """What changes in one region of a connector, merged; `name` is empty where the vendor has none. `used`: the site lets the region in."""

    name: str
    used: bool
    gained: tuple[Prefix, ...]
    lost: tuple[Prefix, ...]


class Change(NamedTuple):
    """What changes for one connector: `regions` are those with a difference, `gained` and `lost` what the site lets in or no longer does.

    `before` and `after` count prefixes as the lock writes them. `leaving` are the networks that begin their grace period.
    """

    services: tuple[str, ...]
    before: int
    after: int
    regions: tuple[RegionChange, ...]
    gained: tuple[Prefix, ...]
    lost: tuple[Prefix, ...]
    leaving: tuple[Leaving, ...]


def find_change(old: Pin | None, new: Pin | None, services: tuple[str, ...], chosen: tuple[str, ...]) -> Change:
    """The difference between two pins. `chosen` are the regions that the site lets in; none: all."""
    before, after = _let_in(old), _let_in(new)
    known = frozenset(old.leaving if old else ())
    names = sorted({*before, *after})
    used = [name for name in names if not name or not chosen or name in chosen]
    if before == after:
        return Change(services, _count(old), _count(new), (), (), (), ())
    regions = tuple(_region_change(name, name in used, before.get(name, ()), after.get(name, ())) for name in names)
    whole_before = merge_prefixes(prefix for name in used for prefix in before.get(name, ()))
    whole_after = merge_prefixes(prefix for name in used for prefix in after.get(name, ()))
    return Change(
        services,
        _count(old),
        _count(new),
        tuple(region for region in regions if region.gained or region.lost),
        subtract_prefixes(whole_after, whole_before),
        subtract_prefixes(whole_before, whole_after),
        tuple(item for item in new.leaving if item not in known) if new else (),
    )


def _region_change(name: str, used: bool, before: Iterable[Prefix], after: Iterable[Prefix]) -> RegionChange:
    old, new = merge_prefixes(before), merge_prefixes(after)
    return RegionChange(name, used, subtract_prefixes(new, old), subtract_prefixes(old, new))


def _let_in(pin: Pin | None) -> Mapping[str, Sequence[Prefix]]:
    """What a pin lets in by region, with what is leaving."""
    if pin is None:
        return {}
    found = {region: [*prefixes] for region, prefixes in pinned_networks(pin).items()}
    for item in pin.leaving:
        found.setdefault(item.region or "", []).extend(parse_networks(item.network))
    return found


def _count(pin: Pin | None) -> int:
    return 0 if pin is None else len(pin.networks) + sum(map(len, pin.regions.values())) + len(pin.leaving)


class ServiceChange(NamedTuple):
    """What changes for one service through all connectors together."""

    service: str
    gained: tuple[Prefix, ...]
    lost: tuple[Prefix, ...]


def sum_services(pins: Sequence[tuple[Pin | None, Pin | None, tuple[str, ...], tuple[str, ...]]]) -> tuple[ServiceChange, ...]:
    """The change of every service, from the arguments that `find_change` takes for each connector, the unchanged ones included."""
    found = []
    for service in sorted({service for _, _, services, _ in pins for service in services}):
        mine = [item for item in pins if service in item[2]]
        before = merge_prefixes(prefix for old, _, _, chosen in mine for prefix in _used(old, chosen))
        after = before
        if any(old is not new for old, new, _, _ in mine):
            after = merge_prefixes(prefix for _, new, _, chosen in mine for prefix in _used(new, chosen))
        if after != before:
            found.append(ServiceChange(service, subtract_prefixes(after, before), subtract_prefixes(before, after)))
    return tuple(found)


def _used(pin: Pin | None, chosen: tuple[str, ...]) -> Iterable[Prefix]:
    for name, prefixes in _let_in(pin).items():
        if not name or not chosen or name in chosen:
            yield from prefixes


def count_text(prefixes: Iterable[Prefix]) -> str:
    """How many addresses there are in merged prefixes, in words: IPv6 in networks of 64 bits where there is one at least."""
    sizes = {Family.V4: 0, Family.V6: 0}
    for prefix in prefixes:
        sizes[prefix.family] += prefix.size
    v4, v6 = sizes[Family.V4], sizes[Family.V6]
    parts = [_counted(v4, "IPv4 address", "IPv4 addresses")] if v4 else []
    if v6 >> 64:
        parts.append(_counted(v6 >> 64, "IPv6 network of 64 bits", "IPv6 networks of 64 bits"))
    elif v6:
        parts.append(_counted(v6, "IPv6 address", "IPv6 addresses"))
    return " and ".join(parts) or "no address"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
