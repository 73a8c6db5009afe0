"""What an option of an iptables rule means for a new TCP connection from outside.

Every option narrows what the rule matches, says that no such packet matches it, or is a doubt in its own words.
Source: iptables-extensions(8) of 1.8.9.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from generator.net import PortRange
from generator.net.runs import EVERYTHING, subtract_runs, unite_runs
from generator.readers.iptables_words import Option, Setting, address_runs, port_ranges, read_mark
from generator.readers.model import LOCAL, TRACKED, Fact, Match, sent_to
from generator.readers.outside import HIGH_PORTS, doubt, find_destinations, judge_interface, meet_states, narrow

Meeting = Callable[[Match, Option, Setting], list[Match]]


def meet(match: Match, option: Option, setting: Setting) -> list[Match]:
    """What is left of a match behind one option: nothing, the match, several, or a doubt."""
    key = f"{option.module} {option.name}".strip()
    if option.name in _IGNORED or key in _IGNORED or (option.module in _WITHIN and option.name not in _WITHIN[option.module]):
        return [match]
    meeting = _MEETINGS.get(key) or _MEETINGS.get(option.name)
    if meeting is not None:
        return meeting(match, option, setting)
    known = _KNOWN[key](option) if key in _KNOWN else _KNOWN[option.name](option) if option.name in _KNOWN else None
    return _keep(match, option, known)


def join_within(options: Sequence[Option]) -> list[Option]:
    """The options, each that says what its module matches together with those that say how: a doubt is about all of them."""
    how: dict[str, list[str]] = {}
    for option in options:
        if option.module in _WITHIN and option.name not in _WITHIN[option.module]:
            how.setdefault(option.module, []).append(option.own_words)
    return [
        option._replace(beside=tuple(how[option.module])) if option.module in how and option.name in _WITHIN[option.module] else option
        for option in options
    ]


def _keep(match: Match, option: Option, known: bool | None) -> list[Match]:
    if known is None:
        return [doubt(match, option.words)]
    return [match] if known != option.inverted else []


def _some(match: Match | None) -> list[Match]:
    return [] if match is None else [match]


def joined(name: str) -> str:
    """The fact that a rule put the packet's source into a set."""
    return f"in the set {name}"


def _meet_set(match: Match, option: Option, setting: Setting) -> list[Match]:
    name, directions = option.values[0], option.values[1].split(",") if len(option.values) > 1 else []
    found = setting.sets.get(name)
    if found is None or found.doubt:
        return [doubt(match, found.doubt if found else f"the set `{name}` is not in the dump; add the output of `ipset save`")]
    if len(option.values) > 2:  # with an option that reverses what it means
        return [doubt(match, option.words)]
    if found.kind != "bitmap:port" and found.family is not setting.family:
        return [match] if option.inverted else []
    # A set of pairs that is asked about one direction alone holds nothing.
    found = found._replace(entries=tuple(entry for entry in found.entries if len(directions) > 1 or not (entry.sources and entry.ports)))
    if found.kind == "bitmap:port" and directions != ["dst"]:
        return [doubt(match, option.words)]
    if found.kind == "bitmap:port":
        ports = tuple(port for entry in found.entries for port in entry.ports or ())
        return (
            meet(match, Option("--dports", (",".join(f"{port.first}:{port.last}" for port in ports),), option.inverted), setting)
            if ports
            else ([match] if option.inverted else [])
        )
    if directions == ["dst"] and all(entry.ports is None for entry in found.entries):
        everywhere = unite_runs(*(entry.sources for entry in found.entries), ())
        destinations = subtract_runs(EVERYTHING[found.family], everywhere) if option.inverted else everywhere
        return _some(narrow(match, family=found.family, destinations=destinations))
    if (
        directions[:1] != ["src"]
        or directions[1:] not in ([], ["dst"])
        or (option.inverted and any(entry.ports for entry in found.entries))
    ):
        return [doubt(match, option.words)]
    if option.inverted:
        left = subtract_runs(EVERYTHING[found.family], unite_runs(*(entry.sources for entry in found.entries), ()))
        facts = (Fact(joined(name), wanted=False),) if name in setting.growing else ()
        return _some(narrow(match, family=found.family, sources=left, facts=facts))
    met = [narrow(match, family=found.family, sources=entry.sources, ports=entry.ports) for entry in found.entries]
    if name in setting.growing:
        met.append(narrow(match, facts=(Fact(joined(name)),)))
    return [one for one in met if one is not None]


def _meet_type(match: Match, option: Option, setting: Setting) -> list[Match]:
    """Of which kind the destination is: this host's, or another's."""
    del setting
    kinds = set(option.value.split(","))
    if {"LOCAL", "UNICAST"} <= kinds:
        return _keep(match, option, True)
    if not kinds & {"LOCAL", "UNICAST"}:
        return _keep(match, option, False)
    return _some(narrow(match, facts=(Fact(LOCAL, ("LOCAL" in kinds) != option.inverted),)))


def _meet_first_port(match: Match, option: Option, setting: Setting) -> list[Match]:
    """The port that the connection was made to, before it was translated."""
    del setting
    ports = port_ranges(option._replace(inverted=False))
    if len(ports) != 1 or ports[0].first != ports[0].last:
        return [doubt(match, option.words)]
    return _some(narrow(match, facts=(Fact(TRACKED), Fact(sent_to(ports[0].first), not option.inverted))))


def _meet_mark(match: Match, option: Option, setting: Setting) -> list[Match]:
    del setting
    return [doubt(match, option.words)] if match.mark else [match._replace(mark=read_mark(option))]


def _meet_connection_mark(match: Match, option: Option, setting: Setting) -> list[Match]:
    """A new connection has none, unless a rule gave it one."""
    mark = read_mark(option)
    return _keep(match, option, None if setting.saves_marks else mark.value == 0)


def _meet_way_out(match: Match, option: Option, setting: Setting) -> list[Match]:
    """Where the packet goes from here follows from its destination, if the routes are known."""
    runs = find_destinations([option.value], setting.family, setting.outside)
    if runs is None:
        return [doubt(match, option.words)]
    runs = subtract_runs(EVERYTHING[setting.family], runs) if option.inverted else runs
    return _some(narrow(match, family=setting.family, destinations=runs))


def _meet_source_port(match: Match, option: Option, setting: Setting) -> list[Match]:
    """A client's own port is a high one, but it may choose; none has port 0."""
    del setting
    if port_ranges(option._replace(inverted=False)) == (PortRange(0, 0),):
        return _keep(match, option, False)
    wide = [port.first <= HIGH_PORTS[0] and port.last >= HIGH_PORTS[1] for port in port_ranges(option._replace(inverted=False))]
    return _keep(match, option, True) if any(wide) else [doubt(match, option.words)]


def _meet_either_port(match: Match, option: Option, setting: Setting) -> list[Match]:
    """`--ports`: the source's or the destination's."""
    del setting
    ports = port_ranges(option)
    return (
        [*_some(narrow(match, ports=ports)), doubt(match, option.words)]
        if not option.inverted
        else _some(narrow(doubt(match, option.words), ports=ports))
    )


def _judge_flags(option: Option) -> bool | None:
    if option.name in ("--syn", "--tcp-flags") and not option.values:
        return True
    mask, wanted = (set(text.replace("ALL", "FIN,SYN,RST,PSH,ACK,URG").split(",")) for text in option.values)
    return (wanted - {"NONE"}) == ({"SYN"} & mask)


def _judge_recent(option: Option) -> bool | None:
    """A list of recent sources: a first connection is not its second. Whether its source is on a list for another reason is not known."""
    if option.name == "--set":
        return True
    return None


def _judge_limit(option: Option, met: bool) -> bool | None:
    return None if SHARED in option.values else met


SHARED: Final = "of all sources together"
_NO_SOURCES: Final[frozenset[str]] = frozenset({"LOCAL", "BROADCAST", "MULTICAST", "ANYCAST", "UNSPEC"})

_MEETINGS: Final[Mapping[str, Meeting]] = {
    "-s": lambda match, option, setting: _some(narrow(match, family=setting.family, sources=address_runs(option, setting.family))),
    "-d": lambda match, option, setting: _some(narrow(match, family=setting.family, destinations=address_runs(option, setting.family))),
    "--src-range": lambda match, option, setting: _some(narrow(match, family=setting.family, sources=address_runs(option, setting.family))),
    "--dst-range": lambda match, option, setting: _some(
        narrow(match, family=setting.family, destinations=address_runs(option, setting.family))
    ),
    "-o": _meet_way_out,
    "--dport": lambda match, option, setting: _some(narrow(match, ports=port_ranges(option))),
    "--dports": lambda match, option, setting: _some(narrow(match, ports=port_ranges(option))),
    "--ports": _meet_either_port,
    "--sport": _meet_source_port,
    "--sports": _meet_source_port,
    "--state": lambda match, option, setting: meet_states(match, option.value.lower().split(","), inverted=option.inverted),
    "--ctstate": lambda match, option, setting: meet_states(match, option.value.lower().split(","), inverted=option.inverted),
    "--dst-type": _meet_type,
    "--ctorigdstport": _meet_first_port,
    "--match-set": _meet_set,
    "-i": lambda match, option, setting: _keep(match, option, judge_interface([option.value], setting.outside)),
    "mark --mark": _meet_mark,
    "connmark --mark": _meet_connection_mark,
}
_KNOWN: Final[Mapping[str, Callable[[Option], bool | None]]] = {
    "-p": lambda option: option.value in ("tcp", "6", "all", "0"),
    "-f": lambda option: False,  # a SYN is no later fragment
    "--ctdir": lambda option: option.value == "ORIGINAL",
    "--ctproto": lambda option: option.value in ("6", "tcp"),
    "--ctstatus": lambda option: None if "NONE" in option.value else False,
    "--tcp-flags": _judge_flags,
    "--syn": _judge_flags,
    "--src-type": lambda option: "UNICAST" in option.value.split(",") or (None if set(option.value.split(",")) - _NO_SOURCES else False),
    "--pkt-type": lambda option: option.value == "unicast",
    "--physdev-is-bridged": lambda option: False,  # bridged packets are not for this host
    "--helper": lambda option: False,  # nobody expected the first connection
    "--rt-type": lambda option: False,  # an ordinary connection has no routing header
    "--pol": lambda option: option.value == "none",  # connectors don't come by IPsec
    "recent --set": _judge_recent,
    "--datestop": lambda option: True if option.values == ("2038-01-19T03:14:07",) else None,  # printed where there is none
    "--connlimit-above": lambda option: _judge_limit(option, False),  # a first connection is not over a limit
    "--connlimit-upto": lambda option: _judge_limit(option, True),
    "--hashlimit-above": lambda option: _judge_limit(option, False),
    "--hashlimit-upto": lambda option: _judge_limit(option, True),
    # The reverse path: answers to a connector that reaches the server leave by the way they came.
    "rpfilter": lambda option: True,
    "--invert": lambda option: False,
}

# Matches of which one option says all that matters, the others how it is counted.
_WITHIN: Final[Mapping[str, frozenset[str]]] = {
    "connlimit": frozenset({"--connlimit-above", "--connlimit-upto"}),
    "hashlimit": frozenset({"--hashlimit-above", "--hashlimit-upto"}),
    "limit": frozenset({"--limit"}),
    "recent": frozenset({"--set", "--rcheck", "--update", "--remove"}),
    "rpfilter": frozenset({"", "--invert"}),
    "policy": frozenset({"--pol"}),
    "string": frozenset({"--string", "--hex-string"}),
    "time": frozenset({"--timestart", "--timestop", "--weekdays", "--monthdays", "--datestart", "--datestop"}),
    "statistic": frozenset({"--mode"}),
}
_IGNORED: Final = frozenset({"--comment", "--limit-iface-in", "--limit-iface-out", "--update-counters", "--update-subcounters"}) | {
    "addrtype --limit-iface-in"
}
