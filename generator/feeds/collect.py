"""From the texts of a feed to sorted prefixes by region, and what a careful reader says about them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from generator.feeds.values import Entry, FeedError, FeedNetwork, Note, RegionNetworks
from generator.net import Prefix, PrefixError, make_prefix, parse_bulk, parse_networks, parse_prefix
from generator.source import quoted
from generator.source.words import escaped

# Azure's whole file has about 100,000 prefixes. A record with many regions and many prefixes counts once for each pair.
MOST_NETWORKS: Final = 500_000
MOST_RANGES: Final = 1000
_SHOWN: Final = 5
_RUN: Final = 1000
_LENGTH: Final = re.compile("0|[1-9][0-9]{0,2}")
_REFUSED: Final = "nothing is taken from the feed; the vendor made a mistake, or the profile selects the wrong part"
_LONGEST_REGION: Final = 63


def bounded(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of one list, which a reader makes one by one.

    Raises:
        FeedError: there are too many, and the rest is not made.
    """
    taken = list(islice(entries, MOST_NETWORKS + 1))
    if len(taken) > MOST_NETWORKS:
        hint = "select a part of it by `where`, or by another `path`"
        raise FeedError(Note("LCK009", f"the feed holds more than {MOST_NETWORKS} networks", hint))
    return taken


def collect(entries: Iterable[Entry]) -> tuple[tuple[RegionNetworks, ...], tuple[Note, ...]]:
    """The networks of a feed by region, and notes.

    Raises:
        FeedError: a text is no network, a region has no usable name, or there are too many.
    """
    taken = bounded(entries)
    if sum("-" in entry.text for entry in taken) > MOST_RANGES:
        raise FeedError(Note("LCK009", f"the feed holds more than {MOST_RANGES} ranges with a hyphen", "each may be some hundred prefixes"))
    names = _name_regions(entry.region for entry in taken)
    networks, notes = _read_networks(taken)
    by_region: dict[str, dict[Prefix, str]] = {}
    for index, network in networks:
        by_region.setdefault(names[taken[index].region], {}).setdefault(network.prefix, network.text)
    return tuple(_region(name, by_region[name]) for name in sorted(by_region)), notes


def read_text(text: str) -> tuple[Prefix, ...]:
    """The prefixes of one text; bits behind the prefix length are dropped.

    Raises:
        PrefixError: the text is no network.
    """
    address, length = _split_length(text)
    if length is None:
        return parse_networks(text)
    host = parse_prefix(address)
    return (make_prefix(host.family, host.first, length),) if length <= host.family.bits else parse_networks(text)


def _region(name: str, networks: dict[Prefix, str]) -> RegionNetworks:
    return RegionNetworks(name, tuple(FeedNetwork(prefix, networks[prefix]) for prefix in sorted(networks)))


def _read_networks(entries: Sequence[Entry]) -> tuple[list[tuple[int, FeedNetwork]], tuple[Note, ...]]:
    """The networks, each with the position of its entry. Reading stops soon after a mistake: a feed of another kind is full of them."""
    found: list[tuple[int, FeedNetwork]] = []
    rounded: list[FeedNetwork] = []
    for start in range(0, len(entries), _RUN):
        run = entries[start : start + _RUN]
        parts = [_split_length(entry.text) for entry in run]
        hosts, positions, failures = parse_bulk([address for address, _ in parts])
        refused = [position for position, _ in failures]
        for position, host in zip(positions, hosts, strict=True):
            length = parts[position][1]
            if length is not None and length > host.family.bits:
                refused.append(position)
                continue
            prefix = host if length is None else make_prefix(host.family, host.first, length)
            found.append((start + position, FeedNetwork(prefix, run[position].text)))
            if prefix.first != host.first:
                rounded.append(found[-1][1])
        if refused:
            raise FeedError(*_refuse([run[position] for position in sorted(refused)]))
    return found, _tell_rounded(rounded, len(entries))


def _split_length(text: str) -> tuple[str, int | None]:
    """An address and the prefix length behind it; the whole text without one. So bits behind the length are no mistake here."""
    address, _, length = text.partition("/")
    return (address, int(length)) if "-" not in address and _LENGTH.fullmatch(length) else (text, None)


def _refuse(entries: Sequence[Entry]) -> Iterator[Note]:
    """Yield what is wrong with the first few of the texts that are no networks."""
    for index, entry in enumerate(entries[:_SHOWN], 1):
        more = ", and others after it" if index == _SHOWN < len(entries) else ""
        try:
            parse_networks(entry.text)
        except PrefixError as error:
            yield Note("LCK003", f"{error} ({escaped(entry.where[:100])} of the feed{more})", _REFUSED)


def _tell_rounded(rounded: Sequence[FeedNetwork], count: int) -> tuple[Note, ...]:
    if not rounded:
        return ()
    shown = ", ".join(f"{quoted(network.text)} is read as {network.prefix}" for network in rounded[:_SHOWN])
    more = f" and {len(rounded) - _SHOWN} more" if len(rounded) > _SHOWN else ""
    have = "has" if len(rounded) == 1 else "have"
    message = f"{len(rounded)} of {count} networks of the feed {have} host bits set: {shown}{more}"
    return (Note("LCK004", message, "compare the widest of them with the vendor's page: one host may have been meant"),)


def _name_regions(regions: Iterable[str]) -> dict[str, str]:
    """The name in a site of each region of a feed.

    Raises:
        FeedError: a region has none, or two have the same.
    """
    names = {region: fold_region(region) for region in dict.fromkeys(regions)}
    folded: dict[str, str] = {}
    notes: list[Note] = []
    for region, name in names.items():
        if region and not name:
            notes.append(
                Note("LCK007", f"the region {quoted(region)} of the feed cannot be written in a site", "its name needs letters or digits")
            )
        elif folded.setdefault(name, region) != region:
            both = f"the regions {quoted(folded[name])} and {quoted(region)} of the feed are both `{name}` in a site"
            notes.append(Note("LCK007", both, "a site could not tell them apart; see what the vendor changed"))
    if notes:
        raise FeedError(*notes[:_SHOWN])
    return names


def fold_region(text: str) -> str:
    """A vendor's name of a region as sites write it: `US East_1` is `us-east-1`; empty when nothing is left or it is too long."""
    joined = re.sub(r"[^a-z0-9.]+", "-", text.lower())
    name = re.sub(r"[-.]*\.[-.]*", ".", joined).strip("-.")
    if name[:1].isdigit():
        name = f"region-{name}"
    return name if len(name) <= _LONGEST_REGION else ""
