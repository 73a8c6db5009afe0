"""A shell with gatepost in it, on a host of its own."""

import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.house.tree import ROOT

# `check` looks at the calendar, and the examples are of this day.
TODAY: Final = "2026-12-01"
SHIM: Final = f"""\
#!/bin/sh
command=$1
[ "$command" != check ] || set -- "$@" --today {TODAY}
exec {shlex.quote(sys.executable)} -m generator "$@"
"""


def type_in(script: str, folder: Path) -> str:
    """What a shell prints that runs `script` in `folder`, as root of a network namespace of its own."""
    shim = folder.parent / "bin" / "gatepost"
    shim.parent.mkdir(exist_ok=True)
    shim.write_text(SHIM, encoding="utf-8")
    shim.chmod(0o755)
    environment = {"PATH": f"{shim.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "HOME": str(folder)}
    root = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--net", *root, "bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout
