"""Interfaces and destination addresses that narrow the rules of a host firewall; shared by the targets that offer both options."""

from typing import NamedTuple

from generator.diagnostics import Report
from generator.net import Family, Prefix, parse_prefix
from generator.plan import Plan
from generator.targets.options import Options

INTERFACE = "interface"
DESTINATION = "destination"


class Scope(NamedTuple):
    """No interface: any. `destinations` is None for any address, else sorted; a family that it lacks is matched nowhere."""

    interfaces: tuple[str, ...]
    destinations: tuple[Prefix, ...] | None


def resolve_scope(plan: Plan, options: Options, report: Report, *, other: str = "write `destination: any`") -> Scope | None:
    """Read the options `interface` and `destination`; None after an error that was reported. A family left untouched is told.

    `other`: what to write instead of `destination: server`.
    """
    interfaces, chosen = options.texts(INTERFACE), options.texts(DESTINATION)
    if chosen == ("any",):
        return Scope(interfaces, None)
    span = options.spans[DESTINATION]
    destinations = plan.server.addresses if chosen == ("server",) else tuple(parse_prefix(text) for text in chosen)
    if not destinations:
        report.add("TGT021", span, "`destination: server`, and the site has no `server.addresses`", hint=f"list them, or {other}")
        return None
    for family in Family:
        if all(prefix.family is not family for prefix in destinations):
            message = f"no destination address is IPv{family.value}: the services stay over IPv{family.value} as they are"
            report.add("TGT022", span, message, hint="if the host has such an address, list it too")
    return Scope(interfaces, tuple(sorted(destinations)))
