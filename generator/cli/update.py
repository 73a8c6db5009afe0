"""`gatepost update`."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from generator.cli.console import Color, write_err, write_out
from generator.cli.options import ColorOption, Result, Site
from generator.cli.reporting import FOUND, OK, UNTRIED, FindingsFormat, ResultFormat, show_findings

if TYPE_CHECKING:
    from datetime import datetime

    from generator.diagnostics import Report
    from generator.feeds.run import Done, World
    from generator.feeds.update import Wish
    from generator.feeds.values import Resolve

_QUESTION_SECONDS: Final = 5.0
_STATUS: Final = {"refused": FOUND, "would-change": FOUND, "unreachable": UNTRIED}


Connectors = Annotated[
    list[str] | None, typer.Option("--connector", metavar="NAME", help="Update this connector alone; may be repeated.", show_default=False)
]
Accept = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="NAME[=CODE]",
        help="Take what would be refused for this connector: all of it, or what that code is about. May be repeated.",
        show_default=False,
    ),
]
Nameservers = Annotated[
    list[str] | None,
    typer.Option(
        "--nameserver",
        metavar="ADDRESS[#PORT]",
        help="For feeds in the DNS: ask this server, not the system's. May be repeated.",
        show_default=False,
    ),
]
Today = Annotated[
    str | None,
    typer.Option(metavar="YYYY-MM-DD", help="The day to write down and to count grace periods by. Default: the clock.", show_default=False),
]


def update(
    site: Site,
    connector: Connectors = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing. Exit status 1 if the lock would change.")] = False,
    accept: Accept = None,
    timeout: Annotated[int, typer.Option(metavar="SECONDS", min=1, max=3600, help="How long one feed may take, with every try.")] = 120,
    nameserver: Nameservers = None,
    today: Today = None,
    form: Result = ResultFormat.TEXT,
    color: ColorOption = Color.AUTO,
) -> int:
    """Fetch the feeds of a site's connectors into its lock, show what changes, and refuse what looks wrong.

    A connector is taken whole or left as it was in the lock; one that is refused does not stop the others. Of the other commands,
    `preflight` alone goes online.
    Exit status: 0 the lock is current or was written, 1 refused, or with --check the lock would change (`status` in the JSON tells which),
    3 a feed could not be reached.
    """
    from generator.diagnostics import Report
    from generator.feeds.run import update_site
    from generator.feeds.update import Wish

    wish = Wish(tuple(connector or ()), _read_accepted(accept or []), check)
    world = _make_world(timeout, nameserver or [], _read_moment(today))
    report = Report()
    done = update_site(site, wish, world, report, on_done=_make_progress())
    return _show(done, wish, report, form, color)


def _read_accepted(options: list[str]) -> dict[str, frozenset[str]]:
    """By connector the accepted codes; none for all of them."""
    accepted: dict[str, frozenset[str]] = {}
    everything = set()
    for option in options:
        name, equals, code = option.partition("=")
        if not name or (equals and not (code.startswith("LCK") and len(code) == 6)):
            raise typer.BadParameter(f"`{option}` is no NAME or NAME=CODE, such as auth0-smtp=LCK051", param_hint="'--accept'")
        accepted[name] = accepted.get(name, frozenset()) | ({code} if code else frozenset())
        everything |= set() if code else {name}
    return {name: frozenset() if name in everything else codes for name, codes in accepted.items()}


def _make_world(timeout: int, nameservers: list[str], now: "datetime") -> "World":
    from socket import gethostname
    from time import monotonic, sleep
    from uuid import NAMESPACE_DNS, uuid5

    from generator import __version__
    from generator.feeds.fetch import Web
    from generator.feeds.pins import Moment
    from generator.feeds.run import World
    from generator.feeds.web import Clock, Limits

    limits = Limits(total_seconds=float(timeout))
    web = Web(agent=f"gatepost/{__version__}", environ=os.environ, limits=limits, clock=Clock(monotonic, sleep))
    # Microsoft asks for a GUID that is one machine's own and stays the same.
    client_id = str(uuid5(NAMESPACE_DNS, f"gatepost.{gethostname()}"))
    return World(web, _lazy_resolver(nameservers, min(timeout, _QUESTION_SECONDS)), client_id, Moment(now, now.date()))


def _lazy_resolver(nameservers: list[str], seconds: float) -> "Resolve":
    """The resolver, made when the first question comes: a machine without DNS may have no need of one."""
    from generator.feeds.resolver import make_resolver

    servers = [server.partition("#") for server in nameservers]
    ports = {port or "53" for _, _, port in servers} or {"53"}
    port = ports.pop()
    if ports or not (port.isdecimal() and port.isascii() and 0 < int(port) < 65536):
        raise typer.BadParameter("write ADDRESS or ADDRESS#PORT, with one port for all of them", param_hint="'--nameserver'")
    from functools import cache

    made = cache(lambda: make_resolver([address for address, _, _ in servers], port=int(port), timeout_seconds=seconds))
    return lambda name, kind: made()(name, kind)


def _read_moment(today: str | None) -> "datetime":
    from datetime import UTC, datetime

    if today is None:
        return datetime.now(UTC)
    try:
        return datetime.strptime(today, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise typer.BadParameter(f"`{today}` is no date; write it like 2026-11-23", param_hint="'--today'") from error


def _make_progress() -> Callable[[int, int], None]:
    """Tells on a terminal how many feeds were visited; the line goes away at the end."""
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"

    def tell(count: int, total: int) -> None:
        if shown:
            write_err("\r\x1b[K" if count == total else f"\r\x1b[Kgatepost: {count} of {total} feeds ...")

    return tell


def _show(done: "Done | None", wish: "Wish", report: "Report", form: ResultFormat, color: Color) -> int:
    """Print the result and the findings; the exit status."""
    from generator.cli.update_result import result_document, result_lines

    if form is ResultFormat.JSON:
        from generator.cli.reporters import to_json

        write_out(to_json(result_document(done, report)))
    elif done is not None:
        write_out("".join(f"{line}\n" for line in result_lines(done, check=wish.check)))
    if form is ResultFormat.TEXT:
        show_findings(report, FindingsFormat.TEXT, color)
    if done is None:
        return FOUND
    status = _STATUS.get(done.updated.status, OK)
    return FOUND if report.has_errors and status == OK else status
