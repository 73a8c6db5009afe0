"""An audit in words, as every format tells it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.compile.services import ports_text
from generator.diagnostics import Span
from generator.net import Family, address_text, prefix_texts
from generator.net.runs import EVERYTHING, count_numbers, run_prefixes
from generator.plan import Plan, Service
from generator.readers.model import Rule
from generator.readers.registry import Dump
from generator.review.audit import CODES, EVERYBODY, Fault, Kind, is_policy
from generator.review.audit_log_lines import Outcome
from generator.review.audit_logs import LogTally, Visitor
from generator.review.audit_names import is_ours
from generator.review.audit_run import Audit
from generator.review.diff import smaller_part

VERDICTS: Final = {
    "same": "the live rules are what the plan says",
    "different": "the live rules are not what the plan says",
    "unknown": "the live rules are what the plan says, as far as it can be told",
}
HINTS: Final = {
    Kind.MISSING: "load the rendered files again, or take the other rule away",
    Kind.EXTRA: "load the rendered files again, or take the other rule away",
    Kind.OVER_WIDE: "delete the old rule: the rendered ones let in whoever should get in",
    Kind.UNKNOWN: "try --interface and --to, and give all dumps of the host",
    Kind.UNREAD: "give the rules of the firewall as well",
    Kind.BANNED: "",
    Kind.SHADOWED: "delete it: it does nothing, and would when the rules before it go",
    Kind.CHANGED: "render the site and load the files again; what should stay belongs into the site",
    Kind.LIMIT: "set the target's option `connection_limit`, or raise the other rule's number",
    Kind.OTHER_LIMIT: "",
    Kind.ABSENT: "if the site should be loaded here, apply the rendered files",
}
LOG_CODES: Final = {"refused": "AUD061", "tried": "AUD062", "admitted": "AUD063"}


def hint_of(fault: Fault, plan: Plan) -> str:
    """What to do about it; '' where there is nothing to do."""
    ours = fault.fact or any(is_ours(rule.comment, plan.site) for rule in fault.rules)
    if fault.kind is Kind.SHADOWED and ours:
        return "see which rules come before it, and load the rendered files again"
    return HINTS[fault.kind]


class Addresses(NamedTuple):
    """Sources as a person reads them: all of a family but some, or just these."""

    words: str
    all_but: bool
    prefixes: tuple[str, ...]
    number: int


def list_sources(fault: Fault) -> Addresses | None:
    """The sources of a fault; None where it is about none."""
    if not fault.sources or fault.family is None:
        return None
    number = count_numbers(fault.sources)
    if fault.sources == EVERYTHING[fault.family]:
        return Addresses(f"every IPv{fault.family.value} address", True, (), number)
    if fault.is_rest:
        return Addresses(f"every IPv{fault.family.value} address that the plan does not let in", True, _texts(fault), number)
    inverted, _ = smaller_part(fault.sources, fault.family)
    many = "1 address" if number == 1 else f"{number:,} addresses" if number < 1 << 32 else f"about 2^{number.bit_length() - 1} addresses"
    words = f"every IPv{fault.family.value} address but these" if inverted else f"IPv{fault.family.value}, {many}"
    return Addresses(words, inverted, _texts(fault), number)


def _texts(fault: Fault) -> tuple[str, ...]:
    family = fault.family or Family.V4
    _, runs = smaller_part(fault.sources, family)
    return tuple(prefix_texts(run_prefixes(runs, family)))


def service_words(service: str, fault: Fault) -> str:
    """A service with its ports: `imaps (tcp 993)`."""
    return f"{service} (tcp {ports_text(fault.ports)})" if fault.ports else service


def fact_words(fault: Fault, plan: Plan) -> str:
    """The fault in one line, without its addresses."""
    where = service_words(fault.service, fault)
    at = f" at {fault.where}" if fault.where else ""
    family = f" over IPv{fault.family.value}" if fault.family else ""
    everybody = fault.family is not None and fault.sources == EVERYTHING[fault.family]
    who = fault.party or (EVERYBODY if everybody else "everybody else" if fault.is_rest else "others")
    if fault.kind is Kind.MISSING:
        return f"{who} can't get in to {where}{family}{at}" + ("; the plan opens it to all" if fault.party == EVERYBODY else "")
    if fault.kind in (Kind.EXTRA, Kind.OVER_WIDE):
        return f"{who} can get in to {where}{family}{at}"
    if fault.kind is Kind.UNKNOWN:
        return f"whether {who} can get in to {where}{family}{at} can't be told"
    return fault.fact or _FACTS[fault.kind].format(where=where, site=plan.site, over=family if fault.is_half else "")


_FACTS: Final = {
    Kind.UNREAD: "what was read says nothing of {where}",
    Kind.BANNED: "some are refused at {where}, which is public",
    Kind.SHADOWED: "no connection{over} gets to this rule",
    Kind.ABSENT: "no rule of {site} is in what was read",
}


def rule_words(fault: Fault) -> list[str]:
    """The rules that do it."""
    if fault.rules:
        return [_one_rule(rule) for rule in fault.rules]
    closing = fault.kind in (Kind.EXTRA, Kind.OVER_WIDE)
    return ["no rule closes the port"] if closing else []


def _one_rule(rule: Rule) -> str:
    """A rule with its comment, which is what people know it by."""
    comment = f' comment "{rule.comment}"' if rule.comment and rule.comment not in rule.text else ""
    return f"{rule.text}{comment}" or "a rule without words"


def rule_place(rule: Rule, dumps: Sequence[Dump]) -> Span | None:
    """The line of a rule, in the dump that has it there. Of several dumps, that which has these words there; where none has, none."""
    if not rule.line or is_policy(rule):
        return None
    for dump in dumps:
        lines = dump.text.splitlines()
        if rule.line <= len(lines) and (len(dumps) == 1 or lines[rule.line - 1].strip() == rule.text):
            return Span(dump.path, rule.line, 1, rule.line, len(lines[rule.line - 1]) + 1)
    return None


def standing(audit: Audit, service: Service, family: Family) -> str:
    """What is to be said of a service and family in three words or less."""
    own = [fault for fault in audit.faults if fault.service == service.name and fault.family in (None, family)]
    effective = [fault for fault in own if fault.kind in (Kind.MISSING, Kind.EXTRA, Kind.OVER_WIDE)]
    if effective:
        return ", ".join(dict.fromkeys(str(fault.kind) for fault in effective))
    return "unknown" if any(fault.kind in (Kind.UNKNOWN, Kind.UNREAD) for fault in own) else "as the plan says"


class LogGroup(NamedTuple):
    """Visitors of one party (or of none) that met the same at the same services. `name` is one of LOG_CODES."""

    name: str
    fact: str
    visitors: tuple[Visitor, ...]

    @property
    def times(self) -> int:
        """How often, all together."""
        return sum(visitor.times for visitor in self.visitors)


_REACHED: Final = {
    Outcome.ADMITTED: "were let in to",
    Outcome.FAILED: "got in to, and tried passwords at,",
    Outcome.REACHED: "got in to",
}


def group_visitors(log: LogTally) -> list[LogGroup]:
    """What a log says that is worth a word, the worst first."""
    found: dict[tuple[str, str], list[Visitor]] = {}
    for visitor in log.visitors:
        at = " or ".join(visitor.services) if len(visitor.services) < 3 else "the login"
        if visitor.is_refused_friend:
            why = " for too many connections" if visitor.outcome is Outcome.LIMITED else ""
            found.setdefault(("refused", f"{visitor.party} was refused at {at}{why}"), []).append(visitor)
        elif visitor.is_admitted_outsider:
            found.setdefault(("admitted", f"outsiders {_REACHED[visitor.outcome]} {at}"), []).append(visitor)
        elif not visitor.party:
            found.setdefault(("tried", f"outsiders tried {at}"), []).append(visitor)
    groups = [LogGroup(name, fact, tuple(visitors)) for (name, fact), visitors in found.items()]
    order = ("refused", "admitted", "tried")
    return sorted(groups, key=lambda group: (order.index(group.name), -group.times, group.fact))


def count_words(group: LogGroup) -> str:
    """How often, and by how many: `3 times, by 2 addresses`."""
    addresses = len({(visitor.family, visitor.address) for visitor in group.visitors})
    return f"{_times(group.times)}, by {addresses:,} {'address' if addresses == 1 else 'addresses'}"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def visitor_words(visitor: Visitor) -> str:
    """One address with how often it came, and where the last time stands."""
    return f"{address_text(visitor.family, visitor.address)}  {_times(visitor.times)}, last at {visitor.path}:{visitor.line}"


def code_of(fault: Fault) -> str:
    """The code of its finding."""
    return CODES[fault.kind]
