"""The whole of `gatepost update`: read the site, hold its lock, visit the feeds, write what may be taken."""

from collections.abc import Callable
from typing import NamedTuple

from generator.compile import unique_connectors
from generator.compile.locked import Pinned, check_feed_url, read_pinned
from generator.diagnostics import Report
from generator.feeds.fetch import Web
from generator.feeds.keeping import hold_lock, write_lock
from generator.feeds.lock_text import lock_text
from generator.feeds.pins import Moment
from generator.feeds.update import Outcome, Status, Updated, Wish, find_updates
from generator.feeds.values import Resolve
from generator.feeds.visit import Ways
from generator.load import SiteInput, load_site
from generator.lock import LockInput, read_lock


class World(NamedTuple):
    """What an update needs of the world outside: the web, the DNS, this machine's GUID, the time."""

    web: Web
    resolve: Resolve
    client_id: str
    moment: Moment


class Done(NamedTuple):
    """An update and where it was kept. `lock` is how messages name the lock, `written` whether it is another file now."""

    site: str
    lock: str
    updated: Updated
    written: bool


def update_site(argument: str, wish: Wish, world: World, report: Report, *, on_done: Callable[[int, int], None]) -> Done | None:
    """Update the lock of the site, or of the bare connector, that an argument names; None after an error that concerns no single feed.

    `on_done` is told how many feeds of how many were visited. With `wish.check` nothing is written, and nobody is waited for.
    """
    given = load_site(argument, (), report)
    if given is None:
        return None
    for entry in unique_connectors(given, report):
        check_feed_url(entry, given.site, report)
    if report.has_errors:
        return None
    name, lock = given.site.model.name, given.lock
    if lock is None:
        report.add("LCK036", given.site.spans.key("connectors"), f"no connector of `{name}` takes its addresses from a feed")
        return Done(name, "", Updated((), (), None), written=False)
    path = lock.path
    if path is None:
        hint = "write the site to a file, and name that"
        report.add("LCK038", given.site.spans.at("name"), "a site from standard input has no lock", hint=hint)
        return None
    if wish.check:
        updated = _find(given, lock, wish, world, report, on_done)
        return None if updated is None else Done(name, lock.shown, updated, written=False)
    return hold_lock(path, lambda: _update(given, argument, lock, wish, world, report, on_done), report)


def _update(
    given: SiteInput, argument: str, lock: LockInput, wish: Wish, world: World, report: Report, on_done: Callable[[int, int], None]
) -> Done | None:
    """Find and write; the lock is read again, because another process may have written it while this one waited."""
    fresh = read_lock(lock.path, lock.shown, argument, report)
    updated = None if fresh.damaged else _find(given, fresh, wish, world, report, on_done)
    if updated is None or updated.lock is None or fresh.path is None:
        return None
    done = Done(given.site.model.name, fresh.shown, updated, written=False)
    text = lock_text(updated.lock)
    if (fresh.document is None and not updated.lock.connectors) or (fresh.document and text == fresh.document.source.text):
        return done
    if write_lock(fresh.path, text, report):
        return done._replace(written=True)
    return done._replace(updated=updated._replace(outcomes=tuple(map(_unwritten, updated.outcomes)), kept=Status.REFUSED))


def _unwritten(outcome: Outcome) -> Outcome:
    return outcome._replace(status=Status.REFUSED) if outcome.status is Status.WRITTEN else outcome


def _find(
    given: SiteInput, lock: LockInput, wish: Wish, world: World, report: Report, on_done: Callable[[int, int], None]
) -> Updated | None:
    _check_networks(lock, report)
    if report.has_errors:
        return None
    ways = Ways(world.web, world.resolve, world.client_id, given.folder)
    return find_updates(given, lock, wish, ways, world.moment, report, on_done=on_done)


def _check_networks(lock: LockInput, report: Report) -> None:
    """Report what is no network in a lock that somebody edited: it can't be compared with."""
    document = lock.document
    if document is None:
        return
    for name, pin in document.model.connectors.items():
        pinned = Pinned(name, pin, document)
        read_pinned(pinned, list(pinned.regions), report)
