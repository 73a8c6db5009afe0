"""`gatepost render`, killed at random moments: every file is whole, and the same command completes the work."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.house.tree import ROOT
from tests.scale import scaled
from tests.support.cli import SITE, process, write_site

RENDER = ("render", "acme.yaml", "-t", "nftables", "-t", "iptables", "-o", "out", "--format", "json")
LISTED = SITE.replace("    mailboxes: 3", "    networks_file: many.txt\n    mailboxes: 3")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with one site, before and after a change of all its addresses, each rendered."""
    base = tmp_path_factory.mktemp("sites")
    for name, octet in (("old", 8), ("new", 9)):
        folder = base / name
        folder.mkdir()
        write_site(folder, LISTED)
        networks = (f"{octet}.{number >> 8}.{number & 255}.0/25\n" for number in range(4000))
        (folder / "many.txt").write_text("".join(networks), encoding="utf-8")
        process(*RENDER, folder=folder)
        (folder / "out/acme/nftables/mine.nft").write_text("mine\n", encoding="utf-8")
    return base


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def kill_after(seconds: float, folder: Path) -> None:
    """Start a render and kill it."""
    command = [sys.executable, "-m", "generator", *RENDER]
    running = subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    time.sleep(seconds)
    running.kill()
    running.wait()


@pytest.mark.parametrize("seed", range(scaled(200)))
def test_a_killed_render_leaves_whole_files_and_the_next_one_completes(sites: Path, tmp_path: Path, seed: int) -> None:
    folder = tmp_path / "site"
    shutil.copytree(sites / "new", folder, ignore=shutil.ignore_patterns("out"))
    shutil.copytree(sites / "old/out", folder / "out")
    old, new = contents(sites / "old/out"), contents(sites / "new/out")
    began = time.monotonic()
    process("check", "acme.yaml", folder=folder)  # takes about as long as a render up to its first write

    kill_after(Random(seed).uniform(0.7, 1.5) * (time.monotonic() - began), folder)
    after_kill = contents(folder / "out")
    completed = process(*RENDER, folder=folder)

    files = {path for path in old if not path.endswith(".gatepost.json")}
    assert files <= after_kill.keys()
    assert all(after_kill[path] in (old[path], new[path]) for path in files)
    assert all(".gatepost" in path for path in after_kill.keys() - files)
    assert completed.status == 0
    assert '"findings": []' in completed.out
    assert contents(folder / "out") == new
