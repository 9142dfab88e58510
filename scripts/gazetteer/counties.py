"""In which county a point lies: ray casting over the Census Bureau's county lines, to referee between sources."""

import math
from typing import Any

import numpy as np

EARTH_KM = 6371.0088


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle kilometres between two (latitude, longitude) pairs; half a percent off is good enough here."""
    lat_a, lon_a, lat_b, lon_b = map(math.radians, (*a, *b))
    half = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


class Counties:
    """County polygons of a TopoJSON file, asked by point."""

    def __init__(self, topology: dict[str, Any]) -> None:
        scale, shift = (np.array(topology["transform"][name]) for name in ("scale", "translate"))
        self._arcs = [np.cumsum(np.array(arc, dtype=float), axis=0) * scale + shift for arc in topology["arcs"]]
        self._rings: dict[str, list[Any]] = {}
        self._names: dict[str, str] = {}
        boxes = []
        for county in topology["objects"]["counties"]["geometries"]:
            polygons = county["arcs"] if county["type"] == "MultiPolygon" else [county["arcs"]]
            rings = [self._ring(ring) for polygon in polygons for ring in polygon]
            self._rings[county["id"]] = rings
            self._names[county["id"]] = county["properties"]["name"]
            every = np.concatenate(rings)
            boxes.append((*every.min(axis=0), *every.max(axis=0)))
        self._codes = list(self._rings)
        self._boxes = np.array(boxes)

    def _ring(self, arcs: list[int]) -> Any:
        """One closed ring of (longitude, latitude); a negative arc number means that arc backwards."""
        return np.concatenate([self._arcs[arc] if arc >= 0 else self._arcs[~arc][::-1] for arc in arcs])

    def name(self, code: str) -> str:
        """What the Census Bureau calls a county, without the word county."""
        return self._names[code]

    def of(self, point: tuple[float, float], *, state: str = "") -> str | None:
        """FIPS code of the county around a point (of that state's FIPS number), or None on the water and abroad."""
        latitude, longitude = point
        west, south, east, north = self._boxes.T
        inside = (west <= longitude) & (longitude <= east) & (south <= latitude) & (latitude <= north)
        for number in np.flatnonzero(inside):
            code = self._codes[number]
            if code.startswith(state) and self._contains(self._rings[code], latitude, longitude):
                return code
        return None

    def near(self, point: tuple[float, float], *, state: str = "", within_km: float = 25.0) -> str | None:
        """As `of`; for a point just off the simplified shore or border, the county of the nearest corner."""
        if found := self.of(point, state=state):
            return found
        latitude, longitude = point
        margin = within_km / 60.0
        west, south, east, north = self._boxes.T
        close = (west - margin <= longitude) & (longitude <= east + margin)
        close &= (south - margin <= latitude) & (latitude <= north + margin)
        best: tuple[float, str | None] = (within_km, None)
        for number in np.flatnonzero(close):
            code = self._codes[number]
            if code.startswith(state):
                corners = np.concatenate(self._rings[code])
                north_km = (corners[:, 1] - latitude) * 111.2
                east_km = (corners[:, 0] - longitude) * 111.2 * math.cos(math.radians(latitude))
                best = min(best, (float(np.hypot(north_km, east_km).min()), code))
        return best[1]

    def holds(self, code: str, point: tuple[float, float]) -> bool:
        """Whether a point lies in that county, give or take the simplified border."""
        return self.near(point, state=code[:2], within_km=3.0) == code

    @staticmethod
    def _contains(rings: list[Any], latitude: float, longitude: float) -> bool:
        """Even-odd rule over all rings at once, so that holes and islands need no special care."""
        crossings = 0
        for ring in rings:
            x, y = ring[:, 0], ring[:, 1]
            spans = (y[:-1] > latitude) != (y[1:] > latitude)
            if spans.any():
                x0, x1, y0, y1 = x[:-1][spans], x[1:][spans], y[:-1][spans], y[1:][spans]
                crossings += int((x0 + (latitude - y0) * (x1 - x0) / (y1 - y0) > longitude).sum())
        return crossings % 2 == 1
