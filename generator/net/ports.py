"""Ports and ranges of ports: strict parsing and merging."""

import re
from collections.abc import Iterable
from typing import Final

from generator.net.faults import quote
from generator.net.values import PortError, PortRange

_LARGEST: Final = 65535
_NUMBER: Final = re.compile("0|[1-9][0-9]*")
_FORMS: Final = "write a port such as 993, or a range such as 10000-10010"
_NAMED: Final = {"smtp": 25, "imap": 143, "submissions": 465, "submission": 587, "imaps": 993}


def make_port(number: int) -> PortRange:
    """The range of one port.

    Raises:
        PortError: there is no such port.
    """
    if not 0 < number <= _LARGEST:
        raise _refuse_number(str(number))
    return PortRange(number, number)


def parse_ports(text: str) -> PortRange:
    """Read a port (`993`) or a range (`10000-10010`).

    Raises:
        PortError: `text` is neither, or a number in it is no port.
    """
    numbers = text.split("-")
    if len(numbers) > 2 or not all(map(_NUMBER.fullmatch, numbers)):
        raise PortError("NET102", f"{quote(text)} is no port", _cure(text))
    for number in numbers:
        # Length first: int() refuses a number of thousands of digits.
        if len(number) > len(str(_LARGEST)) or not 0 < int(number) <= _LARGEST:
            raise _refuse_number(number)
    first, last = int(numbers[0]), int(numbers[-1])
    if first > last:
        raise PortError("NET101", f"{quote(text)} is upside down", f"write {last}-{first}")
    return PortRange(first, last)


def _refuse_number(number: str) -> PortError:
    return PortError("NET100", f"{quote(number)} is out of the range of ports", f"write a port from 1 to {_LARGEST}")


def _cure(text: str) -> str:
    """What to write for a text with a stray sign, blank, zero, colon or full-width digit, or for a service that has a well-known port."""
    from unicodedata import normalize

    plain = re.fullmatch(r"\s*\+?0*([0-9]{1,5})(?:\s*[-:\u2013]\s*\+?0*([0-9]{1,5}))?\s*", normalize("NFKC", text))
    if plain:
        return f"write {plain[1]}-{plain[2]}" if plain[2] else f"write {plain[1]}"
    if text.lower() in _NAMED:
        return f"write {_NAMED[text.lower()]}"
    return _FORMS


def merge_ports(ports: Iterable[PortRange]) -> tuple[PortRange, ...]:
    """The fewest ranges that hold exactly the given ports, sorted."""
    merged: list[PortRange] = []
    for ports_range in sorted(ports):
        if merged and ports_range.first <= merged[-1].last + 1:
            merged[-1] = PortRange(merged[-1].first, max(merged[-1].last, ports_range.last))
        else:
            merged.append(ports_range)
    return tuple(merged)
