"""The help says everything, and what it says is true."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command

from generator.cli.every import app
from tests.support.cli import gatepost

Command = Any  # typer's own classes moved between its versions


def walk(command: Command, *path: str) -> Iterator[tuple[tuple[str, ...], Command]]:
    """Every command with the words that lead to it."""
    yield path, command
    for name, part in getattr(command, "commands", {}).items():
        yield from walk(part, *path, name)


EVERY = list(walk(get_command(app)))
LEAVES = [(path, command) for path, command in EVERY if not hasattr(command, "commands")]
NAMES = [
    "init",
    "check",
    "plan",
    "render",
    "merge",
    "update",
    "explain",
    "diff",
    "prove",
    "audit",
    "preflight",
    "report",
    "schema",
    "explain-code",
    "connectors list",
    "connectors show",
    "targets list",
    "targets show",
]


def test_these_are_the_commands() -> None:
    assert sorted(" ".join(path) for path, _ in LEAVES) == sorted(NAMES)


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) or "gatepost" for path, _ in EVERY])
def test_every_option_and_argument_is_explained(path: tuple[str, ...], command: Command) -> None:
    unexplained = [parameter.name for parameter in command.params if not getattr(parameter, "help", None)]

    assert unexplained == []


@pytest.mark.parametrize(("path", "command"), EVERY, ids=[" ".join(path) or "gatepost" for path, _ in EVERY])
def test_the_help_shows_every_option(path: tuple[str, ...], command: Command) -> None:
    result = gatepost(*path, "--help")

    assert (result.status, result.err) == (0, "")
    assert all(option in result.out for parameter in command.params for option in parameter.opts if option.startswith("-"))


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_the_example_is_a_command_line_that_is_taken(path: tuple[str, ...], command: Command) -> None:
    example = re.fullmatch(r"Example: gatepost (.+)", command.epilog)
    assert example is not None
    words = shlex.split(example[1].partition(" > ")[0])

    assert tuple(words[: len(path)]) == path
    assert gatepost(*words, "--help").status == 0


def test_the_list_of_commands_cuts_no_sentence() -> None:
    listed = gatepost("--help").out.partition("Commands:")[2]

    assert "..." not in listed


def test_the_exit_statuses_are_told() -> None:
    told = " ".join(gatepost("--help").out.split())

    assert "Exit status: 0 no error, 1 an error or a difference, 2 wrong command line, 3 could not be tried from here." in told


@pytest.mark.parametrize("arguments", [(), ("connectors",), ("targets",)])
def test_a_command_alone_shows_its_help(arguments: tuple[str, ...]) -> None:
    result = gatepost(*arguments)

    assert "Usage: " in result.out + result.err
    assert "Commands:" in result.out + result.err


def test_the_version_is_one_line() -> None:
    assert gatepost("--version") == (0, "gatepost 0.1.0\n", "")
