"""How much a test run tries: `make test` a little of everything, `make test-long` (GATEPOST_LONG=1) twenty times as much."""

import os
from typing import Final

LONG: Final = os.environ.get("GATEPOST_LONG") == "1"


def scaled(count: int) -> int:
    """`count` in a long run, a twentieth of it in an ordinary one."""
    return count if LONG else max(1, count // 20)
