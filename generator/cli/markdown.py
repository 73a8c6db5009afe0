"""Texts that mean nothing in Markdown: what a user's file holds must never format, link or call anybody."""

import re
from typing import Final

from generator.cli.printable import printable

BAR: Final = "\\|"
_SPECIAL: Final = re.compile(r"[\\`*{}\[\]<>|~&@#!$]|(?<![^\W_])_|_(?![^\W_])|(?<=:)//|\bwww\.|^[-+=]|^\s{2,}|^[0-9]+(?=[.)](?:\s|$))")
_CALLS: Final = re.compile(r'[@#!$~&](?=[\w"])')


def text(value: str) -> str:
    """A text as itself. `@` and `#` would call people and issues, an address of a page or mailbox would become a link."""
    return _SPECIAL.sub(_escape, printable(value))


def _escape(found: re.Match[str]) -> str:
    """What was found as entities; behind what calls somebody stands an empty comment.

    GitHub looks for names in what Markdown has made of a text, where an entity is its character again (github/cmark-gfm, issue 181).
    """
    cut = "<!-- -->" if _CALLS.match(found.string, found.start()) else ""
    return "".join(f"&#{ord(char)};" for char in found[0]) + cut


def code(value: str) -> str:
    """A text as code, whatever it holds."""
    shown = printable(value) or " "
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence} {shown} {fence}" if "`" in shown else f"{fence}{shown}{fence}"


def link(value: str, url: str) -> str:
    """A text that leads to a page; itself where there is none."""
    safe = re.sub(r"[^!#$%&'*+,\-./0-9:;=?@A-Z_a-z~]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
    return f"[{text(value)}](<{safe}>)" if url else text(value)


def row(*cells: str) -> str:
    """A line of a table; the cells are Markdown already. A bar ends a cell even in code."""
    return f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def head(*names: str) -> tuple[str, str]:
    """The first two lines of a table."""
    return row(*names), row(*("---" for _ in names))
