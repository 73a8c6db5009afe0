"""The command `gatepost`: which commands there are, and what becomes of exceptions."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Final

import typer

from generator import __version__
from generator.cli import (
    audit,
    check,
    connectors,
    diff,
    explain,
    init,
    merge,
    plan,
    preflight,
    prove,
    reference,
    render,
    report,
    targets,
    update,
)
from generator.cli.console import make_robust, write_err, write_out
from generator.cli.printable import printable

INTERNAL_ERROR: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as a shell reports it
BROKEN_PIPE: Final = 141  # 128 + SIGPIPE

app = typer.Typer(
    name="gatepost",
    help="Firewall rules that let one cloud connector, and nobody else, reach your mail server: one YAML file in, every configuration out.",
    epilog="Exit status: 0 no error, 1 an error or drift, 2 wrong command line, 3 could not be tried from here.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _guarded(command: Callable[..., int]) -> Callable[..., None]:
    @wraps(command)
    def run(*args: object, **options: object) -> None:
        raise typer.Exit(_run(command, args, options))

    return run


def _run(command: Callable[..., int], args: tuple[object, ...], options: dict[str, object]) -> int:
    """Run a command; its exit status. Whatever it raises becomes a status and at most one line, never a traceback."""
    try:
        status = command(*args, **options)
        sys.stdout.flush()
        return status
    except typer.BadParameter as error:
        error.message = printable(error.message)
        raise
    except typer.Exit:
        raise
    except BrokenPipeError:
        _abandon_stdout()
        return BROKEN_PIPE
    except (KeyboardInterrupt, typer.Abort):
        write_err("\n")
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the one place that turns a bug into a line)
        _abandon_stdout()
        write_err(_explain(error))
        return 1 if isinstance(error, OSError) else INTERNAL_ERROR


def _explain(error: Exception) -> str:
    import traceback

    trace = "".join(traceback.format_exception(error)) if os.environ.get("GATEPOST_DEBUG") == "1" else ""
    said = f"{type(error).__name__}: {error}".splitlines()[0]
    if isinstance(error, OSError):
        place = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return f"{trace}gatepost: {place}{error.strerror or said}\n"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return f"{trace}gatepost: internal error at {place}: {said}; please report it, with the output of GATEPOST_DEBUG=1\n"


def _abandon_stdout() -> None:
    """Let what is not printed yet go nowhere: the interpreter's last flush would fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return


def _print_version(wanted: bool) -> None:
    if wanted:
        write_out(f"gatepost {__version__}\n")
        raise typer.Exit


@app.callback()
def _gatepost(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)] = False,
) -> None:
    pass


def _add(group: typer.Typer, name: str, command: Callable[..., int], brief: str, example: str) -> None:
    group.command(name, short_help=brief, epilog=f"Example: {example}")(_guarded(command))


connectors_app = typer.Typer(help="Show what is known about connectors.", no_args_is_help=True, rich_markup_mode=None)
targets_app = typer.Typer(help="Show the output formats.", no_args_is_help=True, rich_markup_mode=None)

_add(app, "init", init.init, "Write a commented site file for connectors.", "gatepost init hubspot --name acme -o acme.yaml")
_add(app, "check", check.check, "Find every mistake in site files.", "gatepost check acme.yaml --strict --format github")
_add(app, "plan", plan.plan, "Print what a site means, normalised.", "gatepost plan acme.yaml --format json")
_add(app, "render", render.render, "Make the configuration files.", "gatepost render acme.yaml -t nftables -o output")
_add(app, "merge", merge.merge, "Put a site into a firewall's backup.", "gatepost merge acme.yaml -t pfsense config.xml -o merged.xml")
_add(app, "update", update.update, "Fetch vendors' addresses into the lock.", "gatepost update acme.yaml --check --format json")
_add(app, "explain", explain.explain, "Say whether an address gets in, and why.", "gatepost explain acme.yaml --from 192.0.2.1 --to imaps")
_add(app, "diff", diff.diff, "Say who gained and who lost access.", "gatepost diff main:acme.yaml acme.yaml --format markdown")
_add(app, "prove", prove.prove, "Show by real connections what rules do.", "gatepost prove acme.yaml -t nftables")
_add(app, "audit", audit.audit, "Hold live rules against the plan.", "gatepost audit acme.yaml --live --log /var/log/mail.log")
_add(
    app,
    "preflight",
    preflight.preflight,
    "Check the real mail server against what a connector requires.",
    "gatepost preflight --connector hubspot --imap imap.example.org --smtp smtp.example.org:587",
)
_add(
    app,
    "report",
    report.report,
    "Write one page for whoever approves it.",
    "gatepost report acme.yaml -o acme.html",
)
app.add_typer(connectors_app, name="connectors")
app.add_typer(targets_app, name="targets")
_add(connectors_app, "list", connectors.list_connectors, "List or search the shipped connectors.", "gatepost connectors list imap feed")
_add(connectors_app, "show", connectors.show, "Show what is known about a connector.", "gatepost connectors show hubspot")
_add(targets_app, "list", targets.list_targets, "List the targets.", "gatepost targets list")
_add(targets_app, "show", targets.show, "Show a target: options, limits, files.", "gatepost targets show nftables")
_add(app, "schema", reference.schema, "Print the JSON Schema of a document.", "gatepost schema site > site.schema.json")
_add(app, "explain-code", reference.explain_code, "Explain the code of a finding.", "gatepost explain-code NET002")


def run() -> None:
    """Run the command line and leave with its exit status."""
    make_robust()
    app(prog_name="gatepost")
