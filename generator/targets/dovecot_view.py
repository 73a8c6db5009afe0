"""What the Dovecot templates see: settings and address lists with everything counted and spelled."""

from typing import NamedTuple


class Listener(NamedTuple):
    """One `inet_listener` of the service imap-login; `ssl` is `yes` for implicit TLS, else `no`."""

    name: str
    port: int
    ssl: str


class Limits(NamedTuple):
    """How much Dovecot lets in at once. `userip_connections` is for each user and client address; None: Dovecot's own number stays."""

    userip_connections: int
    login_processes: int
    imap_processes: int
    client_limit: int | None


class Ceiling(NamedTuple):
    """The newest TLS version of the connectors that speak the oldest, and their names."""

    version: str
    connectors: tuple[str, ...]


class DropIn(NamedTuple):
    """The settings file for one version of Dovecot, which `name` is (`2.3`). `no_cleartext` is what refuses cleartext logins."""

    name: str
    no_cleartext: str


class AddressList(NamedTuple):
    """The include for passdb blocks of one version of Dovecot; `lines` are the setting, one of them with all addresses."""

    name: str
    lines: tuple[str, ...]


class DovecotView(NamedTuple):
    """Everything that the templates of the Dovecot target print. No drop-ins: no IMAP service; no lists: Dovecot refuses no address."""

    site: str
    drop_ins: tuple[DropIn, ...]
    lists: tuple[AddressList, ...]
    versions: str  # those with files, for people
    tls_minimum: str
    ceiling: Ceiling | None  # None: no vendor says
    starttls: bool  # a service of the plan begins in cleartext
    listeners: tuple[Listener, ...]
    limits: Limits
