"""What a match of an nft rule means for a new TCP connection from outside.

Every function takes the matches so far and gives those that are left: none where no such packet gets past, several where a
concatenation divides them. What can't be judged stays as a doubt in the rule's own words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from generator.net import Family, PortRange
from generator.readers.model import Fact, Match
from generator.readers.nftables_states import EQUALITY, Setting, flag_names, listed, meet_state
from generator.readers.nftables_values import (
    NotUnderstoodError,
    address_runs,
    check_texts,
    flatten,
    other_addresses,
    other_ports,
    port_ranges,
)
from generator.readers.nftables_words import condition_words
from generator.readers.outside import HIGH_PORTS, SYN, doubt, judge_interface, narrow

_FAMILIES: Final = {"ip": Family.V4, "ip6": Family.V6}
_FLAGS: Final = ("fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr")


def meet(matches: Sequence[Match], left: Any, op: str, right: Any, setting: Setting) -> list[Match]:
    """Narrow the matches by `left op right`."""
    if isinstance(right, str) and right[1:] in setting.changing and right.startswith("@"):
        return [doubt(match, f"the rules themselves change the set `{right[1:]}`") for match in matches]
    if isinstance(left, dict) and "concat" in left:
        return _meet_concatenation(matches, left["concat"], op, right, setting)
    found = []
    for match in matches:
        several = _meet_growing(match, left, op, right, setting)
        several = meet_state(match, left, op, right, setting) if several is None else several
        one = _meet_one(match, left, op, right, setting) if several is None else None
        found += several if several is not None else [one] if one is not None else []
    return found


def _meet_growing(match: Match, left: Any, op: str, right: Any, setting: Setting) -> list[Match] | None:
    """A set that rules add to: what was in it, or what a rule has just put there. None: it is no such set."""
    if not isinstance(right, str) or not right.startswith("@") or right[1:] not in setting.growing:
        return None
    asked = left.get("payload", {}) if isinstance(left, dict) else {}
    if asked.get("field") != "saddr" or asked.get("protocol") not in _FAMILIES:
        return [doubt(match, f"the rules themselves change the set `{right[1:]}`")]
    fact = Fact(setting.joined(right[1:]), op != "!=")
    met = _meet_one(match, left, op, right, setting)
    if op == "!=":
        met = met and narrow(met, facts=(fact,))
        return [met] if met else []
    noted = narrow(match, family=_FAMILIES[asked["protocol"]], facts=(fact,))
    return [one for one in (met, noted) if one is not None]


def _meet_concatenation(matches: Sequence[Match], fields: Sequence[Any], op: str, right: Any, setting: Setting) -> list[Match]:
    if op == "!=":
        return [doubt(match, condition_words({"concat": fields}, op, right)) for match in matches]
    found: list[Match] = []
    for element in flatten(right, setting.sets):
        if not isinstance(element, dict) or len(element.get("concat", ())) != len(fields):
            raise NotUnderstoodError(f"`{element}` in a concatenation of {len(fields)}")
        left: list[Match] = list(matches)
        for field, value in zip(fields, element["concat"], strict=True):
            left = meet(left, field, "==", value, setting)
        found += left
    return found


def _meet_one(match: Match, left: Any, op: str, right: Any, setting: Setting) -> Match | None:
    kind, facts = next(iter(left.items())) if isinstance(left, dict) and len(left) == 1 else ("", {})
    if op not in EQUALITY:
        return _meet_comparison(match, left, op, right)
    if kind == "payload" and isinstance(facts, dict) and "protocol" in facts:
        return _meet_payload(match, facts["protocol"], facts.get("field", ""), op, right, setting)
    known: bool | None = None
    if kind == "meta":
        known, family = _judge_meta(facts.get("key", ""), right, setting)
        if family:
            return _meet_family(match, family, op)
    elif kind == "ct" and isinstance(facts, dict) and facts.get("key") == "direction":
        known = "original" in check_texts(flatten(right, setting.sets), "directions")
    elif kind == "fib":
        known = _judge_route(facts, right, setting)
    elif kind == "&":
        known = _judge_flags(facts, right, setting)
    if known is None:
        return doubt(match, condition_words(left, op, right))
    return match if known != (op == "!=") else None


def _meet_comparison(match: Match, left: Any, op: str, right: Any) -> Match | None:
    """`tcp dport >= 1024`, `tcp flags ! syn`."""
    facts = left.get("payload") if isinstance(left, dict) else None
    if facts == {"protocol": "tcp", "field": "flags"} and op == "!":
        return None if any("syn" in flags for flags in _flag_sets(listed(right))) else match
    if facts in ({"protocol": "tcp", "field": "dport"}, {"protocol": "th", "field": "dport"}) and op in _BOUNDS:
        ((number, _),) = port_ranges([right])
        first, last = _BOUNDS[op](number)
        return narrow(match, ports=(PortRange(first, last),)) if first <= last else None
    return doubt(match, condition_words(left, op, right))


_BOUNDS: Final[Mapping[str, Callable[[int], tuple[int, int]]]] = {
    "<": lambda port: (0, port - 1),
    "<=": lambda port: (0, port),
    ">": lambda port: (port + 1, 65535),
    ">=": lambda port: (port, 65535),
}


def _meet_family(match: Match, families: Iterable[Family], op: str) -> Match | None:
    """Narrow to the packets of one family; both, or none, is what a protocol that isn't IP leaves."""
    wanted = set(families) if op != "!=" else set(Family) - set(families)
    if len(wanted) == len(Family):
        return match
    return narrow(match, family=wanted.pop()) if wanted else None


def _meet_payload(match: Match, protocol: str, field: str, op: str, right: Any, setting: Setting) -> Match | None:
    if protocol in _FAMILIES and field in ("saddr", "daddr"):
        family = _FAMILIES[protocol]
        runs = address_runs(flatten(right, setting.sets), family)
        runs = other_addresses(runs, family) if op == "!=" else runs
        return narrow(match, family=family, sources=runs) if field == "saddr" else narrow(match, family=family, destinations=runs)
    if protocol in ("tcp", "th") and field == "dport":
        ports = port_ranges(flatten(right, setting.sets))
        return narrow(match, ports=other_ports(ports) if op == "!=" else ports)
    if protocol in ("udp", "udplite", "sctp", "dccp", "icmp", "icmpv6", "igmp", "arp", "esp", "ah", "comp"):
        return None
    if protocol in ("tcp", "th") and field == "sport":
        ports = port_ranges(flatten(right, setting.sets))
        if any(port.first <= HIGH_PORTS[0] and port.last >= HIGH_PORTS[1] for port in ports):
            return match if op != "!=" else None
    narrowed = narrow(match, family=_FAMILIES[protocol]) if protocol in _FAMILIES else match
    if narrowed is not None and (protocol, field) in (("ip", "protocol"), ("ip6", "nexthdr")):
        return narrowed if _names_tcp(flatten(right, setting.sets)) != (op == "!=") else None
    if (protocol, field) == ("tcp", "flags"):
        flags = _flag_sets([right] if isinstance(right, dict) and "|" in right else flatten(right, setting.sets))
        if op != "!=":
            return match if any(one == SYN if op == "==" else one & SYN for one in flags) else None
    return narrowed and doubt(narrowed, condition_words({"payload": {"protocol": protocol, "field": field}}, op, right))


def _flag_sets(values: Iterable[Any]) -> list[frozenset[str]]:
    """Each value as the flags that it names, by words or as a number."""
    found = []
    for value in values:
        bits = value["|"] if isinstance(value, dict) and "|" in value else [value]
        if type(value) is int and 0 <= value < 256:
            bits = [name for bit, name in enumerate(_FLAGS) if value >> bit & 1]
        found.append(frozenset(check_texts(bits, "flags")))
        if not found[-1] <= set(_FLAGS):
            raise NotUnderstoodError(f"`{value}` where flags are meant")
    return found


def _names_tcp(values: Iterable[Any]) -> bool:
    return any(_is_tcp(value) for value in values)


def _is_tcp(value: Any) -> bool:
    """Whether a protocol, or a range of numbers of protocols, is or holds TCP."""
    if isinstance(value, str):
        return value in ("tcp", "*")
    first, last = value.get("range", (None, None)) if isinstance(value, dict) else (value, value)
    if type(first) is not int or type(last) is not int or not 0 <= first <= last <= 255:
        raise NotUnderstoodError(f"`{value}` where protocols are meant")
    return first <= 6 <= last


def _judge_meta(key: str, right: Any, setting: Setting) -> tuple[bool | None, tuple[Family, ...]]:
    values = list(flatten(right, setting.sets))
    if key == "l4proto":
        return _names_tcp(values), ()
    if key == "nfproto":
        named = check_texts(values, "families")
        return None, tuple(family for family, name in ((Family.V4, "ipv4"), (Family.V6, "ipv6")) if name in named)
    if key == "protocol":
        named = check_texts(values, "families")
        return None, tuple(family for name, family in _FAMILIES.items() if name in named)
    if key in ("iifname", "iif", "iifkind", "iiftype", "iifgroup"):
        # nft prints the number of an interface that it has no name for.
        known = key in ("iifname", "iif") and all(isinstance(value, str) and not value.isdecimal() for value in values)
        return (judge_interface(values, setting.outside) if known else None), ()
    if key == "pkttype":
        return bool({"host", "unicast"} & set(check_texts(values, "kinds of packets"))), ()
    return None, ()


def _judge_route(facts: Any, right: Any, setting: Setting) -> bool | None:
    """The questions that rulesets ask of the source: of which kind it is, and whether its route leads back."""
    flags, result = listed(facts.get("flags")), facts.get("result", "")
    if result == "type" and "saddr" in flags:
        return "unicast" in check_texts(flatten(right, setting.sets), "kinds of addresses")
    if result in ("oif", "oifname", "check") and "saddr" in flags:
        # A check of the reverse path: the answers to a connector that reaches the server leave by the way they came.
        return right in (True, "exists") if right in (True, False, "exists", "missing") else None
    return None


def _judge_flags(operands: Any, right: Any, setting: Setting) -> bool | None:
    """`tcp flags & (fin | syn) == syn` for a packet that has the SYN bit alone."""
    field, mask = operands
    if field != {"payload": {"protocol": "tcp", "field": "flags"}}:
        return None
    wanted, looked = (set(map(str, flag_names(value, setting))) for value in (right, mask))
    if not looked <= set(_FLAGS) or not (wanted == {"0"} or wanted <= set(_FLAGS)):
        return None
    return wanted - {"0"} == SYN & looked
