"""Searching the connectors, and what a line about one and its feed says."""

from collections.abc import Iterable, Mapping, Sequence

from generator.models import ConnectorModel
from generator.models.feed import Feed


def find_connectors(models: Iterable[ConnectorModel], words: Sequence[str]) -> list[ConnectorModel]:
    """The profiles in which every word stands: in names, vendor, services, regions, policy, format of the feed, or confidence."""
    wanted = [word.casefold() for word in words]
    return [model for model in models for text in [_searched(model)] if all(word in text for word in wanted)]


def _searched(model: ConnectorModel) -> str:
    feed = model.addresses.feed
    parts = (model.name, model.title, model.vendor, model.addresses.policy, model.confidence or "", feed.format if feed else "")
    return "\n".join((*parts, *model.services, *model.regions)).casefold()


def feed_place(feed: Feed) -> str:
    """Where a feed is read: its URL, the names that are asked for, or the autonomous system."""
    if feed.url is not None:
        return feed.url
    if feed.domain is not None:
        return feed.domain if isinstance(feed.domain, str) else ", ".join(feed.domain)
    return f"AS{feed.asn} at RIPEstat" if feed.asn is not None else "a URL of your own, in the site's `feed_url`"


def feed_choice(feed: Feed) -> tuple[str, ...]:
    """Which part of a feed counts, a line for each list; nothing where all of it does."""
    lists = tuple(
        " ".join(
            (
                listed.path,
                *([f"prefix {_joined(listed.prefix)}"] if listed.prefix is not None else []),
                *([f"where {_conditions(listed.where)}"] if listed.where else []),
                *([f"region {listed.region}"] if listed.region is not None else []),
            )
        )
        for listed in feed.lists
    )
    sets = (f"sets where {_conditions(feed.where)}",) if feed.where else ()
    return (*lists, *sets, *([f"tag {feed.tag}"] if feed.tag else []))


def _conditions(where: Mapping[str, object]) -> str:
    return " and ".join(f"{name} is {_joined(values, ' or ')}" for name, values in where.items())


def _joined(values: object, between: str = ", ") -> str:
    return between.join(map(str, values)) if isinstance(values, tuple) else str(values)


def count_networks(model: ConnectorModel) -> int:
    """How many networks a profile itself holds, over all regions."""
    return len(model.networks) + sum(len(region.networks) for region in model.regions.values())
