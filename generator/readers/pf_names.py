"""What names in the rules of pfSense and OPNsense stand for: aliases, networks and addresses of interfaces, literals.

Sources: pfSense's filter.inc and util.inc (2.7.2), OPNsense's Alias.xml and AliasContentField (24.1 to 26.7).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from generator.net import PortRange
from generator.net.runs import count_numbers, subtract_runs, unite_runs
from generator.readers.parts import ANYWHERE, Part, RuleMistakeError, negate, read_addresses, read_port_range, unknown

_WRITTEN: Final = ("host", "network", "networkgroup", "port", "")
_NAMED_PORTS: Final = {
    **{"ssh": 22, "smtp": 25, "domain": 53, "http": 80, "pop3": 110, "ntp": 123, "imap": 143, "imap2": 143, "snmp": 161, "ldap": 389},
    **{"https": 443, "smtps": 465, "submissions": 465, "submission": 587, "ldaps": 636, "imaps": 993, "pop3s": 995, "sieve": 4190},
}
# Networks that pf knows without addresses in the configuration, such as those of dial-in clients.
_DYNAMIC: Final = ("pppoe", "l2tp", "openvpn", "ipsec", "enc0", "pptp", "wireguard")


class UnknownNameError(RuleMistakeError):
    """A name that stands for nothing."""


class PfAlias(NamedTuple):
    """A named list. `kind` says whether its entries are all that it holds."""

    name: str
    kind: str
    entries: tuple[str, ...]


class Names:
    """The names of one configuration. `complete`: all aliases are in it, so a name that isn't there stands for nothing."""

    def __init__(
        self, aliases: Iterable[PfAlias], networks: Mapping[str, tuple[Part, ...]], *, complete: bool, tell: Callable[[str, str], None]
    ) -> None:
        """`tell` hears of a list that isn't in the configuration: its name, and what it is."""
        self._aliases = {alias.name: alias for alias in aliases}
        self._networks, self._complete, self._tell = networks, complete, tell
        self._known: dict[str, tuple[Part, ...]] = {}

    @property
    def complete(self) -> bool:
        """Whether all aliases are known."""
        return self._complete

    def addresses(self, name: str) -> tuple[Part, ...]:
        """The addresses of an alias, an interface or a literal.

        Raises:
            UnknownNameError: it stands for nothing.
        """
        if name not in self._known:
            self._known[name] = self._resolve(name, frozenset())
        return self._known[name]

    def ports(self, name: str) -> tuple[list[PortRange] | None, tuple[str, ...]]:
        """The ports behind a port field, and doubts. None: every port.

        Raises:
            UnknownNameError: it stands for nothing.
        """
        if name in ("", "any"):
            return None, ()
        found: list[PortRange] = []
        doubts = tuple(dict.fromkeys(self._ports(name, frozenset(), found)))
        return (None, doubts) if doubts and not found else (found, doubts)

    def _ports(self, name: str, seen: frozenset[str], found: list[PortRange]) -> Iterable[str]:
        alias = self._aliases.get(name)
        if alias is not None and name not in seen:
            if alias.kind not in _WRITTEN:
                self._tell(name, alias.kind)
                return [f"which ports the list `{name}` holds"]
            return [doubt for entry in alias.entries for doubt in self._ports(entry, seen | {name}, found)]
        if name in _NAMED_PORTS:
            found.append(PortRange(_NAMED_PORTS[name], _NAMED_PORTS[name]))
            return []
        try:
            found.append(read_port_range(name))
        except RuleMistakeError:
            raise UnknownNameError(f"`{name}` is no port and no alias") from None
        return []

    def _resolve(self, name: str, seen: frozenset[str]) -> tuple[Part, ...]:
        if name in ("any", ""):
            return (ANYWHERE,)
        if (alias := self._aliases.get(name)) is not None and name not in seen:
            return self._expand(alias, seen | {name})
        if name in self._networks:
            return self._networks[name]
        if name.removesuffix("ip") in _DYNAMIC:
            return (unknown(f"which addresses `{name}` has"),)
        part, strange = read_addresses([name])
        if not strange:
            return (part,)
        raise UnknownNameError(f"`{name}` is no address and no alias")

    def _expand(self, alias: PfAlias, seen: frozenset[str]) -> tuple[Part, ...]:
        """The addresses of an alias. Of entries and exceptions (`!`) the narrowest decides, as in a table of pf."""
        if alias.kind not in _WRITTEN:
            self._tell(alias.name, alias.kind)
            return (unknown(f"what the list `{alias.name}` holds"),)
        nested = [entry for entry in alias.entries if entry in self._aliases and entry not in seen]
        plain = [entry for entry in alias.entries if entry not in nested and not entry.startswith("!")]
        excluded = [entry[1:].strip() for entry in alias.entries if entry.startswith("!")]
        listed, strange = read_addresses(plain)
        without, odd = read_addresses(excluded)
        if excluded:
            listed = _decide_by_length(plain, excluded)
        parts = [listed] if listed != Part() else []
        parts += [part for entry in nested for part in self._resolve(entry, seen)]
        if excluded and nested:
            kept = negate([without])[0]
            parts = [_common(part, kept) for part in parts]
        names = [*strange, *odd]
        return (*parts, *(unknown(f"which addresses `{name}` has") for name in names))


def _decide_by_length(plain: Iterable[str], excluded: Iterable[str]) -> Part:
    found = Part()
    each = [(read_addresses([text])[0], True) for text in plain] + [(read_addresses([text])[0], False) for text in excluded]
    for part, inside in sorted(each, key=lambda item: -count_numbers(item[0].v4) - count_numbers(item[0].v6)):
        change = unite_runs if inside else subtract_runs
        found = Part(change(found.v4, part.v4), change(found.v6, part.v6))
    return found


def _common(part: Part, kept: Part) -> Part:
    lost = negate([kept])[0]
    return Part(subtract_runs(part.v4, lost.v4), subtract_runs(part.v6, lost.v6), part.doubts)
