"""Plan → iptables: three chains for each family, and ipsets where the lists are long.

Sources of the facts: iptables(8), iptables-extensions(8), ipset(8), each tried on iptables 1.8.9 (nft and legacy) and ipset 7.17.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from generator.diagnostics import Report
from generator.net import Family, PortRange, Prefix, merge_ports, prefix_texts
from generator.plan import Access, Plan, Service
from generator.targets.connections import check_connection_limit
from generator.targets.iptables_groups import Group, group_rules
from generator.targets.iptables_names import SHORTEST_SET_NAME, Chains, name_chains, name_log_prefix, name_set, name_set_prefix, name_twin
from generator.targets.iptables_view import AddressSet, Allow, Entrance, FamilyRules, IptablesView, PortsRule
from generator.targets.naming import SHORTEST_FIT, fit, joined_id
from generator.targets.options import Options
from generator.targets.scope import Scope, resolve_scope

OPTIONS: Final[Mapping[str, str]] = {
    "layout": "choice",
    "ipset_above": "integer",
    "interface": "list",
    "destination": "list",
    "refuse": "choice",
    "connection_limit": "integer",
    "log": "boolean",
}
LIMITS: Final[Mapping[str, int]] = {
    "chain_name_bytes": len("GATEPOST-_GUARD") + SHORTEST_FIT,
    "comment_bytes": SHORTEST_FIT,
    "log_prefix_bytes": len("gatepost- limit: ") + SHORTEST_FIT,
    "multiport_slots": 2,  # a range takes two
    "set_name_bytes": SHORTEST_SET_NAME,
}
_REFUSALS: Final = {"drop": "DROP", "reject": "REJECT --reject-with tcp-reset"}
CHOICES: Final = {"layout": ("auto", "plain", "ipset"), "refuse": tuple(_REFUSALS)}
_SMALLEST_MAXELEM: Final = 65_536  # ipset's own default


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> IptablesView | None:
    """Turn a plan into what iptables can say; None after an error that was reported."""
    connection_limit = check_connection_limit(plan, options, report)
    scope = resolve_scope(plan, options, report)
    if scope is None or report.has_errors:
        return None
    with_sets = _choose_sets(plan, options, report)
    chains = name_chains(plan.site, limits["chain_name_bytes"])
    groups = {family: group_rules(plan, family, union=with_sets) for family in Family}
    sets = {family: _make_sets(plan, groups[family], family, limits) if with_sets else () for family in Family}
    v4, v6 = (
        FamilyRules(
            entrances=tuple(_make_entrances(plan, family, scope, limits)),
            allows=tuple(_make_allows(plan, family, groups[family], sets[family], chains, limits)),
            public=tuple(_make_public(plan, family, limits)),
            refusals=tuple(_make_refusals(plan, family, limits)),
        )
        for family in Family
    )
    logs = options.flag("log")
    return IptablesView(
        site=plan.site,
        chain=chains.entry,
        guard_chain=chains.guard,
        connector_chain=chains.connectors,
        chains=chains,
        set_prefix=name_set_prefix(plan.site, limits["set_name_bytes"]),
        v4=v4,
        v6=v6,
        sets=sets[Family.V4] + sets[Family.V6],
        connection_limit=connection_limit,
        refusal=_REFUSALS[options.text("refuse")],
        log_prefix=name_log_prefix(plan.site, "drop", limits["log_prefix_bytes"]) if logs else None,
        limit_log_prefix=name_log_prefix(plan.site, "limit", limits["log_prefix_bytes"]) if logs else None,
    )


def chunk_ports(ports: tuple[PortRange, ...], slots: int) -> Iterator[tuple[PortRange, ...]]:
    """Yield consecutive ports in runs that fit one multiport match of `slots` slots.

    `ports` is sorted and disjoint. A single port fills one slot, a range two. Source: iptables-extensions(8), multiport.

    Raises:
        ValueError: `slots` is below 2, so a range could never fit.
    """
    if slots < 2:
        raise ValueError(f"{slots} slots hold no port range")
    chunk: list[PortRange] = []
    free = slots
    for port in ports:
        size = 1 if port.first == port.last else 2
        if size > free:
            yield tuple(chunk)
            chunk, free = [], slots
        chunk.append(port)
        free -= size
    if chunk:
        yield tuple(chunk)


def _choose_sets(plan: Plan, options: Options, report: Report) -> bool:
    """Whether the lists become ipsets."""
    layout, most = options.text("layout"), options.number("ipset_above") or 0
    longest = max(len({source for rule in plan.rules if rule.family is family for source in rule.sources}) for family in Family)
    if layout == "plain" and longest > most:
        message = f"`layout: plain` compares each new connection with up to {longest} prefixes, one by one"
        report.add("TGT100", options.spans["layout"], message, hint=f"leave `layout` out: above {most} prefixes ipsets are used")
    return layout == "ipset" or (layout == "auto" and longest > most)


def _make_entrances(plan: Plan, family: Family, scope: Scope, limits: Mapping[str, int]) -> Iterator[Entrance]:
    """Every interface, destination and run of ports on which the site has something to say in this family."""
    served = {rule.service for rule in plan.rules if rule.family is family}
    services = [service for service in plan.services if service.access is not Access.ADDITIVE or service.name in served]
    destinations: tuple[str | None, ...] = (None,)
    if scope.destinations is not None:
        destinations = tuple(prefix_texts([prefix for prefix in scope.destinations if prefix.family is family]))
    for interface in scope.interfaces or (None,):
        for destination in destinations:
            for ports in _spell_ports(services, limits):
                yield Entrance(interface, destination, ports)


def _make_allows(
    plan: Plan, family: Family, groups: tuple[Group, ...], sets: tuple[AddressSet, ...], chains: Chains, limits: Mapping[str, int]
) -> Iterator[Allow]:
    for index, group in enumerate(groups):
        verdict = chains.connectors if group.limited else "ACCEPT"
        comment = _comment_group(plan, group, family, limits)
        matches = (f"-m set --match-set {sets[index].name} src",) if sets else map("-s {}".format, prefix_texts(group.sources))
        for match in matches:
            for chunk in chunk_ports(group.ports, limits["multiport_slots"]):
                yield Allow(match, _join_ports(chunk), comment, verdict)


def _make_public(plan: Plan, family: Family, limits: Mapping[str, int]) -> Iterator[PortsRule]:
    for service in plan.services:
        if service.access is Access.PUBLIC:
            comment = _cut_comment(joined_id(plan.site, ("public",), f"{service.name}/{_label(family)}"), limits)
            yield from (PortsRule(ports, comment) for ports in _spell_ports([service], limits))


def _make_refusals(plan: Plan, family: Family, limits: Mapping[str, int]) -> Iterator[PortsRule]:
    closed = [service for service in plan.services if service.access is Access.ALLOWLIST]
    names = "+".join(service.name for service in closed)
    comment = _cut_comment(f"{plan.site}/{names}/{_label(family)}: neither connector nor trusted", limits)
    return (PortsRule(ports, comment) for ports in _spell_ports(closed, limits))


def _make_sets(plan: Plan, groups: tuple[Group, ...], family: Family, limits: Mapping[str, int]) -> tuple[AddressSet, ...]:
    """One set for each group, in the same order."""
    prefix = name_set_prefix(plan.site, limits["set_name_bytes"])
    only = sum(not group.connectors for group in groups) == 1
    sets = []
    for group in groups:
        name = name_set(group.services, family, trusted=not group.connectors, only=only)
        entries = tuple(prefix_texts(_halve_everything(group.sources)))
        # A power of two with room to grow: a set's maxelem is fixed for its life, and rarely changes this way. It costs no memory.
        maxelem = max(_SMALLEST_MAXELEM, 1 << (2 * len(entries) - 1).bit_length())
        sets.append(
            AddressSet(
                name=f"{prefix}_{name}",
                twin=name_twin(prefix, name),
                family="inet" if family is Family.V4 else "inet6",
                maxelem=maxelem,
                entries=entries,
                comment=_comment_group(plan, group, family, limits),
            )
        )
    return tuple(sets)


def _halve_everything(sources: tuple[Prefix, ...]) -> tuple[Prefix, ...]:
    """The sources, with a prefix of length 0 as its two halves: hash:net takes no /0 (ipset(8))."""
    if sources[0].length:
        return sources
    family = sources[0].family
    return (Prefix(family, 0, 1), Prefix(family, 1 << (family.bits - 1), 1))


def _comment_group(plan: Plan, group: Group, family: Family, limits: Mapping[str, int]) -> str:
    who = group.connectors or ("trusted",)
    return _cut_comment(joined_id(plan.site, who, f"{'+'.join(group.services)}/{_label(family)}"), limits)


def _cut_comment(text: str, limits: Mapping[str, int]) -> str:
    """A comment within its limit: iptables-restore cuts longer ones without a word, and two rules might then share one."""
    return fit(text, limits["comment_bytes"])


def _spell_ports(services: Iterable[Service], limits: Mapping[str, int]) -> tuple[str, ...]:
    """All ports of some services, as what the multiport matches of one or more rules take."""
    ports = merge_ports(port for service in services for port in service.ports)
    return tuple(_join_ports(chunk) for chunk in chunk_ports(ports, limits["multiport_slots"]))


def _join_ports(ports: tuple[PortRange, ...]) -> str:
    return ",".join(str(port.first) if port.first == port.last else f"{port.first}:{port.last}" for port in ports)


def _label(family: Family) -> str:
    return f"v{family.value}"
