"""The project's Markdown pages, read by their tables, fenced blocks, headings and links."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from tests.house.tree import ROOT, project_files

PAGES: Final = tuple(path for path in project_files() if path.suffix == ".md")
README: Final = ROOT / "README.md"

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`]+)`")


@cache
def text_of(path: Path) -> str:
    """A page."""
    return path.read_text(encoding="utf-8")


def prose(path: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", text_of(path))


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [body for found, body in _FENCE.findall(text_of(path)) if found == language]


def links(path: Path) -> list[str]:
    """Where the links of a page lead."""
    return _LINK.findall(prose(path))


def anchors(path: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section(path: Path, heading: str) -> str:
    """What stands under a heading, up to the next one of the same or a higher level."""
    level, _, _ = heading.partition(" ")
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", text_of(path), re.MULTILINE | re.DOTALL)
    assert found is not None, f"{path.name} has no heading {heading!r}"
    return found[1]


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row in a text; the lines under the headings are left out."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| --"):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def codes_in(text: str) -> list[str]:
    """What a text has between backticks."""
    return _CODE.findall(text)
