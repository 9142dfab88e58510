"""The map of unmet need: one drawing (SVG) of the states, with a dot for each county of ten searches and more.

Its lines are those of the map of results, thinned to what a drawing of a few hundred pixels can show.
"""

import json
import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from directory.geography.gazetteer import gazetteer
from directory.geography.point import Point
from directory.search.unmet import CountyNeed, Size
from directory.web.templates import FOLDER

_WORLD: Final = 1 << 20
"""The side of the Web Mercator square in the map's units (scripts/cartography)."""
_GRID: Final = 200
"""Map units of one unit of the drawing."""
_LETTERS: Final = {
    letter: n for n, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
}
_RADII: Final = {Size.SOME: 9.0, Size.MANY: 14.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A part of the country and where it stands in the drawing: `view` in units of the lines."""

    view: tuple[float, float, float, float]
    x: float
    y: float
    width: float
    height: float

    def place(self, at: tuple[float, float]) -> tuple[float, float] | None:
        """Where a point of the lines falls in the drawing; None outside this part."""
        across, down = ((at[0] - self.view[0]) / self.view[2], (at[1] - self.view[1]) / self.view[3])
        inside = 0 <= across <= 1 and 0 <= down <= 1
        return (self.x + across * self.width, self.y + down * self.height) if inside else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One county."""

    x: int
    y: int
    radius: float
    size: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """All that the template draws."""

    width: int
    height: int
    frames: list[Frame]
    land: str
    states: str
    dots: list[Dot]


def drawn(found: list[CountyNeed]) -> Drawing:
    """The drawing of these counties; those in the Pacific territories stand in the list alone."""
    frames = _frames()
    centres = gazetteer().county_centres() if found else {}
    dots = []
    for need in sorted(found, key=lambda need: need.size is Size.MANY):  # the larger ones on top
        at = _units(centres[need.county.fips])
        spot = next((spot for frame in frames if (spot := frame.place(at))), None)
        if spot is not None:
            name = f"{need.county.name}, {need.county.state}"
            size = need.size.name.lower()
            dots.append(Dot(x=round(spot[0]), y=round(spot[1]), radius=_RADII[need.size], size=size, name=name))
    land, states = _lines()
    height = max(frame.y + frame.height for frame in frames)
    return Drawing(
        width=math.ceil(frames[0].width), height=math.ceil(height), frames=frames, land=land, states=states, dots=dots
    )


@cache
def _frames() -> list[Frame]:
    """The contiguous states, and below them Alaska, Hawaii and Puerto Rico at scales of their own."""
    main = _view(Point(latitude=49.6, longitude=-125.0), Point(latitude=24.3, longitude=-66.5))
    frames = [Frame(view=main, x=0, y=0, width=main[2], height=main[3])]
    x = 0.0
    for corner, other, width in (
        (Point(latitude=71.6, longitude=-180.0), Point(latitude=51.0, longitude=-129.5), 230.0),
        (Point(latitude=22.5, longitude=-160.6), Point(latitude=18.7, longitude=-154.6), 190.0),
        (Point(latitude=18.7, longitude=-67.5), Point(latitude=17.8, longitude=-65.1), 190.0),
    ):
        view = _view(corner, other)
        frames.append(Frame(view=view, x=x, y=main[3] + 12, width=width, height=width * view[3] / view[2]))
        x += width + 24
    return frames


def _view(corner: Point, other: Point) -> tuple[float, float, float, float]:
    left, top = _units(corner)
    right, bottom = _units(other)
    return left, top, right - left, bottom - top


def _units(point: Point) -> tuple[float, float]:
    bent = math.asinh(math.tan(math.radians(point.latitude)))
    return (point.longitude + 180) / 360 * _WORLD / _GRID, (0.5 - bent / (2 * math.pi)) * _WORLD / _GRID


@cache
def _lines() -> tuple[str, str]:
    """The land and the lines between states, as SVG paths."""
    kept = json.loads((FOLDER / "assets" / "map" / "data" / "overview.json").read_text(encoding="utf-8"))
    land = [_path(line, closed=True) for line in _unpacked(kept["land"], kept["step"])]
    states = [_path(line, closed=False) for line in _unpacked(kept["states"], kept["step"])]
    return "".join(land), "".join(states)


def _path(line: list[tuple[int, int]], *, closed: bool) -> str:
    """A line in steps of whole units; nothing for an island or a border smaller than the drawing can show."""
    spots = [line[0], *(here for before, here in pairwise(line) if here != before)]
    if len(spots) < (4 if closed else 2):
        return ""
    steps = " ".join(f"{x - px} {y - py}" for (px, py), (x, y) in pairwise(spots))
    return f"M{spots[0][0]} {spots[0][1]}l{steps}{'z' if closed else ''}"


def _unpacked(text: str, step: int) -> list[list[tuple[int, int]]]:
    """Packed lines (scripts/cartography/pack.py) as points on the drawing's grid."""
    numbers: list[int] = []
    value = shift = 0
    for letter in text:
        bits = _LETTERS[letter]
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(value)
            value = shift = 0
    lines: list[list[tuple[int, int]]] = []
    at = x = y = 0
    while at < len(numbers):
        line = []
        for index in range(at + 1, at + 1 + 2 * numbers[at], 2):
            x, y = x + _signed(numbers[index]), y + _signed(numbers[index + 1])
            line.append((round(x * step / _GRID), round(y * step / _GRID)))
        at += 1 + 2 * numbers[at]
        lines.append(line)
    return lines


def _signed(number: int) -> int:
    return -(number + 1) // 2 if number & 1 else number // 2
