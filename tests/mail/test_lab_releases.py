"""Which programs the mail lab runs, and what is told where Debian 13's cannot be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.mail.lab import MACHINE, TRIXIE, LabError, MailLab, find_root

SCRIPT = Path(__file__).parents[2] / ".ci" / TRIXIE
VERSIONS = {MACHINE: ("3.", "2."), TRIXIE: ("3.10.", "2.4.")}


def test_the_programs_are_the_release_s_own(mail_lab: MailLab) -> None:
    postfix = mail_lab.machine.run("postconf", "-dh", "mail_version").stdout
    dovecot = mail_lab.machine.run("dovecot", "--version").stdout
    wanted = VERSIONS[mail_lab.release]

    assert (postfix[: len(wanted[0])], dovecot[: len(wanted[1])]) == wanted


def test_the_unpacked_release_stays_as_it_was(trixie: str) -> None:
    with MailLab(trixie) as lab:
        done = lab.machine.run("touch", "/usr/gatepost-was-here", check=False)

    assert (done.returncode, "Read-only file system" in done.stderr) == (1, True)


def test_scripts_find_the_tools_of_a_mail_server(mail_lab: MailLab) -> None:
    tools = "awk cat chmod cmp cp date find flock grep kill mktemp mv openssl postconf postmap readlink rm sed sleep sort timeout tr"

    missing = [tool for tool in tools.split() if mail_lab.machine.run("sh", "-c", f"command -v {tool}", check=False).returncode]

    assert missing == []


def test_no_mirror_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    tmp_path.joinpath("apt.conf").write_text('Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";', encoding="utf-8")
    tmp_path.joinpath(".ci").mkdir()
    shutil.copy(SCRIPT.with_name("unpack"), tmp_path / ".ci")
    copy = shutil.copy(SCRIPT, tmp_path / ".ci" / TRIXIE)

    environment = {**os.environ, "APT_CONFIG": str(tmp_path / "apt.conf")}
    done = subprocess.run([copy], env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (1, "", "apt knows no Debian mirror on this machine\n")
    assert [path.name for path in tmp_path.joinpath("build").iterdir()] == ["trixie.lock"]


def test_a_release_that_the_lab_does_not_know_is_told() -> None:
    with pytest.raises(LabError, match="no Debian release 'sarge'"):
        find_root("sarge")
