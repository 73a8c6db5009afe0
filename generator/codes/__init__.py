"""The catalogue of findings: every code, its severity, a summary and an explanation. A number is fixed for ever.

One module per area (`yml`, `sch`, `net`, `pln`, `tgt`, `lck`, `pre`), each with a tuple `CODES`, imported when one of its codes is used.
"""

from importlib import import_module
from typing import Final, Literal, NamedTuple

AREAS: Final = ("YML", "SCH", "NET", "PLN", "TGT", "LCK", "AUD", "PRE", "PRV")


class Code(NamedTuple):
    """One kind of finding. `source` says where the rule comes from (a document, a standard, a measurement)."""

    name: str
    severity: Literal["error", "warning", "note"]
    summary: str
    explanation: str
    source: str


def area_codes(area: str) -> tuple[Code, ...]:
    """All codes of one area, in order of their numbers.

    Raises:
        KeyError: there is no such area.
    """
    if area not in AREAS:
        raise KeyError(area)
    codes: tuple[Code, ...] = import_module(f"generator.codes.{area.lower()}").CODES
    return codes


def lookup(name: str) -> Code:
    """The entry of one code such as `NET002`.

    Raises:
        KeyError: the catalogue has no such code.
    """
    for code in area_codes(name[:3]):
        if code.name == name:
            return code
    raise KeyError(name)


def all_codes() -> tuple[Code, ...]:
    """The whole catalogue, by area and number."""
    return tuple(code for area in AREAS for code in area_codes(area))
