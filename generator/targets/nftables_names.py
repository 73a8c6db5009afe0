"""How the objects of nftables are called: by service and family, never by connector, and never like another site's."""

from typing import Final, NamedTuple

from generator.net import Family
from generator.targets.naming import underscored

WELL_KNOWN: Final = ("imap", "imaps", "smtp", "submission", "submissions")


class NameScheme(NamedTuple):
    """The names of one layout. A slug never holds `_`, so no name can be taken for that of another site or service.

    `base` is the chain where packets come in, `other_bases` are those that another choice of options would have.
    """

    table: str
    prefix: str
    base: str
    other_bases: tuple[str, ...]

    @property
    def scoped(self) -> str:
        """The chain that looks at the ports, where interfaces and destinations are looked at before."""
        return f"{self.prefix}services"

    @property
    def over_limit(self) -> str:
        """The chain that refuses a connection above the limit."""
        return f"{self.prefix}over_limit"

    @property
    def loose_prefix(self) -> str:
        """What begins the names of services that aren't well known: a file can't know which of them an earlier version had."""
        return f"{self.prefix}service_"

    def counting(self, family: Family) -> str:
        """The set that counts connections."""
        return f"{self.prefix}connections{family.value}"

    def trusted(self, family: Family) -> str:
        """The set of trusted networks: one for all services, because the site trusts them for all or none."""
        return f"{self.prefix}trusted{family.value}"

    def service(self, name: str) -> str:
        """The chain of a service. Names that are not well known get `service_`: one could be a keyword (`accept`), or a word of ours."""
        return f"{self.prefix}{name}" if name in WELL_KNOWN else f"{self.loose_prefix}{underscored(name)}"

    def service_set(self, name: str, family: Family) -> str:
        """The set of a service."""
        return f"{self.service(name)}{family.value}"


def guard_names(site: str, hook: str) -> NameScheme:
    """A table of its own, so names need no prefix."""
    return NameScheme(f"inet gatepost_{underscored(site)}", "", hook, tuple(name for name in ("input", "prerouting") if name != hook))


def include_names(site: str, host_table: str) -> NameScheme:
    """The host's table: everything starts with `gatepost_SITE__`, and the chain to jump to is `gatepost_SITE`."""
    stem = f"gatepost_{underscored(site)}"
    return NameScheme(host_table, f"{stem}__", stem, ())
