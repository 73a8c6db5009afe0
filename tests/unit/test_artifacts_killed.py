"""A run that is killed between any two of its steps: every file is whole, and the next run completes.

The interpreter announces each call that changes the file system (its audit events); a child process kills itself at the n-th of them, for
every n until it gets through.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.artifacts import Artifact
from tests.house.tree import ROOT
from tests.support.artifacts import HOOK, RULES, artifact, manifest, tree, write

STALE = "acme/nftables/sub/old.nft"
FRESH = "acme/nftables/sub/new.nft"
OLD = {HOOK: "old hook\n", RULES: "old\n", STALE: "stale\n"}
NEW = {HOOK: "new hook\n", RULES: "new\n", FRESH: "fresh\n"}

# Forks one child for each step: the interpreter starts once.
KILLER = """
import os, shutil, signal, sys
from pathlib import Path
from tests.support.artifacts import write
from tests.unit.test_artifacts_killed import NEW, artifacts

base, steps = Path(sys.argv[1]), 0

def run(folder, step):
    seen = 0
    def watch(event, args):
        nonlocal seen
        if event in {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir"}:
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    write(folder, *artifacts(NEW))

while True:
    steps += 1
    folder = base / str(steps)
    shutil.copytree(base / "before", folder, symlinks=True)
    child = os.fork()
    if child == 0:
        run(folder, steps)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0:
        break
"""


def artifacts(contents: dict[str, str]) -> list[Artifact]:
    return [artifact(path, content, 0o755 if path == HOOK else 0o644) for path, content in contents.items()]


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders as runs left them that were killed at the first step, the second, and so on."""
    base = tmp_path_factory.mktemp("killed")
    before = base / "before"
    write(before, *artifacts(OLD))
    (before / "acme/nftables/mine.nft").write_text("mine\n")
    subprocess.run([sys.executable, "-c", KILLER, str(base)], cwd=ROOT, check=True)
    return sorted((path for path in base.iterdir() if path != before), key=lambda path: int(path.name))


def test_the_run_was_killed_at_many_steps(killed: list[Path]) -> None:
    before, after = OLD | {"acme/nftables/mine.nft": "mine\n"}, NEW | {"acme/nftables/mine.nft": "mine\n"}

    assert len(killed) > 25
    assert tree(killed[0]) == before
    assert tree(killed[-1]) == after


def test_every_file_is_the_old_or_the_new_one(killed: list[Path]) -> None:
    seen = [(path, content) for folder in killed for path, content in tree(folder).items() if ".gatepost-" not in path]

    assert {*seen} <= {*OLD.items(), *NEW.items(), ("acme/nftables/mine.nft", "mine\n")}


def test_no_old_file_is_missing_before_its_successor_is_there(killed: list[Path]) -> None:
    assert all({HOOK, RULES, "acme/nftables/mine.nft"} <= tree(folder).keys() for folder in killed)


@pytest.mark.parametrize("wanted", [NEW, OLD, {RULES: "third\n"}], ids=["the same", "the one before", "another"])
def test_the_next_run_completes_whatever_it_renders(killed: list[Path], tmp_path: Path, wanted: dict[str, str]) -> None:
    folders = [shutil.copytree(folder, tmp_path / folder.name) for folder in killed]

    findings = [write(folder, *artifacts(wanted))[1] for folder in folders]

    assert findings == [[]] * len(folders)
    assert [tree(folder) for folder in folders] == [wanted | {"acme/nftables/mine.nft": "mine\n"}] * len(folders)
    assert [manifest(folder) for folder in folders] == [sorted(path.removeprefix("acme/nftables/") for path in wanted)] * len(folders)


def test_edits_made_after_a_kill_are_kept(killed: list[Path], tmp_path: Path) -> None:
    folders = [shutil.copytree(folder, tmp_path / folder.name) for folder in killed]
    for folder in folders:
        (folder / RULES).write_text("edited\n")

    findings = [write(folder, *artifacts(NEW))[1] for folder in folders]

    assert [finding[0][:6] for finding in findings] == ["TGT057"] * len(folders)
    assert all("edited\n" in tree(folder).values() for folder in folders)
