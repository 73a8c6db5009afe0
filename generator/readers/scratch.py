"""nft's own language, read by nft itself: loaded into an empty network namespace, and listed from there as JSON.

Only the kernel and nft know what a file with variables, includes and flushes amounts to. Nothing of it reaches the host's own rules.
"""

import os
import subprocess
from functools import lru_cache
from typing import Final

from generator.diagnostics import Report, Span

_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"
_SECONDS: Final = 120
_HINT: Final = "load it where nft is, and give the output of: nft -j list ruleset"


def list_file(text: str, path: str, report: Report) -> str | None:
    """What `nft -j list ruleset` prints behind the file; None after an error."""
    try:
        printed, complaint = _list(text)
    except (OSError, subprocess.TimeoutExpired) as error:
        printed, complaint = "", str(error)
    if complaint:
        place = Span(path, 1, 1, 1, 1)
        why = complaint.replace("/dev/stdin", path)
        report.add("AUD004", place, f"nft can't be asked what this file says: {why}", hint=_HINT)
    return None if complaint else printed


@lru_cache(maxsize=4)  # a file is asked about its rules, and about its limits
def _list(text: str) -> tuple[str, str]:
    """What nft prints, or what it complains about.

    Raises:
        OSError, subprocess.TimeoutExpired: it can't be run, or does not end.
    """
    # Root needs no user namespace, and has no bound on the size of a transaction without one.
    namespace = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    done = subprocess.run(  # noqa: S603 - fixed words; the file comes by standard input
        [*namespace, "sh", "-c", "nft -f /dev/stdin && exec nft -j list ruleset"],
        input=text,
        capture_output=True,
        encoding="utf-8",
        errors="replace",  # nft may cut a line that it complains about inside a character
        check=False,
        timeout=_SECONDS,
        env={"PATH": _PATH, "LC_ALL": "C.UTF-8"},
    )
    if done.returncode == 0:
        return done.stdout, ""
    return "", next((line.strip() for line in done.stderr.splitlines() if line.strip()), "no reason given")
