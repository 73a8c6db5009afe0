"""Which addresses a connector comes from: the vendor's list, the site's, or both, less what the site excludes."""

from difflib import get_close_matches
from typing import NamedTuple

from generator.compile.judge import Allowances, judge_connector_list
from generator.compile.lists import SourceList, read_file, read_inline
from generator.compile.locked import check_feed_url, check_lock, find_pin, read_pinned
from generator.compile.redundancy import merge_lists
from generator.decode import Document
from generator.diagnostics import Report, Span
from generator.load import ConnectorInput
from generator.lock import needs_lock
from generator.models import SiteModel
from generator.net import Prefix, intersect_prefixes, subtract_prefixes


class Gathered(NamedTuple):
    """The addresses of one connector: `lists` as written, `prefixes` merged and sorted with the exclusions taken out."""

    lists: tuple[SourceList, ...]
    prefixes: tuple[Prefix, ...]


def gather_addresses(entry: ConnectorInput, site: Document[SiteModel], allowances: Allowances, report: Report) -> Gathered:
    """Collect, judge, merge and subtract. What is wrong is reported; the result holds whatever remains."""
    check_feed_url(entry, site, report)
    lists = (*_vendor_lists(entry, site, report), *_site_lists(entry, site, report))
    for listed in lists:
        judge_connector_list(listed, entry.name, allowances, report)
    if not any(listed.entries for listed in lists) and not _tried(entry):
        _report_no_address(entry, site, report)
    merged = merge_lists(lists, report)
    return Gathered(lists, _exclude(entry, site, merged, report))


def _tried(entry: ConnectorInput) -> bool:
    """Whether addresses were written at all; if so, their own findings say what is wrong with them."""
    unfetched = needs_lock(entry.use, entry.profile.model) and find_pin(entry) is None
    return bool(entry.use.networks) or entry.use.networks_file is not None or entry.use.region is not None or unfetched


def _vendor_lists(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> list[SourceList]:
    use, profile = entry.use, entry.profile.model
    if use.networks_only:
        if not use.networks and entry.listed is None:
            span = site.spans.key("connectors", entry.index, "networks_only")
            report.add("PLN008", span, f"`{entry.name}` has no networks of its own here", hint="list them under `networks:`")
        if use.region is not None:
            _choose_regions(entry, site, report)  # of no use here, but a name that does not exist is a mistake here too
        return []
    pinned = find_pin(entry)
    check_lock(entry, pinned, site, report)
    spans = entry.profile.spans
    lists = [read_inline(spans, ("networks",), profile.networks, report)] if profile.networks else []
    chosen = _choose_regions(entry, site, report)
    for region in chosen:
        if region in profile.regions:
            path = ("regions", region, "networks")
            lists.append(read_inline(spans, path, profile.regions[region].networks, report))
    return [*lists, *(read_pinned(pinned, chosen, report) if pinned else ())]


def _regions(entry: ConnectorInput) -> tuple[str, ...]:
    """The regions that the profile and the lock have, sorted."""
    pinned = find_pin(entry)
    return tuple(sorted({*entry.profile.model.regions, *(pinned.regions if pinned else ())}))


def _choose_regions(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> list[str]:
    use, regions = entry.use, _regions(entry)
    if entry.profile.model.addresses.policy == "feed" and find_pin(entry) is None:
        return []  # nobody knows the regions of a feed that was not fetched
    wanted = (use.region,) if isinstance(use.region, str) else (use.region or ())
    span = site.spans.at("connectors", entry.index, "region")
    if not wanted:
        if len(regions) > 1:
            hint = f"name your account's: `region: {regions[0]}`; there are: {', '.join(regions)}"
            place = site.spans.at("connectors", entry.index, "use")
            report.add("PLN007", place, f"`{entry.name}` is let in from all {len(regions)} regions", hint=hint)
        return list(regions)
    for index, region in enumerate(wanted):
        if region not in regions:
            place = span if isinstance(use.region, str) else site.spans.at("connectors", entry.index, "region", index)
            _report_region(entry, region, place, report)
    return sorted({region for region in wanted if region in regions})


def _report_region(entry: ConnectorInput, region: str, place: Span, report: Report) -> None:
    regions = _regions(entry)
    near = get_close_matches(region, regions, n=1)
    mean = f"did you mean `{near[0]}`? " if near else ""
    hint = f"{mean}there are: {', '.join(regions)}" if regions else "remove `region:`; the vendor does not divide its addresses"
    report.add("PLN006", place, f"`{entry.name}` has no region `{region}`", hint=hint)


def _site_lists(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> list[SourceList]:
    lists = []
    if entry.use.networks:
        path = ("connectors", entry.index, "networks")
        lists.append(read_inline(site.spans, path, entry.use.networks, report))
    if entry.listed is not None:
        lists.append(read_file(entry.listed, site.spans.at("connectors", entry.index, "networks_file"), report))
    return lists


def _report_no_address(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> None:
    addresses = entry.profile.model.addresses
    if entry.use.networks_only or addresses.policy == "none":
        return  # PLN008 and `openness` say it
    none = {"published": "", "feed": ", whose feed names none"}.get(addresses.policy, ", whose vendor publishes none")
    where = f"; where to find them: {addresses.how}" if addresses.how else ""
    report.add(
        "PLN004",
        site.spans.at("connectors", entry.index, "use"),
        f"no addresses for `{entry.name}`{none}",
        hint=f"list your account's addresses under `networks:`{where}",
    )


def _exclude(entry: ConnectorInput, site: Document[SiteModel], merged: tuple[Prefix, ...], report: Report) -> tuple[Prefix, ...]:
    if not entry.use.exclude:
        return merged
    path = ("connectors", entry.index, "exclude")
    listed = read_inline(site.spans, path, entry.use.exclude, report)
    for index, prefix in enumerate(listed.prefixes):
        if not intersect_prefixes(merged, (prefix,)):
            hint = "remove the line, or correct it: an exclusion takes away addresses that the connector's lists hold"
            report.add("NET080", listed.span(index), f"`{prefix.host_text}` excludes nothing from `{entry.name}`", hint=hint)
    left = subtract_prefixes(merged, listed.prefixes)
    if merged and not left:
        hint = "remove the connector, or exclude less"
        report.add("NET081", listed.origin, f"nothing is left of the addresses of `{entry.name}`", hint=hint)
    return left
