"""What an nft rule asks of what happened to a packet before: its connection's state, its marks, the sets it was put into, its way.

The packet is the first one of a new TCP connection from outside. Such a condition may divide what a match means.
"""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from generator.net import Family
from generator.readers.model import LOCAL, TRACKED, TRANSLATED, Fact, Mark, Match, sent_to
from generator.readers.nftables_values import check_texts, flatten, other_addresses
from generator.readers.outside import Outside, find_destinations, meet_states, narrow


class Setting(NamedTuple):
    """What a rule is read in: the named sets of its table, the way in.

    `growing` are the sets of the table that rules add sources to, and `changing` those that they change in other ways; `saves_marks` says
    whether rules give connections a mark.
    """

    sets: dict[str, list[Any]]
    outside: Outside
    growing: frozenset[str] = frozenset()
    changing: frozenset[str] = frozenset()
    saves_marks: bool = False
    table: str = ""

    def joined(self, name: str) -> str:
        """The fact that a rule put the packet's source into a set of this table."""
        return f"in the set {self.table} {name}"


def meet_state(match: Match, left: Any, op: str, right: Any, setting: Setting) -> list[Match] | None:
    """Conditions on what earlier rules did to the packet, which may divide it. None: it is no such condition."""
    if not isinstance(left, dict) or len(left) != 1:
        return None
    kind, facts = next(iter(left.items()))
    asked = facts.get("key") if isinstance(facts, dict) else None
    inverted = op == "!="
    if kind == "ct" and asked in ("state", "status"):
        values = set(check_texts(flag_names(right, setting), "states"))
        return _meet_states(match, op, right, values) if asked == "state" else _meet_status(match, op, values)
    if op not in EQUALITY:
        return None
    if kind == "ct" and asked == "proto-dst" and facts.get("dir") == "original" and type(right) is int:
        return _meet_facts(match, (Fact(TRACKED), Fact(sent_to(right), not inverted)))
    if kind == "fib" and asked is None:
        return _meet_type(match, facts, inverted, list(flatten(right, setting.sets)))
    if kind == "meta" and asked in ("oifname", "oif"):
        return _meet_way_out(match, inverted, list(flatten(right, setting.sets)), setting)
    if left == {"ct": {"key": "mark"}} and not setting.saves_marks:
        marks = list(flatten(right, setting.sets))
        return ([match] if (0 in marks) != inverted else []) if all(map(is_mark, marks)) else None
    if kind in ("meta", "&"):
        return _meet_mark(match, left, inverted, list(flatten(right, setting.sets)))
    return None


def _meet_states(match: Match, op: str, right: Any, values: set[str]) -> list[Match] | None:
    """A connection has one state; `== new,established` compares with both at once, unlike `new,established` and `{ new, established }`."""
    if op not in (*EQUALITY, "!") or not values <= _STATES:
        return None
    if op in ("==", "!=") and len(values) > 1 and not (isinstance(right, dict) and "set" in right) and not isinstance(right, str):
        return [match] if op == "!=" else []
    return meet_states(match, values - {"dnat"}, inverted=op in ("!=", "!"))


def _meet_status(match: Match, op: str, values: set[str]) -> list[Match] | None:
    """What connection tracking has done with the connection; it says nothing of a packet that it doesn't know.

    `==` and `!=` compare with all that it has done, and that is never one thing alone.
    """
    if op not in (*EQUALITY, "!") or not values <= {*_LATER, "dnat"}:
        return None
    if op in ("==", "!="):
        return _meet_facts(match, (Fact(TRACKED),)) if op == "!=" else []
    if "dnat" in values:
        return _meet_facts(match, (Fact(TRACKED), Fact(TRANSLATED, op != "!")))
    return _meet_facts(match, (Fact(TRACKED),)) if op == "!" else []


def _meet_type(match: Match, facts: Any, inverted: bool, values: Sequence[Any]) -> list[Match] | None:
    """Of which kind the destination is: this host's, or another's."""
    if facts.get("result") != "type" or "daddr" not in listed(facts.get("flags")):
        return None
    kinds = check_texts(values, "kinds of addresses")
    here, there = "local" in kinds, "unicast" in kinds
    return ([match] if here != inverted else []) if here == there else _meet_facts(match, (Fact(LOCAL, here != inverted),))


def _meet_mark(match: Match, left: Any, inverted: bool, values: Sequence[Any]) -> list[Match] | None:
    mask = 0xFFFFFFFF
    if "&" in left and is_mark(left["&"][1]):
        left, mask = left["&"]
    if left != {"meta": {"key": "mark"}} or match.mark or (inverted and len(values) > 1) or not all(map(is_mark, values)):
        return None
    return [match._replace(mark=Mark(value, mask, inverted)) for value in values]


_STATES: Final = frozenset({"new", "established", "related", "invalid", "untracked"})


def is_mark(value: Any) -> bool:
    """Whether it is a number that a mark can be."""
    return type(value) is int and 0 <= value <= 0xFFFFFFFF


EQUALITY: Final = ("==", "!=", "in", "")
_LATER: Final = frozenset({"expected", "seen-reply", "assured", "confirmed", "dying", "snat"})  # what a new connection can't be


def _meet_facts(match: Match, facts: tuple[Fact, ...]) -> list[Match]:
    met = narrow(match, facts=facts)
    return [] if met is None else [met]


def _meet_way_out(match: Match, inverted: bool, names: Sequence[Any], setting: Setting) -> list[Match] | None:
    """Where the packet goes from here follows from its destination, if the routes are known."""
    if not all(isinstance(name, str) and not name.isdecimal() for name in names):
        return None
    found = []
    for family in Family if match.family is None else (match.family,):
        runs = find_destinations(names, family, setting.outside)
        if runs is None:
            return None
        met = narrow(match, family=family, destinations=other_addresses(runs, family) if inverted else runs)
        found += [met] if met else []
    return found


def listed(flags: Any) -> Sequence[Any]:
    """One value, several or none, as a list: nft prints one without brackets."""
    return (flags,) if isinstance(flags, str | dict) else flags or ()


def flag_names(value: Any, setting: Setting) -> list[Any]:
    """The flags of `fin | syn`, which nft prints as a list or as operations."""
    if isinstance(value, dict) and "|" in value:
        return [bit for one in value["|"] for bit in flag_names(one, setting)]
    return list(flatten(value, setting.sets))
