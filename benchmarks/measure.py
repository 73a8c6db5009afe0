"""Whole processes, timed side by side: A, B, A, B, …, so that a busy machine slows both; medians of what the kernel counted."""

import os
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple


class Cost(NamedTuple):
    """What one process and its children took: seconds by the clock, seconds of CPU, MiB at the peak of the largest."""

    wall: float
    cpu: float
    peak: float


class Command(NamedTuple):
    """A command line; `fresh` is a folder that is emptied before each run (a tool may skip files that are already right)."""

    arguments: Sequence[str]
    cwd: Path | None = None
    fresh: Path | None = None


def run(command: Command) -> Cost:
    """Run a command once.

    Raises:
        RuntimeError: it failed; a figure of a failed run is worth nothing.
    """
    if command.fresh:
        subprocess.run(["rm", "-rf", str(command.fresh)], check=True)
        command.fresh.mkdir(parents=True)
    # An installed program has its bytecode files, and so have we after the first run.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    with tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(command.arguments, cwd=command.cwd, env=environment, stdout=subprocess.DEVNULL, stderr=complaints)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        complaints.seek(0)
        if process.returncode:
            text = complaints.read().decode(errors="replace")
            raise RuntimeError(f"{' '.join(command.arguments)}: exit {process.returncode}\n{text}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compare(commands: Mapping[str, Command], rounds: int) -> dict[str, Cost]:
    """The median cost of each command over `rounds` interleaved rounds, after one that warms the caches."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for command in commands.values():
        run(command)
    for _ in range(rounds):
        for name, command in commands.items():
            costs[name].append(run(command))
    return {name: Cost(*(median(column) for column in zip(*measured, strict=True))) for name, measured in costs.items()}
