"""Makes any text safe and measurable on a terminal: what a user's file holds must never steer the terminal that shows it."""

from unicodedata import category, east_asian_width

TAB_STOP = 4


def printable(text: str) -> str:
    """The text with control, format and line-separating characters, and blanks that look like spaces, as visible escapes."""
    return text if text.isprintable() else "".join(map(_escape, text))


def printable_lines(text: str) -> str:
    """Like `printable`, for text of several lines: newlines and tabs stay."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


def cells(text: str) -> list[str]:
    """What a terminal shows for each character of a source line: tabs as blanks up to the next stop, the unprintable escaped."""
    shown: list[str] = []
    column = 0
    for character in text:
        cell = " " * (TAB_STOP - column % TAB_STOP) if character == "\t" else _escape(character)
        column += width(cell)
        shown.append(cell)
    return shown


def width(text: str) -> int:
    """How many columns a printable text takes: East Asian wide characters two, combining marks none."""
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _escape(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _character_width(character: str) -> int:
    if category(character) in ("Mn", "Me"):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
