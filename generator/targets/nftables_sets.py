"""The named sets of nftables: which set a service's sources are in, and what is in each."""

from collections.abc import Mapping
from itertools import chain
from typing import Final, NamedTuple

from generator.net import Family, Prefix, merge_prefixes, prefix_texts
from generator.plan import Access, Plan, Rule, Service
from generator.targets.nftables_names import NameScheme
from generator.targets.nftables_refresh import TYPES
from generator.targets.nftables_view import AddressSet

# Two services with the same long list share one set: 100,000 prefixes load in 1.3 s, for five services that would be 6.5 s. Below this
# length each has its own: when shared lists begin to differ, one of them needs a set under a new name, and then the kernel misses
# connections for microseconds (unless the apply script makes the set beforehand, as ours does).
SHARED_SET_PREFIXES: Final = 5000

Use = tuple[str, Family]  # a service by its name, and a family
Spelled = Mapping[Use, tuple[str, ...]]


class Shelf(NamedTuple):
    """The sets of a layout, which of them holds a service's connectors, and the rules that feed it (none: it is empty for that service)."""

    sets: tuple[AddressSet, ...]
    set_of: Mapping[Use, str]
    rules_of: Mapping[Use, tuple[Rule, ...]]


def spell_sources(plan: Plan) -> Spelled:
    """The connectors' sources of each service and family, merged (an interval set refuses elements that overlap), in nft's spelling.

    Services that let the same sources in get the very same tuple: long lists are spelled once.
    """
    spelled: dict[Use, tuple[str, ...]] = {}
    known: list[tuple[list[tuple[Prefix, ...]], tuple[str, ...]]] = []
    for service in plan.services:
        for family in Family:
            lists = [rule.sources for rule in _connectors_rules(plan, service, family)]
            texts = next((texts for others, texts in known if others == lists), None)
            if texts is None:
                texts = _spell(lists)
                known.append((lists, texts))
            spelled[service.name, family] = texts
    return spelled


def fill_shelf(plan: Plan, services: tuple[Service, ...], names: NameScheme, spelled: Spelled) -> Shelf:
    """Make the sets of a layout: those of the trusted networks first, then two for each service that is not open to everybody."""
    set_of: dict[Use, str] = {}
    rules_of: dict[Use, tuple[Rule, ...]] = {}
    sets = {item.name: item for item in (_trusted_set(plan, services, family, names) for family in Family)}
    for service in services:
        for family in Family if service.access is not Access.PUBLIC else ():
            use, texts = (service.name, family), spelled[service.name, family]
            rules = _connectors_rules(plan, service, family)
            shared = (name for name, item in sets.items() if item.elements is texts and len(texts) >= SHARED_SET_PREFIXES)
            name = next(shared, names.service_set(*use))
            held = sets[name].holds if name in sets else ()
            sets[name] = AddressSet(name, TYPES[family], texts, (*held, *(rule.id for rule in rules)))
            set_of[use], rules_of[use] = name, rules
    return Shelf(tuple(sets.values()), set_of, rules_of)


def _connectors_rules(plan: Plan, service: Service, family: Family) -> tuple[Rule, ...]:
    return tuple(rule for rule in plan.rules if rule.service == service.name and rule.family is family and not rule.trusted)


def _trusted_set(plan: Plan, services: tuple[Service, ...], family: Family, names: NameScheme) -> AddressSet:
    closed = {service.name for service in services if service.access is Access.ALLOWLIST}
    rules = tuple(rule for rule in plan.rules if rule.trusted and rule.service in closed and rule.family is family)
    sources = [rule.sources for rule in rules[:1]]  # the same networks for every service
    return AddressSet(names.trusted(family), TYPES[family], _spell(sources), tuple(rule.id for rule in rules))


def _spell(lists: list[tuple[Prefix, ...]]) -> tuple[str, ...]:
    merged = lists[0] if len(lists) == 1 else merge_prefixes(chain.from_iterable(lists))
    return tuple(prefix_texts(merged))
