"""Bounds on the connections of one source in a dump, held against what the connectors need and what the site sets."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from generator import resources
from generator.compile import Compiled
from generator.diagnostics import Report
from generator.plan import Access, Plan
from generator.readers.limits import Limit
from generator.readers.model import Act, Match, Rule, Ruleset
from generator.review.audit import Fault, Kind
from generator.review.audit_names import is_ours, our_layout, read_comment
from generator.targets.connections import OPTION
from generator.targets.manifest import load_manifest
from generator.targets.options import resolve_options

_TARGETS: Final = ("nftables", "iptables")
_MASK: Final = re.compile(r"--connlimit-mask (\d+)")
_MASKS: Final = ("32", "64")  # one IPv4 address, one IPv6 network; the line does not tell its family


def site_limits(compiled: Compiled) -> dict[str, int | None]:
    """The connection limit that the site sets for each target of a Linux host; None for none."""
    folders = resources.target_folders(())
    found: dict[str, int | None] = {}
    for name in _TARGETS:
        manifest = load_manifest(folders[name], Report())
        value = resolve_options(manifest, compiled.site, Report()).values.get(OPTION) if manifest else None
        found[name] = value if isinstance(value, int) else None
    return found


def audit_limits(plan: Plan, ruleset: Ruleset, limits: Sequence[Limit], wanted: Mapping[str, int | None]) -> Iterator[Fault]:
    """Limits that are too low, not the site's, or gone. `wanted` is what the site sets, by target."""
    for limit in limits:
        if _is_ours(limit, plan.site):
            yield from _judge_ours(plan, limit, wanted["nftables" if " " in limit.chain else "iptables"])
        else:
            yield from _judge_foreign(plan, limit)
    yield from _find_gone(plan, ruleset, [limit for limit in limits if _is_ours(limit, plan.site)], wanted)


def _is_ours(limit: Limit, site: str) -> bool:
    chain = limit.chain if " " in limit.chain else f"filter {limit.chain} of IPv4"
    return is_ours(limit.comment, site) or bool(our_layout(chain, site))


def _judge_ours(plan: Plan, limit: Limit, wanted: int | None) -> Iterator[Fault]:
    said = f"the site says {wanted}" if wanted is not None else "the site sets no limit"
    need = f", and connectors need {plan.connections_needed}" if limit.number < plan.connections_needed else ""
    mask = _MASK.search(limit.text)
    if mask and mask[1] not in _MASKS:
        yield _fault(plan, limit, Kind.LIMIT, f"our rules count the connections of a whole /{mask[1]} as if they were one source's")
    if limit.number != wanted:
        yield _fault(plan, limit, Kind.LIMIT, f"our rules let in {limit.words} from one source; {said}{need}")


def _judge_foreign(plan: Plan, limit: Limit) -> Iterator[Fault]:
    """Limits of others count where they name a port of the plan: what leads to them otherwise is not known here."""
    for service in plan.services:
        if limit.ports is None or not any(a.first <= b.last and b.first <= a.last for a in limit.ports for b in service.ports):
            continue
        few = not limit.per and limit.number < plan.connections_needed
        need = f"; a connector needs {plan.connections_needed} at once"
        fact = f"another rule lets in {limit.words} from one source{need}"
        yield _fault(plan, limit, Kind.LIMIT if few else Kind.OTHER_LIMIT, fact)._replace(service=service.name, ports=service.ports)


def _fault(plan: Plan, limit: Limit, kind: Kind, fact: str) -> Fault:
    name = read_comment(limit.comment, plan.site)
    services = [service for service in plan.services if name and service.name in name.services]
    rule = Rule(Match(), Act.DENY, text=limit.text, line=limit.line, comment=limit.comment)
    if not services:
        return Fault(kind, rules=(rule,), fact=fact)
    return Fault(kind, services[0].name, services[0].ports, name.family if name else None, rules=(rule,), fact=fact)


def _find_gone(plan: Plan, ruleset: Ruleset, ours: Sequence[Limit], wanted: Mapping[str, int | None]) -> Iterator[Fault]:
    """Limits that the site sets and our rules, which are there, don't have."""
    there = {(limit.chain, limit.comment) for limit in ours}
    closed = {service.name: service for service in plan.services if service.access is Access.ALLOWLIST}
    bounded = [chain for chain in ruleset.chains if chain.startswith("filter ") and our_layout(chain, plan.site) and "_CONN of " in chain]
    if wanted["iptables"] is not None and sum(" " not in limit.chain for limit in ours) < len(bounded):
        yield Fault(Kind.LIMIT, fact=f"the site's limit of {wanted['iptables']} connections is not in all of our iptables chains")
    if wanted["nftables"] is None:
        return
    for chain in ruleset.chains.values():
        if our_layout(chain.name, plan.site)[:5] not in ("guard", "inclu"):
            continue
        for rule in chain.rules:
            name = read_comment(rule.comment, plan.site)
            service = closed.get(name.services[0]) if name else None
            if name is None or service is None or name.is_limit or name.is_public or name.parties == ("trusted",):
                continue
            if (chain.name, f"{plan.site}/limit/{service.name}/v{name.family.value}") not in there:
                fact = f"the site's limit of {wanted['nftables']} connections is not in our rules"
                yield Fault(Kind.LIMIT, service.name, service.ports, name.family, rules=(rule,), fact=fact)
