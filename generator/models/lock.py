"""The lock: what the feeds of a site's connectors said, pinned. `update` writes it, `render` reads it, people review it."""

from typing import Annotated, Literal

from generator.models.fields import Date, Digest, Filled, Line, Moment, RegionKey, Slug, key, part


@part
class Leaving:
    """A network that is gone from the feed, and stays in the lock until `update` runs after a date."""

    network: Line = key("The prefix.", examples=("192.0.2.0/24",))
    region: RegionKey | None = key("The vendor's region it belonged to.", default=None)
    until: Date = key("The last day of its grace period.", examples=("2026-12-23",))


@part
class Pin:
    """What one connector's feed said."""

    url: Line = key("Where the feed was read.")
    format: Line = key("The form of the feed.")
    definition: Digest = key("The digest of the feed's definition in the profile.")
    fetched: Moment = key("When it was read, in UTC.", examples=("2026-11-23T10:00:00Z",))
    version: Line | None = key("The feed's own version.", default=None)
    date: Line | None = key("The feed's own date.", default=None)
    etag: Line | None = key("What the server calls this answer.", default=None)
    last_modified: Line | None = key("When the server says that it changed.", default=None)
    sha256: Digest = key("The digest of what the feed said.")
    networks: tuple[Line, ...] = key("Source prefixes of no region.", default=())
    regions: dict[RegionKey, Annotated[tuple[Line, ...], Filled()]] = key("Source prefixes by region of the vendor.", default={})
    leaving: tuple[Leaving, ...] = key("Prefixes that are gone from the feed and stay for a while.", default=())
    seal: Digest | None = key("The digest of all that stands here; what a hand or a merge changes has another.", default=None)


@part
class LockModel:
    """A lock: the addresses of a site's feed connectors, by the connector's name in the site."""

    kind: Literal["lock"] = key("Says that this document is a lock.")
    schema: Literal["gatepost.lock/1"] = key("The form of the document.")
    connectors: dict[Slug, Pin] = key("What the feeds said, by connector.", default={})
