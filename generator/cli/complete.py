"""Shell completion of names."""


def complete_connectors(incomplete: str) -> list[str]:
    """Shipped connectors whose name begins like this; the shell adds the files itself."""
    from generator.resources import shipped_profiles

    return [name for name in shipped_profiles() if name.startswith(incomplete)]


def complete_targets(incomplete: str) -> list[str]:
    """Shipped targets whose name begins like this."""
    from generator.resources import target_folders

    return [name for name in (*target_folders(), "all") if name.startswith(incomplete)]


def complete_merge_targets(incomplete: str) -> list[str]:
    """The targets whose backups `merge` reads, those whose name begins like this."""
    from generator.merge import LAYOUTS

    return [name for name in LAYOUTS if name.startswith(incomplete)]


def complete_codes(incomplete: str) -> list[str]:
    """Codes of findings that begin like this."""
    from generator.codes import all_codes

    return [code.name for code in all_codes() if code.name.startswith(incomplete.upper())]
