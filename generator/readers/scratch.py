"""nft's own language, read by nft itself: loaded into an empty network namespace, and listed from there as JSON.

Only the kernel and nft know what a file with variables, includes and flushes amounts to. Nothing of it reaches the host's own rules.
"""

import os
import subprocess
from typing import Final

from generator.diagnostics import Report, Span

_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"
_SECONDS: Final = 120
_HINT: Final = "load it where nft is, and give the output of: nft -j list ruleset"


def list_file(text: str, path: str, report: Report) -> str | None:
    """What `nft -j list ruleset` prints behind the file; None after an error."""
    # Root needs no user namespace, and has no bound on the size of a transaction without one.
    namespace = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    command = [*namespace, "sh", "-c", "nft -f /dev/stdin && exec nft -j list ruleset"]
    try:
        done = subprocess.run(  # noqa: S603 - fixed words; the file comes by standard input
            command,
            input=text,
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # nft may cut a line that it complains about inside a character
            check=False,
            timeout=_SECONDS,
            env={"PATH": _PATH, "LC_ALL": "C.UTF-8"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _refuse(path, report, str(error))
        return None
    if done.returncode == 0:
        return done.stdout
    first = next((line.strip() for line in done.stderr.splitlines() if line.strip()), "no reason given")
    _refuse(path, report, first.replace("/dev/stdin", path))
    return None


def _refuse(path: str, report: Report, why: str) -> None:
    report.add("AUD004", Span(path, 1, 1, 1, 1), f"nft can't be asked what this file says: {why}", hint=_HINT)
