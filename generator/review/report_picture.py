"""The picture of a report: where boxes and lines stand, reckoned from the plan. A template draws it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from generator.review.report_model import AccessTable, Cell
from generator.review.report_shapes import Box, Line, Picture

_WIDTH: Final = 960
_TOP: Final = 40
_PARTY_X: Final = 4
_PARTY_WIDTH: Final = 296
_PARTY_HEIGHT: Final = 56
_PARTY_GAP: Final = 16
_WALL_X: Final = 470
_WALL_WIDTH: Final = 24
_SERVICE_X: Final = 668
_SERVICE_GAP: Final = 18
_LINE_GAP: Final = 24  # a badge has room in it
_COLORS: Final = 8
_LONGEST: Final = {"name": 25.0, "note": 37.0}  # letters that fit a box, in a wide font
_WIDE: Final = dict.fromkeys("mwMW@%", 1.7)


class _Frame(NamedTuple):
    """A box before its texts are in: its upper edge and height."""

    top: float
    height: float

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def draw_access(table: AccessTable) -> Picture:
    """The parties on the left, the wall in the middle, the services on the right."""
    columns = range(len(table.columns))
    shown = [[index for index, row in enumerate(table.rows) if row.cells[column].kind != "none"] for column in columns]
    services = _stack([max(_PARTY_HEIGHT, _LINE_GAP * len(rows) + 12) for rows in shown], _SERVICE_GAP)
    parties = _stack([_PARTY_HEIGHT] * len(table.rows), _PARTY_GAP)
    height = max(frame.top + frame.height for frame in (*services, *parties))
    services, parties = _center(services, height), _center(parties, height)
    lines = [
        _line(table, row, column, parties[row].middle + _spread(columns, column), _entry(services[column], place, len(shown[column])))
        for column in columns
        for place, row in enumerate(shown[column])
    ]
    last = len(table.rows) - 1
    return Picture(
        width=str(_WIDTH),
        height=_number(height + 8),
        wall_height=_number(height - _TOP + 8),
        parties=tuple(
            _box(frame, _PARTY_X, 46, row.name, row.note, _color(index, last), row.number)
            for index, (frame, row) in enumerate(zip(parties, table.rows, strict=True))
        ),
        services=tuple(
            _box(frame, _SERVICE_X, 14, column.name, column.notes[0], "service", "")
            for frame, column in zip(services, table.columns, strict=True)
        ),
        lines=tuple(lines),
        dashed=any(line.host for line in lines),
        description=describe(table),
    )


def describe(table: AccessTable) -> str:
    """The picture in sentences, one for each service."""
    sentences = []
    for index, column in enumerate(table.columns):
        said: dict[str, list[str]] = {}
        for row in table.rows:
            if row.cells[index].kind != "none":
                said.setdefault(_verb(row.cells[index]), []).append(row.name)
        parts = [f"{', '.join(names)} {verb}" for verb, names in said.items()]
        sentences.append(f"{column.name}: {'; '.join(parts)}.")
    return " ".join(sentences)


def _verb(cell: Cell) -> str:
    return {"in": "let in", "all": "let in", "out": "kept out", "host": "as the host has it"}[cell.kind]


def _stack(heights: Sequence[float], gap: float) -> list[_Frame]:
    frames, top = [], float(_TOP)
    for height in heights:
        frames.append(_Frame(top, height))
        top += height + gap
    return frames


def _center(frames: list[_Frame], bottom: float) -> list[_Frame]:
    """The frames in the middle of what is as high as the higher column."""
    spare = (bottom - frames[-1].top - frames[-1].height) / 2 if frames else 0
    return [frame._replace(top=frame.top + spare) for frame in frames]


def _spread(columns: Sequence[int], column: int) -> float:
    """Where on a party's edge a line begins, from its middle: lines of one box do not lie on each other."""
    step = min(9.0, (_PARTY_HEIGHT - 16) / max(len(columns), 1))
    return (column - (len(columns) - 1) / 2) * step


def _entry(frame: _Frame, place: int, count: int) -> float:
    return frame.middle + (place - (count - 1) / 2) * _LINE_GAP


def _line(table: AccessTable, row: int, column: int, start: float, end: float) -> Line:
    party, cell = table.rows[row], table.rows[row].cells[column]
    left, bend = _PARTY_X + _PARTY_WIDTH, (_PARTY_X + _PARTY_WIDTH + _WALL_X) / 2
    closed = cell.kind == "out"
    curve = f"M{left},{_number(start)} C{_number(bend)},{_number(start)} {_number(bend)},{_number(end)} {_WALL_X - 14},{_number(end)}"
    last = _WALL_X - 3 if closed else _SERVICE_X - 9
    return Line(
        path=f"{curve} H{last}",
        color=_color(row, len(table.rows) - 1),
        title=f"{party.name} to {table.columns[column].name}: {cell.text}",
        kind=cell.kind,
        badge_x=str(_WALL_X + _WALL_WIDTH + 28),
        badge_y=_number(end),
        badge=party.number,
        gate_y=_number(end - 8),
        open=not closed,
        closed=closed,
        host=cell.kind == "host",
    )


def _box(frame: _Frame, x: int, indent: int, name: str, note: str, color: str, badge: str) -> Box:
    return Box(
        x=str(x),
        y=_number(frame.top),
        height=_number(frame.height),
        text_x=str(x + indent),
        name_y=_number(frame.middle - 4),
        note_y=_number(frame.middle + 16),
        name=_short(name, "name"),
        note=_short(note, "note"),
        title=f"{name}: {note}",
        color=color,
        badge=badge,
        badge_x=str(x + 24),
        badge_y=_number(frame.middle),
    )


def _color(index: int, last: int) -> str:
    """A colour of the palette; everybody else, who comes last, has one of their own."""
    return "rest" if index == last else str(index % _COLORS)


def _short(text: str, line: str) -> str:
    """What of a text fits a line of a box; the whole is in the box's title, and in the table beneath."""
    room, fits = _LONGEST[line] - 1, 0
    for letter in text:
        room -= _WIDE.get(letter, 1.0)
        fits += room >= 0
    return text if room >= -1 else f"{text[:fits].rstrip()}…"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
