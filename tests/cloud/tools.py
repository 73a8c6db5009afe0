"""The programs that the tests of the clouds run: each from its own environment, which `.ci/clouds` makes."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "build" / "clouds"
FWSHIFT = ROOT / "build" / "fwshift" / "bin" / "fwshift"  # made by .ci/fwshift


def tool(environment: str, program: str) -> Path:
    """A program of one environment. A missing one is a failure, not a skip: it can be installed anywhere."""
    path = HOME / environment / "bin" / program
    assert path.exists(), f"{path.relative_to(ROOT)} is missing: run .ci/clouds"
    return path


def run(
    command: Sequence[str | Path], folder: Path, env: Mapping[str, str], *, given: str | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with nothing of this machine's settings but what `env` says."""
    return subprocess.run(
        list(map(str, command)), cwd=folder, env=dict(env), input=given, capture_output=True, text=True, timeout=timeout, check=False
    )
