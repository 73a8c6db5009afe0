"""An independent reader of cloud rules: how many connections it finds that two configurations decide differently."""

import json
from pathlib import Path

from tests.cloud.tools import FWSHIFT, run


def compare(first_format: str, first: Path, second: Path, second_format: str = "") -> int:
    """The number of differences between two files that the reader knows of."""
    formats = ["--from", first_format, "--from-second", second_format or first_format]
    done = run([FWSHIFT, "compare", "--format", "json", *formats, first, second], first.parent, {"HOME": str(first.parent)})
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert "not read exactly" not in done.stdout, "what the reader does not read, it can't compare"
    found = json.loads(done.stdout)
    return len(found["differences"])
