"""Ways to have gatepost on a machine."""

import os
import re
import subprocess
import sys
import tomllib
import venv
from dataclasses import dataclass
from pathlib import Path

from tests.house.tree import ROOT


@dataclass(frozen=True, slots=True)
class Installation:
    """One way to start gatepost; the environment says nothing of the checkout unless the way is the checkout."""

    command: tuple[str, ...]
    python_path: str = ""

    def run(self, *arguments: str, cwd: Path) -> str:
        """What `gatepost ARGUMENTS` prints when it is started in `cwd`."""
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": self.python_path, "HOME": str(cwd)}
        done = subprocess.run([*self.command, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


def make_venv(folder: Path, *, shares_libraries: bool) -> Path:
    """A virtual environment without pip. The libraries that it may share are the test run's; an editable gatepost among them stays out,
    because a .pth file inside a folder that a .pth file names is not read.
    """
    venv.create(folder, symlinks=True)
    if shares_libraries:
        libraries = next(path for path in sys.path if path.endswith("site-packages"))
        next(folder.glob("lib/python*/site-packages")).joinpath("shared.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return folder / "bin"


def pip_install(binaries: Path, *what: str) -> Installation:
    """Install into a virtual environment with the test run's pip."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "--quiet",
        "--disable-pip-version-check",
        "--python",
        str(binaries / "python"),
        "install",
        *what,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return Installation((str(binaries / "gatepost"),))


def oldest_libraries() -> list[str]:
    """The lower bounds that pyproject.toml promises, as exact versions."""
    project = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [re.sub(">=", "==", dependency) for dependency in project["dependencies"]]
