"""What `merge` says at the end: what changed, in numbers, where to restore the file, and how to undo it."""

from collections.abc import Iterator
from shlex import quote

from generator.merge import Counts, Merged

_GUI = {"pfSense": "Diagnostics > Backup & Restore > Restore Backup", "OPNsense": "System > Configuration > Backups > Restore"}
_AREAS = {
    ("pfSense", "aliases"): "Aliases",
    ("pfSense", "filter"): "Firewall Rules",
    ("OPNsense", "aliases"): "Aliases",
    ("OPNsense", "filter"): "Firewall Rules",
}


def merge_lines(merged: Merged, *, site: str, target: str, backup: str, output: str, remove: bool) -> Iterator[str]:
    """The whole closing message, line by line."""
    yield f"{output}: written for you alone to read; like the backup it holds passwords and keys"
    for part, counts in merged.counts.items():
        yield f"  {part:<7}  {_describe(counts)}"
    if not merged.differs:
        yield "  restore  nothing: the file is the backup, byte for byte"
        return
    yield from _restore_lines(merged, output, remove=remove)
    again = f"gatepost merge {quote(site)} -t {quote(target)} BACKUP -o FILE{'' if remove else ' --remove'}"
    yield f"  undo     restore {quote(backup)} in the same way; later, take a new backup first:"
    yield f"           {again}"


def _describe(counts: Counts) -> str:
    changes = [(counts.added, "added"), (counts.changed, "changed"), (counts.removed, "removed"), (counts.unchanged, "unchanged")]
    return ", ".join(f"{number} {word}" for number, word in changes if number) or "none"


def _restore_lines(merged: Merged, output: str, *, remove: bool) -> Iterator[str]:
    """Where the file goes. A rule that names an alias that is not there is left out, so the order of areas matters."""
    aliases, rules = (_AREAS[merged.product, area] for area in ("aliases", "filter"))
    first, second = (rules, aliases) if remove else (aliases, rules)
    yield f"  restore  {_GUI[merged.product]}, {quote(output)}"
    if not merged.area:
        yield "           everything: settings changed since the backup was taken are lost, and the firewall restarts; or"
        yield f"           area `{first}`, then at once area `{second}`, from the same file: nothing else changes"
        if merged.counts["aliases"].removed and not remove:
            yield "           (with areas, rules of the earlier version are left out in between: aliases of theirs are gone)"
    else:
        area = _AREAS[merged.product, merged.area]
        other = second if area == first else first
        order = "before" if area == first else "after"
        yield f"           area `{area}`; the area `{other}` is to be merged and restored too: this one {order} that one"
    yield "           a rule whose alias is not there yet, or no more, is left out without a word"
    if merged.product == "pfSense":
        yield "  look     Status > Filter Reload shows errors"
