"""Interfaces and destination addresses that narrow the rules of a host firewall; shared by the targets that offer both options."""

from typing import NamedTuple

from generator.diagnostics import Report, Span
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
            _tell_untouched(plan, family, span, report)
    return Scope(interfaces, tuple(sorted(destinations)))


def _tell_untouched(plan: Plan, family: Family, span: Span, report: Report) -> None:
    """Tell that no rule is about a family: a gap where connectors reach the server over it, else something to know."""
    public = [prefix.host_text for prefix in plan.server.addresses if prefix.family is family]
    stays = f"the services stay over IPv{family.value} as they are"
    if public:
        hint = f"list the address that stands for {public[0]} here too"
        report.add("TGT023", span, f"no destination is IPv{family.value}, and the server has {public[0]}: {stays}", hint=hint)
    else:
        hint = "if the host has such an address, list it too"
        report.add("TGT022", span, f"no destination address is IPv{family.value}: {stays}", hint=hint)
