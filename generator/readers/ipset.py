"""The sets of `ipset save`, for the rules of iptables that match them.

Source: ipset(8) 7.17; the types that hold networks, alone or with a port.
"""

from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address, ip_network
from typing import Final, NamedTuple

from generator.net import Family, PortRange
from generator.net.runs import EVERYTHING, Run, Runs, join_runs, subtract_runs, unite_runs

_PLAIN: Final = ("hash:net", "hash:ip", "bitmap:ip")
_MASKED: Final = ("hash:ip", "bitmap:ip")  # of which a mask makes every element a network
_WITH_PORT: Final = ("hash:net,port", "hash:ip,port")
_PORTS: Final = "bitmap:port"


class SetEntry(NamedTuple):
    """Addresses of a set that share their ports; None: every port."""

    sources: Runs
    ports: tuple[PortRange, ...] | None


class IpSet(NamedTuple):
    """A set as rules may match it. `doubt` says why its elements can't be judged, '' if they can."""

    name: str
    kind: str
    family: Family
    entries: tuple[SetEntry, ...]
    doubt: str = ""


def read_ipsets(lines: Iterable[str]) -> Mapping[str, IpSet]:
    """The sets by name. An element or type that isn't understood makes the whole set a doubt."""
    made: dict[str, tuple[str, Family, Sequence[str]]] = {}
    added: dict[str, list[str]] = {}
    excepted: dict[str, list[str]] = {}
    for line in lines:
        words = line.split()
        if len(words) >= 3 and words[0] == "create":
            made[words[1]] = (words[2], Family.V6 if "inet6" in words else Family.V4, words[3:])
        elif len(words) >= 3 and words[0] == "add":
            (excepted if "nomatch" in words else added).setdefault(words[1], []).append(words[2])
        elif len(words) == 2 and words[0] == "flush":
            added[words[1]], excepted[words[1]] = [], []
        elif len(words) == 3 and words[0] == "swap":
            for table in (added, excepted):
                table[words[1]], table[words[2]] = table.get(words[2], []), table.get(words[1], [])
    sets = {
        name: _make_set(IpSet(name, kind, family, ()), options, added.get(name, []), excepted.get(name, []))
        for name, (kind, family, options) in made.items()
        if kind != "list:set"
    }
    lists = ((name, family) for name, (kind, family, _) in made.items() if kind == "list:set")
    return sets | {name: _join_sets(name, family, [sets.get(member) for member in added.get(name, [])]) for name, family in lists}


def _join_sets(name: str, family: Family, members: list[IpSet | None]) -> IpSet:
    """A list of sets is all of them, if they are of one family."""
    known = [member for member in members if member is not None]
    families = {member.family for member in known}
    if len(known) < len(members) or len(families) > 1 or any(member.doubt or member.kind == _PORTS for member in known):
        return IpSet(name, "list:set", family, (), f"the set `{name}` lists sets that can't be joined")
    return IpSet(name, "list:set", families.pop() if families else family, tuple(entry for member in known for entry in member.entries))


def _make_set(empty: IpSet, options: Sequence[str], elements: list[str], exceptions: list[str]) -> IpSet:
    name, kind, family = empty[:3]
    if kind not in (*_PLAIN, *_WITH_PORT, _PORTS):
        return empty._replace(doubt=f"the set `{name}` is of the type `{kind}`")
    if "bitmask" in options or ("netmask" in options and kind not in _MASKED):
        return empty._replace(doubt=f"the set `{name}` has a mask")
    if "netmask" in options:
        length = (*options, "")[options.index("netmask") + 1]
        elements = [element if set("/-") & set(element) else f"{element}/{length}" for element in elements]
    try:
        if kind == _PORTS:
            entries: tuple[SetEntry, ...] = (SetEntry((), tuple(_ports(element.rpartition(":")[2]) for element in elements)),)
        elif kind in _PLAIN:
            entries = (SetEntry(_except(elements, exceptions, family), None),)
        elif exceptions:
            return empty._replace(doubt=f"the set `{name}` has elements with `nomatch`")
        else:
            entries = tuple(_divide_by_port(elements, family))
    except ValueError:
        return empty._replace(doubt=f"the set `{name}` has an element that is not understood")
    return empty._replace(entries=tuple(entry for entry in entries if entry.sources or entry.ports))


def _except(elements: Iterable[str], exceptions: Iterable[str], family: Family) -> Runs:
    """The longest prefix that holds an address says whether it is in the set."""
    if not exceptions:
        return join_runs(_run(element, family) for element in elements)
    whole: Runs = ()
    both = [(_run(element, family), True) for element in elements] + [(_run(element, family), False) for element in exceptions]
    for run, inside in sorted(both, key=lambda item: item[0].first - item[0].last):
        whole = unite_runs(whole, (run,)) if inside else subtract_runs(whole, (run,))
    return whole


def _ports(text: str) -> PortRange:
    first, _, last = text.partition("-")
    return PortRange(int(first), int(last or first))


def _divide_by_port(elements: Iterable[str], family: Family) -> Iterable[SetEntry]:
    by_port: dict[PortRange, list[Run]] = {}
    for element in elements:
        address, _, port = element.partition(",")
        protocol, colon, number = port.rpartition(":")
        if colon and protocol not in ("tcp", "6"):
            continue
        by_port.setdefault(_ports(number), []).append(_run(address, family))
    return (SetEntry(join_runs(runs), (port,)) for port, runs in sorted(by_port.items()))


def _run(text: str, family: Family) -> Run:
    if text in ("0.0.0.0/0", "::/0"):
        return EVERYTHING[family][0]
    if "/" in text:
        network = ip_network(text, strict=False)
        return Run(int(network.network_address), int(network.broadcast_address))
    first, _, last = text.partition("-")
    return Run(int(ip_address(first)), int(ip_address(last or first)))
