"""What was said on a connection, as it may be shown: one printable line each, secrets masked, bounded."""

import base64
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_MOST_LINES: Final = 400
_MOST_CHARACTERS: Final = 1000
_MASK: Final = "***"
_SHORTEST_TRACE: Final = 4  # characters of base64: less than that is in any text
_CODED: Final = "[A-Za-z0-9+/]?"


class Said(NamedTuple):
    """One line of a transcript. `who` is `C` (we), `S` (the server) or `-` (what happened, in our words)."""

    who: str
    text: str


def printable(data: bytes) -> str:
    """`data` as one line for people: what is no printable character is written as an escape, so a server can't move a terminal's cursor."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


class Transcript:
    """The lines of one connection, the first of too many: how a dialogue begins says more than how it floods."""

    def __init__(self) -> None:
        self._lines: list[Said] = []
        self._patterns: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._left_out = 0

    def hide(self, secret: str) -> None:
        """Mask `secret` wherever it is said from now on: a server may echo what it got, in capitals, quoted or as base64."""
        self._patterns.update(_patterns(secret) if secret else ())
        longest_first = sorted(self._patterns, key=lambda pattern: (-len(pattern), pattern))
        self._pattern = re.compile("|".join(longest_first), re.IGNORECASE) if longest_first else None

    def mask(self, text: str) -> str:
        """`text` without the secrets."""
        return self._pattern.sub(_MASK, text) if self._pattern else text

    def add(self, who: str, data: bytes | str) -> None:
        """Keep a line, unless there are already too many."""
        if len(self._lines) >= _MOST_LINES:
            self._left_out += 1
            return
        text = self.mask(printable(data.encode("utf-8", "backslashreplace") if isinstance(data, str) else data))
        self._lines.append(Said(who, text if len(text) <= _MOST_CHARACTERS else f"{text[:_MOST_CHARACTERS]}…"))

    @property
    def lines(self) -> tuple[Said, ...]:
        """Everything kept, and how much was not."""
        rest = (Said("-", f"{self._left_out} more lines are left out"),) if self._left_out else ()
        return (*self._lines, *rest)


def _patterns(secret: str) -> Iterator[str]:
    """How the secret may be seen: quoted for IMAP, made printable, and inside base64 at each of the three places it can begin at."""
    quoted = secret.replace("\\", "\\\\").replace('"', '\\"')
    for spelling in {secret, quoted}:
        data = spelling.encode("utf-8", "surrogateescape")
        yield from (re.escape(spelling), re.escape(printable(data)))
        for shift in range(3):
            coded = base64.b64encode(bytes(shift) + data).decode("ascii")
            inside = coded[(shift * 8 + 5) // 6 : (shift + len(data)) * 8 // 6]  # the characters that the secret alone decides
            if len(inside) >= _SHORTEST_TRACE:  # with its neighbours, which the secret decides in part
                yield f"{_CODED}{re.escape(inside)}{_CODED}={{0,2}}"
