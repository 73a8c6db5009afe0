"""Statements of nft that change what later rules match, and let the packet go on."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.net import Family
from generator.readers.model import UNTRACKED, Act, Mark
from generator.readers.nftables_states import Setting, is_mark
from generator.readers.nftables_values import NotUnderstoodError


class Note(NamedTuple):
    """What the statement is in the model: fields of a rule."""

    act: Act
    target: str = ""
    mark: Mark | None = None


_MARK: Final = {"meta": {"key": "mark"}}
_FAMILIES: Final = {"ip": Family.V4, "ip6": Family.V6}
# Fields of a packet that no verdict of these readers depends on; a change of any other may lead it elsewhere.
_HARMLESS: Final = {
    "ip": ("dscp", "ecn", "ttl", "id", "frag-off", "checksum"),
    "ip6": ("dscp", "ecn", "hoplimit", "flowlabel"),
    "tcp": ("window",),
    "ether": ("daddr", "saddr"),
}


_FIELDS: Final = frozenset({"meta", "ct", "payload", "exthdr", "tcp option", "ip option", "sctp chunk"})  # what nft can write to
_SETTABLE: Final = ("mark", "priority", "pkttype", "nftrace", "broute", "secmark")  # of `meta`


def note_of(kind: str, facts: Any, setting: Setting) -> Note | None:
    """None: the statement changes nothing, or it is a condition as well."""
    if kind == "notrack":
        return Note(Act.NOTE, UNTRACKED)
    if kind == "set" and adds_source(facts):
        return Note(Act.NOTE, setting.joined(facts["set"][1:]))
    if kind != "mangle":
        return None
    key, value = facts["key"], facts["value"]
    if not set(key) <= _FIELDS or key.get("meta", {"key": "mark"})["key"] not in _SETTABLE:
        raise NotUnderstoodError("a change of something that is not nft's")
    if key == _MARK:
        return Note(Act.MARK, mark=_read_mark(value, setting))
    payload = key.get("payload")
    if payload is not None and payload.get("field") not in _HARMLESS.get(payload.get("protocol"), ()):
        return Note(Act.REDIRECT, "elsewhere")
    return None


def adds_source(facts: Any) -> bool:
    """Whether a `set` statement adds the packet's source, and does nothing besides."""
    element = facts.get("elem")
    if isinstance(element, dict) and "elem" in element:
        element = element["elem"].get("val")
    payload = element.get("payload") if isinstance(element, dict) else None
    alone = isinstance(payload, dict) and payload.get("field") == "saddr" and payload.get("protocol") in tuple(_FAMILIES)
    return alone and facts.get("op") in ("add", "update") and not facts.get("stmt")


def fields_of(element: Any) -> Iterator[Mapping[str, Any]]:
    """The fields of a packet that the element of a `set` or `meter` statement is made of."""
    pending = [element]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if isinstance(one.get("payload"), dict):
                yield one["payload"]
            pending += one.values()
        elif isinstance(one, list):
            pending += one


def family_of(element: Any) -> Family | None:
    """The family of the packets that such an element can be made of; a statement ends the rule for the others. None: of both."""
    return next((_FAMILIES[name] for field in fields_of(element) if (name := field.get("protocol")) in tuple(_FAMILIES)), None)


def _read_mark(value: Any, setting: Setting) -> Mark:
    if is_mark(value):
        return Mark(value)
    if value == {"ct": {"key": "mark"}} and not setting.saves_marks:
        return Mark(0)
    if isinstance(value, dict) and isinstance(value.get("|"), list) and value["|"][0] == _MARK and is_mark(value["|"][1]):
        return Mark(value["|"][1], value["|"][1])
    if isinstance(value, dict) and isinstance(value.get("&"), list) and value["&"][0] == _MARK and is_mark(value["&"][1]):
        return Mark(0, 0xFFFFFFFF & ~value["&"][1])
    return Mark(None)
