"""Where the programs of a Debian release are: the machine's own, or unpacked into a folder of the tests'."""

import subprocess
from pathlib import Path
from typing import Final

from tests.kernel.lab import LabError

MACHINE: Final = "bookworm"  # the programs that are installed; CI's are Debian 12's
TRIXIE: Final = "trixie"
RELEASES: Final = (MACHINE, TRIXIE)

_ROOT: Final = Path(__file__).parents[3]
_UNPACK_SECONDS: Final = 300.0


class MissingRelease(Exception):  # noqa: N818 # not an error: some machines cannot have it
    """The programs of a release cannot be had here; the text says why."""


def find_root(release: str) -> Path:
    """The root of the file system with a release's programs.

    Raises:
        MissingRelease: Debian 13's cannot be had.
        LabError: there is no such release.
    """
    if release == MACHINE:
        return Path("/")
    if release != TRIXIE:
        raise LabError(f"no Debian release {release!r} in the mail lab; one of: {', '.join(RELEASES)}")
    try:
        done = subprocess.run(
            [str(_ROOT / ".ci" / TRIXIE)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_UNPACK_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise MissingRelease("apt-get took too long") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise MissingRelease(lines[-1].removeprefix("E: ") if lines else f"exit status {done.returncode}")
    return Path(done.stdout.splitlines()[-1])
