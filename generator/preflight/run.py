"""A whole preflight: endpoints side by side up to the login, then what needs the password, one after the other."""

from collections.abc import Callable, Sequence

from generator.preflight.context import Context
from generator.preflight.dns_notes import find_dns_notes, mail_domain
from generator.preflight.holding import hold_connections
from generator.preflight.opening import open_endpoint
from generator.preflight.outcome import Preflight, Reachability
from generator.preflight.result import Check, Endpoint, Status
from generator.preflight.session import finish, log_in
from generator.preflight.visit import Visit
from generator.preflight.wire import Deadline

Known = Callable[[Endpoint, str], str]
"""What the plan says about a connection to an endpoint, by the address that it would go to."""


def run_preflight(endpoints: Sequence[Endpoint], context: Context, *, site: str, reachability: Reachability, known: Known) -> Preflight:
    """Check every endpoint against what the connector demands."""
    started = context.clock()
    visits = [Visit(endpoint, context, _bind(known, endpoint)) for endpoint in endpoints]
    notes: list[tuple[Check, ...]] = []
    jobs: list[Callable[[], None]] = [_bind_open(visit) for visit in visits]
    jobs.append(lambda: notes.append(_dns_notes(endpoints, context)))
    try:
        run_side_by_side(jobs)
        _use_password(visits, context)
    finally:
        for visit in visits:
            visit.hang_up()
    demands = context.demands
    reminders = tuple(Check("reminder", Status.NOTE, text) for text in demands.reminders)
    return Preflight(
        connector=demands.connector,
        title=demands.title,
        vendor=demands.vendor,
        site=site,
        time=context.now,
        seconds=round(context.clock() - started, 1),
        endpoints=tuple(visit.report() for visit in visits),
        checks=(*(notes[0] if notes else ()), *reminders),
        reachability=reachability,
    )


def _bind(known: Known, endpoint: Endpoint) -> Callable[[str], str]:
    return lambda address: known(endpoint, address)


def _bind_open(visit: Visit) -> Callable[[], None]:
    return lambda: visit.during(open_endpoint)


def _dns_notes(endpoints: Sequence[Endpoint], context: Context) -> tuple[Check, ...]:
    user = context.credentials.user if context.credentials else ""
    domain = mail_domain(user, endpoints)
    return find_dns_notes(domain, endpoints, context.name_server, Deadline.after(context.clock, context.timeout))


def _use_password(visits: Sequence[Visit], context: Context) -> None:
    """Log in once on each endpoint, IMAP before SMTP as connectors do, then count connections while no other is open.

    The connection of the first IMAP endpoint is kept for that; limits count those of all endpoints together.

    A password that was refused once is not tried again anywhere: servers lock mailboxes after a few mistakes.
    """
    imap = [visit for visit in visits if visit.endpoint.application == "imap"]
    smtp = [visit for visit in visits if visit.endpoint.application == "smtp"]
    if context.credentials is None:
        _finish_without_login(visits, imap, context)
        return
    refused_at = ""
    for visit in (*imap, *smtp):
        if refused_at:
            visit.during(finish)
            visit.stopped_by = visit.stopped_by or f"{refused_at} refused the password"
            continue
        if visit.during(log_in):
            refused_at = visit.label
        if visit not in imap[:1] or visit.stopped_by:
            visit.during(finish)
    for visit in imap:
        visit.during(hold_connections)


def _finish_without_login(visits: Sequence[Visit], imap: Sequence[Visit], context: Context) -> None:
    for visit in visits:
        if not (context.count_without_login and visit in imap):
            visit.during(finish)
    for visit in imap:
        if context.count_without_login:
            visit.during(hold_connections)
    for visit in visits:
        visit.stopped_by = visit.stopped_by or context.demands.login_without or "no login was given (`--user`)"


def run_side_by_side(jobs: Sequence[Callable[[], None]]) -> None:
    """Run every job in a thread of its own.

    A ThreadPool's threads are daemons, unlike those of an Executor: somebody who gives up need not wait for a silent server.

    Raises:
        Exception: the first that a job raised.
    """
    from multiprocessing.pool import ThreadPool

    with ThreadPool(len(jobs)) as pool:
        pool.map(lambda job: job(), jobs, chunksize=1)
