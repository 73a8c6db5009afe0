"""Sources and destinations of rules as exports name them: addresses of both families, some of them in doubt."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from generator.net import Family, PortRange, merge_ports, parse_bulk
from generator.net.runs import EVERYTHING, Run, Runs, intersect_runs, join_runs, prefix_runs, subtract_runs, unite_runs
from generator.readers.model import Match, Rule

__all__ = ["ANYWHERE", "INSIDE", "Part", "RuleMistakeError", "make_rules", "negate", "read_addresses", "read_port_range", "unknown"]


class RuleMistakeError(ValueError):
    """Why a rule is not understood, in words."""


class Part(NamedTuple):
    """Addresses that a rule names. With `doubts` it may or may not mean them."""

    v4: Runs = ()
    v6: Runs = ()
    doubts: tuple[str, ...] = ()


ANYWHERE: Final = Part(EVERYTHING[Family.V4], EVERYTHING[Family.V6])
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_PORTS: Final = re.compile(r"\s*([0-9]{1,5})\s*(?:[-:]\s*([0-9]{1,5})\s*)?")


def unknown(*doubts: str) -> Part:
    """Any address at all, perhaps."""
    return ANYWHERE._replace(doubts=doubts)


def read_addresses(listed: Sequence[str]) -> tuple[Part, list[str]]:
    """The addresses of texts (an address, a prefix, a range `low-high`), and the texts that are none of them.

    Host bits are cut off, as firewalls do it.
    """
    prefixes, _, failures = parse_bulk(listed)
    runs: dict[Family, list[Run]] = {family: list(prefix_runs(prefixes, family)) for family in Family}
    strange: list[str] = []
    for position, _ in failures:
        try:
            family, run = _read_loosely(listed[position])
        except ValueError:
            strange.append(listed[position])
        else:
            runs[family].append(run)
    return Part(join_runs(runs[Family.V4]), join_runs(runs[Family.V6])), strange


def _read_loosely(text: str) -> tuple[Family, Run]:
    first, dash, last = text.partition("-")
    if dash:
        low, high = ip_address(first.strip()), ip_address(last.strip())
        if low.version != high.version or int(low) > int(high):
            raise ValueError(text)
        return Family(low.version), Run(int(low), int(high))
    network = ip_network(text.strip(), strict=False)
    return Family(network.version), Run(int(network.network_address), int(network.broadcast_address))


def read_port_range(text: str) -> PortRange:
    """A port or a range, with a dash or a colon.

    Raises:
        RuleMistakeError: it is neither.
    """
    found = _PORTS.fullmatch(text)
    if found is None:
        raise RuleMistakeError(f"`{text}` is no port")
    first, last = int(found[1]), int(found[2] or found[1])
    if first > last or last > 65535:
        raise RuleMistakeError(f"`{text}` is no port")
    return PortRange(first, last)


def negate(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Everything but what the parts mean."""
    sure, doubtful = Part(), []
    for part in parts:
        if part.doubts:
            doubtful.append(part)
        else:
            sure = Part(unite_runs(sure.v4, part.v4), unite_runs(sure.v6, part.v6))
    left = _without(ANYWHERE, sure)
    perhaps = Part(
        unite_runs(*(part.v4 for part in doubtful), ()),
        unite_runs(*(part.v6 for part in doubtful), ()),
        tuple(dict.fromkeys(words for part in doubtful for words in part.doubts)),
    )
    parts = [_without(left, perhaps)]
    if doubtful:
        parts.append(Part(intersect_runs(left.v4, perhaps.v4), intersect_runs(left.v6, perhaps.v6), perhaps.doubts))
    return tuple(parts)


def _without(whole: Part, less: Part) -> Part:
    return Part(subtract_runs(whole.v4, less.v4), subtract_runs(whole.v6, less.v6), whole.doubts)


def make_rules(
    frame: Rule,
    sources: Iterable[Part],
    ports: Iterable[PortRange] | None,
    *,
    destinations: Iterable[Part] | None = None,
    doubts: tuple[str, ...] = (),
) -> list[Rule]:
    """The rules of the model for one rule of an export: one for each family and part. `ports` None: every port."""
    merged = None if ports is None else merge_ports(ports)
    if merged == ():
        return []
    targets = tuple(destinations) if destinations is not None else (ANYWHERE,)
    made = []
    for source in sources:
        for target in targets:
            words = tuple(dict.fromkeys((*source.doubts, *target.doubts, *doubts)))
            if source[:2] == target[:2] == ANYWHERE[:2]:
                made.append(frame._replace(match=Match(ports=merged, doubts=words)))
                continue
            for family, these, those in ((Family.V4, source.v4, target.v4), (Family.V6, source.v6, target.v6)):
                if these and those:
                    match = Match(family, _limited(these, family), _limited(those, family), merged, words)
                    made.append(frame._replace(match=match))
    return made


def _limited(runs: Runs, family: Family) -> Runs | None:
    return None if runs == EVERYTHING[family] else runs


INSIDE: Final = read_addresses(_PRIVATE)[0]
"""Where members of groups in a cloud network are, as far as anybody can say from outside: in private address space."""
