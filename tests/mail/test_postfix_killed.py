"""apply.sh and undo.sh of the Postfix target, killed at every step that touches the configuration: it is the old one or the new one."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final, NamedTuple

import pytest

from tests.mail.postfix_folder import SUBMISSION, Folder, Tree, make_folder
from tests.mail.postfix_site import site_text, write_site

OLD = site_text("submission", "submissions")
NEW = site_text("submission", "smtp", more="access: {smtp: {mode: allowlist, exclusive: true}}\n").replace(
    "203.0.113.16/28", "203.0.113.0/28"
)
STEPS: Final = 17
# Stands for each program that changes files, and counts the calls that change the configuration.
KILLER = """#!/bin/sh
for target; do :; done
case $target in
*"$ETC"*) echo >>"$STEPS" ;;
*) exec {program} "$@" ;;
esac
[ "$(wc -l <"$STEPS")" -eq "$LAST_STEP" ] || exec {program} "$@"
{program} "$@"
kill -"$SIGNAL" "$PPID"
"""


class Stage(NamedTuple):
    """One folder that can be put back to how it was before, with the old version and with the new one."""

    folder: Folder
    old: Path
    new: Path
    trees: dict[str, Tree]

    def put_back(self, name: str) -> None:
        """Put the folder back."""
        shutil.rmtree(self.folder.path)
        shutil.copytree(self.folder.path.parent / name, self.folder.path)

    def kill(self, script: Path, step: int, *, signal: str = "KILL") -> CompletedProcess[str]:
        """Run a script that gets a signal after a step."""
        programs = self.folder.path.parent / "killers"
        (programs / "steps").write_text("", encoding="utf-8")
        variables = {"ETC": str(self.folder.path), "STEPS": str(programs / "steps"), "LAST_STEP": str(step), "SIGNAL": signal}
        return self.folder.run(script, environment={**variables, "PATH": f"{programs}:{os.environ['PATH']}"})


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    place = tmp_path_factory.mktemp("killed")
    folder = make_folder(place / "etc", master=SUBMISSION)
    old, new = write_site(place, OLD, version="old"), write_site(place, NEW, version="new")
    trees = {"before": folder.tree()}
    shutil.copytree(folder.path, place / "before")
    for name, site in (("with-old", old), ("with-new", new)):
        folder.apply(site)
        trees[name] = folder.tree()
        shutil.copytree(folder.path, place / name)
    (place / "killers").mkdir()
    for name in ("cp", "mv", "rm", "mkdir"):
        (place / "killers" / name).write_text(KILLER.format(program=shutil.which(name)), encoding="utf-8")
        (place / "killers" / name).chmod(0o755)
    return Stage(folder, old, new, trees)


def is_whole(folder: Folder) -> bool:
    """Whether every table that master.cf names is there and is what its checksum says."""
    named = sorted(set(re.findall(r"cidr:([^,\n]+)", (folder.path / "master.cf").read_text(encoding="utf-8"))))
    sums = subprocess.run(["cksum", *named], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return all(f".{line.split()[0]}.cidr" in line.split()[2] for line in sums.stdout.splitlines()) and sums.returncode == 0


def test_every_step_is_tried(stage: Stage) -> None:
    stage.put_back("with-old")

    stage.kill(stage.new / "apply.sh", 0)

    assert (stage.folder.path.parent / "killers" / "steps").read_text(encoding="utf-8").count("\n") == STEPS


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_a_killed_set_up_leaves_the_old_or_the_new_and_undo_takes_it_back(stage: Stage, step: int) -> None:
    stage.put_back("with-old")

    killed = stage.kill(stage.new / "apply.sh", step)
    left, whole = stage.folder.tree()["master.cf"], is_whole(stage.folder)
    stage.folder.undo(stage.old)

    assert (killed.returncode, left in (stage.trees["with-old"]["master.cf"], stage.trees["with-new"]["master.cf"]), whole) == (
        -9,
        True,
        True,
    )
    assert stage.folder.tree() == stage.trees["before"]


@pytest.mark.parametrize("step", range(2, STEPS + 1, 5))
def test_a_killed_set_up_is_made_good_by_the_next(stage: Stage, step: int) -> None:
    stage.put_back("with-old")

    stage.kill(stage.new / "apply.sh", step)
    stage.folder.apply(stage.new)

    assert stage.folder.tree() == stage.trees["with-new"]


@pytest.mark.parametrize("step", range(1, STEPS, 5))
def test_a_killed_first_set_up_is_undone(stage: Stage, step: int) -> None:
    stage.put_back("before")

    stage.kill(stage.new / "apply.sh", step)
    stage.folder.undo(stage.new)

    assert stage.folder.tree() == stage.trees["before"]


@pytest.mark.parametrize("step", range(1, 6, 2))
def test_a_killed_undo_is_finished_by_the_next(stage: Stage, step: int) -> None:
    stage.put_back("with-new")

    stage.kill(stage.new / "undo.sh", step)
    stage.folder.undo(stage.new)

    assert stage.folder.tree() == stage.trees["before"]


@pytest.mark.parametrize("step", range(3, STEPS + 1, 4))
def test_a_signal_puts_everything_back_or_comes_too_late(stage: Stage, step: int) -> None:
    stage.put_back("with-old")

    stopped = stage.kill(stage.new / "apply.sh", step, signal="TERM")

    assert (stopped.returncode, stage.folder.tree()) in (
        (1, stage.trees["with-old"]),
        (1, stage.trees["with-new"]),
        (0, stage.trees["with-new"]),
    )
