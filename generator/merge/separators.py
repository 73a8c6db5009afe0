"""pfSense's separators: coloured bars between the rules of an interface, each at a row, which is a number of rules above it.

The GUI moves them with the rules (shift_separators in filter.inc): a rule added at the top moves all of them down, a rule that goes moves
those below it up. So does this, for all of our rules at once.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from generator.merge.layout import Layout
from generator.merge.splice import Edit
from generator.merge.tree import Element

_ROW: Final = re.compile(r"fr([0-9]{1,9})")


def move_separators(rules_list: Element, interface: str, ours: Sequence[bool], new: int, layout: Layout) -> Iterator[Edit]:
    """Move the separators of one interface.

    `ours` says of each of its rules, in order, whether it is ours and goes; `new` rules of ours come to the top.
    """
    for bars in layout.find(rules_list, "separator"):
        for group in layout.find(bars, interface.lower()):
            for bar in group.children:
                for row in layout.find(bar, "row"):
                    match = _ROW.fullmatch(row.text.strip())
                    if match and _move(int(match[1]), ours, new) != int(match[1]) and not row.is_self_closing:
                        yield Edit(row.inner_start, row.inner_end, f"fr{_move(int(match[1]), ours, new)}".encode())


def _move(row: int, ours: Sequence[bool], new: int) -> int:
    """The new row. Where ours are at the top already, a bar above them stays above, and one among them stays among them if it can."""
    gone = sum(ours)
    if gone and all(ours[:gone]) and row < gone:
        return min(row, new)
    return row - sum(ours[:row]) + new
