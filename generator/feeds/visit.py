"""One visit to one connector's feed: ask whether it changed, fetch it, read it. What goes wrong becomes findings of the visit."""

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from generator.diagnostics import Diagnostic, Report, Span
from generator.feeds.fetch import Web, fetch
from generator.feeds.reading import DNS_FORMATS, locate_feed, parse_feed, resolve_feed
from generator.feeds.values import Reading, Resolve, ResolveError
from generator.feeds.web import FetchError
from generator.lock import SAVED
from generator.models import Feed, Pin


class Ways(NamedTuple):
    """How feeds are read: over the web, from the DNS, from files below the site's `folder`. `client_id` is a GUID of this machine."""

    web: Web
    resolve: Resolve
    client_id: str
    folder: Path


class Task(NamedTuple):
    """A feed to visit: its definition and its URL (`spf:` or `dns:` and names in the DNS), and what the lock has of it.

    `pin` is None where the lock has nothing, or something from another feed.
    """

    feed: Feed
    url: str
    pin: Pin | None
    place: Span


class Seen(NamedTuple):
    """What identifies an answer."""

    sha256: str
    etag: str | None = None
    last_modified: str | None = None


class Visit(NamedTuple):
    """What came of a visit: a reading and what identifies it, or neither. `unchanged`: it is what the lock has. `reachable` is False where
    trying again later may do.
    """

    reading: Reading | None
    seen: Seen | None
    unchanged: bool
    reachable: bool
    findings: tuple[Diagnostic, ...]


def visit_feed(task: Task, ways: Ways) -> Visit:
    """Read a feed, from wherever it is."""
    report = Report()
    try:
        found = _read(task, ways, report)
    except FetchError as error:
        report.add(error.code, task.place, str(error), hint=error.hint)
        return Visit(None, None, unchanged=False, reachable=error.reachable, findings=report.findings)
    except ResolveError as error:
        report.add("LCK048", task.place, str(error), hint="try again later; the lock keeps what it had")
        return Visit(None, None, unchanged=False, reachable=False, findings=report.findings)
    reading, seen = found or (None, None)
    return Visit(reading, seen, unchanged=found is None and not report.has_errors, reachable=True, findings=report.findings)


def late_visit(task: Task) -> Visit:
    """What is said of a visit that did not come to an end."""
    report = Report()
    report.add("LCK040", task.place, f"{task.url} can't be read: it takes too long", hint="try again later; the lock keeps what it had")
    return Visit(None, None, unchanged=False, reachable=False, findings=report.findings)


def _read(task: Task, ways: Ways, report: Report) -> tuple[Reading, Seen] | None:
    """A reading and what identifies it; None when nothing changed, or after an error in the report."""
    if task.feed.format in DNS_FORMATS and not task.url.startswith(SAVED):
        reading = resolve_feed(task.feed, ways.resolve, place=task.place, report=report)
        return None if reading is None else (reading, Seen(_digest_of(reading)))
    if task.url.startswith(SAVED):
        body = _read_saved(ways.folder / task.url.removeprefix(SAVED), ways.web.limits.max_bytes)
        reading = parse_feed(task.feed, body, place=task.place, report=report)
        return None if reading is None else (reading, Seen(sha256(body).hexdigest()))
    return _read_web(task, ways, report)


def _read_web(task: Task, ways: Ways, report: Report) -> tuple[Reading, Seen] | None:
    web, pin = ways.web, task.pin
    until = web.clock.seconds() + web.limits.total_seconds

    def get(url: str) -> bytes:
        return fetch(web, url, until).body or b""

    located = locate_feed(task.feed, task.url, get, client_id=ways.client_id, place=task.place, report=report)
    if located is None or (pin is not None and located.version and located.version == pin.version):
        return None
    known = pin if located.url == task.url else None  # a condition is about one document
    answer = fetch(web, located.url, until, etag=known.etag if known else None, last_modified=known.last_modified if known else None)
    if answer.body is None:
        return None
    reading = parse_feed(task.feed, answer.body, version=located.version, place=task.place, report=report)
    return None if reading is None else (reading, Seen(sha256(answer.body).hexdigest(), answer.etag, answer.last_modified))


def _digest_of(reading: Reading) -> str:
    """The digest of answers that come in any order: of the networks in theirs."""
    lines = (f"{region.name} {network.prefix}\n" for region in reading.regions for network in region.networks)
    return sha256("".join(lines).encode()).hexdigest()


def _read_saved(path: Path, max_bytes: int) -> bytes:
    """The bytes of a saved copy."""
    hint = "check the path; it counts from the site's folder"
    try:
        if not path.is_file():
            raise FetchError("LCK046", f"`{path.as_posix()}` is no file", hint, reachable=True)
        with path.open("rb") as stream:
            body = stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        why = (getattr(error, "strerror", None) or str(error)).lower()
        raise FetchError("LCK046", f"`{path.as_posix()}` cannot be read: {why}", hint, reachable=True) from error
    if len(body) > max_bytes:
        raise FetchError("LCK044", f"`{path.as_posix()}` has more than {max_bytes:,} bytes", "save the feed alone", reachable=True)
    return body
