"""The command as a program of its own: passwords come in on quiet ways, and no peer makes it big, or has it fall over."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Sequence
from typing import Final, NamedTuple

import pytest

from tests.mail.lab.people import ALICE, PASSWORDS
from tests.preflight.lab import PreflightLab
from tests.preflight.running import spell_options
from tests.preflight.scenarios import Row

PROGRAM: Final = (sys.executable, "-m", "generator")
KILOBYTES: Final = 32_000  # more than for a good server; the peers send 256 megabytes
SECONDS: Final = 30.0
FLOODS: Final = (
    "--imap endless-lines:143",
    "--imap endless-untagged:143",
    "--imap endless-untagged-tls:993",
    "--smtp endless-ehlo-tls:465",
    "--imap huge-line:143",
    "--imap huge-line-tls:993",
    "--imap records-instead-of-tls:993",
    "--imap huge:993",
    "--imap list-endless:993 --login",
    "--imap list-literal:993 --login",
)
# Prints the most memory that the program used, in kilobytes, after its end.
_MEASURE: Final = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.stderr)
"""


class Done(NamedTuple):
    """How the program ended."""

    status: int
    stdout: str
    stderr: str


def run_program(lab: PreflightLab, options: Sequence[str], stdin: str = "") -> Done:
    command = [*PROGRAM, *options]
    done = lab.namespace.run(subprocess.run, command, input=stdin, capture_output=True, text=True, check=False, timeout=SECONDS)
    return Done(done.returncode, done.stdout, done.stderr)


def measure(lab: PreflightLab, options: str) -> tuple[int, int]:
    """The exit status, and the memory it took in kilobytes."""
    words = spell_options(Row("", options), lab)
    command = [sys.executable, "-c", _MEASURE, *PROGRAM, *words]
    environment = {**os.environ, "GATEPOST_TEST_PASSWORD": PASSWORDS[ALICE]}
    done = lab.namespace.run(subprocess.run, command, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS)

    assert "Traceback" not in done.stderr
    status, kilobytes = done.stdout.split()
    return int(status), int(kilobytes)


def options_of(lab: PreflightLab, options: str, *more: str) -> list[str]:
    return [*spell_options(Row("", options), lab), *more]


@pytest.fixture(scope="module")
def ordinary(preflight_lab: PreflightLab) -> int:
    """The memory that a good server takes."""
    return measure(preflight_lab, "--imap dovecot:993")[1]


@pytest.mark.parametrize("options", FLOODS)
def test_a_flood_does_not_make_it_big(options: str, ordinary: int, preflight_lab: PreflightLab) -> None:
    status, kilobytes = measure(preflight_lab, f"{options} --timeout 4")

    assert status == 1
    assert kilobytes < ordinary + KILOBYTES


def test_a_password_comes_from_standard_input(preflight_lab: PreflightLab) -> None:
    options = options_of(preflight_lab, "--imap dovecot:993", "--user", ALICE, "--password-stdin")

    done = run_program(preflight_lab, options, f"{PASSWORDS[ALICE]}\n")

    assert (done.status, done.stderr) == (0, "")
    assert "the login works" in " ".join(done.stdout.split())


def test_a_password_is_asked_for_on_a_terminal_and_not_shown(preflight_lab: PreflightLab) -> None:
    command = [*PROGRAM, *options_of(preflight_lab, "--imap dovecot:993", "--user", ALICE)]

    status, shown = preflight_lab.namespace.run(type_at, command, f"{PASSWORDS[ALICE]}\n")

    assert status == 0
    assert "the login works" in " ".join(shown.split())
    assert PASSWORDS[ALICE] not in shown


def test_without_a_terminal_nobody_is_asked(preflight_lab: PreflightLab) -> None:
    done = run_program(preflight_lab, options_of(preflight_lab, "--imap dovecot:993", "--user", ALICE))

    assert done.status == 2
    assert "--password-stdin" in done.stderr


def test_what_a_server_says_never_reaches_the_terminal_as_it_is(preflight_lab: PreflightLab) -> None:
    options = options_of(preflight_lab, "--imap control-characters:993", "--verbose")

    shown = run_program(preflight_lab, options).stdout

    assert "ready" in shown
    assert re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown) == []


def test_what_a_server_says_is_text_in_a_ticket(preflight_lab: PreflightLab) -> None:
    options = options_of(preflight_lab, "--imap markup:993", "--format", "markdown")

    shown = run_program(preflight_lab, options).stdout

    assert "alert(1)" in shown
    assert re.sub(r"(`+).*?\1", "", shown).find("<script>") == -1


def type_at(command: Sequence[str], answer: str) -> tuple[int, str]:
    """Start it on a terminal, type an answer once something is asked, and tell how it ended and all that was to be seen."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = b""
        while b"assword" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, answer.encode())
        while data := _read(ours):
            shown += data
    os.close(ours)
    return process.returncode, shown.decode()


def _read(terminal: int) -> bytes:
    """What is shown; nothing once nobody has the other end."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""
