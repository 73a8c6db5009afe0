"""The mail server as a machine: processes, mounts and network of its own, over the root of some Debian release."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryFile
from typing import Final

from tests.kernel.lab import LabError

# What the server's programs write, each a folder of the lab's that is mounted over the real path.
WRITTEN: Final = ("etc/postfix", "etc/dovecot", "var/spool/postfix", "var/lib/postfix", "var/lib/dovecot", "var/log", "var/mail")
_UNSHARE: Final = ("unshare", "--mount", "--pid", "--fork")
_READY_SECONDS: Final = 10.0
_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/sbin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

# The first process. SIGCHLD ignored, so whatever is orphaned leaves no zombie; the end of its input, which comes when the test ends
# however it ends, is its own end, and the kernel then ends every other process in there. $1 is the script of mounts.
_FIRST_PROCESS: Final = """
set -eu
read -r pid rest </proc/self/stat
eval "$1"
trap '' CHLD
echo "$pid"
exec cat
"""


class Machine:
    """One server. It shares the network of the process `network`; its root is `root`, which stays as it was.

    The folder is seen in there under the same path as outside. `written` are the paths that its programs write to.
    """

    def __init__(self, *, network: int, folder: Path, root: Path, written: Sequence[str] = WRITTEN) -> None:
        self.root = root
        self._folder = folder
        self._written = written
        for name in written:
            folder.joinpath(name).mkdir(parents=True, exist_ok=True)
        script = "\n".join(_mounts(folder, root, written))
        self._process = subprocess.Popen(
            ["nsenter", f"--net=/proc/{network}/ns/net", *_UNSHARE, "sh", "-c", _FIRST_PROCESS, "sh", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for the test
        )
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            _, message = self._process.communicate(timeout=_READY_SECONDS)
            raise LabError(f"no mail server on this machine: {message.decode(errors='replace').strip() or 'no message'}")
        self._pid = int(line)

    def run(
        self,
        *command: str,
        stdin: str = "",
        check: bool = True,
        seconds: float = 60.0,
        folder: str = "/",
        environment: Mapping[str, str] | None = None,
    ) -> CompletedProcess[str]:
        """Run a command on the server as root, in `folder`, a path of the server's.

        Raises:
            LabError: it took too long, or failed (unless `check` is off).
        """
        # Files, not pipes: a daemon that keeps its output open would never let a pipe end.
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as out, TemporaryFile("w+", encoding="utf-8", errors="replace") as err:
            try:
                status = subprocess.run(
                    self._enter(folder, command),
                    input=stdin.encode(),
                    stdout=out,
                    stderr=err,
                    timeout=seconds,
                    env={**_ENVIRONMENT, **(environment or {})},
                    cwd="/",
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired as error:
                raise LabError(f"{' '.join(command)}: not done after {seconds} seconds") from error
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read())
        done = CompletedProcess(command, status, *texts)
        if check and done.returncode:
            raise LabError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def outside(self, path: str) -> Path:
        """Where a path of the server's is, seen from the test: in the lab's folder if it is one that the server writes."""
        name = path.lstrip("/")
        written = any(name == folder or name.startswith(f"{folder}/") for folder in self._written)
        return (self._folder if written else self.root) / name

    def find_id(self, name: str, kind: str = "passwd") -> int:
        """The number of one of the server's users, or groups (`kind` is then `group`).

        Raises:
            LabError: there is no such user.
        """
        for line in self.root.joinpath("etc", kind).read_text(encoding="utf-8").splitlines():
            fields = line.split(":")
            if fields[0] == name:
                return int(fields[2])
        raise LabError(f"no {name} in {self.root}/etc/{kind}; its Debian package is not installed")

    def stop(self) -> None:
        """End every process on it."""
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        try:
            self._process.wait(_READY_SECONDS)
        except subprocess.TimeoutExpired:
            subprocess.run(["kill", "-KILL", str(self._pid)], check=False)
            self._process.wait()
        for stream in (self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def _enter(self, folder: str, command: Sequence[str]) -> list[str]:
        enter = ["nsenter", f"--target={self._pid}", "--net", "--mount", "--pid"]
        chroot = [] if self.root == Path("/") else ["chroot", str(self.root)]
        return [*enter, *chroot, "env", f"--chdir={folder}", *command]


def find_missing(*names: str) -> list[str]:
    """The commands among these that the machine of the tests does not have."""
    return [name for name in names if shutil.which(name, path=_ENVIRONMENT["PATH"]) is None]


def _mounts(folder: Path, root: Path, written: Sequence[str]) -> list[str]:
    """The script of mounts. A root of our own is not to be written to: other labs use it at the same time."""
    top = "" if root == Path("/") else str(root)
    lines = [f"mount -t tmpfs tmpfs '{top}/run'"]
    if top:
        lines = [
            f"mount --bind '{top}' '{top}'",
            f"mount --rbind /dev '{top}/dev'",
            f"mount -t tmpfs tmpfs '{top}/tmp'",
            f"mkdir -p '{top}{folder}'",
            f"mount --bind '{folder}' '{top}{folder}'",
            *lines,
        ]
    else:
        # The machine's name server is out of reach; a refusal at once is better than a wait.
        lines.append(f": >'{folder}/resolv.conf'; [ ! -f /etc/resolv.conf ] || mount --bind '{folder}/resolv.conf' /etc/resolv.conf")
    lines += [f"mount -t proc proc '{top}/proc'", *(f"mount --bind '{folder}/{name}' '{top}/{name}'" for name in written)]
    if top:
        lines.append(f"mount -o remount,bind,ro '{top}'")
    return lines
