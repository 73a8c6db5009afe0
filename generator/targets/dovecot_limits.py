"""How many connections and processes Dovecot needs for the connectors of its IMAP services, beside everybody else."""

from collections.abc import Collection
from typing import Final

from generator.diagnostics import Report
from generator.net import Family, merge_prefixes
from generator.plan import Plan, Requirement
from generator.targets.dovecot_view import Limits
from generator.targets.options import Options

# Dovecot's own numbers (`doveconf -d` of 2.3.19 and 2.4.1).
_USERIP_CONNECTIONS: Final = 10
_LOGIN_PROCESSES: Final = 100
_IMAP_PROCESSES: Final = 1024
_CLIENT_LIMIT: Final = 1000
# What the authentication process may be asked to hold besides imap-login: five more services of 100 processes, and a few of Dovecot's own.
_OTHER_CLIENTS: Final = 510


def size_limits(plan: Plan, services: Collection[str], options: Options, report: Report) -> Limits | None:
    """The limits that fit the connectors of some services; an option below their need is reported, with the arithmetic, and gives None."""
    sharing = _find_sharing(plan, services)
    used = {rule.connector for rule in plan.rules if rule.service in services}
    requirements = [requirement for requirement in plan.requirements if requirement.connector in used]
    per_user, every = sum(map(_each, sharing)), sum(requirement.connections for requirement in requirements)
    by_user = " + ".join(f"{requirement.connector} {_each(requirement)}" for requirement in sharing)
    by_mailbox = " + ".join(f"{one.connector} {_each(one)} × {one.mailboxes}" for one in requirements)
    userip = _choose("userip_connections", max(_USERIP_CONNECTIONS, per_user), per_user, by_user, options, report)
    logins = _choose("login_processes", _LOGIN_PROCESSES + every, every, by_mailbox, options, report)
    sessions = _choose("imap_processes", _IMAP_PROCESSES + every, every, by_mailbox, options, report)
    if userip is None or logins is None or sessions is None:
        return None
    clients = options.number("client_limit")
    if clients is None and logins + _OTHER_CLIENTS > _CLIENT_LIMIT:
        clients = _CLIENT_LIMIT + logins
    return Limits(userip, logins, sessions, clients)


def _each(requirement: Requirement) -> int:
    """Simultaneous connections of one mailbox, as the plan counts them."""
    return requirement.connections // requirement.mailboxes


def _choose(name: str, computed: int, need: int, arithmetic: str, options: Options, report: Report) -> int | None:
    """The option, else the computed number; None after a number below the need. 0 is no limit where the option takes it."""
    given = options.number(name)
    if not given:
        return computed if given is None else 0
    if given < need:
        message = f"`{name}` is {given}, and the connectors need {need} at once"
        report.add("TGT122", options.spans[name], message, hint=f"{arithmetic} = {need}: write {need} or more, or leave `{name}` out")
        return None
    return given


def _find_sharing(plan: Plan, services: Collection[str]) -> list[Requirement]:
    """The connectors that may come from one and the same address and together need the most connections there.

    Dovecot counts by user and client address, an IPv6 address too, so prefixes are swept as they are, and mailboxes don't multiply.
    """
    changes: list[tuple[Family, int, bool, str]] = []
    by_name = {requirement.connector: requirement for requirement in plan.requirements}
    for name in by_name:
        sources = merge_prefixes(
            source for rule in plan.rules if rule.connector == name and rule.service in services for source in rule.sources
        )
        for prefix in sources:
            changes += [(prefix.family, prefix.first, True, name), (prefix.family, prefix.last + 1, False, name)]
    present: set[str] = set()
    most: set[str] = set()
    for _, _, begins, name in sorted(changes):  # at one address the ends come before the beginnings
        if begins:
            present.add(name)
            most = max(most, set(present), key=lambda names: sum(_each(by_name[one]) for one in names))
        else:
            present.discard(name)
    return [by_name[name] for name in sorted(most)]
