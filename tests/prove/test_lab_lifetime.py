"""A lab leaves nothing behind, works as `nobody`, and says what is missing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.kernel.handmade import GUARD, PLAN, load
from tests.kernel.lab import Lab, LabError, Layout, find_disagreements, find_tool
from tests.kernel.lab.foreign import admit_everything

ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal
from tests.kernel.lab import Lab
with Lab(rootless={rootless}) as lab:
    print(lab.folder, *lab.pids, flush=True)
    os.kill(os.getpid(), signal.{signal})
    signal.pause()
"""


def is_gone(path: Path) -> bool:
    """Whether a file disappears within some seconds."""
    for _ in range(100):
        if not path.exists():
            return True
        time.sleep(0.05)
    return False


def fail_inside(remains: list[Path]) -> None:
    with Lab() as lab:
        remains.extend([lab.folder, *(Path(f"/proc/{pid}") for pid in lab.pids)])
        lab.run("sh", "-c", "exit 3")


@pytest.mark.parametrize("rootless", [False, True])
def test_a_lab_that_ends_leaves_neither_process_nor_folder(rootless: bool) -> None:
    with Lab(rootless=rootless) as lab:
        remains = [lab.folder, *(Path(f"/proc/{pid}") for pid in lab.pids)]
        there = all(path.exists() for path in remains)

    assert (there, all(map(is_gone, remains))) == (True, True)


def test_a_failure_inside_leaves_nothing() -> None:
    remains: list[Path] = []

    with pytest.raises(LabError, match="exit status 3"):
        fail_inside(remains)

    assert (len(remains), all(map(is_gone, remains))) == (5, True)


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_test_leaves_nothing(ending: signal.Signals) -> None:
    program = KILLED.format(rootless=False, signal=ending.name)

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False
    )

    folder, *pids = done.stdout.split()
    assert len(pids) == 4
    assert all(is_gone(path) for path in [Path(folder), *(Path("/proc", pid) for pid in pids)])


def test_without_root_the_lab_is_an_ordinary_users() -> None:
    with Lab(rootless=True) as lab:
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in lab.pids}
        capable_outside = lab.run("sh", "-c", "echo 0 >/proc/sys/kernel/printk", check=False).returncode == 0

    assert (owners, capable_outside) == ({65534 if os.geteuid() == 0 else os.geteuid()}, False)


def test_without_root_packets_meet_the_same_rules() -> None:
    with Lab(rootless=True) as lab:
        load(lab, GUARD)

        assert find_disagreements(lab, PLAN, Layout.GUARD, admit_everything) == []


def test_two_labs_do_not_meet() -> None:
    with Lab() as first, Lab() as second:
        load(first, GUARD)

        assert second.run("nft", "list", "ruleset").stdout == ""


def test_a_machine_that_forbids_namespaces_is_told_so() -> None:
    forbid = "echo 0 >/proc/sys/user/max_net_namespaces"
    program = "from tests.kernel.lab import Lab; Lab().__enter__()"

    done = subprocess.run(
        ["unshare", "-Ur", "sh", "-c", f'{forbid}; exec {sys.executable} -c "{program}"'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "no namespace on this machine: " in done.stderr
    assert "/proc/sys/user/max_net_namespaces is 0" in done.stderr


@pytest.mark.parametrize(("tool", "package"), [("ip6tables-restore", "iptables"), ("nft", "nftables"), ("ipset", "ipset")])
def test_a_missing_tool_is_named_with_its_package(tool: str, package: str) -> None:
    with pytest.raises(LabError, match=f"`{tool}` is not installed; on Debian: apt-get install {package}"):
        find_tool(tool, path="/nonexistent")
