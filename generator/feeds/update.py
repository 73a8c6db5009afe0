"""`gatepost update`: every feed of a site visited, judged and pinned. A connector is taken whole or left as it was; the others go on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from typing import Final, NamedTuple

from generator.compile.judge import Allowances
from generator.decode import Document
from generator.diagnostics import Report
from generator.feeds.change import Change, ServiceChange, find_change, sum_services
from generator.feeds.judge import Refusal, Rules, judge_networks, judge_version
from generator.feeds.pins import Moment, end_grace, is_due, make_pin, means_the_same, moment_text, pinned_networks, read_networks
from generator.feeds.reading import feed_url
from generator.feeds.together import run_together
from generator.feeds.visit import Task, Visit, Ways, late_visit, visit_feed
from generator.load import ConnectorInput, SiteInput
from generator.lock import FeedSource, LockInput, find_feed, is_sealed, seal
from generator.models import LockModel, Pin, SiteModel

WORKERS: Final = 8
_SLACK_SECONDS: Final = 5.0

Accepted = Mapping[str, frozenset[str]]
"""By connector the codes that are accepted; an empty set accepts all that can be."""


class Status(StrEnum):
    """What became of a connector, or of the whole update: the last of these that one of its connectors has."""

    CURRENT = "current"
    WRITTEN = "written"
    WOULD_CHANGE = "would-change"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Outcome(NamedTuple):
    """What became of one connector. `pin` is what the lock has of it after the update, `change` the difference, refused or not."""

    name: str
    status: Status
    url: str
    pin: Pin | None
    change: Change


class Updated(NamedTuple):
    """What an update found. `lock` is what is to be in the lock afterwards, None for a site that needs none; `services` is what changes
    for each service.
    """

    outcomes: tuple[Outcome, ...]
    services: tuple[ServiceChange, ...]
    lock: LockModel | None
    kept: Status = Status.CURRENT  # of the lock itself, which may hold connectors that the site does not have

    @property
    def status(self) -> Status:
        """The weightiest status, of a connector or of the lock."""
        return max((self.kept, *(outcome.status for outcome in self.outcomes)), key=list(Status).index)


class Wish(NamedTuple):
    """What the user asked for: some connectors alone (none named: all), changes accepted by name, looking without writing."""

    only: tuple[str, ...]
    accepted: Accepted
    check: bool


class _Job(NamedTuple):
    """One connector with its feed and what the lock has of it; `same`: that came from this feed, defined like this."""

    entry: ConnectorInput
    source: FeedSource
    url: str
    old: Pin | None
    same: bool
    task: Task
    services: tuple[str, ...]
    regions: tuple[str, ...]


def find_updates(
    given: SiteInput, lock: LockInput, wish: Wish, ways: Ways, moment: Moment, report: Report, *, on_done: Callable[[int, int], None]
) -> Updated | None:
    """Visit the feeds, and judge what they say; None after an error of the site that was reported. Nothing is written."""
    entries = {entry.name: entry for entry in reversed(given.connectors) if entry.lock is not None}
    for name in (*wish.only, *wish.accepted):
        if name not in entries:
            there = ", ".join(sorted(entries)) or "none"
            report.add("LCK035", None, f"the site has no connector `{name}` with a feed", hint=f"there are: {there}")
    chosen = [entry for name, entry in sorted(entries.items()) if not wish.only or name in wish.only]
    jobs = [_prepare(entry, lock, given.site, report) for entry in chosen]
    ready = [job for job in jobs if job is not None]
    if report.has_errors or len(ready) < len(jobs):
        return None
    visits = run_together(
        [partial(visit_feed, job.task, ways) for job in ready],
        workers=WORKERS,
        patience_seconds=ways.web.limits.total_seconds + _SLACK_SECONDS,
        on_done=lambda count: on_done(count, len(ready)),
    )
    rules = _rules(given.site)
    outcomes = []
    for job, visit in zip(ready, visits, strict=True):
        done = visit or late_visit(job.task)
        report.extend(done.findings)
        outcomes.append(_settle(job, done, rules, wish, moment, lock, report))
    return _sum_up(ready, outcomes, entries, lock, wish, report)


def _prepare(entry: ConnectorInput, lock: LockInput, site: Document[SiteModel], report: Report) -> _Job | None:
    """What is to be done for a connector; None after an error in the report."""
    place = site.spans.at("connectors", entry.index, "feed_url" if entry.use.feed_url else "use")
    source = find_feed(entry.use, entry.profile.model)
    url = source.url or feed_url(source.feed) if source else None
    if source is None or not url:
        hint = "write it as `feed_url:`" + (f"; {entry.profile.model.addresses.how}" if entry.profile.model.addresses.how else "")
        report.add("LCK047", place, f"the address of the feed of `{entry.name}` is not known", hint=hint)
        return None
    old = lock.document.model.connectors.get(entry.name) if lock.document else None
    same = old is not None and old.url == url and old.definition == source.digest
    # No condition is made of what somebody changed by hand: "not modified" would keep the change.
    task = Task(source.feed, url, old if old and same and is_sealed(old) else None, place)
    wanted = (entry.use.region,) if isinstance(entry.use.region, str) else (entry.use.region or ())
    services = entry.use.services or tuple(entry.profile.model.services)
    regions = tuple(region for region in wanted if region not in entry.profile.model.regions)
    return _Job(entry, source, url, old, same, task, services, regions)


def _rules(site: Document[SiteModel]) -> Rules:
    return Rules(site.model.updates, Allowances(site, Report()), ())


def _settle(job: _Job, visit: Visit, rules: Rules, wish: Wish, moment: Moment, lock: LockInput, report: Report) -> Outcome:
    """Judge what a visit brought."""
    old = job.old
    if visit.unchanged and old is not None:
        return _compare(job, end_grace(old, moment.today), rules, wish, moment)
    if visit.reading is None or visit.seen is None:
        status = Status.REFUSED if visit.reachable else Status.UNREACHABLE
        return Outcome(job.entry.name, status, job.url, old, _change(job, old))
    source = (job.url, job.source.feed.format, job.source.digest)
    new = make_pin(source, visit.reading, visit.seen, old, rules.updates, moment)
    networks = read_networks(visit.reading)
    rules = rules._replace(regions=job.regions)
    refusals = judge_networks(job.entry.name, networks, pinned_networks(old) if old else None, rules)
    if old is not None and job.same:
        refusals += judge_version(job.entry.name, new.version or "", old.version or "")
    if _refused(job, refusals, wish, lock, report):
        return Outcome(job.entry.name, Status.REFUSED, job.url, old, _change(job, new))
    return _compare(job, new, rules, wish, moment)


def _compare(job: _Job, new: Pin, rules: Rules, wish: Wish, moment: Moment) -> Outcome:
    """What becomes of a pin that may be taken: nothing, if it says what the lock says, and the lock's stamp is not old."""
    name, old = job.entry.name, job.old
    if old is None or not is_sealed(old) or not means_the_same(old, new):
        status = Status.WOULD_CHANGE if wish.check else Status.WRITTEN
        return Outcome(name, status, job.url, seal(new), _change(job, new))
    due = is_due(old, rules.updates, moment.now) and not wish.check
    kept = seal(replace(new, fetched=moment_text(moment.now))) if due else old
    return Outcome(name, Status.WRITTEN if due else Status.CURRENT, job.url, kept, _change(job, kept))


def _change(job: _Job, new: Pin | None) -> Change:
    return find_change(job.old, new, job.services, job.regions)


def _refused(job: _Job, refusals: Sequence[Refusal], wish: Wish, lock: LockInput, report: Report) -> bool:
    """Report every refusal, the accepted ones as notes; whether one is left."""
    name, place = job.entry.name, job.task.place
    codes = wish.accepted.get(name)
    left = False
    for refusal in refusals:
        accepted = codes is not None and refusal.acceptable and (not codes or refusal.code in codes)
        left = left or not accepted
        if accepted:
            report.add("LCK060", place, f"accepted ({refusal.code}): {refusal.message}")
            continue
        cure = f"{refusal.hint}; `{lock.command} --accept {name}={refusal.code}` takes it" if refusal.acceptable else refusal.hint
        report.add(refusal.code, place, refusal.message, hint=cure)
    for code in sorted((codes or frozenset()) - {refusal.code for refusal in refusals}):
        report.add("LCK061", place, f"nothing of `{name}` was refused as {code}", hint="leave the option out")
    if codes == frozenset() and not refusals:
        report.add("LCK061", place, f"nothing of `{name}` was refused", hint="leave `--accept` out")
    return left


def _sum_up(
    jobs: Sequence[_Job], outcomes: Sequence[Outcome], entries: Mapping[str, ConnectorInput], lock: LockInput, wish: Wish, report: Report
) -> Updated:
    """The lock as it is to be, and what changes for each service by what is taken."""
    pins = dict(lock.document.model.connectors) if lock.document else {}
    strangers = [] if wish.only else sorted(pins.keys() - entries.keys())
    for name in strangers:
        place = lock.document.spans.key("connectors", name) if lock.document else None
        hint = "`update` without `--check` takes it out" if wish.check else "it is taken out"
        report.add("LCK062", place, f"`{name}` is in the lock, and no connector with a feed of the site", hint=hint)
        del pins[name]
    taken = []
    for job, outcome in zip(jobs, outcomes, strict=True):
        if outcome.pin is not None:
            pins[outcome.name] = outcome.pin
        taken.append((job.old, outcome.pin, job.services, job.regions))
    model = LockModel(kind="lock", schema="gatepost.lock/1", connectors=dict(sorted(pins.items())))
    changed = Status.WOULD_CHANGE if wish.check else Status.WRITTEN
    return Updated(tuple(outcomes), sum_services(taken), model, changed if strangers else Status.CURRENT)
