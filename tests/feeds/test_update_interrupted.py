"""`gatepost update` killed, run twice at once, and on a full disk: the lock is always the old or the new one, whole."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from tests.feeds.server.web import Reply, Vendor
from tests.feeds.updates import feed, update, write_site
from tests.house.tree import ROOT
from tests.scale import scaled

OLD = [f"1.{number >> 8}.{number & 255}.0/24" for number in range(3000)]
NEW = [*OLD[100:], *(f"2.{number >> 8}.{number & 255}.0/24" for number in range(200))]
COMMAND = [sys.executable, "-m", "generator", "update", "acme.yaml", "--today", "2026-11-23", "--format", "json"]


@pytest.fixture
def crm(site: Path, vendor: Vendor) -> Vendor:
    """A vendor with a new list; the lock has the old one."""
    write_site(site, f"{vendor.base}/list.json")
    vendor.put("/list.json", feed(*OLD, version=1))
    assert update().status == "written"
    vendor.put("/list.json", feed(*NEW, version=2))
    return vendor


def start() -> subprocess.Popen[str]:
    """Start an update as a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def files() -> list[str]:
    """The names in the site's folder."""
    return sorted(path.name for path in Path().iterdir())


@pytest.fixture(scope="module")
def moments() -> dict[str, float]:
    """How long an update takes, measured once."""
    return {}


@pytest.mark.parametrize("seed", range(scaled(200)))
def test_a_killed_update_leaves_the_old_lock_or_the_new_one(crm: Vendor, moments: dict[str, float], seed: int) -> None:
    old = Path("acme.lock").read_bytes()
    if not moments:
        began = time.monotonic()
        start().communicate()
        moments["whole"] = time.monotonic() - began
        Path("acme.lock").write_bytes(old)

    running = start()
    time.sleep(Random(seed).uniform(0.6, 1.05) * moments["whole"])
    running.kill()
    running.communicate()
    left = Path("acme.lock").read_bytes()
    done = update()

    assert left in (old, Path("acme.lock").read_bytes())
    assert (done.exit, done.errors) == (0, [])
    assert files() == ["acme.lock", "acme.yaml", "crm.yaml"]


@pytest.mark.parametrize("step", ["staged", "written", "published"])
def test_an_update_killed_between_two_steps_leaves_a_whole_lock(crm: Vendor, step: str) -> None:
    program = f"""
import os, sys
from generator.artifacts import disk
from generator.cli.every import app
kill = lambda *_: os.kill(os.getpid(), 9)
real = disk.stage
if {step!r} == "staged":
    os.fsync = kill
elif {step!r} == "written":
    disk.publish = kill
else:
    disk.sync_folder = kill
app({COMMAND[3:]!r}, prog_name="gatepost")
"""
    old = Path("acme.lock").read_bytes()
    done = subprocess.run([sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False)
    left = Path("acme.lock").read_bytes()
    update()
    new = Path("acme.lock").read_bytes()

    assert done.returncode == -9
    assert left == (new if step == "published" else old)
    assert old != new
    assert files() == ["acme.lock", "acme.yaml", "crm.yaml"]


def test_two_updates_at_once_write_one_after_the_other(crm: Vendor) -> None:
    crm.put("/list.json", Reply(feed(*NEW, version=2), pause_seconds=0.5))

    first, second = start(), start()
    printed = [first.communicate()[0], second.communicate()[0]]

    assert [first.returncode, second.returncode] == [0, 0]
    assert sorted(text.partition('"status": "')[2].partition('"')[0] for text in printed) == ["current", "written"]
    assert files() == ["acme.lock", "acme.yaml", "crm.yaml"]


def test_check_does_not_wait_for_an_update(crm: Vendor) -> None:
    crm.put("/list.json", Reply(feed(*NEW, version=2), pause_seconds=3), feed(*NEW, version=2))
    running = start()
    while not crm.requests[1:]:
        time.sleep(0.02)

    began = time.monotonic()
    done = update("--check")
    took = time.monotonic() - began
    running.kill()
    running.communicate()

    assert done.status == "would-change"
    assert took < 2


def test_a_full_disk_leaves_the_old_lock(crm: Vendor) -> None:
    limit = "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, -1))"
    program = f"import resource, sys; from generator.cli.every import app; {limit}; app(sys.argv[1:])"
    before = Path("acme.lock").read_bytes()

    done = subprocess.run(
        [sys.executable, "-B", "-c", program, *COMMAND[3:]],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert '"code": "LCK039"' in done.stdout
    assert '"status": "refused"' in done.stdout
    assert Path("acme.lock").read_bytes() == before
    assert files() == ["acme.lock", "acme.yaml", "crm.yaml"]


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        pytest.param("head -c 90k /dev/zero >filler 2>/dev/null || true", "no space left on device", id="full"),
        pytest.param("touch filler && mount -o remount,ro .", "read-only file system", id="read-only"),
    ],
)
def test_a_file_system_that_takes_nothing_keeps_the_old_lock(crm: Vendor, prepare: str, why: str) -> None:
    script = (
        "mkdir disk && mount -t tmpfs -o size=100k tmpfs disk && cp acme.* crm.yaml disk && cd disk && "
        f'{prepare} && {{ "$@"; status=$?; cmp acme.lock ../acme.lock && ls -A && exit $status; }}'
    )

    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *COMMAND],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stderr
    assert '"code": "LCK039"' in done.stdout
    assert why in done.stdout
    assert done.stdout.splitlines()[-4:] == ["acme.lock", "acme.yaml", "crm.yaml", "filler"]


def test_a_lock_that_is_a_link_stays_one(crm: Vendor) -> None:
    Path("kept").mkdir()
    Path("acme.lock").rename("kept/real.lock")
    Path("acme.lock").symlink_to("kept/real.lock")

    assert update().status == "written"
    assert Path("acme.lock").is_symlink()
    assert "2.0.0.0/24" in Path("kept/real.lock").read_text()


def test_a_server_that_never_ends_its_header_is_left_behind(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        Thread(target=_drip_header, args=(listening,), daemon=True).start()
        write_site(site, f"http://localhost:{port}/list.json")
        began = time.monotonic()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([*COMMAND, "--timeout", "1"], env=environment, capture_output=True, text=True, check=False)
        took = time.monotonic() - began

    assert (done.returncode, done.stderr) == (3, "")
    assert '"code": "LCK040"' in done.stdout
    assert took < 10


def _drip_header(listening: socket.socket) -> None:
    with suppress(OSError):
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
            while True:
                connection.sendall(b"x")
                time.sleep(0.1)


def test_an_interrupted_update_says_so_and_leaves_the_lock(crm: Vendor) -> None:
    crm.put("/list.json", Reply(feed(*NEW, version=2), pause_seconds=5))
    before = Path("acme.lock").read_bytes()
    running = start()
    while not crm.requests[1:]:
        time.sleep(0.02)

    running.send_signal(signal.SIGINT)
    printed = running.communicate()

    assert running.returncode == 130
    assert "Traceback" not in printed[1]
    assert Path("acme.lock").read_bytes() == before
