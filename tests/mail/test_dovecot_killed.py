"""apply.sh and undo.sh that are stopped at a step, or whose step fails: Dovecot has the old files or the new, the next run ends it."""

from collections.abc import Iterator

import pytest

from tests.mail.dovecot_site import CONNECTOR, DROP_IN, LIST, STRANGERS, Rendered, exclude_list, render, tree
from tests.mail.lab import MACHINE, MailLab, Reached

# Stands before a program: at its call number AT it stops the script with a signal, or fails; every other call is passed on.
STEP = """#!/bin/sh
count=$(($(cat {folder}/count) + 1))
echo $count >{folder}/count
[ $count -ne {number} ] || {how}
PATH=/usr/sbin:/usr/bin:/sbin:/bin
exec {name} "$@"
"""
TERM, KILL = ("kill -TERM $(cat {folder}/pid)", "kill -KILL $(cat {folder}/pid)")
VERSION = "2.3"


@pytest.fixture(scope="module")
def lab() -> Iterator[MailLab]:
    with MailLab(MACHINE) as lab:
        dovecot = lab.dovecot()
        render(lab, dovecot, options="allow_nets: true", version="old").apply_over_list()
        yield lab


@pytest.fixture
def old(lab: MailLab) -> Rendered:
    """The site as it is in place before each test."""
    site = Rendered(lab.dovecot(start=False), lab.folder / "old" / "acme" / "dovecot")
    site.apply_over_list()
    return site


@pytest.fixture
def new(lab: MailLab, old: Rendered) -> Rendered:
    """A version with other limits, and without one of the connector's addresses."""
    site = render(lab, old.dovecot, options="allow_nets: true", each=20, version="new")
    site.tamper(f"allow-nets-{VERSION}.inc", ",198.51.100.10", "")
    return site


def stop_at(lab: MailLab, site: Rendered, name: str, number: int, how: str, *, script: str = "apply.sh") -> tuple[int, str]:
    """Run a script of the site with a step that goes wrong; its exit status and what it said."""
    folder = lab.folder / "steps"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / "count").write_text("0", encoding="utf-8")
    text = STEP.format(folder=folder, number=number, how=how.format(folder=folder), name=name)
    (folder / name).write_text(text, encoding="utf-8")
    (folder / name).chmod(0o755)
    start = f"echo $$ >{folder}/pid; PATH={folder}:$PATH exec sh {site.folder}/{script}"
    done = site.dovecot.run("sh", "-c", start, check=False)
    assert int((folder / "count").read_text(encoding="utf-8")) >= number, done.stderr
    return done.returncode, done.stderr


def ours(site: Rendered) -> tuple[str, str]:
    """Which version each of the two files is of."""

    def find_version(place: str, name: str) -> str:
        text = (site.dovecot.folder / place).read_bytes()
        every = (site.folder.parents[2] / version / "acme" / "dovecot" / name for version in ("old", "new"))
        return "".join(path.parents[2].name for path in every if path.read_bytes() == text)

    return find_version(LIST, f"allow-nets-{VERSION}.inc"), find_version(DROP_IN, f"dovecot-{VERSION}.conf")


@pytest.mark.parametrize(("name", "number"), [("cp", 2), ("mv", 1), ("mv", 2), ("doveadm", 1)])
def test_a_signal_puts_everything_back(lab: MailLab, new: Rendered, name: str, number: int) -> None:
    before = tree(new.dovecot.folder)
    status, _ = stop_at(lab, new, name, number, TERM)

    assert (status, tree(new.dovecot.folder)) == (1, before)


@pytest.mark.parametrize(("name", "number"), [("mv", 2), ("doveadm", 1)])
def test_a_step_that_fails_puts_everything_back(lab: MailLab, new: Rendered, name: str, number: int) -> None:
    before = tree(new.dovecot.folder)
    status, said = stop_at(lab, new, name, number, "exit 9")

    assert (status != 0, tree(new.dovecot.folder)) == (True, before)
    assert "failed; putting everything back as it was" in said


@pytest.mark.parametrize(("name", "number"), [("mv", 1), ("mv", 2), ("doveadm", 1)])
def test_a_killed_run_leaves_whole_files_and_the_next_one_the_new_version(lab: MailLab, new: Rendered, name: str, number: int) -> None:
    stop_at(lab, new, name, number, KILL)
    left = ours(new)
    accepted = new.dovecot.run("doveconf", "-n", check=False).returncode
    new.apply()

    assert (left in {("old", "old"), ("new", "old"), ("new", "new")}, accepted) == (True, 0)
    assert ours(new) == ("new", "new")
    assert [path for path in tree(new.dovecot.folder) if "gatepost" in path] == [DROP_IN, LIST]
    assert [lab.try_imap(source).reached for source in ("203.0.113.20", CONNECTOR[0])] == [Reached.DONE, Reached.LOGIN]


def test_an_undo_that_is_killed_leaves_a_dovecot_that_starts_and_can_be_run_again(lab: MailLab, old: Rendered) -> None:
    exclude_list(old.dovecot)
    before = {path: content for path, content in tree(old.dovecot.folder).items() if "gatepost" not in path}
    stop_at(lab, old, "doveadm", 1, KILL, script="undo.sh")
    accepted = old.dovecot.run("doveconf", "-n", check=False).returncode
    old.undo()
    old.dovecot.reload()

    assert (accepted, tree(old.dovecot.folder)) == (0, before)
    assert lab.try_imap(STRANGERS[0]).done
