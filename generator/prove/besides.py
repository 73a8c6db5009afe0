"""What must hold besides single connections from outside: other traffic, open connections, many at once, and the kind of answer."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Final, NamedTuple

from generator.net import Family
from generator.plan import Access, Plan
from generator.prove.answer import Answer, Claim, Setting
from generator.prove.hosts import Host
from generator.prove.lab.lab import CONTROL_PORT, CONTROL_SOURCES, Held, Lab, find_own
from generator.prove.lab.sockets import LabError, Verdict
from generator.prove.questions import Question, Reach

OUTSIDE: Final = {Family.V4: "203.0.113.254", Family.V6: "2001:db8:ffff::fe"}
MOST_HELD: Final = 300  # connections that are held at once to try a limit
_TRIES: Final = 3  # a datagram that a busy machine lost proves nothing
_REFUSALS: Final = {Verdict.DROPPED: "others get no answer", Verdict.REFUSED: "others get a reset"}


class Traffic(NamedTuple):
    """Traffic that is no business of the site's rules, and whether it passes."""

    title: str
    passes: Callable[[], bool]


def list_traffic(lab: Lab, port: int) -> tuple[Traffic, ...]:
    """Pings, datagrams to a port of the plan, loopback, and connections of the server's own to the same port of others."""
    lab.listen_outside(port)

    def connects(source: str, to: str) -> Callable[[], bool]:
        return lambda: lab.probe_inside([(source, port, to)]) == [Verdict.ACCEPTED]

    found = []
    for family, outside in OUTSIDE.items():
        own, over = find_own(lab.addresses, outside), f"over IPv{family.value}"
        loopback = "127.0.0.1" if family is Family.V4 else "::1"
        found += [
            Traffic(f"ping {over}", partial(lab.answers_ping, outside)),
            Traffic(f"UDP to port {port} {over}", partial(lab.answers_datagram, outside, port)),
            Traffic(f"loopback to port {port} {over}", connects(loopback, loopback)),
            Traffic(f"the server to its own address, port {port}, {over}", connects(own, own)),
            Traffic(f"the server to port {port} of others {over}", connects(own, outside)),
        ]
    return tuple(found)


def see_traffic(traffic: Iterable[Traffic]) -> tuple[bool, ...]:
    """What passes before the rules are there."""
    return tuple(any(one.passes() for _ in range(_TRIES - 1)) for one in traffic)


def compare_traffic(traffic: Sequence[Traffic], before: Sequence[bool]) -> Claim:
    """Whether the same passes now."""
    changed = [
        f"{one.title} {'no longer passes' if passed else 'passes now'}"
        for one, passed in zip(traffic, before, strict=True)
        if all(one.passes() is not passed for _ in range(_TRIES))
    ]
    return Claim("pings, datagrams, loopback and the server's own connections pass as before", not changed, "; ".join(changed[:3]))


def reach_ssh(lab: Lab) -> Claim:
    """Whether ssh, which no rule of the site is about, is as open as before: where it is not, silence tells nothing of other ports."""
    title = f"port {CONTROL_PORT}, which no rule of the site is for, is as open as before"
    for source in CONTROL_SOURCES:
        if not _gets_in(lab, source, CONTROL_PORT):
            return Claim(title, False, f"{source} does not get in; no other connection was tried")
    return Claim(title, True)


def hold_open(lab: Lab, plan: Plan, host: Host, questions: Sequence[Question], setting: Setting) -> tuple[Held, ...]:
    """Connections from before the rules: of an outsider to ssh, of a friend to a service, where the host lets them in by itself."""
    # With a limit on connectors', one that is open would be counted where the limit is tried.
    friends = {rule.id for rule in plan.rules if rule.connector is None or setting.connection_limit is None}
    doors = [(OUTSIDE[family], CONTROL_PORT) for family in setting.families]
    for family in setting.families:
        doors += [
            (question.source, question.port)
            for question in questions
            if question.rule in friends
            and (":" in question.source) is (family is Family.V6)
            and host.admits(question.source, question.port)
        ][:1]
    return tuple(lab.hold(source, port) for source, port in doors)


def judge_refusal(plan: Plan, reach: Reach, answers: Sequence[Answer], wanted: Verdict) -> list[Claim]:
    """Whether what the rules close is answered as the target's option says. What only opens answers nobody."""
    closed = {service.name for service in plan.services if service.access is Access.ALLOWLIST}
    refused = [answer for answer in answers if answer.question.service in closed and not answer.question.accepted and not answer.is_lie]
    if reach is Reach.OPENS or not refused:
        return []
    others = [answer for answer in refused if answer.met is not wanted]
    seen = f"{others[0].question.source} to {others[0].question.port} was {others[0].met}" if others else ""
    return [Claim(_REFUSALS[wanted], not others, seen)]


def hold_many(plan: Plan, lab: Lab, answers: Sequence[Answer], limit: int | None) -> list[Claim]:
    """Whether a connector gets as many connections at once as it needs, or as the limit lets one source have; and then no more."""
    closed = {service.name for service in plan.services if service.access is Access.ALLOWLIST}
    bounded = {rule.id for rule in plan.rules if rule.connector is not None and rule.service in closed}
    number = plan.connections_needed if limit is None else limit
    if not 0 < number <= MOST_HELD:
        return []
    doors = {":" in answer.question.source: answer.question for answer in answers if answer.question.rule in bounded and not answer.is_lie}
    return [_hold_from(lab, question, number, is_limit=limit is not None) for question in doors.values()]


def _hold_from(lab: Lab, question: Question, number: int, *, is_limit: bool) -> Claim:
    some = "1 connection" if number == 1 else f"{number} connections"
    title = f"{question.source} has {some} to {question.port} at once{', and no more' if is_limit else ''}"
    claim = Claim(title, False)
    for _ in range(_TRIES):
        claim = _try_to_hold(lab, question, number, title, is_limit=is_limit)
        if claim.holds:
            break
        lab.run("sleep", "1")  # the kernel counts connections that were reset for a moment (nf_conncount)
    return claim


def _try_to_hold(lab: Lab, question: Question, number: int, title: str, *, is_limit: bool) -> Claim:
    held: list[Held] = []
    try:
        while len(held) < number:
            held.append(lab.hold(question.source, question.port))
    except LabError:
        return Claim(title, False, f"only {len(held)}")
    else:
        more = is_limit and _gets_in(lab, question.source, question.port)
        return Claim(title, not more, "one more got in" if more else "")
    finally:
        for one in held:
            one.release()


def _gets_in(lab: Lab, source: str, port: int) -> bool:
    try:
        lab.hold(source, port).release()
    except LabError:
        return False
    return True
