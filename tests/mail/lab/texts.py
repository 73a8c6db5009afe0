"""Edits of the packages' own configuration files, each of which must hit."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.kernel.lab import LabError


def edit(path: Path, *replacements: tuple[str, str]) -> None:
    """Replace the first match of each pattern (multiline).

    Raises:
        LabError: the file is not as Debian ships it.
    """
    text = path.read_text(encoding="utf-8")
    for pattern, replacement in replacements:
        text, hits = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
        if not hits:
            raise LabError(f"{path.name}: nothing matches {pattern!r}")
    path.write_text(text, encoding="utf-8")


def write_lines(path: Path, lines: Iterable[str]) -> None:
    """Write a file, a line feed after each line."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def set_values(text: str, values: Mapping[str, str]) -> str:
    """A main.cf in which each name has its value: where the file already sets it, otherwise at the end."""
    lines = text.rstrip().splitlines()
    places = {line.partition("=")[0].rstrip(): place for place, line in enumerate(lines) if not line.startswith("#")}
    for name, value in values.items():
        if name in places:
            lines[places[name]] = f"{name} = {value}"
        else:
            lines.append(f"{name} = {value}")
    return "".join(f"{line}\n" for line in lines)
