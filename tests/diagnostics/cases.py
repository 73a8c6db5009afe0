"""Exact examples of what a user sees: NAME.yaml is the mistake, NAME.out every word that the commands print.

The first lines of NAME.yaml may say what is typed, one `# $ COMMAND` each; without any it is `gatepost check NAME.yaml`. Commands run in
a folder that holds a copy of everything here. `python -m tests.diagnostics.cases NAME…` writes the .out files anew: read the diff.
"""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from typer.testing import CliRunner

from generator.cli.every import app
from tests.diagnostics.vendor import vendor_environment

HERE: Final = Path(__file__).parent
TODAY: Final = "2026-11-23"
NAMES: Final = tuple(sorted(path.stem for path in HERE.glob("*.yaml")))


def run_case(name: str) -> str:
    """What the commands of one case print, findings and results in the order a terminal shows them, and the last exit status."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "case"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "*.out", "__pycache__"))
        with contextlib.chdir(folder):
            return "".join(_run(command) for command in _commands(folder / f"{name}.yaml"))


def _commands(path: Path) -> list[str]:
    lines = path.read_bytes().decode("utf-8", errors="replace").splitlines()
    typed = [line.removeprefix("# $ ") for line in lines if line.startswith("# $ ")]
    return typed or [f"gatepost check {path.name}"]


def _run(command: str) -> str:
    if not command.startswith("gatepost "):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=60)
        return f"$ {command}\n{done.stdout}{done.stderr}"
    typed, _, given = command.partition(" < ")
    words = shlex.split(typed)[1:]
    dated = ["--today", TODAY] if words[0] in ("check", "update") and "--today" not in words else []
    variables = {"NO_COLOR": "1", "TERM": "dumb", "COLUMNS": "140", **(vendor_environment() if words[0] == "update" else {})}
    result = CliRunner().invoke(app, [*words, *dated], env=variables, input=Path(given).read_text() if given else None)
    return f"$ {command}\n{result.output}[exit status {result.exit_code}]\n"


def main(names: list[str]) -> None:
    """Write the .out files of the named cases, or of all."""
    for name in names or NAMES:
        (HERE / f"{name}.out").write_text(run_case(name), encoding="utf-8")


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    main(sys.argv[1:])
