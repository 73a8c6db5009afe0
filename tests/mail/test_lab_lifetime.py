"""The mail lab leaves nothing behind, and touches nothing of the machine."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.mail.lab import ALICE, BOB, LabError, MailLab, Reached

ROOT = Path(__file__).parents[2]
# A test that says where its lab is and then waits to be killed.
VICTIM = """
import sys, time
from tests.mail.lab import MailLab
with MailLab() as lab:
    lab.dovecot()
    lab.postfix()
    print(lab.machine.run("readlink", "/proc/self/ns/pid").stdout.strip(), lab.folder, flush=True)
    time.sleep(60)
"""
PATIENCE_SECONDS = 10.0


def find_living(namespace: str) -> list[str]:
    """The processes in a PID namespace."""
    living = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(process / "ns" / "pid") == namespace:
                living.append(process.joinpath("comm").read_text(encoding="utf-8").strip())
        except OSError:
            continue
    return living


def await_end(namespace: str, folder: Path) -> tuple[list[str], bool]:
    """What is left of a lab, once nothing is or patience ends: its processes, and whether its folder is there."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (find_living(namespace) or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return find_living(namespace), folder.exists()


def name_of(lab: MailLab) -> str:
    """The lab's PID namespace."""
    return lab.machine.run("readlink", "/proc/self/ns/pid").stdout.strip()


def test_nothing_of_a_lab_is_left(release: str) -> None:
    with MailLab(release) as lab:
        lab.dovecot()
        lab.postfix()
        namespace = name_of(lab)
        living = find_living(namespace)

    assert {"dovecot", "master"} <= set(living)
    assert await_end(namespace, lab.folder) == ([], False)


def interrupt_lab(seen: list[tuple[str, Path]]) -> None:
    """Ctrl-C while the servers run."""
    with MailLab() as lab:
        lab.dovecot()
        lab.postfix()
        seen.append((name_of(lab), lab.folder))
        raise KeyboardInterrupt


def test_nothing_is_left_when_the_test_is_interrupted() -> None:
    seen: list[tuple[str, Path]] = []
    with pytest.raises(KeyboardInterrupt):
        interrupt_lab(seen)

    assert await_end(*seen[0]) == ([], False)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_when_the_test_is_killed(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", VICTIM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as victim:
        assert victim.stdout is not None
        namespace, folder = victim.stdout.readline().split()
        living = find_living(namespace)
        victim.send_signal(number)

    assert {"dovecot", "master"} <= set(living)
    assert await_end(namespace, Path(folder)) == ([], False)


def test_the_machine_keeps_its_own_configuration() -> None:
    folders = [Path("/etc/postfix"), Path("/etc/dovecot"), Path("/var/spool/postfix"), Path("/var/log"), Path("/var/mail")]
    before = [sorted(folder.rglob("*")) for folder in folders]
    with MailLab() as lab:
        lab.dovecot()
        postfix = lab.postfix()
        postfix.run("postconf", "-e", "gatepost_was_here=1")
        during = [sorted(folder.rglob("*")) for folder in folders]

    assert during == before
    assert "gatepost_was_here" not in Path("/etc/postfix/main.cf").read_text(encoding="utf-8")


def test_labs_side_by_side_do_not_see_each_other() -> None:
    with MailLab() as one, MailLab() as two:
        one.dovecot()
        two.dovecot()
        one.postfix()
        sent = one.smtp("198.51.100.7", 465, user=ALICE, recipient=BOB, message="Subject: x\n\nonly here")
        seen = one.read_mail("198.51.100.7", BOB, "only here")
        with two.imap("198.51.100.7", BOB) as session:
            elsewhere = session.find("only here")

        assert sent.done
        assert (bool(seen), elsewhere) == (True, b"")
        assert two.smtp("198.51.100.7", 465).reached == Reached.CONNECT


def test_a_command_that_fails_or_hangs_is_told(machine_lab: MailLab) -> None:
    with pytest.raises(LabError, match=r"exit status 3\n.*no such thing"):
        machine_lab.machine.run("sh", "-c", "echo no such thing >&2; exit 3")
    with pytest.raises(LabError, match=r"not done after 0.1 seconds"):
        machine_lab.machine.run("sleep", "5", seconds=0.1)


def test_a_server_that_does_not_start_says_why(mail_lab: MailLab) -> None:
    with pytest.raises(LabError, match=r"Dovecot did not start\n(.|\n)*nonsense"):
        mail_lab.dovecot(settings=["nonsense = yes"])
    with pytest.raises(LabError, match=r"Postfix did not start\n(.|\n)*nowhere"):
        mail_lab.postfix(settings={"queue_directory": "/nowhere"})


def test_whoever_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(LabError, match="needs root"), MailLab():
        pass
