"""Statements of nft that change what later rules match, and let the packet go on."""

from typing import Any, Final, NamedTuple

from generator.readers.model import UNTRACKED, Act, Mark
from generator.readers.nftables_states import Setting, joined


class Note(NamedTuple):
    """What the statement is in the model: fields of a rule."""

    act: Act
    target: str = ""
    mark: Mark | None = None


_MARK: Final = {"meta": {"key": "mark"}}
_ROUTING: Final = (("ip", "daddr"), ("ip6", "daddr"), ("tcp", "dport"), ("th", "dport"), ("ip", "saddr"), ("ip6", "saddr"))


def note_of(kind: str, facts: Any, setting: Setting) -> Note | None:
    """None: the statement changes nothing, or it is a condition as well."""
    if kind == "notrack":
        return Note(Act.NOTE, UNTRACKED)
    if kind == "set" and not facts.get("stmt") and adds_source(facts):
        return Note(Act.NOTE, joined(facts["set"][1:]))
    if kind != "mangle":
        return None
    key, value = facts["key"], facts["value"]
    if key == _MARK:
        return Note(Act.MARK, mark=_read_mark(value, setting))
    payload = key.get("payload", {})
    if (payload.get("protocol"), payload.get("field")) in _ROUTING:
        return Note(Act.REDIRECT, "elsewhere")
    return None


def adds_source(facts: Any) -> bool:
    """Whether a `set` statement adds the packet's source, and nothing besides."""
    element = facts.get("elem")
    if isinstance(element, dict) and "elem" in element:
        element = element["elem"].get("val")
    payload = element.get("payload", {}) if isinstance(element, dict) else {}
    return facts.get("op") in ("add", "update") and payload.get("field") == "saddr"


def _read_mark(value: Any, setting: Setting) -> Mark:
    if isinstance(value, int):
        return Mark(value)
    if value == {"ct": {"key": "mark"}} and not setting.saves_marks:
        return Mark(0)
    if isinstance(value, dict) and isinstance(value.get("|"), list) and value["|"][0] == _MARK and isinstance(value["|"][1], int):
        return Mark(value["|"][1], value["|"][1])
    if isinstance(value, dict) and isinstance(value.get("&"), list) and value["&"][0] == _MARK and isinstance(value["&"][1], int):
        return Mark(0, 0xFFFFFFFF & ~value["&"][1])
    return Mark(None)
