"""An nft rule in the words that an admin wrote it in, near enough to find it again. Long sets are cut."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

MOST_ELEMENTS: Final = 4

Facts = Mapping[str, Any]


def rule_words(expressions: Iterable[Any]) -> str:
    """The whole rule."""
    return " ".join(words for expression in expressions if (words := _statement(expression)))


def condition_words(left: Any, op: str, right: Any) -> str:
    """One match."""
    sign = {"==": "", "in": ""}.get(op, op)
    return " ".join(word for word in (_value(left), sign, _value(right)) if word)


def _statement(expression: Any) -> str:
    kind, facts = next(iter(expression.items())) if isinstance(expression, dict) and expression else ("", None)
    if kind in _PLAIN:
        return _PLAIN[kind]
    given = facts if isinstance(facts, dict) else {}
    return _STATEMENTS[kind](given) if kind in _STATEMENTS else str(kind)


def _translation(name: str) -> Callable[[Facts], str]:
    def words(facts: Facts) -> str:
        port = f":{facts['port']}" if "port" in facts else ""
        target = f"{_value(facts.get('addr'))}{port}"
        return f"{name} to {target}" if target else name

    return words


_PLAIN: Final = {"counter": "", "reject": "reject"}
_STATEMENTS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "match": lambda facts: condition_words(facts.get("left"), str(facts.get("op", "==")), facts.get("right")),
    "jump": lambda facts: f"jump {facts.get('target', '')}",
    "goto": lambda facts: f"goto {facts.get('target', '')}",
    "vmap": lambda facts: f"{_value(facts.get('key'))} vmap {_value(facts.get('data'))}",
    "ct count": lambda facts: f"ct count {'over ' * bool(facts.get('inv'))}{facts.get('val', '')}",
    "limit": lambda facts: f"limit rate {'over ' * bool(facts.get('inv'))}{facts.get('rate', '')}/{facts.get('per', '')}",
    "redirect": _translation("redirect"),
    "dnat": _translation("dnat"),
    "xt": lambda facts: f"xt {facts.get('type', '')} {facts.get('name', '')}".rstrip(),
}


def _value(value: Any) -> str:
    if isinstance(value, list):
        shown = [_value(one) for one in value[:MOST_ELEMENTS]] + ["…"] * (len(value) > MOST_ELEMENTS)
        return f"{{ {', '.join(shown)} }}"
    if not isinstance(value, dict) or len(value) != 1:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    kind, facts = next(iter(value.items()))
    if isinstance(facts, list):
        return _LISTS[kind](facts) if kind in _LISTS else _value(facts) if kind == "set" else str(kind)
    return _FACTS[kind](facts) if kind in _FACTS and isinstance(facts, dict) else str(kind)


def _operation(sign: str) -> Callable[[list[Any]], str]:
    return lambda operands: f"({f' {sign} '.join(map(_value, operands))})"


def _route(facts: Facts) -> str:
    flags = facts.get("flags", ())
    return f"fib {' . '.join(map(str, flags)) if isinstance(flags, list) else flags} {facts.get('result', '')}"


_BARE: Final = ("iifname", "iif", "oifname", "oif", "mark")
_LISTS: Final[Mapping[str, Callable[[list[Any]], str]]] = {
    "range": lambda ends: "-".join(map(_value, ends)),
    "concat": lambda parts: " . ".join(map(_value, parts)),
    **{sign: _operation(sign) for sign in ("&", "|", "^", "<<", ">>")},
}
_FACTS: Final[Mapping[str, Callable[[Facts], str]]] = {
    "payload": lambda facts: f"{facts.get('protocol', '')} {facts.get('field', '')}".strip(),
    "meta": lambda facts: f"{'' if facts.get('key') in _BARE else 'meta '}{facts.get('key', '')}",
    "ct": lambda facts: f"ct {facts.get('key', '')}",
    "fib": _route,
    "prefix": lambda facts: f"{facts.get('addr', '')}/{facts.get('len', '')}",
    "elem": lambda facts: _value(facts.get("val")),
}
