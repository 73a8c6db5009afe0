"""Writing where the operating system refuses: a finding, every file whole, and the next run completes."""

import subprocess
import sys
from itertools import takewhile
from pathlib import Path
from tempfile import gettempdir

from tests.house.tree import ROOT
from tests.support.artifacts import HOOK, RULES, artifact, tree, write

WRITER = """
import os, resource, sys
from pathlib import Path
from generator import codes
from tests.support.artifacts import HOOK, RULES, artifact, write
codes.all_codes()  # loaded now: the checkout may be in a folder that only root can enter
if "full" in sys.argv:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, -1))  # says the same as a full disk: a write that fails half-way
if "nobody" in sys.argv and os.geteuid() == 0:
    os.seteuid(65534)  # root may write anywhere
written, findings = write(Path(sys.argv[1]), artifact(HOOK, "new\\n"), artifact(RULES, "new rules\\n" * 1000))
print(written is not None, *findings, sep="\\n")
"""


def run_writer(directory: Path, how: str = "") -> list[str]:
    """Write two files in a process of its own."""
    done = subprocess.run([sys.executable, "-c", WRITER, str(directory), how], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_disk_that_is_full_leaves_the_old_files(tmp_path: Path) -> None:
    write(tmp_path, artifact(HOOK, "old\n"), artifact(RULES, "old rules\n"))

    told = run_writer(tmp_path, "full")

    assert told == ["False", f"TGT056 `out/{RULES}` cannot be used: File too large"]
    assert tree(tmp_path) == {HOOK: "old\n", RULES: "old rules\n"}
    assert sorted(path.name for path in (tmp_path / "acme/nftables").iterdir()) == [".gatepost.json", "hook.sh", "rules.nft"]


def test_a_disk_that_is_full_leaves_no_new_folder(tmp_path: Path) -> None:
    run_writer(tmp_path / "out", "full")

    assert list(tmp_path.iterdir()) == []


def test_the_run_after_a_full_disk_completes(tmp_path: Path) -> None:
    write(tmp_path, artifact(HOOK, "old\n"), artifact(RULES, "old rules\n"))
    run_writer(tmp_path, "full")

    assert run_writer(tmp_path) == ["True"]


def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    write(tmp_path, artifact(HOOK, "old\n"))
    ours = takewhile(lambda folder: folder != Path(gettempdir()), (tmp_path, *tmp_path.parents))
    for folder in ours:
        folder.chmod(0o755)  # so that the one thing that is missing is the right to write
    (tmp_path / "acme/nftables").chmod(0o555)

    told = run_writer(tmp_path, "nobody")

    assert told == ["False", "TGT056 `out/acme/nftables/.gatepost.json` cannot be used: Permission denied"]
    assert tree(tmp_path) == {HOOK: "old\n"}


def test_two_runs_at_once_take_turns(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]

    told = [process.communicate()[0] for process in running]

    assert told == [b"True\n"] * 4
    assert tree(tmp_path) == {HOOK: "new\n", RULES: "new rules\n" * 1000}
