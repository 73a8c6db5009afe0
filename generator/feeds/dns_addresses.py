"""The addresses of names in the DNS: those of several answers together, since some servers give a part of them each time."""

from collections.abc import Iterator
from typing import Final

from generator.feeds.values import Entry, Extract, FeedError, Note, RecordType, Resolve
from generator.models import Feed
from generator.source import quoted

ROUNDS: Final = 4
_KINDS: Final[tuple[RecordType, ...]] = ("A", "AAAA")


def read_addresses(feed: Feed, resolve: Resolve) -> Extract:
    """Every address that the names of a feed have.

    Raises:
        FeedError: a name has none.
        ResolveError: the DNS gave no answer.
    """
    names = (feed.domain,) if isinstance(feed.domain, str) else feed.domain or ()
    entries = {name: [*dict.fromkeys(_ask(name, resolve))] for name in names}
    empty = [name for name, found in entries.items() if not found]
    if empty:
        hint = "see whether the vendor moved it"
        raise FeedError(*(Note("LCK008", f"the name {quoted(name)} has no address in the DNS", hint) for name in empty))
    return Extract([entry for found in entries.values() for entry in found])


def _ask(name: str, resolve: Resolve) -> Iterator[Entry]:
    for _ in range(ROUNDS):
        for kind in _KINDS:
            yield from (Entry("", text, f"{kind} record of {quoted(name)}") for text in resolve(name, kind))
