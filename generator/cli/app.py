"""The command `gatepost`: which commands there are, and what becomes of exceptions."""

import os
import sys
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import Annotated, Final, NamedTuple

import typer

from generator import __version__
from generator.cli.console import make_robust, write_err, write_out
from generator.cli.printable import printable

INTERNAL_ERROR: Final = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED: Final = 130  # 128 + SIGINT, as a shell reports it
BROKEN_PIPE: Final = 141  # 128 + SIGPIPE


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


def _gatepost(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)] = False,
) -> None:
    pass


class _Entry(NamedTuple):
    """A command: its words, where its function stands in this package, and what the help says of it."""

    words: str
    place: str
    brief: str
    example: str


_HELP: Final = (
    "Firewall rules that let one cloud connector, and nobody else, reach your mail server: one YAML file in, every configuration out."
)
_GROUPS: Final = {"connectors": "Show what is known about connectors.", "targets": "Show the output formats."}
_COMMANDS: Final = (
    _Entry("init", "init.init", "Write a commented site file for connectors.", "init hubspot --name acme -o acme.yaml"),
    _Entry("check", "check.check", "Find every mistake in site files.", "check acme.yaml --strict --format github"),
    _Entry("plan", "plan.plan", "Print what a site means, normalised.", "plan acme.yaml --format json"),
    _Entry("render", "render.render", "Make the configuration files.", "render acme.yaml -t nftables -o output"),
    _Entry("merge", "merge.merge", "Put a site into a firewall's backup.", "merge acme.yaml -t pfsense config.xml -o merged.xml"),
    _Entry("update", "update.update", "Fetch vendors' addresses into the lock.", "update acme.yaml --check --format json"),
    _Entry("explain", "explain.explain", "Say whether an address gets in, and why.", "explain acme.yaml --from 192.0.2.1 --to imaps"),
    _Entry("diff", "diff.diff", "Say who gained and who lost access.", "diff main:acme.yaml acme.yaml --format markdown"),
    _Entry("prove", "prove.prove", "Show by real connections what rules do.", "prove acme.yaml -t nftables"),
    _Entry("audit", "audit.audit", "Hold live rules against the plan.", "audit acme.yaml --live --log /var/log/mail.log"),
    _Entry(
        "preflight",
        "preflight.preflight",
        "Check the real mail server against what a connector requires.",
        "preflight --connector hubspot --imap imap.example.org --smtp smtp.example.org:587",
    ),
    _Entry("report", "report.report", "Write one page for whoever approves it.", "report acme.yaml -o acme.html"),
    _Entry("connectors list", "connectors.list_connectors", "List or search the shipped connectors.", "connectors list imap feed"),
    _Entry("connectors show", "connectors.show", "Show what is known about a connector.", "connectors show hubspot"),
    _Entry("targets list", "targets.list_targets", "List the targets.", "targets list"),
    _Entry("targets show", "targets.show", "Show a target: options, limits, files.", "targets show nftables"),
    _Entry("schema", "reference.schema", "Print the JSON Schema of a document.", "schema site > site.schema.json"),
    _Entry("explain-code", "reference.explain_code", "Explain the code of a finding.", "explain-code NET002"),
)
_FIRST_WORDS: Final = frozenset(entry.words.partition(" ")[0] for entry in _COMMANDS)


def make_app(word: str = "") -> typer.Typer:
    """The command line with the commands that begin with a word, or with all: each that is there costs every start."""
    app = typer.Typer(
        name="gatepost",
        help=_HELP,
        epilog="Exit status: 0 no error, 1 an error or a difference, 2 wrong command line, 3 could not be tried from here.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_gatepost)
    groups: dict[str, typer.Typer] = {}
    for entry in _COMMANDS:
        first, _, second = entry.words.partition(" ")
        if word in ("", first):
            if second and first not in groups:
                groups[first] = typer.Typer(help=_GROUPS[first], no_args_is_help=True, rich_markup_mode=None)
                app.add_typer(groups[first], name=first)
            _add(groups.get(first, app), second or first, entry)
    return app


def _add(group: typer.Typer, name: str, entry: _Entry) -> None:
    module, _, function = entry.place.partition(".")
    command: Callable[..., int] = getattr(import_module(f"generator.cli.{module}"), function)
    group.command(name, short_help=entry.brief, epilog=f"Example: gatepost {entry.example}")(_guarded(command))


def run() -> None:
    """Run the command line and leave with its exit status."""
    make_robust()
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    make_app(word if word in _FIRST_WORDS or word == "--version" else "")(prog_name="gatepost")
