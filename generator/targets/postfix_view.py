"""What the templates of Postfix see: tables that are ready to print, and for each listener what apply.sh is to set."""

from typing import NamedTuple


class Section(NamedTuple):
    """Prefixes of one rule. `title` is its id, or says what else they are."""

    title: str
    prefixes: tuple[str, ...]


class Table(NamedTuple):
    """A cidr table. `name` is the file's, without `.cidr`; `result` stands behind every prefix."""

    name: str
    title: str
    result: str
    sections: tuple[Section, ...]


class Listener(NamedTuple):
    """One port of one service, in words that a shell takes as they are.

    `kind` is `submission`, where apply.sh makes a listener that is missing, or, for port 25, `exclusive` (closed) or `additive` (as it is).
    `tls` are settings of master.cf for the TLS mode, `starttls` asks for a warning where Postfix has TLS off. `table` closes the service to
    others; `limits` and `postscreen` spare its connectors; an empty one means nothing of the kind.
    """

    title: str
    service: str
    port: int
    kind: str
    tls: tuple[str, ...]
    starttls: bool
    table: str
    limits: str
    postscreen: str


class PostfixView(NamedTuple):
    """One site for Postfix. `folder` is where its files go, below the configuration directory.

    `need` is how many connections one client may need at once; `exempt` says when connectors are spared the client limits.
    """

    site: str
    folder: str
    listeners: tuple[Listener, ...]
    tables: tuple[Table, ...]
    limits: tuple[Table, ...]
    postscreen: tuple[Table, ...]
    need: int
    exempt: str
    families: tuple[str, ...]
