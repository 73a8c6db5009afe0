"""Who is let in, in a report: the person who answers for it, the lists with their dates, and every prefix with its line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from generator.compile import TRUSTED, Compiled
from generator.compile.lists import ChosenSpans, InlineSpans, SourceList
from generator.compile.locked import find_pin
from generator.diagnostics import Span
from generator.load import ConnectorInput
from generator.models import NetworkEntry, Pin, network_text
from generator.net import Family, Prefix, split_families
from generator.review.report_access import anchor, count_words, party_name
from generator.review.report_lines import Written, find_written, sort_written
from generator.review.report_model import Entry, Origin, Party, Prefixes, Row

MOST_SHOWN: Final = 500  # of one party and family: a page of 100,000 lines is read by nobody
_MOST_OPEN: Final = 40
_MOST_PLACES: Final = 3
_UNDATED: Final = "no date: the site itself is their source"
_POLICIES: Final = {
    "published": "the vendor publishes a list",
    "feed": "the vendor publishes a list for machines",
    "per-account": "the vendor shows them in the account",
    "none": "the vendor names no fixed ones",
}


def describe_parties(compiled: Compiled, today: date) -> tuple[Party, ...]:
    """The connectors in the plan's order, then the trusted networks."""
    names = {given.path: given.name for given in compiled.plan.inputs}
    entries = {entry.name: entry for entry in compiled.connectors}
    parties = [
        _connector(str(number), entries[needed.connector], compiled, today, names)
        for number, needed in enumerate(compiled.plan.requirements, start=1)
    ]
    if TRUSTED in compiled.gathered:
        parties.append(_trusted(str(len(parties) + 1), compiled, names))
    return tuple(parties)


def _connector(number: str, entry: ConnectorInput, compiled: Compiled, today: date, names: Mapping[str, str]) -> Party:
    profile, gathered = entry.profile.model, compiled.gathered[entry.name]
    return Party(
        number=number,
        name=party_name(entry.name),
        anchor=anchor(entry.name),
        title=profile.title,
        facts=tuple(_facts(entry, compiled, today)),
        origins=tuple(_origin(listed, entry, compiled, names) for listed in gathered.lists),
        prefixes=tuple(_prefixes([(listed, _networks(listed, entry, compiled)) for listed in gathered.lists], gathered.prefixes, names)),
        references=tuple(
            Row(_dates(reference.date, reference.retrieved), reference.says or reference.url, reference.url)
            for reference in profile.references
        ),
    )


def _trusted(number: str, compiled: Compiled, names: Mapping[str, str]) -> Party:
    gathered = compiled.gathered[TRUSTED]
    origins = tuple(
        Origin("the site's own networks", _place(listed.origin, names), _listed(listed), _UNDATED, "") for listed in gathered.lists
    )
    prefixes = tuple(_prefixes([(listed, compiled.site.model.trusted) for listed in gathered.lists], gathered.prefixes, names))
    facts = (Row("access", "to the services that are closed to everybody else"),)
    return Party(number, party_name(TRUSTED), anchor(TRUSTED), "the site's own networks", facts, origins, prefixes, ())


def _facts(entry: ConnectorInput, compiled: Compiled, today: date) -> Iterator[Row]:
    use, profile = entry.use, entry.profile.model
    services = [needed.services for needed in compiled.plan.requirements if needed.connector == entry.name]
    if profile.vendor:
        yield Row("vendor", profile.vendor)
    yield Row("services", ", ".join(services[0]) or "none")
    yield Row("mailboxes", f"{use.mailboxes:,}")
    yield Row("owner", use.owner or "nobody is named")
    yield Row("ticket", use.ticket or "none is named")
    yield Row("expires", _expiry(use.expires, today))
    regions = (use.region,) if isinstance(use.region, str) else use.region or ()
    pinned = find_pin(entry)
    known = sorted({*profile.regions, *(pinned.regions if pinned else ())})
    if known and not use.networks_only:
        yield Row("region", ", ".join(regions) or f"all: {', '.join(known)}")
    how = f"; {profile.addresses.how}" if profile.addresses.how else ""
    yield Row("addresses", f"{_POLICIES[profile.addresses.policy]}{how}")
    if use.exclude:
        yield Row("taken out", ", ".join(network_text(network) for network in use.exclude))
    reviewed = f"held against its references on {profile.reviewed}" if profile.reviewed else "without a date"
    confidence = f", confidence {profile.confidence}" if profile.confidence else ""
    yield Row("profile", f"{entry.profile.source.name}, {reviewed}{confidence}")


def _expiry(expires: date | None, today: date) -> str:
    if expires is None:
        return "never"
    days = (expires - today).days
    if days < 0:
        return f"{expires}, {count_words(-days, 'day', 'days')} ago"
    return f"{expires}, " + (f"in {count_words(days, 'day', 'days')}" if days else "today")


def _dates(printed: date | None, retrieved: date | None) -> str:
    words = [f"of {printed}"] if printed else []
    return ", ".join([*words, f"read on {retrieved}"] if retrieved else words) or "no date"


def _origin(listed: SourceList, entry: ConnectorInput, compiled: Compiled, names: Mapping[str, str]) -> Origin:
    """Whose list it is: the vendor's in its feed or in the profile, a file beside the site, or one in the site itself."""
    place, count, profile = _place(listed.origin, names), _listed(listed), entry.profile.model
    if listed.pinned and (pinned := find_pin(entry)) is not None:
        return Origin(_feed_title(listed), place, count, _fetched(pinned.pin), profile.addresses.source or "")
    if listed.origin.path == entry.profile.source.path and listed.origin.path != compiled.site.source.path:
        region = _region_of(listed)
        title = f"the vendor's list of region {region}" if region else "the vendor's list"
        retrieved = profile.addresses.retrieved
        return Origin(title, place, count, f"read on {retrieved}" if retrieved else "no date", profile.addresses.source or "")
    if entry.listed is not None and listed.places is entry.listed:
        title = f"the site's file {names.get(entry.listed.source.path, entry.listed.source.name)}"
        return Origin(title, place, count, _UNDATED, "")
    return Origin("the site's own list", place, count, _UNDATED, "")


def _feed_title(listed: SourceList) -> str:
    if isinstance(listed.places, ChosenSpans):
        return "networks that are gone from the vendor's feed and stay for a while"
    region = _region_of(listed)
    return f"the vendor's feed, region {region}" if region else "the vendor's feed"


def _fetched(pin: Pin) -> str:
    """When a feed was read, and what it says about itself; its own date is often its version too."""
    dated = [f"of {pin.date}"] if pin.date else []
    version = [f"version {pin.version}"] if pin.version and pin.version != pin.date else []
    # What follows a `?` may be a key of the account, and a report is passed on.
    return ", ".join([*dated, *version, f"read on {pin.fetched} from {pin.url.partition('?')[0]}"])


def _networks(listed: SourceList, entry: ConnectorInput, compiled: Compiled) -> Sequence[str | NetworkEntry]:
    """The entries of a list of a connector as its document has them, with the notes beside them; a feed has none."""
    if isinstance(listed.places, ChosenSpans) and (pinned := find_pin(entry)) is not None:
        leaving = [pinned.pin.leaving[position] for position in listed.places.positions]
        return [NetworkEntry(network=one.network, note=f"gone from the feed, stays until {one.until}") for one in leaving]
    path = () if listed.pinned else _path_of(listed)
    if len(path) == 3 and path[0] == "connectors":
        return compiled.site.model.connectors[int(path[1])].networks
    profile = entry.profile.model
    if len(path) == 3:
        return profile.regions[str(path[1])].networks
    return profile.networks if path else ()


def _region_of(listed: SourceList) -> str:
    """The region that a list of the vendor's is of: `regions, NAME, networks` in a profile, `…, regions, NAME` in a lock."""
    path = _path_of(listed)[2:] if listed.pinned else _path_of(listed)
    return str(path[1]) if path[:1] == ("regions",) else ""


def _path_of(listed: SourceList) -> tuple[str | int, ...]:
    return listed.places.path if isinstance(listed.places, InlineSpans) else ()


def _listed(listed: SourceList) -> str:
    return count_words(len(set(listed.entries)), "entry", "entries")


_Lists = Sequence[tuple[SourceList, Sequence[str | NetworkEntry]]]


def _prefixes(lists: _Lists, merged: tuple[Prefix, ...], names: Mapping[str, str]) -> Iterator[Prefixes]:
    for family, prefixes in zip((Family.V4, Family.V6), split_families(merged), strict=True):
        if prefixes:
            written = [sort_written(listed, networks, family) for listed, networks in lists]
            entries = tuple(_entry(prefix, written, names) for prefix in prefixes[:MOST_SHOWN])
            left, size = len(prefixes) - len(entries), sum(prefix.size for prefix in prefixes)
            yield Prefixes(
                label=f"IPv{family.value}",
                summary=f"{count_words(len(prefixes), 'prefix', 'prefixes')}, {_addresses(size, family)}",
                entries=entries,
                noted=any(entry.note for entry in entries),
                folded=len(prefixes) > _MOST_OPEN,
                more=f"{left:,} more are not shown here; `gatepost plan` prints all of them" if left else "",
                sha256=sha256("".join(f"{prefix}\n" for prefix in prefixes).encode()).hexdigest(),
            )


def _addresses(count: int, family: Family) -> str:
    if family is Family.V4 or count < 1 << 20:
        return count_words(count, "address", "addresses")
    return f"{'' if count & (count - 1) == 0 else 'about '}2^{count.bit_length() - 1} addresses"


def _entry(prefix: Prefix, written: Sequence[Written], names: Mapping[str, str]) -> Entry:
    places: list[str] = []
    notes: list[str] = []
    for one in written:
        for number in find_written(prefix, one):
            places.append(_place(one.listed.span(number), names))
            network = one.networks[one.listed.entries[number]] if one.networks else ""
            notes += [network.note] if isinstance(network, NetworkEntry) and network.note else []
    return Entry(str(prefix), _addresses(prefix.size, prefix.family), _some(places, ", "), _some(notes, "; "))


def _some(texts: Sequence[str], joint: str) -> str:
    """Each text once, and how many are not named."""
    every = list(dict.fromkeys(texts))
    more = f" and {len(every) - _MOST_PLACES:,} more" if len(every) > _MOST_PLACES else ""
    return f"{joint.join(every[:_MOST_PLACES])}{more}"


def _place(span: Span, names: Mapping[str, str]) -> str:
    return f"{names.get(span.path, span.path)}:{span.line}"
