"""The command as a process: streams, colours, signals, and what happens when there is a bug."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from generator.cli.app import _guarded
from generator.cli.console import progress
from tests.house.tree import ROOT
from tests.support.cli import SITE, Result, process, write_site

MEASURE = """
import resource, subprocess, sys
def cost(*arguments):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
rounds = range(9)
version = min(cost("-m", "generator", "--version") for _ in rounds)
typer = min(cost("-c", "import typer") for _ in rounds)
print(version / typer)
"""


def raises(error: BaseException) -> int:
    raise error


def run_guarded(error: BaseException, capsys: pytest.CaptureFixture[str], debug: str = "") -> Result:
    """What becomes of an exception that a command raises."""
    os.environ["GATEPOST_DEBUG"] = debug
    with pytest.raises(typer.Exit) as left:
        _guarded(lambda: raises(error))()
    del os.environ["GATEPOST_DEBUG"]
    return Result(left.value.exit_code, *capsys.readouterr())


def on_terminal(*arguments: str, folder: Path, env: dict[str, str] | None = None) -> str:
    """What a terminal of 80 columns shows."""
    ours, theirs = pty.openpty()
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "80", **(env or {})}
    variables = {name: value for name, value in variables.items() if value}
    running = subprocess.Popen(
        [sys.executable, "-m", "generator", *arguments], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=variables
    )
    os.close(theirs)
    shown = b"".join(read_all(ours))
    running.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def wait_for_reading(pid: int) -> None:
    """Wait until a process waits for its standard input; the kernel tells where a process sleeps, or at least that it does."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and "pipe_read" not in Path(f"/proc/{pid}/wchan").read_text(encoding="ascii"):
        time.sleep(0.05)


def read_all(descriptor: int) -> Iterator[bytes]:
    with contextlib.suppress(OSError):  # the kernel's way to say that the other end was closed
        while data := os.read(descriptor, 65536):
            yield data


def test_python_m_is_the_command(folder: Path) -> None:
    assert process("--version", folder=folder) == (0, "gatepost 0.1.0\n", "")


def test_findings_go_to_stderr_and_results_to_stdout(folder: Path) -> None:
    result = process("plan", "hubspot", "--network", "8.8.8.8", folder=folder)

    assert result.status == 0
    assert result.out.startswith("site hubspot: ")
    assert "note[PLN025]" in result.err


def test_a_terminal_gets_colours(folder: Path) -> None:
    assert "\x1b[1;31merror[YML001]\x1b[0m: " in on_terminal("check", "nope.yaml", folder=folder, env={"NO_COLOR": ""})


@pytest.mark.parametrize("env", [{"NO_COLOR": "1"}, {"TERM": "dumb", "NO_COLOR": ""}])
def test_a_terminal_may_object_to_colours(folder: Path, env: dict[str, str]) -> None:
    assert "\x1b[" not in on_terminal("check", "nope.yaml", folder=folder, env=env)


def test_the_option_goes_before_the_environment(folder: Path) -> None:
    always = process("check", "nope.yaml", "--color", "always", folder=folder, env={"NO_COLOR": "1"})
    never = on_terminal("check", "nope.yaml", "--color", "never", folder=folder, env={"NO_COLOR": ""})

    assert "\x1b[1;31merror" in always.err
    assert "\x1b[" not in never


def test_a_pipe_gets_no_colours(folder: Path) -> None:
    assert "\x1b" not in process("check", "nope.yaml", folder=folder).err


def test_a_long_line_is_cut_to_the_width_of_the_terminal(folder: Path) -> None:
    write_site(folder, SITE.replace("name: acme", f"name: {'x' * 300}!"))

    shown = on_terminal("check", "acme.yaml", folder=folder, env={"NO_COLOR": "1"})

    assert max(len(line) for line in shown.splitlines() if line.startswith(("2 |", "  |"))) == 80


@pytest.mark.parametrize("arguments", [("connectors", "show", "\x1b[31m"), ("check", "x", "--format", "\x1b[31m"), ("check", "\x1b[31m")])
def test_control_characters_of_the_command_line_are_shown_as_escapes(folder: Path, arguments: tuple[str, ...]) -> None:
    result = process(*arguments, folder=folder)

    assert "\x1b" not in result.err
    assert "\\x1b[31m" in result.err


def test_a_locale_without_unicode_stops_nothing(folder: Path) -> None:
    profile = (folder / "crm.yaml").read_text(encoding="utf-8").replace("Example CRM", "Übersicht 名")
    (folder / "crm.yaml").write_text(profile, encoding="utf-8")

    result = process("connectors", "show", "./crm.yaml", folder=folder, env={"PYTHONIOENCODING": "ascii"})

    assert result.status == 0
    assert "\\xdcbersicht \\u540d" in result.out


def test_a_reader_that_leaves_is_no_error(folder: Path) -> None:
    (folder / "many.txt").write_text("".join(f"8.{high}.{low}.0/25\n" for high in range(100) for low in range(200)), encoding="utf-8")
    write_site(folder, SITE.replace("    mailboxes: 3", "    networks_file: many.txt\n    mailboxes: 3"))
    command = f"{sys.executable} -m generator plan acme.yaml | head -n 1; echo ${{PIPESTATUS[0]}}"

    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert done.stdout.endswith("\n141\n")
    assert "Error" not in done.stderr


def test_a_full_disk_behind_stdout_is_told_in_one_line(folder: Path) -> None:
    command = [sys.executable, "-m", "generator", "connectors", "list"]

    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, done.stderr) == (1, "gatepost: No space left on device\n")


@pytest.mark.parametrize(
    ("command", "status", "told"),
    [
        ("connectors list >&-", 1, "gatepost: Bad file descriptor\n"),
        ("check acme.yaml >&-", 0, "no findings\n"),
        ("connectors list 2>&- >/dev/null", 0, ""),
        ("check nope.yaml 2>&-", 1, ""),
        ("check - <&-", 1, "-:1:1: error[YML003]: standard input cannot be read: it is closed\n"),
    ],
)
def test_a_closed_stream_is_no_traceback(folder: Path, command: str, status: int, told: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m generator {command}"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr.partition("  = help")[0]) == (status, told)


def test_an_interrupt_is_130_and_one_empty_line(folder: Path) -> None:
    command = [sys.executable, "-m", "generator", "check", "-"]
    waiting = subprocess.Popen(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdin=subprocess.PIPE, stderr=subprocess.PIPE
    )
    wait_for_reading(waiting.pid)

    waiting.send_signal(signal.SIGINT)
    told = waiting.communicate()[1]

    assert (waiting.returncode, told) == (130, b"\n")


def test_a_bug_is_one_line_and_status_70(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run_guarded(KeyError("x"), capsys)

    assert (status, out) == (70, "")
    assert err.startswith("gatepost: internal error at test_process.py:")
    assert err.endswith(": KeyError: 'x'; please report it, with the output of GATEPOST_DEBUG=1\n")
    assert err.count("\n") == 1


def test_a_bug_shows_its_traceback_on_demand(capsys: pytest.CaptureFixture[str]) -> None:
    err = run_guarded(KeyError("x"), capsys, debug="1").err

    assert err.startswith("Traceback (most recent call last):\n")


def test_what_the_operating_system_says_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(PermissionError(13, "Permission denied", "acme.yaml"), capsys) == (1, "", "gatepost: acme.yaml: Permission denied\n")


def test_an_interrupt_of_a_command_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_guarded(KeyboardInterrupt(), capsys) == (130, "", "\n")


def test_long_work_is_announced_on_a_terminal_and_taken_back() -> None:
    program = "import time; from generator.cli.console import progress\nwith progress('rendering'): time.sleep(0.8)\nprint('done')"
    ours, theirs = pty.openpty()

    subprocess.run([sys.executable, "-c", program], cwd=ROOT, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}, check=True)
    os.close(theirs)
    shown = b"".join(read_all(ours)).decode()
    os.close(ours)

    assert shown == "gatepost: rendering ...\r\x1b[Kdone\r\n"


def test_short_work_and_pipes_get_no_announcement(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with progress("rendering"):
        time.sleep(0.6)

    assert capsys.readouterr() == ("", "")
    assert "gatepost:" not in on_terminal("--version", folder=folder)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_can_be_had(folder: Path, shell: str) -> None:
    result = process("--show-completion", shell, folder=folder, env={"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"})

    assert result.status == 0
    assert f"_GATEPOST_COMPLETE=complete_{shell}" in result.out


def test_names_are_completed(folder: Path) -> None:
    env = {"_GATEPOST_COMPLETE": "complete_bash", "COMP_WORDS": "gatepost connectors show hub", "COMP_CWORD": "3"}

    assert process(folder=folder, env=env).out.split() == ["hubspot"]


def test_the_version_costs_little_more_than_importing_typer() -> None:
    done = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True)

    assert float(done.stdout) <= 1.5
