"""What the probes for mistakes share: the form of a fault, and how to quote what the user typed."""

from typing import Final, NamedTuple

from generator.net.second_opinion import read_leniently

FORMS: Final = "write an address such as 192.0.2.7 or 2001:db8::7, or a prefix such as 198.51.100.0/24"

_LONGEST_QUOTE: Final = 60


class Fault(NamedTuple):
    """What is wrong with a text. `repaired` is the text without this one mistake, where that can be told: the hint then begins with
    what to write, and `hint` is what follows; else `hint` is all of it.
    """

    code: str
    message: str
    hint: str = ""
    repaired: str | None = None


def quote(text: str) -> str:
    """Put what was typed in backticks: on one line, every invisible character escaped, and cut when it is long."""
    shown = text if len(text) <= _LONGEST_QUOTE else f"{text[: _LONGEST_QUOTE - 3]}..."
    return "`" + "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in shown) + "`"


def refuse_all(text: str) -> Fault:
    """The fault of a text that is nothing in particular. netaddr forgives more than our grammar: what it can read becomes the hint."""
    read = read_leniently(text)
    return Fault("NET001", f"{quote(text)} is no network", f"write {read}" if read else FORMS)
