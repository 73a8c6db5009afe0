"""What the picture of a report consists of: numbers as texts, ready to be printed into an SVG."""

from typing import NamedTuple


class Line(NamedTuple):
    """A line of the picture from a party to a service. `color` is a number of the palette; `closed`: it ends at the wall."""

    path: str
    color: str
    title: str
    kind: str
    badge_x: str
    badge_y: str
    badge: str
    gate_y: str
    open: bool
    closed: bool
    host: bool


class Box(NamedTuple):
    """A box of the picture with one or two lines of text."""

    x: str
    y: str
    height: str
    text_x: str
    name_y: str
    note_y: str
    name: str
    note: str
    title: str
    color: str
    badge: str
    badge_x: str
    badge_y: str


class Picture(NamedTuple):
    """The picture: parties, the wall, services, and the lines between them. `description` says the same in sentences.

    `dashed`: some lines are, for what stays as the host has it.
    """

    width: str
    height: str
    wall_height: str
    parties: tuple[Box, ...]
    services: tuple[Box, ...]
    lines: tuple[Line, ...]
    dashed: bool
    description: str
