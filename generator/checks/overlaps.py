"""Connectors that share addresses with each other, or with the site's trusted networks."""

from collections.abc import Iterable
from itertools import combinations

from generator.compile import TRUSTED, Compiled
from generator.compile.lists import SourceList
from generator.diagnostics import Related, Report, Span
from generator.net import Prefix, intersect_prefixes


def check_overlaps(compiled: Compiled, report: Report) -> None:
    """Note connectors that overlap, and warn of those that `trusted:` lets in as well."""
    gathered = compiled.gathered
    for first, second in combinations(sorted(gathered), 2):
        common = intersect_prefixes(gathered[first].prefixes, gathered[second].prefixes)
        if not common:
            continue
        if TRUSTED in (first, second):
            _warn_trusted(compiled, second if first == TRUSTED else first, common, report)
        else:
            _note_connectors(compiled, first, second, common, report)


def _note_connectors(compiled: Compiled, first: str, second: str, common: tuple[Prefix, ...], report: Report) -> None:
    here, there = _place(compiled.gathered[second].lists, common[0]), _place(compiled.gathered[first].lists, common[0])
    message = f"`{second}` and `{first}` share {_count(common)}, the first is {common[0].host_text}"
    report.add("NET073", here, message, related=(Related(there, f"`{first}` has it here"),))


def _warn_trusted(compiled: Compiled, connector: str, common: tuple[Prefix, ...], report: Report) -> None:
    unsaid = [prefix for prefix in common if not compiled.allowances.covers("NET074", prefix)]
    if not unsaid:
        return
    here, there = _place(compiled.gathered[connector].lists, unsaid[0]), _place(compiled.gathered[TRUSTED].lists, unsaid[0])
    report.add(
        "NET074",
        here,
        f"`{connector}` comes from addresses that are trusted as well: {_count(unsaid)}, the first is {unsaid[0].host_text}",
        hint="trusted networks reach every allowlisted service, without a connection limit: leave the connector out of `trusted:`",
        related=(Related(there, "trusted here"),),
    )


def _place(lists: Iterable[SourceList], prefix: Prefix) -> Span:
    for listed in lists:
        for index, written in enumerate(listed.prefixes):
            if written.family is prefix.family and written.first <= prefix.last and prefix.first <= written.last:
                return listed.span(index)
    raise ValueError(f"{prefix} is in none of the lists")


def _count(prefixes: Iterable[Prefix]) -> str:
    total = sum(prefix.size for prefix in prefixes)
    return f"{total:,} address{'' if total == 1 else 'es'}"
