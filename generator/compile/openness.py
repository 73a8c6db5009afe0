"""Connectors that come from no fixed addresses, and addresses that are less sure than they look: decided in words, and said."""

from generator.compile.addresses import Gathered
from generator.decode import Document
from generator.diagnostics import Report
from generator.load import ConnectorInput
from generator.models import AccessMode, SiteModel


def check_openness(entry: ConnectorInput, services: tuple[str, ...], gathered: Gathered, site: Document[SiteModel], report: Report) -> None:
    """Ask for a decision where a vendor names no fixed addresses, and say what each decision gives away."""
    _note_doubt(entry, site, report)
    profile, use = entry.profile.model, entry.use
    if profile.addresses.policy != "none" or profile.networks or profile.regions:
        return
    if use.networks or entry.listed is not None:
        if profile.addresses.how:  # a profile that says nothing of addresses is a user's own and short, and no vendor's word
            _note_own_networks(entry, gathered, site, report)
    elif not use.networks_only:  # PLN008 has said it
        _ask_or_note_public(entry, services, site, report)


def _ask_or_note_public(entry: ConnectorInput, services: tuple[str, ...], site: Document[SiteModel], report: Report) -> None:
    undecided = [name for name in services if not _is_public(name, site)]
    place = site.spans.at("connectors", entry.index, "use")
    if undecided:
        how, decision = entry.profile.model.addresses.how, ", ".join(f"{name}: public" for name in undecided)
        hint = (
            "list addresses that you know under `networks:`, leave services out with `services:`, or let everybody try a password with "
            f"`access: {{{decision}}}`" + (f"; {how}" if how else "")
        )
        report.add("PLN070", place, f"no fixed addresses of `{entry.name}` are known", hint=hint)
    elif services:
        names = ", ".join(f"`{name}`" for name in services)
        hint = "what keeps others out is the login: strong passwords, a limit of attempts such as fail2ban, and TLS"
        message = (
            f"{names} {'is' if len(services) == 1 else 'are'} open to the whole internet: no fixed addresses of `{entry.name}` are known"
        )
        report.add("PLN071", place, message, hint=hint)


def _note_own_networks(entry: ConnectorInput, gathered: Gathered, site: Document[SiteModel], report: Report) -> None:
    key, count = "networks" if entry.use.networks else "networks_file", len(gathered.prefixes)
    these = "this network" if count == 1 else f"these {count:,} networks"
    hint = "the addresses may belong to others of the same provider tomorrow: look at them again, or let them end with `expires:`"
    report.add("PLN072", site.spans.key("connectors", entry.index, key), f"nothing promises that `{entry.name}` keeps {these}", hint=hint)


def _note_doubt(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> None:
    profile = entry.profile.model
    if profile.confidence == "low" and not entry.use.networks_only:
        place = site.spans.at("connectors", entry.index, "use")
        why = profile.warnings[0] if profile.warnings else f"`gatepost connectors show {profile.name}` tells what is known"
        report.add("PLN073", place, f"the addresses of `{entry.name}` are derived, and of low confidence", hint=why)


def _is_public(name: str, site: Document[SiteModel]) -> bool:
    wanted = site.model.access.get(name)
    return (wanted.mode if isinstance(wanted, AccessMode) else wanted) == "public"
