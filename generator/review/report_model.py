"""What a report consists of: words in the order in which a page prints them. Every part is frozen; '' and () mean that there is nothing."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from generator.review.report_shapes import Picture

V = TypeVar("V")


class Row(NamedTuple):
    """A label with its text; `url` makes the text a link."""

    label: str
    text: str
    url: str = ""


class Banner(NamedTuple):
    """The sentence at the top. `level` is `error`, `warning` or `good`."""

    level: str
    text: str


class Cell(NamedTuple):
    """What becomes of a party's connection to a service. `kind` is `in`, `all`, `out`, `host`, or `none` where no rule is about it."""

    kind: str
    text: str


class Column(NamedTuple):
    """A service of the plan, as the head of a column. `notes` are lines beneath its name."""

    name: str
    notes: tuple[str, ...]


class AccessRow(NamedTuple):
    """Who may reach what: one party, with a cell for each service. `anchor` is the party's section, '' for everybody else."""

    number: str
    name: str
    note: str
    anchor: str
    cells: tuple[Cell, ...]


class AccessTable(NamedTuple):
    """The parties against the services."""

    columns: tuple[Column, ...]
    rows: tuple[AccessRow, ...]


class Entry(NamedTuple):
    """One prefix as the firewall gets it, and where it was written. `note` is what stands beside it there."""

    prefix: str
    size: str
    places: str
    note: str


class Prefixes(NamedTuple):
    """The prefixes of one party and family. `more` says in words how many are not shown; `sha256` is of all of them, one a line."""

    label: str
    summary: str
    entries: tuple[Entry, ...]
    noted: bool
    folded: bool
    more: str
    sha256: str


class Origin(NamedTuple):
    """A list that a party's addresses come from. `dated` says of when it is, or why there is no date."""

    title: str
    place: str
    size: str
    dated: str
    url: str


class Party(NamedTuple):
    """Somebody who is let in."""

    number: str
    name: str
    anchor: str
    title: str
    facts: tuple[Row, ...]
    origins: tuple[Origin, ...]
    prefixes: tuple[Prefixes, ...]
    references: tuple[Row, ...]


class Needs(NamedTuple):
    """What a connector asks of the server and of the person who connects it."""

    name: str
    title: str
    rows: tuple[Row, ...]


class Piece(NamedTuple):
    """A part of a sentence; `code`: it stood between backticks."""

    text: str
    code: bool


class Finding(NamedTuple):
    """A finding, in words. `related` are further places with what is there."""

    severity: str
    code: str
    place: str
    message: tuple[Piece, ...]
    hint: tuple[Piece, ...]
    related: tuple[str, ...]


class Silenced(NamedTuple):
    """A kind of finding that the site allows."""

    code: str
    summary: str
    network: str
    reason: str


class Expected(NamedTuple):
    """An expectation of the site. `outcome` is `holds` or `does not hold`, `kind` is `in` or `out`."""

    question: str
    verdict: str
    kind: str
    outcome: str


class Change(NamedTuple):
    """A change of who gets in. `sign` is +, −, ~ or ?, `kind` the verdict's name."""

    sign: str
    kind: str
    who: str
    what: str
    services: tuple[str, ...]
    summary: str
    prefixes: tuple[str, ...]
    folded: bool
    more: str


class SettingChange(NamedTuple):
    """A setting that changed."""

    name: str
    before: str
    after: str


class Changes(NamedTuple):
    """What is different from another side."""

    old: str
    verdict: str
    words: str
    changes: tuple[Change, ...]
    settings: tuple[SettingChange, ...]
    left_out: tuple[str, ...]


class File(NamedTuple):
    """A rendered file."""

    name: str
    role: str
    size: str
    sha256: str


class Commands(NamedTuple):
    """How one or several files are put into effect. `rows` are check, apply and undo."""

    roles: str
    rows: tuple[Row, ...]


class Deployment(NamedTuple):
    """What one target writes. `facts` say what it opens and closes."""

    target: str
    anchor: str
    title: str
    folder: str
    facts: tuple[Row, ...]
    again: str
    files: tuple[File, ...]
    commands: tuple[Commands, ...]


class Check(NamedTuple):
    """One answer of a preflight."""

    status: str
    title: str
    notes: tuple[str, ...]


class Endpoint(NamedTuple):
    """A port that a preflight looked at."""

    title: str
    facts: tuple[Row, ...]
    checks: tuple[Check, ...]


class Preflight(NamedTuple):
    """What a preflight found. `level` is `good`, `warning` or `error`."""

    title: str
    level: str
    verdict: str
    facts: tuple[Row, ...]
    endpoints: tuple[Endpoint, ...]
    reminders: tuple[str, ...]


class ReportPage(NamedTuple):
    """A whole report."""

    site: str
    title: str
    made: str
    banner: Banner
    facts: tuple[Row, ...]
    notes: tuple[str, ...]
    picture: Picture
    access: AccessTable
    parties: tuple[Party, ...]
    needs: tuple[Needs, ...]
    findings: tuple[Finding, ...]
    more_findings: str
    silenced: tuple[Silenced, ...]
    expected: tuple[Expected, ...]
    changes: Changes | None
    deployments: tuple[Deployment, ...]
    undeployed: str
    inputs: tuple[Row, ...]
    preflights: tuple[Preflight, ...]


def map_texts(value: V, change: Callable[[str], str]) -> V:
    """The same value with every text in it changed: the one place where a page's texts are made safe."""
    if isinstance(value, str):
        return cast(V, change(value))
    if isinstance(value, tuple):
        parts = (map_texts(part, change) for part in value)
        return cast(V, type(value)(*parts) if hasattr(value, "_fields") else tuple(parts))
    return value
