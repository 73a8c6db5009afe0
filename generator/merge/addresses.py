"""The addresses behind the names in a backup: aliases, with those in them, as far as the backup tells."""

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from generator.merge.layout import ALIASES, Document
from generator.merge.objects import Wanted
from generator.merge.tree import Element
from generator.net import Prefix, intersect_prefixes, merge_prefixes, parse_bulk

# Kinds of aliases whose addresses are in the configuration; those of the others are fetched or change: tables from a URL, countries.
_WRITTEN: Final = frozenset({"", "host", "network", "networkgroup"})


class Addresses(NamedTuple):
    """What a name stands for; `complete` is false where there may be more than the backup tells."""

    prefixes: tuple[Prefix, ...]
    complete: bool

    def may_meet(self, other: "Addresses") -> bool | None:
        """Whether two have an address in common; None where the backup does not tell."""
        if intersect_prefixes(self.prefixes, other.prefixes):
            return True
        return False if self.complete and other.complete else None


class AddressBook:
    """The aliases of a backup as they will be, those that are wanted among them."""

    def __init__(self, document: Document, wanted: Mapping[str, tuple[Wanted, ...]]) -> None:
        """Read the aliases."""
        self._layout = document.layout
        lists = [section.container for section in document.sections if section.part.name == ALIASES]
        present = [alias for element in lists if element is not None for alias in element.children]
        self._aliases: dict[str, Element] = {self._layout.text(alias, "name"): alias for alias in present}
        self._aliases |= {item.key: item.element for item in wanted.get(ALIASES, ())}

    def resolve(self, texts: Iterable[str]) -> Addresses:
        """The addresses behind literals and names of aliases, each alias looked at once, so that a circle ends."""
        literals: list[str] = []
        written, seen, waiting = True, set[str](), list(texts)
        while waiting:
            text = waiting.pop()
            alias = self._aliases.get(text)
            if alias is None:
                literals.append(text)
            elif text not in seen:
                seen.add(text)
                written = written and self._layout.text(alias, "type") in _WRITTEN
                waiting += self._entries(alias)
        prefixes, _, unread = parse_bulk(literals)
        return Addresses(tuple(merge_prefixes(prefixes)), written and not unread)

    def _entries(self, alias: Element) -> list[str]:
        return (self._layout.text(alias, "address") or self._layout.text(alias, "content")).split()
