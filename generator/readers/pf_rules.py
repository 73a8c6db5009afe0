"""Rules of pfSense and OPNsense as rules of the model.

pf looks at every rule, and the last that matches decides, unless one that is `quick` matched before. So the first quick rule that matches
decides, and only where there is none the last of the others.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from generator.diagnostics import Report, Span
from generator.net import Family
from generator.readers.model import Act, Match, Rule
from generator.readers.parts import ANYWHERE, Part, RuleMistakeError, make_rules, negate
from generator.readers.pf_names import Names, UnknownNameError

Fields = Mapping[str, Any]
FAMILIES: Final = {"inet": (Family.V4,), "inet6": (Family.V6,), "inet46": (Family.V4, Family.V6)}
_ACTS: Final = {"pass": Act.ACCEPT, "block": Act.DENY, "reject": Act.DENY}
_OURS: Final = re.compile(r"gatepost (?P<site>[^:]+): (?P<party>\S+) to (?P<service>\S+)")
_LIMITS: Final = ("max", "max-src-nodes", "max-src-conn", "max-src-states", "max-src-conn-rate")
# Conditions that can't be judged from outside, by their keys.
_DOUBTS: Final = ("sched", "tagged", "os", "dscp", "tos", "prio", "vlanprio", "divert-to", "gateway")
_FLAGS: Final = frozenset({"syn"})


class PfRule(NamedTuple):
    """A rule in the words that both firewalls share. `interfaces` empty: all of them. `families` None: not understood."""

    action: str
    interfaces: tuple[str, ...]
    families: tuple[Family, ...] | None
    protocol: str
    source: tuple[str, ...]
    source_port: str
    source_not: bool
    destination: tuple[str, ...]
    destination_port: str
    destination_not: bool
    name: str
    direction: str = "in"
    quick: bool = True
    not_interfaces: bool = False
    limit: str = ""
    doubts: tuple[str, ...] = ()
    flags: tuple[str, str] = ("", "")
    line: int = 0
    weight: int = 2

    @property
    def text(self) -> str:
        """The rule in a person's words."""
        source = f"{'not ' if self.source_not else ''}{', '.join(self.source)}"
        target = f"{'not ' if self.destination_not else ''}{', '.join(self.destination)}"
        port = f" port {self.destination_port}" if self.destination_port else ""
        words = f"{self.action} {self.protocol or 'any'} from {source} to {target}{port}"
        return f"{words} ({self.name})" if self.name else words


def order_rules(rules: Iterable[PfRule]) -> list[PfRule]:
    """The rules in the order in which the first match decides."""
    ordered = sorted(rules, key=lambda rule: rule.weight)
    return [*(rule for rule in ordered if rule.quick), *reversed([rule for rule in ordered if not rule.quick])]


class Reading(NamedTuple):
    """What rules are read in: the interface that the packets come by, the names, and where to tell what isn't understood."""

    entrance: str
    names: Names
    members: Mapping[str, Sequence[str]]
    path: str
    report: Report

    def comes_by(self, interfaces: Sequence[str], *, negated: bool = False) -> bool:
        """Whether a packet from outside comes by one of the interfaces or interface groups. None of them are all of them."""
        spread = {one for name in interfaces for one in (name, *self.members.get(name, ()))}
        return not interfaces or (self.entrance in spread) is not negated

    def place(self, line: int) -> Span:
        """The place of a finding."""
        return Span(self.path, max(line, 1), 1, max(line, 1), 1)


def read_rules(rules: Iterable[PfRule], reading: Reading) -> Iterator[Rule]:
    """The rules of the model, in order. One that isn't understood is a finding, and a doubt about what it touches."""
    for rule in order_rules(rules):
        if rule.action == "match" or rule.direction not in ("in", "any", ""):
            continue
        if reading.comes_by(rule.interfaces, negated=rule.not_interfaces) and _speaks_of_syn(rule):
            frame = Rule(Match(), _ACTS.get(rule.action, Act.STOP), text=rule.text, line=rule.line, limit=rule.limit, comment=rule.name)
            yield from read_safely(frame, lambda rule=rule, frame=frame: list(_read(rule, frame, reading.names)), reading)  # type: ignore[misc]


def read_safely(frame: Rule, read: Callable[[], list[Rule]], reading: Reading) -> list[Rule]:
    """The rules that `read` makes; where it can't, a rule that may accept and may refuse."""
    try:
        return read()
    except UnknownNameError as error:
        if reading.names.complete:
            message = f"the rule `{frame.text}` is left out by the firewall: {error}"
            reading.report.add("AUD022", reading.place(frame.line), message, hint="make the alias, or remove the rule")
            return []
        why = str(error)
    except RuleMistakeError as error:
        why = str(error)
    hint = "what it touches is reported as unknown"
    reading.report.add("AUD002", reading.place(frame.line), f"the rule `{frame.text}` is not understood: {why}", hint=hint)
    doubts = (f"the rule `{frame.text}` is not understood",)
    return [one for act in (Act.ACCEPT, Act.DENY) for one in make_rules(frame._replace(act=act), (ANYWHERE,), None, doubts=doubts)]


def _read(rule: PfRule, frame: Rule, names: Names) -> Iterator[Rule]:
    if frame.act is Act.STOP:
        raise RuleMistakeError(f"`{rule.action}` is no action")
    if rule.families is None:
        raise RuleMistakeError("its address family is not known here")
    sources = side(rule.source, names, negated=rule.source_not)
    targets = side(rule.destination, names, negated=rule.destination_not)
    ports, doubts = names.ports(rule.destination_port)
    more = (*rule.doubts, *doubts)
    if rule.source_port not in ("", "any"):
        more = (*more, f"whether the connection comes from port {rule.source_port}")
    for family in rule.families:
        made = make_rules(frame, _of_family(sources, family), ports, destinations=_of_family(targets, family), doubts=more)
        for one in made:
            yield one._replace(comment=_plan_id(one.comment, family))


def side(listed: Sequence[str], names: Names, *, negated: bool) -> tuple[Part, ...]:
    """One end of a rule."""
    parts = tuple(part for name in listed for part in names.addresses(name))
    return negate(parts) if negated else parts


def _of_family(parts: Iterable[Part], family: Family) -> tuple[Part, ...]:
    return tuple(part._replace(v6=()) if family is Family.V4 else part._replace(v4=()) for part in parts)


def _speaks_of_syn(rule: PfRule) -> bool:
    """Whether the rule may match the first packet of a TCP connection."""
    if rule.protocol and "tcp" not in rule.protocol.split("/"):
        return False
    given, wanted = (frozenset(filter(None, text.replace(",", " ").lower().split())) for text in rule.flags)
    return not wanted or _FLAGS & wanted == given


def _plan_id(description: str, family: Family) -> str:
    """The id of the plan's rule, by the description of one of ours; with the word that the ids of clouds have for everybody."""
    found = _OURS.match(description)
    if found is None:
        return description
    party = "public" if found["party"] == "everybody" else found["party"]
    return f"{found['site']}/{party}/{found['service']}/v{family.value}"


def describe_limit(fields: Fields) -> str:
    """The bounds on connections of a rule, in words."""
    return ", ".join(f"{key} {fields[key]}" for key in _LIMITS if isinstance(fields.get(key), str) and fields[key])


def describe_doubts(fields: Fields) -> tuple[str, ...]:
    """The conditions of a rule that can't be judged."""
    return tuple(f"its {key} `{fields[key]}`" for key in _DOUBTS if isinstance(fields.get(key), str) and fields[key])
