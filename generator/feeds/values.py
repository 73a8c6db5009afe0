"""What readers of feeds take and give."""

from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple

from generator.net import Prefix, merge_prefixes

# The body behind a URL; what goes wrong on the way is the caller's exception and passes through.
Get = Callable[[str], bytes]
RecordType = Literal["A", "AAAA", "MX", "TXT"]
# The records of a name: addresses, names of mail servers without preference, or texts; nothing where there is no such record or no such
# name. Raises ResolveError.
Resolve = Callable[[str, RecordType], tuple[str, ...]]


class ResolveError(Exception):
    """The DNS gave no answer: a timeout, a server that fails, no server. `str()` says it in words."""


class Note(NamedTuple):
    """A finding without its place: readers don't know where the feed is named."""

    code: str
    message: str
    hint: str = ""


class FeedError(Exception):
    """A feed that cannot be read; stays inside this package."""

    def __init__(self, *notes: Note) -> None:
        super().__init__(*(note.message for note in notes))
        self.notes = notes


class Entry(NamedTuple):
    """One network as a feed writes it: its region (empty without), the text, and where it stands, in words for a person."""

    region: str
    text: str
    where: str


class Extract(NamedTuple):
    """What one reader takes out of an answer; the texts are not yet read as networks."""

    entries: Iterable[Entry]
    version: str = ""
    date: str = ""
    notes: tuple[Note, ...] = ()


class FeedNetwork(NamedTuple):
    """A prefix, and its text as the feed has it. Sorts as prefixes do."""

    prefix: Prefix
    text: str


class RegionNetworks(NamedTuple):
    """The networks of one region: sorted, each once. `name` is empty in a feed without regions."""

    name: str
    networks: tuple[FeedNetwork, ...]


class Reading(NamedTuple):
    """What a feed says. `regions` are sorted by name; either one without a name, or all with one; none when nothing was selected.

    `version` and `date` are as the feed writes them, empty when it has none.
    """

    regions: tuple[RegionNetworks, ...]
    version: str = ""
    date: str = ""

    @property
    def merged(self) -> tuple[Prefix, ...]:
        """The merged prefixes of all regions together."""
        return merge_prefixes(network.prefix for region in self.regions for network in region.networks)


class Located(NamedTuple):
    """Where a feed's document is now, and its version when that is known before the document is read (otherwise empty)."""

    url: str
    version: str = ""
