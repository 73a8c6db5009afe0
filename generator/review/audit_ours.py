"""Our own rules in a dump, held against the plan: changed by hand, left from an earlier version of the site, or gone.

They are known by their comments, so this needs no second rendering, and tells what was changed rather than that a file differs.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from generator.compile.services import ports_text
from generator.net import Family, merge_ports
from generator.net.runs import EVERYTHING, Runs, prefix_runs, subtract_runs, unite_runs
from generator.plan import Access, Plan, Service
from generator.readers.model import Act, Rule, Ruleset
from generator.review.audit import Fault, Kind
from generator.review.audit_names import RuleName, is_cut, is_ours, our_layout, read_closing, read_comment

_LETTING_IN: Final = (Act.ACCEPT, Act.JUMP, Act.GOTO)
_DECIDING: Final = (Act.ACCEPT, Act.DENY, Act.RETURN)


class _Layout(NamedTuple):
    """The site's rules of one kind of file. `families` are those that it is for."""

    name: str
    families: tuple[Family, ...]
    rules: tuple[tuple[str, Rule], ...]  # with the chain

    def fault(self, fact: str, rules: Iterable[Rule] = (), service: Service | None = None, family: Family | None = None) -> Fault:
        """A fault of this layout, and of a service where it is one's."""
        if service is None:
            return Fault(Kind.CHANGED, rules=tuple(rules), family=family, fact=f"{self.name}: {fact}")
        places = (service.decided,)
        return Fault(Kind.CHANGED, service.name, service.ports, family, rules=tuple(rules), spans=places, fact=f"{self.name}: {fact}")


def audit_ours(plan: Plan, ruleset: Ruleset) -> Iterator[Fault]:
    """Every layout of the site that is in the dump; where none is, and no other rule is the site's either, that."""
    layouts = _find_layouts(plan, ruleset)
    for layout in layouts:
        yield from _find_policies(layout, plan, ruleset)
        yield from _find_strangers(layout, plan, {name for name, _ in layout.rules})
        if not any(is_cut(rule.comment) for _, rule in layout.rules):
            yield from _compare(layout, plan)
    if not layouts and not any(is_ours(rule.comment, plan.site) for chain in ruleset.chains.values() for rule in chain.rules):
        yield Fault(Kind.ABSENT)


def _find_layouts(plan: Plan, ruleset: Ruleset) -> list[_Layout]:
    found: dict[str, list[tuple[str, Rule]]] = {}
    for chain in ruleset.chains.values():
        if name := our_layout(chain.name, plan.site):
            found.setdefault(name, []).extend((chain.name, rule) for rule in chain.rules)
    return [
        _Layout(
            name, tuple(family for family in Family if not name.startswith("iptables") or name.endswith(f"v{family.value}")), tuple(rules)
        )
        for name, rules in found.items()
    ]


def _find_policies(layout: _Layout, plan: Plan, ruleset: Ruleset) -> Iterator[Fault]:
    """Chains of ours that close what no rule of theirs is for: every other port of the host."""
    for chain in ruleset.chains.values():
        if chain.otherwise is Act.DENY and our_layout(chain.name, plan.site) == layout.name:
            yield layout.fault(f"the policy of `{chain.name}` is drop, which closes every port that the site does not have")


def _find_strangers(layout: _Layout, plan: Plan, chains: set[str]) -> Iterator[Fault]:
    """Rules in our chains that nobody but a person can have put there."""
    for _, rule in layout.rules:
        leaves = rule.act in (Act.JUMP, Act.GOTO) and rule.target not in chains and not our_layout(rule.target, plan.site)
        if not is_ours(rule.comment, plan.site) and (rule.act in _DECIDING or leaves):
            yield layout.fault("a rule that gatepost did not write", [rule])


def _compare(layout: _Layout, plan: Plan) -> Iterator[Fault]:
    services = {service.name: service for service in plan.services}
    named: dict[RuleName, list[Rule]] = {}
    for _, rule in layout.rules:
        name = read_comment(rule.comment, plan.site)
        if name is not None and not name.is_limit:
            named.setdefault(name, []).append(rule)
    for name, rules in named.items():
        gone = [service for service in name.services if service not in services]
        if gone:
            yield layout.fault(f"a rule for {', '.join(gone)}, which the plan does not have", rules, family=name.family)
        else:
            yield from _compare_rules(layout, plan, name, rules, services)
    yield from _find_missing(layout, plan, set(named))
    yield from _find_open(layout, plan)


def _compare_rules(layout: _Layout, plan: Plan, name: RuleName, rules: list[Rule], services: dict[str, Service]) -> Iterator[Fault]:
    """All rules with one comment against the rules of the plan that it names."""
    service = services[name.services[0]]
    refusing = [rule for rule in rules if rule.act not in _LETTING_IN]
    if refusing:
        yield layout.fault(f"a rule of {_words(name)} that lets nobody in", refusing, service, name.family)
        return
    wanted_ports = merge_ports(port for one in name.services for port in services[one].ports)
    strange = [rule for rule in rules if rule.match.ports is not None and merge_ports(rule.match.ports) != wanted_ports]
    if strange:
        yield layout.fault(f"a rule of {_words(name)} for other ports than {ports_text(wanted_ports)}", strange, service, name.family)
    everything = EVERYTHING[name.family]
    live = unite_runs(*(everything if rule.match.sources is None else rule.match.sources for rule in rules), ())
    wanted = everything if name.is_public and service.access is Access.PUBLIC else _plan_sources(plan, name)
    if added := subtract_runs(live, wanted):
        yield layout.fault(f"{_words(name)} lets in more than the plan", rules, service, name.family)._replace(sources=added)
    if lost := subtract_runs(wanted, live):
        yield layout.fault(f"{_words(name)} lets in less than the plan", rules, service, name.family)._replace(sources=lost)


def _words(name: RuleName) -> str:
    return f"`{'+'.join(name.parties)}/{'+'.join(name.services)}/v{name.family.value}`"


def _plan_sources(plan: Plan, name: RuleName) -> Runs:
    """What the named rules of the plan let in. Several services share a rule only where they share its sources."""
    rules = [
        rule
        for rule in plan.rules
        if rule.family is name.family and rule.service == name.services[0] and (rule.connector or "trusted") in name.parties
    ]
    return unite_runs(*(prefix_runs(rule.sources, rule.family) for rule in rules), ())


def _find_missing(layout: _Layout, plan: Plan, named: set[RuleName]) -> Iterator[Fault]:
    """Rules of the plan that no rule of the layout stands for."""
    there = {(party, service, name.family) for name in named for party in name.parties for service in name.services}
    opens = (Access.ALLOWLIST,) if layout.name == "guard" else (Access.ALLOWLIST, Access.ADDITIVE)
    services = {service.name: service for service in plan.services if service.access in opens}
    for rule in plan.rules:
        party = rule.connector or "trusted"
        if rule.service in services and rule.family in layout.families and (party, rule.service, rule.family) not in there:
            name = RuleName((party,), (rule.service,), rule.family)
            fault = layout.fault(f"there is no rule {_words(name)}, or it is for nobody", (), services[rule.service], rule.family)
            yield fault._replace(party=party, spans=rule.origins)


def _find_open(layout: _Layout, plan: Plan) -> Iterator[Fault]:
    """Services that the layout no longer closes. An include closes nothing."""
    if layout.name.startswith("include"):
        return
    closed = {name for _, rule in layout.rules if rule.act is Act.DENY for name in read_closing(rule.comment, plan.site)}
    for service in plan.services:
        if service.access is Access.ALLOWLIST and service.name not in closed:
            family = layout.families[0] if len(layout.families) == 1 else None
            yield layout.fault(f"the rule that closes {service.name} to everybody else is gone", (), service, family)
