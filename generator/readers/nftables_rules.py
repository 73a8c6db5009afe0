"""One nft rule as rules of the model: the matches it narrows to, and its verdict; a verdict map is a rule for each of its entries."""

import json
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from typing import Any, Final, NamedTuple

from generator.net import Family
from generator.readers.iptables_rules import PASSING
from generator.readers.model import Act, Match, Rule
from generator.readers.nftables_conditions import meet
from generator.readers.nftables_notes import family_of, fields_of, note_of
from generator.readers.nftables_states import Setting, listed
from generator.readers.nftables_values import NotUnderstoodError, flatten, port_ranges
from generator.readers.nftables_words import condition_words, rule_words
from generator.readers.outside import describe_loopback, doubt, find_path, narrow

_ENDS: Final = {"accept": Act.ACCEPT, "drop": Act.DENY, "reject": Act.DENY, "return": Act.RETURN}

# Statements that let the packet go on as it is, as far as a verdict can see, and those that hand it to somebody else.
_PASSING: Final = frozenset(
    {"counter", "log", "continue", "mangle", "masquerade", "snat", "flow", "last", "secmark", "map", "dup", "reset"}
    | {"ct expectation", "ct helper", "ct timeout"}
    | {"match", "limit", "ct count", "quota", "set", "meter", "xt", "notrack"}  # conditions, and what they need
)
_COUNTING: Final = ("counter", "last")  # statements of an element that decide nothing
_ELSEWHERE: Final = frozenset({"queue", "tproxy", "synproxy", "fwd"})


class Unread(NamedTuple):
    """A rule, or a part of one, that the reader doesn't understand."""

    text: str
    why: str


def read_rule(rule: Mapping[str, Any], setting: Setting, families: Sequence[Family], unread: list[Unread]) -> list[Rule]:
    """The rules of the model that one nft rule amounts to; what isn't understood also goes to `unread`."""
    given = rule.get("expr", ())
    expressions = given if isinstance(given, list | tuple) else [given]
    words = rule_words(expressions).rstrip()
    text = f"{rule.get('family')} {rule.get('table')} {rule.get('chain')}: {words}"
    frame = Rule(Match(), Act.STOP, text=text, comment=str(rule.get("comment", "")))
    start = [Match(family=families[0] if len(families) == 1 else None)]
    try:
        return _read(expressions, start, frame, rule, setting, unread)
    except NotUnderstoodError as error:
        unread.append(Unread(text, str(error)))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration):
        unread.append(Unread(text, "its form is not nft's"))
    return _elsewhere(start, frame, "the rule is not understood")


def _read(
    expressions: Sequence[Any], matches: list[Match], frame: Rule, rule: Mapping[str, Any], setting: Setting, unread: list[Unread]
) -> list[Rule]:
    noted: list[Rule] = []
    for expression in expressions:
        kind, facts = next(iter(expression.items()))
        ended = _end(kind, facts, matches, frame, rule, setting, unread)
        if ended is not None:
            return noted + ended
        if kind in ("set", "meter") and (family := family_of(_element(facts))) is not None:
            matches = [met for match in matches if (met := narrow(match, family=family)) is not None]
        note = note_of(kind, facts, setting)
        if note is not None:
            doubts = ("a rule changes the packet itself",) if note.act is Act.REDIRECT else ()
            noted += [frame._replace(match=doubt(match, *doubts), **note._asdict()) for match in matches]
        elif kind == "match":
            matches = _meet(facts, matches, frame, setting, unread)
        elif kind in ("ct count", "limit", "quota", "set", "meter"):
            matches, frame = _count(kind, facts, matches, frame)
        elif kind == "xt":
            matches = _foreign(facts, matches)
        if not matches:
            break
    return noted


def _meet(facts: Mapping[str, Any], matches: list[Match], frame: Rule, setting: Setting, unread: list[Unread]) -> list[Match]:
    """A condition that isn't understood is a doubt; the rest of the rule still counts."""
    try:
        return meet(matches, facts["left"], facts["op"], facts["right"], setting)
    except NotUnderstoodError as error:
        unread.append(Unread(frame.text, str(error)))
        return [doubt(match, condition_words(facts["left"], facts["op"], facts["right"])) for match in matches]


def _count(kind: str, facts: Any, matches: list[Match], frame: Rule) -> tuple[list[Match], Rule]:
    """A limit of each source, which a first connection is not over; one that sources share, or of something else, is a doubt."""
    if kind in ("limit", "ct count", "quota"):
        return [doubt(match, f"{rule_words([{kind: facts}])}, of all sources together") for match in matches], frame
    apart = any(field.get("field") == "saddr" for field in fields_of(_element(facts)))
    for statement in listed(facts.get("stmt")):
        name, bound = next(iter(statement.items()))
        if name in _COUNTING:
            continue
        if name not in ("limit", "ct count") or bound.get("rate_unit", "packets") != "packets" or not apart:
            shared = "" if apart else ", of all sources together"
            matches = [doubt(match, f"{rule_words([statement])}{shared}") for match in matches]
            continue
        words = f"{bound['val']} connections" if name == "ct count" else f"{bound.get('rate')} connections in a {bound.get('per')}"
        frame = frame._replace(limit=words)
        matches = [] if bound.get("inv") else matches
    return matches, frame


def _element(facts: Any) -> Any:
    """What a `set` statement, or a `meter`, makes an element of."""
    return facts["elem"] if "elem" in facts else facts["key"]


def _end(
    kind: str, facts: Any, matches: list[Match], frame: Rule, rule: Mapping[str, Any], setting: Setting, unread: list[Unread]
) -> list[Rule] | None:
    """What the rule amounts to if this statement is its verdict, else None."""
    if kind in _ENDS:
        return [frame._replace(match=match, act=_ENDS[kind]) for match in matches]
    if kind in ("jump", "goto"):
        target = chain_name(rule, facts["target"])
        return [frame._replace(match=match, act=Act(kind), target=target) for match in matches]
    if kind in ("redirect", "dnat"):
        return _redirect(kind, facts or {}, matches, frame, setting)
    if kind in _ELSEWHERE:
        return _elsewhere(matches, frame, f"`{kind}` hands the packet on")
    if kind == "xt" and facts.get("type") == "target":
        known = facts.get("name") in PASSING
        return None if known else _elsewhere(_foreign(facts, matches), frame)
    if kind == "vmap":
        return _read_map(facts, matches, frame, rule, setting, unread)
    return None if kind in _PASSING else _elsewhere(matches, frame, rule_words([{kind: facts}]))  # of another kind: it may be a verdict


def _foreign(facts: Any, matches: list[Match]) -> list[Match]:
    """A match of iptables, which nft names without what it says."""
    name = facts.get("name", "")
    if name == "comment":
        return matches
    return [doubt(match, f"iptables' `{name}`, of which nft prints no more; add the output of iptables-save") for match in matches]


def _redirect(kind: str, facts: Mapping[str, Any], matches: list[Match], frame: Rule, setting: Setting) -> list[Rule]:
    """`redirect` and `dnat`: on to another port of this host, or to another address."""
    if not set(facts) <= {"addr", "port", "family", "flags", "type_flags"}:
        raise NotUnderstoodError(f"`{kind}` in a form that is not nft's")
    family = {"ip": Family.V4, "ip6": Family.V6}.get(str(facts.get("family", "")))
    matches = [met for match in matches if (met := narrow(match, family=family)) is not None]
    frame = frame._replace(act=Act.REDIRECT)
    address, port = facts.get("addr"), facts.get("port")
    if isinstance(address, dict) and "map" in address and port is None:
        entries = _entries(address["map"]["data"], setting)
        return [
            rule
            for key, value in entries
            for rule in _send(kind, value, None, meet(matches, address["map"]["key"], "==", _only(key), setting), frame, setting)
        ]
    return _send(kind, address, port, matches, frame, setting)


def _send(kind: str, address: Any, port: Any, matches: list[Match], frame: Rule, setting: Setting) -> list[Rule]:
    if isinstance(address, dict) and "concat" in address and len(address["concat"]) == 2:
        address, port = address["concat"]
    if isinstance(port, int):
        port_ranges([port])  # which no other number is
    if not isinstance(port, int | None) or not isinstance(address, str | None):
        return _elsewhere(matches, frame, "where it leads depends on the packet")
    if address is None:
        return [frame._replace(match=match, target="input" if kind == "redirect" else "", port=port) for match in matches]
    found = ip_address(address)
    family = Family(found.version)
    path = find_path(int(found), family, setting.outside)
    doubts = describe_loopback(int(found), family)
    met = (narrow(doubt(match, *doubts), family=family) for match in matches)
    return [frame._replace(match=match, target=path, port=port, destination=int(found)) for match in met if match is not None]


def _entries(data: Any, setting: Setting) -> list[Any]:
    """The elements of a map, named or in its place."""
    if isinstance(data, str) and data[1:] not in setting.sets:
        raise NotUnderstoodError(f"the map `{data[1:]}` is not in the dump")
    return setting.sets[data[1:]] if isinstance(data, str) else list(data["set"])


def _only(key: Any) -> Any:
    (value,) = flatten(key, {})
    return value


def _read_map(
    facts: Mapping[str, Any], matches: list[Match], frame: Rule, rule: Mapping[str, Any], setting: Setting, unread: list[Unread]
) -> list[Rule]:
    found: list[Rule] = []
    entries = [(_only(key), verdict) for key, verdict in _entries(facts["data"], setting)]
    named = [key for key, _ in entries if key != "*"]
    # The map is asked once: an entry whose chain gives the packet another mark does not make it meet the next one.
    entries.sort(key=lambda entry: "jump" in entry[1])
    if '"mark"' in json.dumps(facts["key"]) and sum("jump" in verdict for _, verdict in entries) > 1:
        raise NotUnderstoodError("a map of marks with more than one jump")
    for key, verdict in entries:
        # The catch-all element is for what matches no other, whatever became of that.
        narrowed = (
            meet(matches, facts["key"], "==", key, setting) if key != "*" else meet(matches, facts["key"], "!=", {"set": named}, setting)
        )
        one = frame._replace(text=f"{frame.text} ({condition_words(facts['key'], '', key)} : {rule_words([verdict])})")
        found += _read([verdict], narrowed, one, rule, setting, unread)
    return found


def _elsewhere(matches: Sequence[Match], frame: Rule, *words: str) -> list[Rule]:
    """A rule that may do anything with a packet, and send it a way that can't be followed from here."""
    return [frame._replace(match=doubt(match, *words), act=Act.REDIRECT, target="elsewhere") for match in matches]


def chain_name(place: Mapping[str, Any], chain: str) -> str:
    """The name of a chain over all tables."""
    return f"{place.get('family')} {place.get('table')} {chain}"
