"""Which addresses the site says that its server has behind a firewall: what the firewall's own objects say may have been changed."""

from collections.abc import Collection, Sequence
from typing import Final

from generator import resources
from generator.compile import Compiled
from generator.diagnostics import Report
from generator.net import Family, Prefix, parse_prefix
from generator.targets.manifest import load_manifest
from generator.targets.options import resolve_options

_FIREWALLS: Final = ("pfsense", "opnsense")  # targets that readers are named after
_OPTION: Final = "destination"


def add_site_destinations(given: Sequence[Prefix], compiled: Compiled, readers: Collection[str]) -> tuple[Prefix, ...]:
    """The addresses that a person gave, and those of the site for each family of which none was given."""
    behind = _site_destinations(compiled, readers)
    return (*given, *(one for one in behind if all(one.family is not other.family for other in given)))


def _site_destinations(compiled: Compiled, readers: Collection[str]) -> tuple[Prefix, ...]:
    """The addresses that the site sets for the firewall that was read. None where it leaves them open, or says a network."""
    folders = resources.target_folders(())
    found: list[Prefix] = []
    for name in _FIREWALLS:
        manifest = load_manifest(folders[name], Report()) if name in readers and _is_set(compiled, name) else None
        chosen = resolve_options(manifest, compiled.site, Report()).texts(_OPTION) if manifest else ()
        found += compiled.plan.server.addresses if chosen == ("server",) else map(parse_prefix, chosen)
    whole = [family for family in Family if all(one.is_host for one in found if one.family is family)]
    return tuple(dict.fromkeys(one for one in found if one.family in whole))


def _is_set(compiled: Compiled, target: str) -> bool:
    return _OPTION in ((compiled.site.model.targets or {}).get(target) or {})
