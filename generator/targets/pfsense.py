"""Plan → pfSense: aliases and filter rules that live beside the user's own.

Sources of the facts: pfSense's own PHP, RELENG_2_7_2 and master of March 2026 (filter.inc, util.inc, alias-utils.inc,
firewall_rules_edit.php, firewall_aliases_import.php), and the models of pfSense-pkg-RESTAPI 2.
"""

from collections.abc import Mapping
from typing import Final

from generator.diagnostics import Report
from generator.plan import Plan
from generator.targets.connections import OPTION, check_connection_limit
from generator.targets.naming import SHORTEST_FIT, fit
from generator.targets.options import Options
from generator.targets.pf_lists import BY_LENGTH, FETCHED, URL, choose_lists, make_list
from generator.targets.pf_names import FIRST_TRACKER, LAST_TRACKER, SHORTEST_ALIAS_NAME, SHORTEST_DESCRIPTION, describe, number_trackers
from generator.targets.pf_rules import PfAlias, PfRule, make_rules
from generator.targets.pfsense_view import PfsenseAlias, PfsenseOwner, PfsenseRule, PfsenseView, Rest
from generator.targets.scope import resolve_scope

OPTIONS: Final[Mapping[str, str]] = {
    "interface": "list",
    "destination": "list",
    "connection_limit": "integer",
    "log": "boolean",
    "lists": "choice",
    "list_url": "text",
    "list_days": "integer",
}
CHOICES: Final = {"lists": (BY_LENGTH, FETCHED)}
LIMITS: Final[Mapping[str, int]] = {
    "alias_name_bytes": SHORTEST_ALIAS_NAME,
    "description_bytes": SHORTEST_DESCRIPTION,
    "detail_bytes": SHORTEST_FIT,
    "alias_entries": 1,
    "table_entries": 1,
}


def lower(plan: Plan, *, limits: Mapping[str, int], options: Options, report: Report) -> PfsenseView | None:
    """Turn a plan into what pfSense can say; None after an error that was reported."""
    connections = check_connection_limit(plan, options, report)
    scope = resolve_scope(plan, options, report, other="write the addresses that the server has behind the firewall")
    if scope is None or scope.destinations is None:
        return None
    made = make_rules(plan, interfaces=scope.interfaces, destinations=scope.destinations, connections=connections, limits=limits)
    urls = choose_lists(plan, made, options, limits, report)
    if urls is None or (connections or plan.connections_needed) < plan.connections_needed:
        return None
    trackers = number_trackers(rule.id for rule in made.rules)
    days = str(options.number("list_days"))
    aliases = tuple(_spell_alias(alias, made.mark, urls.get(alias.name, ""), days, limits) for alias in made.aliases)
    rules = tuple(_spell_rule(rule, trackers[rule.id], log=options.flag("log")) for rule in made.rules)
    sayable = not urls and not any(rule.connections for rule in made.rules)
    if not sayable:
        _tell_rest(options, fetched=bool(urls), report=report)
    return PfsenseView(
        site=plan.site,
        owner=PfsenseOwner(made.prefix, made.mark, FIRST_TRACKER, LAST_TRACKER, tuple(rule.tracker for rule in rules)),
        aliases=aliases,
        rules=rules,
        interfaces=scope.interfaces,
        imports=tuple(make_list(alias, limits) for alias in made.aliases if alias.name not in urls),
        tables=tuple(make_list(alias, limits) for alias in made.aliases if alias.name in urls),
        rest=Rest(aliases, rules, tuple(rule.descr for rule in rules), len(rules)) if sayable else None,
    )


def _tell_rest(options: Options, *, fetched: bool, report: Report) -> None:
    """Say why there are no calls for the REST API."""
    place, what = (URL, "URL tables") if fetched else (OPTION, "`connection_limit`")
    message = f"rest.json is not written: the REST API of pfSense can't say {what}"
    report.add("TGT132", options.spans[place], message, hint="use `gatepost merge` or playback.txt")


def _spell_alias(alias: PfAlias, mark: str, url: str, days: str, limits: Mapping[str, int]) -> PfsenseAlias:
    """One alias as the GUI saves it: a URL table has its URL in `address` too, and one detail."""
    entries = (url,) if url else alias.entries
    details = (fit(alias.who, limits["detail_bytes"]),) if url else tuple(fit(text, limits["detail_bytes"]) for text in alias.details)
    return PfsenseAlias(
        name=alias.name,
        type="urltable" if url else alias.kind,
        address=" ".join(entries),
        descr=describe(mark, alias.who, limits["description_bytes"]),
        detail="||".join(details),  # no name holds a `|`
        url=url,
        updatefreq=days if url else "",
        entries=entries,
        details=details,
    )


def _spell_rule(rule: PfRule, tracker: int, *, log: bool) -> PfsenseRule:
    return PfsenseRule(
        id=rule.id,
        tracker=tracker,
        type=rule.action,
        interface=rule.interface,
        source=rule.source,
        destination=rule.destination,
        port=rule.ports,
        max_src_conn="" if rule.connections is None else str(rule.connections),
        statetype="keep state",  # what the GUI saves with a block rule too
        log=log and rule.action == "block",
        descr=rule.description,
    )
