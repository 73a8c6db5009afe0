"""The addresses of a connector from a feed, as the site's lock pins them."""

from typing import NamedTuple

from generator.compile.lists import SourceList, read_inline, read_some
from generator.decode import Document
from generator.diagnostics import Report
from generator.load import ConnectorInput
from generator.lock import IN_DNS, SAVED, LockInput, find_feed, is_sealed, needs_lock
from generator.models import LockModel, Pin, SiteModel


class Pinned(NamedTuple):
    """What a lock says about one connector."""

    name: str
    pin: Pin
    lock: Document[LockModel]

    @property
    def regions(self) -> tuple[str, ...]:
        """The vendor's regions, sorted, with those that are leaving."""
        return tuple(sorted({*self.pin.regions, *(item.region for item in self.pin.leaving if item.region is not None)}))


def find_pin(entry: ConnectorInput) -> Pinned | None:
    """What the lock says about a connector, if it says anything."""
    document = entry.lock.document if entry.lock else None
    pin = document.model.connectors.get(entry.name) if document else None
    return Pinned(entry.name, pin, document) if document and pin else None


def check_lock(entry: ConnectorInput, pinned: Pinned | None, site: Document[SiteModel], report: Report) -> None:
    """Report a connector from a feed that no lock knows, that a lock knows from another feed, or whose lock was edited."""
    lock = entry.lock
    place = site.spans.at("connectors", entry.index, "use")
    if lock is None or lock.damaged:
        return  # what is wrong with the lock is in the report
    if pinned is None:
        where = f"`{lock.shown}` does not have" if lock.document else "no lock has"
        message = f"the addresses of `{entry.name}` come from a feed, and {where} them"
        report.add("PLN005", place, message, hint=_cure(lock))
        return
    if pinned.pin.seal is not None and not is_sealed(pinned.pin):
        message = f"the addresses of `{entry.name}` are not those that `update` wrote: a hand or a merge changed the lock"
        report.add("LCK034", pinned.lock.spans.at("connectors", entry.name, "seal"), message, hint=_cure(lock))
    source = find_feed(entry.use, entry.profile.model)
    if source is None:
        return
    spans, path = pinned.lock.spans, ("connectors", entry.name)
    if source.url and source.url != pinned.pin.url:
        message = f"`{entry.name}` was read from another place than {source.url}"
        report.add("LCK030", spans.at(*path, "url"), message, hint=_cure(lock))
    elif source.digest != pinned.pin.definition:
        message = f"`{entry.name}` was read by another definition of its feed than the profile has now"
        report.add("LCK030", spans.at(*path, "definition"), message, hint=_cure(lock))


def check_feed_url(entry: ConnectorInput, site: Document[SiteModel], report: Report) -> None:
    """Report a `feed_url` that nothing reads."""
    url, feed = entry.use.feed_url, entry.profile.model.addresses.feed
    place = site.spans.key("connectors", entry.index, "feed_url")
    if url is None:
        return
    if not needs_lock(entry.use, entry.profile.model):
        why = "`networks_only` leaves its feed aside" if entry.use.networks_only else "its addresses come from no feed"
        report.add("LCK037", place, f"`{entry.name}` has a `feed_url`, and {why}", hint="remove the line")
    elif feed is not None and feed.format in IN_DNS and not url.startswith(SAVED):
        hint = "remove the line, or name a file with saved answers of the DNS: `file:PATH`"
        report.add("LCK037", place, f"the feed of `{entry.name}` is in the DNS and has no URL", hint=hint)


def _cure(lock: LockInput) -> str:
    if lock.path is None:
        return "write the site to a file: `gatepost update` keeps the addresses in a lock beside it"
    return f"`{lock.command}` fetches them into `{lock.shown}`"


def read_pinned(pinned: Pinned, regions: list[str], report: Report) -> list[SourceList]:
    """The networks of no region, those of the chosen ones, and of both those that are leaving."""
    spans, path, pin = pinned.lock.spans, ("connectors", pinned.name), pinned.pin
    lists = [read_inline(spans, (*path, "networks"), pin.networks, report)] if pin.networks else []
    for region in regions:
        if region in pin.regions:
            lists.append(read_inline(spans, (*path, "regions", region), pin.regions[region], report))
    leaving = [(index, item.network) for index, item in enumerate(pin.leaving) if item.region is None or item.region in regions]
    if leaving:
        lists.append(read_some(spans, (*path, "leaving"), leaving, report))
    return [listed._replace(pinned=True) for listed in lists]
