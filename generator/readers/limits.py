"""How many connections of one source the rules of a Linux host let in. The first connection never meets such a rule, so no ruleset has it.

Source: libnftables-json(5) of nft 1.0.6, "ct count", "limit", "set"; iptables-extensions(8) of 1.8.9, connlimit and hashlimit.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report
from generator.net import PortRange
from generator.readers.nftables_values import flatten
from generator.readers.nftables_words import rule_words
from generator.readers.scratch import list_file

# No number of iptables has more than 32 bits; a damaged dump may have longer ones.
_ABOVE: Final = re.compile(r"--(?:connlimit-above|hashlimit-above)\s+([0-9]{1,10})(?!\d)(?:/(\w+))?")
_UP_TO: Final = re.compile(r"--(?:connlimit-upto|hashlimit-upto|hashlimit)\s+([0-9]{1,10})(?!\d)(?:/(\w+))?")
_PORT: Final = re.compile(r"([0-9]{1,5})(?::([0-9]{1,5}))?")
_CHAIN: Final = re.compile(r"-A (\S+)")
_COMMENT: Final = re.compile(r'--comment (?:"([^"]*)"|(\S+))')
_PORTS: Final = re.compile(r"(?<!! )--d(?:estination-)?ports? (\S+)")
_UNITS: Final = {"s": "second", "sec": "second", "m": "minute", "min": "minute", "h": "hour", "d": "day"}


class Limit(NamedTuple):
    """A bound on the connections of one source: `number` at once, or `number` in a `per`.

    `ports` None: the rule itself names none. `chain` has its family and table before it where nft has the rule.
    """

    number: int
    per: str
    ports: tuple[PortRange, ...] | None
    chain: str
    comment: str
    text: str
    path: str
    line: int = 0

    @property
    def words(self) -> str:
        """The bound, in words."""
        return f"{self.number} connections {f'in a {self.per}' if self.per else 'at once'}"


def find_limits(text: str, path: str, reader: str) -> tuple[Limit, ...]:
    """The limits of one dump, in its order. A text that is not what its reader reads has none: the reader says why."""
    if reader == "iptables":
        return tuple(_iptables_limits(text, path))
    if reader != "nftables":
        return ()
    if not text.lstrip().startswith("{"):
        text = list_file(text, path, Report()) or ""  # as for its rules; what nft has against it is told with those
    try:
        rules = [item["rule"] for item in json.loads(text)["nftables"] if isinstance(item, dict) and isinstance(item.get("rule"), dict)]
        return tuple(limit for rule in rules for limit in _nftables_limits(rule, path))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _iptables_limits(text: str, path: str) -> Iterator[Limit]:
    for number, line in enumerate(text.splitlines(), 1):
        found = _ABOVE.search(line) or _UP_TO.search(line)
        chain = _CHAIN.search(line)
        if found and chain:
            comment = _COMMENT.search(line)
            words = _PORTS.search(line)
            ports = None if words is None else tuple(_read_ports(words[1]))
            unit = found[2] or ""
            named = (comment[1] or comment[2] or "") if comment else ""
            yield Limit(int(found[1]), _UNITS.get(unit, unit), ports, chain[1], named, line.strip(), path, number)


def _read_ports(text: str) -> Iterator[PortRange]:
    for part in text.split(","):
        if found := _PORT.fullmatch(part):
            yield PortRange(int(found[1]), int(found[2] or found[1]))


def _nftables_limits(rule: Mapping[str, Any], path: str) -> Iterator[Limit]:
    expressions = [one for one in rule.get("expr", ()) if isinstance(one, dict) and one]
    ports: tuple[PortRange, ...] | None = None
    where = f"{rule.get('family')} {rule.get('table')} {rule.get('chain')}"
    frame = Limit(0, "", None, where, str(rule.get("comment", "")), f"{where}: {rule_words(expressions)}", path)
    for expression in expressions:
        kind, facts = next(iter(expression.items()))
        if kind == "match" and facts.get("left") == {"payload": {"protocol": "tcp", "field": "dport"}} and facts.get("op") != "!=":
            ports = tuple(_values(facts.get("right")))
        for count in _counts(kind, facts):
            yield frame._replace(number=count[0], per=count[1], ports=ports)


def _values(right: Any) -> Iterator[PortRange]:
    for value in flatten(right, {}):
        if isinstance(value, int):
            yield PortRange(value, value)
        elif isinstance(value, dict) and isinstance(value.get("range"), list):
            yield PortRange(*value["range"])


def _counts(kind: str, facts: Any) -> Iterator[tuple[int, str]]:
    """The bounds of a statement: connections that are counted, and rates that a set keeps for each source."""
    if kind == "ct count":
        yield int(facts["val"]), ""
    elif kind in ("set", "meter"):
        statements = facts.get("stmt")
        for statement in statements if isinstance(statements, list) else [statements]:
            name, bound = next(iter(statement.items())) if isinstance(statement, dict) and statement else ("", {})
            if name == "ct count":
                yield int(bound["val"]), ""
            elif name == "limit" and bound.get("rate_unit", "packets") == "packets":
                yield int(bound["rate"]), str(bound.get("per", ""))
