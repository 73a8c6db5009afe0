"""How findings show what the user typed."""


def quoted(text: str) -> str:
    """A text in backticks: one line, printable, at most 60 characters."""
    shown = escaped(text[:61])
    return f"`{shown}`" if len(shown) <= 60 else f"`{shown[:59]}…`"


def escaped(text: str) -> str:
    """A text with the escapes of YAML's double quotes in place of what does not print."""
    return "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
