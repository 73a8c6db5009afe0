"""Which connections are tried, and how each must end: the edges of every prefix at the ports of the plan and their neighbours."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from typing import Final, NamedTuple

from generator.net import Family, Prefix, address_text, make_prefix, parse_prefix
from generator.plan import Plan, Rule, Service
from generator.prove.hosts import BANNED, Host
from generator.verdict import Verdict, decide, find_service

# From nobody's list, as a rule: private, shared, benchmark and reserved space, and some that look like a written one.
OUTSIDERS: Final = (
    *("10.0.0.1", "100.64.0.1", "172.16.0.1", "192.168.0.1", "198.18.0.1", "223.255.255.254"),
    *("2001:db8:dead:beef::1", "2002:c000:204::1", "fd00:dead::1", "3fff::1"),
    *BANNED,
)

# Ports that a mail server may have as well. A rule that names one which the plan does not have is a fault, so they are tried too.
UNTOUCHED: Final = (25, 80, 110, 143, 443, 465, 587, 993, 995)

# No packet can come from these, or not over a wire.
_UNUSABLE: Final = tuple(
    parse_prefix(text)
    for text in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255", "::/127", "fe80::/10", "ff00::/8")
)


class Reach(Enum):
    """What rules can do about a service on a host with rules of its own."""

    CLOSES = auto()  # a table of their own: what the host drops stays dropped
    OPENS = auto()  # chains in the host's table: what the host accepts stays accepted
    DECIDES = auto()  # iptables, where an accept is final: both


class Question(NamedTuple):
    """One connection: from where, to which port, whether it must be accepted, the port's service and the plan's rule for it, if any."""

    source: str
    port: int
    accepted: bool
    service: str
    rule: str


def make_questions(
    plan: Plan, reach: Reach, host: Host, own: Sequence[str], families: Sequence[Family], most: int
) -> tuple[list[Question], int]:
    """The connections to try, at most about `most`, and how many prefixes could not be tried for that.

    `own` are the server's addresses, from which nobody can come. Each rule's prefixes are tried at the ports of its service; everybody
    else, and two prefixes of each rule, at every port of the plan and its neighbours. Other ports of mail servers are tried by everybody
    else and one address of each rule.
    """
    unusable = (*_UNUSABLE, *(parse_prefix(text) for text in own))
    rules = [rule for rule in plan.rules if rule.family in families]
    ends = {service.name: _ends(service) for service in plan.services}
    everywhere = sorted({port for name in ends for end in ends[name] for port in (end - 1, end, end + 1) if 0 < port < 65536})
    strangers = [text for text in OUTSIDERS if (Family.V6 if ":" in text else Family.V4) in families]
    samples = [edge for rule in rules for prefix in {rule.sources[0], rule.sources[-1]} for edge in _edges(prefix, unusable)]
    pairs = dict.fromkeys((source, port) for source in (*strangers, *samples) for port in everywhere)
    others = [port for port in UNTOUCHED if port not in everywhere]
    insiders = [text for rule in rules for text in _usable(rule.family, (rule.sources[0].first,), unusable)]
    pairs.update(dict.fromkeys((source, port) for source in (*strangers, *insiders) for port in others))
    step = max(1, -(-sum(4 * len(rule.sources) * len(ends[rule.service]) for rule in rules) // max(1, most - len(pairs))))
    for rule in rules:
        for prefix in rule.sources[::step]:
            pairs.update(dict.fromkeys((edge, port) for edge in _edges(prefix, unusable) for port in ends[rule.service]))
    total = sum(len(rule.sources) for rule in rules)
    left_out = total - sum(len(rule.sources[::step]) for rule in rules)
    return [_judge(plan, reach, host, source, port) for source, port in pairs], left_out


def _ends(service: Service) -> list[int]:
    return sorted({end for ports in service.ports for end in (ports.first, ports.last)})


def _edges(prefix: Prefix, unusable: Iterable[Prefix]) -> Iterator[str]:
    """First, last, one before and one after, without those that no packet can come from."""
    return _usable(prefix.family, (prefix.first - 1, prefix.first, prefix.last, prefix.last + 1), unusable)


def _usable(family: Family, numbers: Iterable[int], unusable: Iterable[Prefix]) -> Iterator[str]:
    for number in numbers:
        if 0 <= number < 1 << family.bits:
            address = make_prefix(family, number, family.bits)
            if not any(special.covers(address) for special in unusable):
                yield address_text(family, number)


def _judge(plan: Plan, reach: Reach, host: Host, source: str, port: int) -> Question:
    service = find_service(plan, port)
    admitted = host.admits(source, port)
    if service is None:
        return Question(source, port, admitted, "", "")
    decision = decide(plan, parse_prefix(source), service)
    rule: Rule | None = decision.matches[0][0] if decision.matches else None
    opened, closed = decision.verdict is Verdict.ALLOW, decision.verdict is Verdict.DENY
    # iptables lets everybody begin with a public service; what follows meets the host's own bans.
    begun = opened and (rule is not None or not host.bans(source, port))
    accepted = {
        Reach.CLOSES: admitted and not closed,
        Reach.OPENS: admitted or opened,
        Reach.DECIDES: begun or (admitted and not closed),
    }[reach]
    return Question(source, port, accepted, service.name, rule.id if rule else "")
