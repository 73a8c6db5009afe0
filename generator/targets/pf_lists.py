"""Where the entries of an alias are: in the configuration, or in a file that the firewall fetches from a web server of the user's."""

from collections.abc import Mapping
from typing import NamedTuple

from generator.diagnostics import Report, Span
from generator.plan import Plan
from generator.targets.naming import fit
from generator.targets.options import Options
from generator.targets.pf_rules import PfAlias, PfRules

FORM = "lists"
URL = "list_url"
IN_CONFIGURATION, BY_LENGTH, FETCHED = "config", "auto", "url"


class ListEntry(NamedTuple):
    """One line of a list."""

    text: str
    detail: str


class ListFile(NamedTuple):
    """The entries of one alias, for a file of the alias's name."""

    name: str
    entries: tuple[ListEntry, ...]


def make_list(alias: PfAlias, limits: Mapping[str, int]) -> ListFile:
    """The lines of an alias, for whatever reads one entry in each."""
    details = (fit(detail, limits["detail_bytes"]) for detail in alias.details)
    return ListFile(alias.name, tuple(map(ListEntry, alias.entries, details)))


def choose_lists(plan: Plan, rules: PfRules, options: Options, limits: Mapping[str, int], report: Report) -> Mapping[str, str] | None:
    """The URL of each alias that the firewall fetches, by its name; None after an error that was reported.

    In the form `auto` those are the aliases with more entries than the limit `alias_entries` lets into the configuration.
    """
    form, base = options.text(FORM), options.text(URL).rstrip("/")
    sources = {rule.source for rule in rules.rules}
    networks = [alias for alias in rules.aliases if alias.name in sources]
    fetched = [alias for alias in networks if form == FETCHED or (form == BY_LENGTH and len(alias.entries) > limits["alias_entries"])]
    _check_tables(plan, networks, limits["table_entries"], report)
    if fetched and not base:
        if form == FETCHED:
            report.add("TGT131", options.spans[FORM], "`lists: url`, and no `list_url`", hint=_advise(fetched))
        else:
            _report_long_lists(plan, fetched, limits["alias_entries"], report)
        return None
    return {alias.name: f"{base}/{alias.name}.txt" for alias in fetched}


def _report_long_lists(plan: Plan, aliases: list[PfAlias], limit: int, report: Report) -> None:
    for alias in aliases:
        message = f"`{alias.who}` has {len(alias.entries)} prefixes, {len(alias.entries) - limit} more than the {limit} that an alias holds"
        report.add("TGT130", _find_place(plan, alias), message, hint=_advise([alias]))


def _advise(aliases: list[PfAlias]) -> str:
    names = ", ".join(f"{alias.name}.txt" for alias in aliases)
    return f"put {names} on a web server that the firewall reaches, and write `list_url: https://SERVER/FOLDER`"


def _check_tables(plan: Plan, aliases: list[PfAlias], limit: int, report: Report) -> None:
    total = sum(len(alias.entries) for alias in aliases)
    if total > limit:
        longest = max(aliases, key=lambda alias: len(alias.entries))
        message = f"the lists have {total} prefixes, and all tables of the firewall hold {limit} unless you say otherwise"
        hint = f"set Maximum Table Entries (Advanced, Firewall) above {2 * total}: a table is replaced beside the old one"
        report.add("TGT133", _find_place(plan, longest), message, hint=hint)


def _find_place(plan: Plan, alias: PfAlias) -> Span:
    """Where the site names those whose networks the alias holds."""
    return next(rule.origins[0] for rule in plan.rules if (rule.connector or "trusted") == alias.who)
