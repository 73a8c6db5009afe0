"""Plan → OPNsense: aliases and rules of its own models, which live beside the user's.

Sources of the facts: OPNsense's own models and controllers, 25.1 to 26.7 (Alias.xml, Filter.xml, AliasNameField, FilterRuleField,
AliasController, FilterController, ApiMutableModelControllerBase). Rules for both families at once exist since 25.1.
"""

from collections.abc import Mapping
from typing import Final

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.connections import check_connection_limit
from generator.targets.naming import SHORTEST_FIT, fit, printable
from generator.targets.opnsense_view import LastRule, OpnsenseAlias, OpnsenseOwner, OpnsenseRule, OpnsenseView
from generator.targets.options import Options
from generator.targets.pf_lists import FETCHED, IN_CONFIGURATION, choose_lists, make_list
from generator.targets.pf_names import SHORTEST_ALIAS_NAME, SHORTEST_DESCRIPTION, name_uuid
from generator.targets.pf_rules import PfAlias, PfRule, make_rules
from generator.targets.scope import resolve_scope

OPTIONS: Final[Mapping[str, str]] = {
    "interface": "list",
    "destination": "list",
    "sequence": "integer",
    "connection_limit": "integer",
    "log": "boolean",
    "lists": "choice",
    "list_url": "text",
    "list_days": "integer",
}
CHOICES: Final = {"lists": (IN_CONFIGURATION, FETCHED)}
LIMITS: Final[Mapping[str, int]] = {
    "alias_name_bytes": SHORTEST_ALIAS_NAME,
    "description_bytes": max(SHORTEST_DESCRIPTION, len("gatepost  ") + 2 * SHORTEST_FIT),
    "detail_bytes": SHORTEST_FIT,
    "table_entries": 1,
}


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> OpnsenseView | None:
    """Turn a plan into what OPNsense can say; None after an error that was reported."""
    connections = check_connection_limit(plan, options, report)
    scope = resolve_scope(plan, options, report, other="write the addresses that the server has behind the firewall")
    if scope is None or scope.destinations is None:
        return None
    made = make_rules(plan, interfaces=scope.interfaces, destinations=scope.destinations, connections=connections, limits=limits)
    urls = choose_lists(plan, made, options, limits, report)
    if urls is None or (connections or plan.connections_needed) < plan.connections_needed:
        return None
    first = options.number("sequence") or 1
    days = str(options.number("list_days"))
    rules = tuple(_spell_rule(rule, first + index, log=options.flag("log")) for index, rule in enumerate(made.rules))
    lists = tuple(make_list(alias, limits) for alias in made.aliases)
    return OpnsenseView(
        site=plan.site,
        owner=OpnsenseOwner(made.prefix, made.mark, tuple(rule.uuid for rule in rules)),
        aliases=tuple(_spell_alias(plan.site, alias, urls.get(alias.name, ""), days, limits) for alias in made.aliases),
        rules=rules,
        interfaces=scope.interfaces,
        last=tuple(LastRule(*item) for item in {rule.interface: rule.sequence for rule in rules}.items()),
        lists=lists,
        tables=tuple(item for item in lists if item.name in urls),
    )


def _spell_alias(site: str, alias: PfAlias, url: str, days: str, limits: Mapping[str, int]) -> OpnsenseAlias:
    return OpnsenseAlias(
        uuid=name_uuid(f"gatepost alias {alias.name}"),
        name=alias.name,
        type="urltable" if url else alias.kind,
        updatefreq=days if url else "",
        content=url or "\n".join(alias.entries),
        description=fit(printable(f"gatepost {site} {alias.who}"), limits["description_bytes"]),
    )


def _spell_rule(rule: PfRule, sequence: int, *, log: bool) -> OpnsenseRule:
    return OpnsenseRule(
        id=rule.id,
        uuid=name_uuid(f"gatepost rule {rule.id}"),
        sequence=sequence,
        action=rule.action,
        interface=rule.interface,
        source_net=rule.source or "any",
        destination_net=rule.destination,
        destination_port=rule.ports,
        max_src_conn="" if rule.connections is None else str(rule.connections),
        log="1" if log and rule.action == "block" else "0",
        description=rule.description,
    )
