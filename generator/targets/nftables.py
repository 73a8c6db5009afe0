"""Plan → nftables: a guard table of its own that closes, and an include chain for the host's table that opens.

Measured on Linux 6.18 with nft 1.0.6: a refresh in place refuses nobody; deleting and making a table anew, an anonymous set, or a set under
a new name makes the kernel miss allowed connections for microseconds. So every name here is made of the service and the family, never of
the connectors or their addresses, both families' sets are there even when empty, and nothing is matched by an anonymous set.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from generator.diagnostics import Report
from generator.net import Family, PortRange
from generator.plan import Access, Plan, Rule, Service
from generator.targets.connections import check_connection_limit
from generator.targets.naming import SHORTEST_FIT, fit, joined_id
from generator.targets.nftables_names import NameScheme, guard_names, include_names
from generator.targets.nftables_refresh import plan_refresh
from generator.targets.nftables_sets import Shelf, Spelled, fill_shelf, spell_sources
from generator.targets.nftables_view import Layout, Limited, Match, NftablesView, OverLimit, ServiceChain
from generator.targets.options import Options
from generator.targets.scope import Scope, resolve_scope

OPTIONS: Final = {
    "layouts": "list",
    "hook": "choice",
    "interface": "list",
    "destination": "list",
    "connection_limit": "integer",
    "refuse": "choice",
    "log": "boolean",
    "counters": "boolean",
    "host_table": "text",
}
LIMITS: Final = {"comment_bytes": SHORTEST_FIT, "log_prefix_bytes": SHORTEST_FIT + len(": ")}

_SADDR: Final = {Family.V4: "ip saddr", Family.V6: "ip6 saddr"}
_DADDR: Final = {Family.V4: "ip daddr", Family.V6: "ip6 daddr"}
_EVERYBODY: Final = {Family.V4: "meta nfproto ipv4", Family.V6: "meta nfproto ipv6"}
# A machine with IPv6 picks new addresses in its /64 as it likes, so the /64 is the source that is counted.
_COUNTED: Final = {Family.V4: "ip saddr", Family.V6: "ip6 saddr & ffff:ffff:ffff:ffff::"}
# Before DNAT (-100, `dstnat`), so that the port is the one that was connected to, and after conntrack (-200), so that `ct state` is known.
_HOOKS: Final = {
    "input": "type filter hook input priority filter - 5; policy accept;",
    "prerouting": "type filter hook prerouting priority dstnat - 10; policy accept;",
}
_REFUSALS: Final = {"drop": "drop", "reject": "reject with tcp reset"}
CHOICES: Final = {"layouts": ("guard", "include"), "hook": tuple(_HOOKS), "refuse": tuple(_REFUSALS)}


class _Maker(NamedTuple):
    """What the parts of one layout are made from."""

    plan: Plan
    spelled: Spelled
    names: NameScheme
    limits: Mapping[str, int]
    options: Options
    connection_limit: int | None
    refusal: str  # empty: the layout closes nothing

    def comment(self, text: str) -> str:
        return fit(text, self.limits["comment_bytes"])

    def log_prefix(self, event: str) -> str:
        if not self.options.flag("log"):
            return ""
        return fit(f"gatepost-{self.plan.site} {event}", self.limits["log_prefix_bytes"] - len(": ")) + ": "


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> NftablesView | None:
    """Make the view of one site; None after a connection limit or a destination that can't be, which is reported."""
    connection_limit = check_connection_limit(plan, options, report)
    scope = resolve_scope(plan, options, report)
    if scope is None or report.has_errors:
        return None
    hook, layouts = options.text("hook"), options.texts("layouts")
    counter = "counter " if options.flag("counters") else ""
    refusal = counter + _REFUSALS[options.text("refuse")]
    guard = _Maker(plan, spell_sources(plan), guard_names(plan.site, hook), limits, options, connection_limit, refusal)
    include = guard._replace(names=include_names(plan.site, options.text("host_table")), refusal="")
    closed = tuple(service for service in plan.services if service.access is Access.ALLOWLIST)
    return NftablesView(
        site=plan.site,
        guard=_layout(guard, closed, _scope_matches(scope, local=hook == "prerouting"), _HOOKS[hook]) if "guard" in layouts else None,
        guard_names=guard.names,
        include=_layout(include, plan.services, _scope_matches(scope, local=False), "") if "include" in layouts else None,
        include_names=include.names,
        accept=f"{counter}accept",
        too_many=counter + _REFUSALS["reject"],
    )


def _scope_matches(scope: Scope, *, local: bool) -> tuple[str, ...]:
    """What a packet must match before its port is looked at, one rule each; none: every packet.

    `local` is for the prerouting hook, where packets that only pass through the host are seen as well: without a destination of the site's
    own, those for the host's own addresses are meant, DNAT still to come.
    """
    interfaces = [f'iifname "{name}"' for name in scope.interfaces] or [""]
    destinations = [f"{_DADDR[prefix.family]} {prefix.host_text}" for prefix in scope.destinations or ()]
    if scope.destinations is None:
        destinations = ["fib daddr type local" if local else ""]
    matches = [f"{interface} {destination}".strip() for interface in interfaces for destination in destinations]
    return tuple(match for match in matches if match)


def _layout(maker: _Maker, services: tuple[Service, ...], scope: tuple[str, ...], hook: str) -> Layout:
    names, limited = maker.names, maker.connection_limit is not None
    shelf = fill_shelf(maker.plan, services, names, maker.spelled)
    chains = tuple(_service_chain(service, shelf, maker) for service in services)
    every_chain = (
        *([names.scoped] if scope else []),
        *([names.over_limit] if limited else []),
        *(chain.name for chain in chains),
    )
    refresh = plan_refresh(names, hook, every_chain, shelf.sets, counting=limited)
    too_many = OverLimit(names.over_limit, maker.log_prefix("limit"), maker.comment(f"{maker.plan.site}: too many connections"))
    return Layout(
        table=names.table,
        base=names.base,
        hook=hook,
        declarations=refresh.declarations,
        refresh=refresh.statements,
        scope=scope,
        scoped=names.scoped,
        sets=shelf.sets,
        over_limit=too_many if limited else None,
        services=chains,
        loose_prefix=names.loose_prefix,
        loose=tuple(
            f"{kind} {name}"
            for kind, every in (("chain", every_chain), ("set", [item.name for item in shelf.sets]))
            for name in every
            if name.startswith(names.loose_prefix)
        ),
    )


def _service_chain(service: Service, shelf: Shelf, maker: _Maker) -> ServiceChain:
    site, public = maker.plan.site, service.access is Access.PUBLIC
    over = maker.connection_limit if service.access is Access.ALLOWLIST else None
    fed = () if public else tuple(family for family in Family if shelf.rules_of[service.name, family])
    who = {family: f"{_SADDR[family]} @{shelf.set_of[service.name, family]}" for family in fed}
    ports = tuple(_port_text(port) for port in service.ports)
    connectors = tuple(Match(who[family], maker.comment(_shared_id(shelf.rules_of[service.name, family], site))) for family in fed)
    everybody = tuple(Match(_EVERYBODY[family], maker.comment(f"{site}/public/{service.name}/v{family.value}")) for family in Family)
    return ServiceChain(
        name=maker.names.service(service.name),
        title=f"{service.name}, {service.protocol} {', '.join(ports)}: {_summary(service, maker)}",
        ports=tuple(f"{service.protocol} dport {port}" for port in ports),
        trusted=tuple(_trusted(rule, maker) for rule in maker.plan.rules if rule.trusted and rule.service == service.name),
        limited=() if over is None else tuple(_limited(service, family, who[family], over, maker) for family in fed),
        allowed=everybody if public else connectors,
        log_prefix=maker.log_prefix(f"{service.name} drop") if maker.refusal else "",
        refusal=maker.refusal,
        refusal_comment=maker.comment(f"{site}/{service.name}: neither connector nor trusted"),
    )


def _trusted(rule: Rule, maker: _Maker) -> Match:
    return Match(f"{_SADDR[rule.family]} @{maker.names.trusted(rule.family)}", maker.comment(rule.id))


def _limited(service: Service, family: Family, who: str, over: int, maker: _Maker) -> Limited:
    return Limited(
        who=who,
        counted=f"add @{maker.names.counting(family)} {{ {_COUNTED[family]} ct count over {over} }}",
        goto=maker.names.over_limit,
        comment=maker.comment(f"{maker.plan.site}/limit/{service.name}/v{family.value}"),
    )


def _shared_id(rules: tuple[Rule, ...], site: str) -> str:
    names = [rule.connector for rule in rules if rule.connector is not None]
    return joined_id(site, names, f"{rules[0].service}/v{rules[0].family.value}")


def _summary(service: Service, maker: _Maker) -> str:
    if service.access is Access.PUBLIC:
        return "open to everybody"
    if service.access is Access.ADDITIVE:
        return "opened for connectors, closed to nobody"
    return "connectors and trusted networks, nobody else" if maker.refusal else "opened for connectors and trusted networks"


def _port_text(port: PortRange) -> str:
    return str(port.first) if port.first == port.last else f"{port.first}-{port.last}"
