"""A tiny true file of map tiles: one vector tile over and over, with land, a lake, a highway, a street and a town."""

import math
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

EXTENT = 4096
POINT, LINE, POLYGON = 1, 2, 3
LAKE, HIGHWAY, STREET = (
    [(200, 200), (1200, 200), (1200, 1200), (200, 1200)],
    [(0, 2600), (4096, 2600)],
    [(1600, 0), (1600, 4096)],
)
WHOLE = [(-64, -64), (4160, -64), (4160, 4160), (-64, 4160)]
ATTRIBUTION = '<a href="https://www.openstreetmap.org/copyright" target="_blank">&copy; OpenStreetMap contributors</a>'
LAYERS = {"vector_layers": [{"id": "earth", "fields": {}}, {"id": "roads", "fields": {}}]}


def number(value: int) -> bytes:
    """An unsigned whole number as protobuf writes it (varint)."""
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _signed(value: int) -> bytes:
    return number(value << 1 if value >= 0 else -value * 2 - 1)


def _field(key: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return number(key << 3) + number(value)
    return number(key << 3 | 2) + number(len(value)) + value


def _shape(kind: int, points: list[tuple[int, int]]) -> bytes:
    x, y = points[0]
    out = number(1 << 3 | 1) + _signed(x) + _signed(y)
    if points[1:]:
        out += number((len(points) - 1) << 3 | 2)
    for to_x, to_y in points[1:]:
        out += _signed(to_x - x) + _signed(to_y - y)
        x, y = to_x, to_y
    return out + (number(1 << 3 | 7) if kind == POLYGON else b"")


def _layer(name: str, features: list[tuple[int, list[tuple[int, int]], dict[str, str]]]) -> bytes:
    keys = sorted({key for _, _, said in features for key in said})
    values = sorted({value for _, _, said in features for value in said.values()})
    body = _field(15, 2) + _field(1, name.encode())
    for kind, points, said in features:
        tags = b"".join(number(keys.index(key)) + number(values.index(value)) for key, value in said.items())
        body += _field(2, _field(2, tags) + _field(3, kind) + _field(4, _shape(kind, points)))
    body += b"".join(_field(3, key.encode()) for key in keys)
    body += b"".join(_field(4, _field(1, value.encode())) for value in values)
    return _field(3, body + _field(5, EXTENT))


TILE = (
    _layer("earth", [(POLYGON, WHOLE, {"kind": "earth"})])
    + _layer("water", [(POLYGON, LAKE, {"kind": "lake"})])
    + _layer("roads", [(LINE, HIGHWAY, {"kind": "highway"}), (LINE, STREET, {"kind": "minor_road"})])
    + _layer("places", [(POINT, [(3000, 1000)], {"kind": "locality", "name": "Tilesborough"})])
)
"""A vector tile as its specification writes one (Mapbox Vector Tile 2.1), laid out as Protomaps does."""


def write(
    path: Path,
    *,
    bounds: tuple[float, float, float, float] = (-106.5, 39.0, -103.5, 40.5),
    kind: TileType = TileType.MVT,
    tile: bytes = TILE,
    **metadata: Any,
) -> Path:
    """A file with the same tile wherever `bounds` (west, south, east, north; degrees) reach, from zoom 5 to 11."""
    with path.open("wb") as file:
        writer = Writer(file)  # type: ignore[no-untyped-call]
        for zoom in range(5, 12):
            (left, top), (right, bottom) = _corner(zoom, bounds[0], bounds[3]), _corner(zoom, bounds[2], bounds[1])
            for x in range(left, right + 1):
                for y in range(top, bottom + 1):
                    writer.write_tile(zxy_to_tileid(zoom, x, y), tile)  # type: ignore[no-untyped-call]
        west, south, east, north = (round(degrees * 10_000_000) for degrees in bounds)
        header = {
            "tile_type": kind,
            "tile_compression": Compression.NONE,
            "min_lon_e7": west,
            "min_lat_e7": south,
            "max_lon_e7": east,
            "max_lat_e7": north,
            "center_zoom": 8,
            "center_lon_e7": west,
            "center_lat_e7": south,
        }
        writer.finalize(header, {"attribution": ATTRIBUTION, **LAYERS, **metadata})  # type: ignore[no-untyped-call]
    return path


def _corner(zoom: int, longitude: float, latitude: float) -> tuple[int, int]:
    side = 1 << zoom
    down = 0.5 - math.asinh(math.tan(math.radians(latitude))) / (2 * math.pi)
    return int((longitude + 180) / 360 * side), int(down * side)
