"""What the rules of the three clouds have in common: protocols, plan ids in descriptions, rules that are not understood."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from generator.diagnostics import Report
from generator.net import Family, PortRange
from generator.readers.documents import top
from generator.readers.model import Act, Chain, Match, Rule, Ruleset, Stage
from generator.readers.parts import ANYWHERE, Part, RuleMistakeError, make_rules, read_addresses, read_port_range

BOTH: Final = (Family.V4, Family.V6)
_TCP: Final = frozenset({"tcp", "6", "all", "any", "*", "-1"})
_OTHERS: Final = frozenset({"udp", "icmp", "icmpv6", "ipv6-icmp", "esp", "ah", "sctp", "ipip", "gre", "igmp"})
_MORE: Final = ("nextLink", "nextPageToken")  # of which more pages follow
_MARKS: Final = ("gatepost/", "gatepost ")


def listed_objects(value: Any) -> list[Any]:
    """The objects of a list; none where nothing is said.

    Raises:
        RuleMistakeError: it is something else.
    """
    if value is None:
        return []
    if isinstance(value, list | tuple) and all(isinstance(item, dict) for item in value):
        return list(value)
    raise RuleMistakeError("its form is not known here")


def listed_texts(value: Any) -> list[str]:
    """The texts of a list, or a text alone; none where nothing is said.

    Raises:
        RuleMistakeError: it is something else.
    """
    if value in (None, ""):
        return []
    if isinstance(value, str):
        return [value]
    if isinstance(value, list | tuple) and all(isinstance(item, str) and item for item in value):
        return list(value)
    raise RuleMistakeError("its form is not known here")


def speaks_of_tcp(protocol: Any) -> bool:
    """Whether a rule for this protocol is one for TCP as well.

    Raises:
        RuleMistakeError: there is no such protocol.
    """
    name = str(protocol).strip().lower()
    if name in _TCP:
        return True
    if name in _OTHERS or (name.isdecimal() and int(name) < 256):
        return False
    raise RuleMistakeError(f"`{name}` is no protocol that is known here")


def plan_id(description: Any) -> str:
    """The comment of a rule: of ours the id of the plan's rule, which their descriptions carry behind our name."""
    text = str(description or "")
    for mark in _MARKS:
        if text.startswith(mark):
            return text.removeprefix(mark)
    return text


def check_keys(rule: Any, known: Iterable[str]) -> None:
    """See that a rule says nothing that its reader does not know, for it may be a condition.

    Raises:
        RuleMistakeError: it does.
    """
    for key in sorted(set(rule) - set(known)):
        if key in _MORE:
            raise RuleMistakeError(f"the dump is cut off, there is a `{key}`")
        if rule[key] not in (None, "", [], {}, False):
            raise RuleMistakeError(f"`{key}` is not known here")


def read_prefixes(listed: Sequence[str]) -> tuple[Part, ...]:
    """The addresses of a list in which nothing else may stand.

    Raises:
        RuleMistakeError: something else stands there.
    """
    part, strange = read_addresses(listed)
    if strange:
        raise RuleMistakeError(f"`{strange[0]}` is no address")
    return (part,)


def read_port_list(value: Any) -> list[PortRange] | None:
    """Ports as texts; None where every port is meant.

    Raises:
        RuleMistakeError: one is no port.
    """
    listed = listed_texts(value)
    return None if not listed or "*" in listed else [read_port_range(item) for item in listed]


def read_each(rows: Iterable[Any], read: Callable[[Any], list[Rule]], name: Callable[[Any], str], path: str, report: Report) -> list[Rule]:
    """The rules of all rows, in order. One that isn't understood may let anybody in, and may keep anybody out."""
    found: list[Rule] = []
    for row in rows:
        try:
            found += read(row)
        except (RuleMistakeError, KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            why = str(error) if isinstance(error, RuleMistakeError) else "its form is not known here"
            text = name(row)
            report.add("AUD002", top(path), f"the rule `{text}` is not understood: {why}", hint="what it touches is reported as unknown")
            doubts = (f"the rule `{text}` is not understood",)
            for act in (Act.ACCEPT, Act.DENY):
                found += make_rules(Rule(Match(), act, text=text), (ANYWHERE,), None, doubts=doubts)
    return found


def make_ruleset(path: str, groups: Iterable[tuple[str, list[Rule]]], doubt: str = "") -> Ruleset:
    """A ruleset of groups that every packet has to pass, each of which lets in what its rules accept and nothing else."""
    chains = {name: Chain(name, tuple(rules), Act.DENY) for name, rules in groups}
    return Ruleset(path, tuple(Stage(name, name, doubt=doubt) for name in chains), chains, BOTH)


def note_members(names: Iterable[str], path: str, report: Report) -> None:
    """Say that rules name machines of the cloud rather than addresses."""
    for name in dict.fromkeys(names):
        message = f"a rule lets in the members of `{name}`, whose addresses are not in the dump"
        report.add("AUD020", top(path), message, hint="they come from inside; only private addresses are reported as unknown for it")
