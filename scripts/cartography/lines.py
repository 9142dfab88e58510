"""Turn polygons into what the map draws: filled outlines, and each shared border once, by what it divides."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

WORLD = 1 << 20  # the Web Mercator square's side in map units: one pixel at zoom 12


def to_units(degrees: np.ndarray) -> np.ndarray:
    """Longitude and latitude in degrees → Web Mercator map units, x to the east and y to the south."""
    x = (degrees[:, 0] + 180) / 360 * WORLD
    y = (0.5 - np.log(np.tan(np.pi / 4 + np.radians(degrees[:, 1]) / 2)) / (2 * np.pi)) * WORLD
    return np.column_stack([x, y])


def in_units(shape: BaseGeometry) -> BaseGeometry:
    """A shape in degrees → map units, with what lies past the antimeridian next to Alaska moved beside it."""

    def beside(part: BaseGeometry) -> BaseGeometry:
        west, _, east, north = part.bounds
        across = east - west > 300  # drawn through the antimeridian: its eastern end is meant to lie to the west
        if across or (west > 165 and north > 50):
            return shapely.transform(part, lambda a: a - (a[:, :1] > 0) * np.array([360, 0]))
        return part

    parts = [beside(part) for part in shapely.get_parts(shape)]
    whole = shapely.multilinestrings(parts) if "Line" in shape.geom_type else shapely.multipolygons(parts)
    return shapely.transform(whole, to_units)


def borders(
    areas: Sequence[BaseGeometry], owners: Sequence[str], divides: Callable[[str, str | None], str]
) -> dict[str, list[np.ndarray]]:
    """Every border of a valid coverage once, as lists of points by kind.

    `divides(owner, neighbour)` names the kind; the neighbour is None where the coverage ends.
    """
    sides: dict[tuple[bytes, bytes], list[str]] = {}
    rings: list[tuple[str, np.ndarray]] = []
    for owner, area in zip(owners, areas, strict=True):
        for polygon in shapely.get_parts(area):
            for ring in shapely.get_rings(polygon):
                points = shapely.get_coordinates(ring)
                rings.append((owner, points))
                for edge in _edges(points):
                    sides.setdefault(edge, []).append(owner)
    found: dict[str, list[np.ndarray]] = {}
    for owner, points in rings:
        neighbours = [_other(sides[edge], owner) for edge in _edges(points)]
        for neighbour, line in _runs(points, neighbours):
            if neighbour is None or owner < neighbour:
                found.setdefault(divides(owner, neighbour), []).append(line)
    return found


def _edges(points: np.ndarray) -> list[tuple[bytes, bytes]]:
    keys = [p.tobytes() for p in points]
    return [(a, b) if a < b else (b, a) for a, b in pairwise(keys)]


def _other(owners: list[str], owner: str) -> str | None:
    return next((o for o in owners if o != owner), None)


def _runs(points: np.ndarray, neighbours: list[str | None]) -> Iterable[tuple[str | None, np.ndarray]]:
    """A closed ring cut where the neighbour changes; the ring is first turned so that it begins at such a place."""
    count = len(neighbours)
    start = next((i for i in range(count) if neighbours[i] != neighbours[i - 1]), 0)
    order = [(start + i) % count for i in range(count)]
    run: list[int] = []
    for i in order:
        if run and neighbours[i] != neighbours[run[-1]]:
            yield neighbours[run[0]], points[[*run, run[-1] + 1]]
            run = []
        run.append(i)
    yield neighbours[run[0]], points[[*run, run[-1] + 1]]


def joined(lines: list[np.ndarray]) -> list[np.ndarray]:
    """The same lines with ends that meet sewn together, so that a border is one stroke."""
    if not lines:
        return []
    merged = shapely.line_merge(shapely.multilinestrings([shapely.linestrings(line) for line in lines]))
    return [shapely.get_coordinates(part) for part in shapely.get_parts(merged)]


def clipped(lines: Iterable[np.ndarray], box: tuple[float, float, float, float]) -> list[np.ndarray]:
    """The parts of lines inside a box, in order."""
    found: list[np.ndarray] = []
    x0, y0, x1, y1 = box
    for line in lines:
        low, high = line.min(axis=0), line.max(axis=0)
        if high[0] < x0 or low[0] > x1 or high[1] < y0 or low[1] > y1:
            continue
        cut = shapely.clip_by_rect(shapely.linestrings(line), *box)
        found += [shapely.get_coordinates(part) for part in shapely.get_parts(cut) if part.geom_type == "LineString"]
    return found


def outlines(area: BaseGeometry) -> list[np.ndarray]:
    """Every ring of a shape, holes too (the map fills by even and odd)."""
    polygons = [p for p in shapely.get_parts(area) if p.geom_type == "Polygon"]
    return [shapely.get_coordinates(ring) for polygon in polygons for ring in shapely.get_rings(polygon)]
