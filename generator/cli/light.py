"""Commands that start quickly: what our options are made of (words, names, switches) is converted here.

Typer from 0.26 on converts every value with pydantic, which takes as long to import as Typer itself; a render of one site does without.
Where Typer has no such step, or an option is of another type, nothing is changed.
"""

from collections.abc import Iterable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from generator.cli.printable import printable

_AS_THEY_ARE = (str, bool)
_LISTS: dict[Any, type] = {list[str]: str, list[Path]: Path}


class _Conversion(NamedTuple):
    """Stands in for Typer's own: same method, no library."""

    kind: Any

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value that a command's function gets for what was typed."""
        if self.kind in _LISTS:
            return [_LISTS[self.kind](item) for item in value or ()]
        if value is None or self.kind in _AS_THEY_ARE or isinstance(value, self.kind):
            return value
        return _choose(self.kind, str(value), param, ctx)


def _choose(kind: type[Enum], typed: str, param: Any, ctx: Any) -> Enum:
    for choice in kind:
        if choice.value == typed.lower():
            return choice
    words = ", ".join(f"'{choice.value}'" for choice in kind)
    raise typer.BadParameter(f"'{printable(typed)}' is not one of {words}.", ctx=ctx, param=param)


def _is_ours(kind: Any) -> bool:
    return kind in _AS_THEY_ARE or kind in _LISTS or (isinstance(kind, type) and issubclass(kind, Enum))


def _lighten(parameters: Iterable[Any]) -> None:
    for parameter in parameters:
        kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
        if getattr(parameter, "_runtime_param", ...) is None and _is_ours(kind):
            parameter._runtime_param = _Conversion(kind)


class LightCommand(TyperCommand):
    """A command with our own conversion."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Convert the command's own parameters."""
        _lighten(self.get_params(ctx))
        return super().parse_args(ctx, args)


class LightGroup(TyperGroup):
    """A group of commands with our own conversion."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Convert the group's own parameters."""
        _lighten(self.get_params(ctx))
        return super().parse_args(ctx, args)
