"""The tools that gatepost is measured against. `make bench` fetches them into a folder of its own; nobody else needs them."""

import subprocess
import sys
from pathlib import Path
from typing import Final

AERLEON: Final = "aerleon==1.18.0"


def fetch_aerleon(folder: Path) -> Path:
    """Aerleon's `aclgen`, in a virtual environment of its own."""
    command = folder / "bin" / "aclgen"
    if not command.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", AERLEON], check=True)
    return command


def fetch_aclcheck(folder: Path) -> Path:
    """Aerleon's `aclcheck`, beside its `aclgen`."""
    return fetch_aerleon(folder).with_name("aclcheck")


def fetch_ferm(folder: Path) -> Path:
    """The ferm of Debian's package, unpacked and not installed: installed, it may load rules of its own at the next start.

    Raises:
        FileNotFoundError: this machine's apt knows no such package (`apt-get update` helps, if it is a Debian).
    """
    command = folder / "usr" / "sbin" / "ferm"
    if not command.exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["apt-get", "download", "--quiet", "--quiet", "ferm"], cwd=folder, stderr=subprocess.DEVNULL, check=False)
        package = next(folder.glob("ferm_*.deb"), None)
        if package is None:
            raise FileNotFoundError("apt has no package ferm; as root: apt-get update")
        subprocess.run(["dpkg", "--extract", str(package), str(folder)], check=True)
    return command
