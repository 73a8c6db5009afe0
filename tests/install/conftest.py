"""The ways to have gatepost on a machine, each made once in a run."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.install.ways import Installation, make_venv, pip_install


@pytest.fixture(scope="session")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="session")
def wheel(distributions: Path) -> Path:
    return next(distributions.glob("*.whl"))


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    binaries = make_venv(tmp_path_factory.mktemp("checkout"), shares_libraries=True)
    return Installation((str(binaries / "python"), "-m", "generator"), python_path=str(ROOT))


@pytest.fixture(scope="session")
def editable(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    binaries = make_venv(tmp_path_factory.mktemp("editable"), shares_libraries=True)
    return pip_install(binaries, "--no-deps", "--ignore-installed", "--no-build-isolation", "--editable", str(ROOT))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    binaries = make_venv(tmp_path_factory.mktemp("installed"), shares_libraries=True)
    return pip_install(binaries, "--no-deps", "--ignore-installed", str(wheel))
