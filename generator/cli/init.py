"""`gatepost init`."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from generator.cli.complete import complete_connectors
from generator.cli.console import Color, write_err, write_out
from generator.cli.options import ColorOption
from generator.cli.printable import printable
from generator.cli.reporting import OK, USAGE, FindingsFormat, exit_status, show_findings

if TYPE_CHECKING:
    from generator.diagnostics import Report
    from generator.models import ConnectorModel
    from generator.review.starter import Chosen

STDOUT = "-"
DEFAULT_NAME = "mail"

Connectors = Annotated[
    list[str],
    typer.Argument(
        metavar="CONNECTOR...",
        help="Shipped connectors, or paths of connector profiles.",
        autocompletion=complete_connectors,
        show_default=False,
    ),
]
Output = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE", help="Where it goes; `-` prints it. Default: NAME.yaml.", show_default=False),
]
Name = Annotated[str | None, typer.Option(metavar="NAME", help="The site's name, used in rules and folders.", show_default=False)]
Imap = Annotated[str | None, typer.Option(metavar="HOST", help="The IMAP server's host name.", show_default=False)]
Smtp = Annotated[str | None, typer.Option(metavar="HOST", help="The SMTP server's host name.", show_default=False)]
Network = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[CONNECTOR=]NETWORK",
        help="An address or network of your account at the vendor. May be repeated; CONNECTOR= says whose, where several are.",
        show_default=False,
    ),
]
Ask = Annotated[
    bool | None, typer.Option("--ask/--no-ask", help="Ask for what the options leave open. Default: on a terminal.", show_default=False)
]


def init(
    connectors: Connectors,
    output: Output = None,
    name: Name = None,
    imap: Imap = None,
    smtp: Smtp = None,
    network: Network = None,
    ask: Ask = None,
    color: ColorOption = Color.AUTO,
) -> int:
    """Write a commented site file for connectors. A file that is there already is never overwritten.

    It asks only what it cannot know: the site's name, your server's host names, and the addresses that a vendor shows inside your account.
    What you leave open stays a comment that says what to write.
    """
    from generator.diagnostics import Report
    from generator.review.starter import Starter, starter_text

    report = Report()
    asking = sys.stdin.isatty() and sys.stderr.isatty() if ask is None else ask
    models = _load(connectors, report)
    if report.has_errors:
        show_findings(report, FindingsFormat.TEXT, color)
        return exit_status(report, strict=False)
    networks = _split_networks(models, network or ())
    name = name or _ask("Name of the site", asking, _problem_of_name, default=DEFAULT_NAME)
    file = output or f"{name}.yaml"
    if file != STDOUT and os.path.lexists(file):
        raise _occupied(file)
    imap, smtp = _choose_hosts(imap, smtp, asking=asking)
    shown = f"{name}.yaml" if file == STDOUT else file
    chosen = _choose(models, networks, file, asking=asking)
    text = starter_text(Starter(name, shown, imap, smtp, chosen))
    if not _is_good(text, shown, report):
        show_findings(report, FindingsFormat.TEXT, color)
        return USAGE
    _write(text, file)
    _say_next(chosen, file)
    return OK


def _load(connectors: Sequence[str], report: "Report") -> "dict[str, ConnectorModel]":
    from generator.review.profiles import UnknownConnectorError, load_profile

    for use in connectors:
        if connectors.count(use) > 1:
            hint = "for two accounts write a second entry into the file, with a `name:` of its own"
            raise typer.BadParameter(f"`{use}` is named twice; {hint}", param_hint="'CONNECTOR'")
    try:
        loaded = {use: load_profile(use, report) for use in connectors}
    except UnknownConnectorError as error:
        raise typer.BadParameter(str(error), param_hint="'CONNECTOR'") from error
    return {use: document.model for use, document in loaded.items() if document is not None}


def _ask(question: str, asking: bool, problem_of: Callable[[str], str], default: str = "") -> str:
    """The answer to a question, which is asked again until nothing is wrong with it; the default where nobody is asked."""
    while asking:
        answer = str(typer.prompt(question, default=default, show_default=bool(default), err=True)).strip()
        problem = problem_of(answer)
        if not problem:
            return answer
        write_err(f"{printable(problem)}\n")
    return default


def _problem_of_name(text: str) -> str:
    return _problem_of(f"name: {json.dumps(text)}")


def _problem_of_host(text: str) -> str:
    return _problem_of(f"name: any\nserver: {{imap: {json.dumps(text)}}}") if text else ""


def _problem_of(lines: str) -> str:
    """What is wrong with an answer: what would be found in a site file that holds it."""
    from generator.diagnostics import Report

    report = Report()
    _is_good(f"kind: site\n{lines}\nconnectors: [{{use: any}}]\n", "", report)
    return "".join(f"{finding.message}; {finding.hint}" for finding in report.findings[:1])


def _problem_of_networks(text: str) -> str:
    from generator.net import PrefixError, parse_networks

    for network in _split_answer(text):
        try:
            parse_networks(network)
        except PrefixError as error:
            return f"{error}; {error.hint}"
    return ""


def _split_answer(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _choose_hosts(imap: str | None, smtp: str | None, *, asking: bool) -> tuple[str, str]:
    if imap is None:
        imap = _ask("Host name of the IMAP server (empty: later)", asking, _problem_of_host)
    if smtp is None:
        smtp = _ask("Host name of the SMTP server (empty: later)", asking, _problem_of_host, default=imap if asking else "")
    return imap, smtp


def _choose(models: "dict[str, ConnectorModel]", networks: dict[str, list[str]], file: str, *, asking: bool) -> "tuple[Chosen, ...]":
    from generator.review.starter import Chosen

    chosen: list[Chosen] = []
    for use, model in models.items():
        entry = Chosen(_relative_to(file, use), model, tuple(networks[use]))
        if entry.lacks_networks and asking:
            where = f" ({model.addresses.how})" if model.addresses.how else ""
            what = "networks that you know, if any" if entry.has_no_fixed else "the addresses of your account"
            write_err(f"{printable(model.title)}: {what}{printable(where)}\n")
            answer = _ask("Addresses, separated by blanks (empty: later)", asking, _problem_of_networks)
            entry = Chosen(entry.use, model, _split_answer(answer))
        chosen.append(entry)
    return tuple(chosen)


def _split_networks(models: "dict[str, ConnectorModel]", given: Sequence[str]) -> dict[str, list[str]]:
    """Networks by connector, which goes by what was typed or by its name; those without `CONNECTOR=` belong to the only one."""
    found: dict[str, list[str]] = {use: [] for use in models}
    by_name = {model.name: use for use, model in models.items()}
    for text in given:
        owner, equals, network = text.rpartition("=")
        owner = by_name.get(owner, owner) if equals else (next(iter(models)) if len(models) == 1 else "")
        if owner not in found:
            name = next(iter(by_name))
            raise typer.BadParameter(f"`{text}`: say whose it is, as in {name}={network}", param_hint="'--network'")
        if problem := _problem_of_networks(network):
            raise typer.BadParameter(problem, param_hint="'--network'")
        found[owner].append(network)
    return found


def _relative_to(file: str, use: str) -> str:
    """What `use:` says: a path is relative to the site file, and has a slash, which makes it a path."""
    from generator.review.profiles import is_profile_path

    if not is_profile_path(use):
        return use
    path = os.path.relpath(use, os.path.dirname(file) or ".") if file != STDOUT else use
    return path if "/" in path else f"./{path}"


def _is_good(text: str, shown: str, report: "Report") -> bool:
    """Whether the options gave a readable site file; the findings point into the text that would have been written."""
    from generator.decode import decode_site
    from generator.source import SourceFile

    report.remember(shown, text)
    return decode_site(SourceFile(shown, shown, text, ""), report) is not None


def _write(text: str, file: str) -> None:
    if file == STDOUT:
        write_out(text)
        return
    try:
        with Path(file).open("x", encoding="utf-8") as new:
            new.write(text)
    except FileExistsError:
        raise _occupied(file) from None


def _occupied(file: str) -> typer.BadParameter:
    return typer.BadParameter(f"`{file}` is there already and is never overwritten", param_hint="'--output' / '-o'")


def _say_next(chosen: "Sequence[Chosen]", file: str) -> None:
    if file == STDOUT:
        return
    write_err(f"wrote {file}\n")
    for entry in chosen:
        if entry.has_feed:
            write_err(f"next: gatepost update {shlex.quote(file)}; it fetches the addresses of {entry.use}\n")
        elif entry.has_no_fixed:
            write_err(f"next: decide how {entry.use} gets in; the file says how, because no fixed addresses are known\n")
        elif entry.lacks_networks:
            how = entry.model.addresses.how or "ask the vendor"
            write_err(f"next: write the addresses of {entry.use} under `networks:`; where they are: {how}\n")
    write_err(f"then: gatepost check {file}\n")
