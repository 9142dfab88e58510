"""The bundled gazetteer in memory: columns of ZIPs, towns, states and counties, and an index of names."""

import csv
import gzip
import math
import sys
from bisect import bisect_left
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from directory.geography.names import key
from directory.geography.place import County, Place
from directory.geography.point import Point
from directory.terminology.reference import REFERENCE_FOLDER
from directory.terminology.states import STATES

_LAST: Final = "\uffff"
_EQUATOR_M: Final = 6378137.0
_FLATTENING_FACTOR: Final = 0.00669437999014
FARTHEST_ZIP_M: Final = 250_000.0
"""Beyond this no ZIP is near: the emptiest parts of Alaska lie 200 km from one."""


class Gazetteer:
    """All places. Towns and states share one numbering: `town` below len(towns), states after."""

    def __init__(self, folder: Path) -> None:
        towns = _table(folder / "places.columns.gz")
        self._names, self._town_states = _texts(towns["name"]), _labels(towns["state"])
        self._town_counties, self._town_zones = _labels(towns["county_fips"]), _labels(towns["time_zone"])
        self._town_points = _points(towns)
        self._county_in_label = _numbers(towns["county_in_label"], np.bool_)
        self._populations = _numbers(towns["population"], np.int64)
        zips = _table(folder / "zips.columns.gz")
        self.zips, self._zip_towns, self._zip_states = (
            _texts(zips["zip5"]),
            _labels(zips["town"]),
            _labels(zips["state"]),
        )
        self._zip_counties, self._zip_zones = _labels(zips["county_fips"]), _labels(zips["time_zone"])
        self._zip_points = _points(zips)
        self._zip_populations = _numbers(zips["town_population"], np.int64)
        self._has_area = _numbers(zips["has_area"], np.bool_)
        self._area_zips = np.flatnonzero(self._has_area)
        self._area_positions = _earth_centred(self._zip_points[self._area_zips])
        self._add_states(folder / "states.csv")
        self._index_names(_table(folder / "names.columns.gz"))
        counties = _table(folder / "counties.columns.gz")
        self._county_names = dict(zip(_texts(counties["county_fips"]), _texts(counties["name"]), strict=True))

    def _add_states(self, path: Path) -> None:
        """Each state's centre is the mean, on the globe, of where the people of its towns live."""
        with path.open(encoding="utf-8", newline="") as table:
            rows = list(csv.DictReader(table))
        self.states = [row["code"] for row in rows]
        self._state_of_fips = {row["fips"]: row["code"] for row in rows}
        self._state_zones, self._state_points = [], []
        positions = _earth_centred(self._town_points)
        of_town = np.array([self.states.index(code) for code in self._town_states])
        for number in range(len(self.states)):
            towns = np.flatnonzero(of_town == number)
            people = self._populations[towns]
            self._state_zones.append(self._town_zones[int(towns[people.argmax()])])
            self._state_points.append(_degrees(people @ positions[towns] / people.sum()))
        self._populations = np.append(self._populations, [int(row["population_2020"]) for row in rows])

    def _index_names(self, index: dict[str, str]) -> None:
        """Keys in order, with the town or state each means, and apart from them the second names."""
        keys, meant = _texts(index["key"]), _numbers(index["place"], np.int32)
        second = _numbers(index["is_second_name"], np.bool_)
        self._second_meant: dict[str, list[int]] = {}
        for row in np.flatnonzero(second).tolist():
            self._second_meant.setdefault(keys[row], []).append(int(meant[row]))
        named = [(keys[row], int(meant[row])) for row in np.flatnonzero(~second).tolist()]
        named += [(key(STATES.label(code)), self.state_number(code)) for code in self.states]
        named.sort()
        self.keys = [name_key for name_key, _ in named]
        self._meant = np.array([number for _, number in named], dtype=np.int32)
        self._known = frozenset(self.keys)

    # -- by name ------------------------------------------------------------------------------------------------------

    def named(self, name_key: str) -> list[int]:
        """Towns and states that bear exactly this name, a common nickname or their post office's name."""
        if name_key not in self._known:
            return []
        start, end = self.range_of(name_key, exactly=True)
        return list(dict.fromkeys(self._meant[start:end].tolist()))

    def second_named(self, name_key: str) -> list[int]:
        """Towns for which GeoNames gives this as another name; to be asked only where `named` knows nothing."""
        return list(dict.fromkeys(self._second_meant.get(name_key, ())))

    def range_of(self, prefix: str, *, exactly: bool = False) -> tuple[int, int]:
        """First and one-past-last position in `keys` of the names that begin with `prefix` (or are it)."""
        start = bisect_left(self.keys, prefix)
        return start, bisect_left(self.keys, prefix + ("\0" if exactly else _LAST), lo=start)

    def biggest(self, start: int, end: int, limit: int, *, states: frozenset[str] | None = None) -> list[int]:
        """The most populous towns and states among those positions of `keys`, each once."""
        meant = self._meant[start:end]
        if states is not None:
            kept = [
                number for number in meant.tolist() if number < len(self._names) and self.state_of(number) in states
            ]
            meant = np.array(kept, dtype=np.int32)
        people = self._populations[meant]
        if len(meant) > 4 * limit:  # a town can stand there under four of its names
            top = np.argpartition(people, len(people) - 4 * limit)[-4 * limit :]
            meant, people = meant[top], people[top]
        return list(dict.fromkeys(meant[np.argsort(-people, kind="stable")].tolist()))[:limit]

    def is_name(self, name_key: str) -> bool:
        """Whether some town or state bears exactly this name."""
        return name_key in self._known

    def state_of(self, number: int) -> str:
        """USPS code of a town's or state's number."""
        return self._town_states[number] if number < len(self._names) else self.states[number - len(self._names)]

    def is_state(self, number: int) -> bool:
        """Whether a number means a whole state."""
        return number >= len(self._names)

    def state_number(self, code: str) -> int:
        """The number of a state by its USPS code."""
        return len(self._names) + self.states.index(code)

    def every_number(self) -> range:
        """The numbers of all towns and states."""
        return range(len(self._names) + len(self.states))

    # -- places -------------------------------------------------------------------------------------------------------

    def place(self, number: int) -> Place:
        """A town or a state as a Place."""
        if self.is_state(number):
            return self._state(number - len(self._names))
        county = self._town_counties[number]
        parts = [self._names[number], self._town_states[number]]
        if self._county_in_label[number]:
            parts.insert(1, self.county(county).name)
        label = ", ".join(parts)
        return Place(
            kind="city",
            label=label,
            near=label,
            point=_point(self._town_points[number]),
            state=self._town_states[number],
            population=int(self._populations[number]),
            time_zone=self._town_zones[number],
            county_fips=county,
        )

    def _state(self, number: int) -> Place:
        code, name = self.states[number], STATES.label(self.states[number])
        label = f"{name} State" if code in {"NY", "WA"} else name
        return Place(
            kind="state",
            label=label,
            near=label if self.is_name(key(code)) else code,  # "LA" is Los Angeles too
            point=_point(self._state_points[number]),
            state=code,
            population=int(self._populations[len(self._names) + number]),
            time_zone=self._state_zones[number],
        )

    def zip_number(self, zip5: str) -> int | None:
        """The position of a ZIP in `zips`, or None."""
        number = bisect_left(self.zips, zip5)
        return number if number < len(self.zips) and self.zips[number] == zip5 else None

    def has_area(self, number: int) -> bool:
        """Whether a ZIP has an area on the Census Bureau's map of 2020; boxes and single buildings have none."""
        return bool(self._has_area[number])

    def zip_place(self, number: int) -> Place:
        """A ZIP as a Place."""
        zip5, town, state = self.zips[number], self._zip_towns[number], self._zip_states[number]
        return Place(
            kind="zip",
            label=f"{zip5} ({town}, {state})",
            near=zip5,
            point=_point(self._zip_points[number]),
            state=state,
            population=int(self._zip_populations[number]),
            time_zone=self._zip_zones[number],
            zip5=zip5,
            county_fips=self._zip_counties[number],
        )

    def zip_town(self, number: int) -> tuple[str, str]:
        """The town and state a ZIP's post office is named after."""
        return self._zip_towns[number], self._zip_states[number]

    def zips_from(self, prefix: str, limit: int) -> list[int]:
        """ZIPs with an area that begin with these digits, those of the biggest towns first."""
        start = bisect_left(self.zips, prefix)
        end = bisect_left(self.zips, prefix + _LAST, lo=start)
        numbers = np.arange(start, end)[self._has_area[start:end]]
        order = np.argsort(-self._zip_populations[numbers], kind="stable")
        found: list[int] = numbers[order[:limit]].tolist()
        return found

    def zips_beside(self, zip5: str, limit: int) -> list[int]:
        """The ZIPs with an area next to this number and with its first three digits, so in its part of the country."""
        start, end = bisect_left(self.zips, zip5[:3]), bisect_left(self.zips, zip5[:3] + _LAST)
        numbers = [number for number in range(start, end) if self._has_area[number]]
        return sorted(numbers, key=lambda number: abs(int(self.zips[number]) - int(zip5)))[:limit]

    def nearest_zip(self, point: Point) -> int | None:
        """The ZIP whose point is nearest in a straight line, or None where none is within 250 km."""
        away = self._area_positions - _earth_centred(np.array([[point.latitude, point.longitude]]))
        squared = np.einsum("ij,ij->i", away, away)
        best = int(squared.argmin())
        return int(self._area_zips[best]) if squared[best] <= FARTHEST_ZIP_M**2 else None

    def county(self, fips: str) -> County:
        """A county by its five digits; KeyError for a code that no ZIP and no town lies in."""
        return County(fips=fips, name=self._county_names[fips], state=self._state_of_fips[fips[:2]])

    def counties(self) -> list[County]:
        """Every county that some ZIP or town lies in."""
        return [self.county(fips) for fips in self._county_names]

    def county_centres(self) -> dict[str, Point]:
        """The centre of where the people of each county's towns live; of a county without a town, the middle of its
        ZIPs. Good to some miles."""
        rows = [*zip(self._zip_counties, self._zip_points, (0.001 for _ in self.zips), strict=True)]
        people = self._populations[: len(self._names)].tolist()
        rows += zip(self._town_counties, self._town_points, (1 + count for count in people), strict=True)
        sums: dict[str, NDArray[np.float64]] = {}
        for fips, (latitude, longitude), weight in rows:
            sums.setdefault(fips, np.zeros(3))[:] += (weight * latitude, weight * longitude, weight)
        return {fips: _point(found[:2] / found[2]) for fips, found in sums.items() if fips in self._county_names}


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of this process, read on first use in about a third of a second."""
    return Gazetteer(REFERENCE_FOLDER)


def _table(path: Path) -> dict[str, str]:
    """The columns of a table, each still one text of values between tabs."""
    with gzip.open(path, "rb") as packed:
        lines = packed.read().decode("utf-8").split("\n")
    return dict(line.split("\t", 1) for line in lines)


def _texts(column: str) -> list[str]:
    return column.split("\t")


def _labels(column: str) -> list[str]:
    """Texts of which there are few: equal ones are one string in memory."""
    return list(map(sys.intern, column.split("\t")))


def _numbers(column: str, kind: Any) -> Any:
    return np.fromstring(column, dtype=np.float64, sep="\t").astype(kind)


def _points(columns: dict[str, str]) -> NDArray[np.float64]:
    return np.stack([_numbers(columns[name], np.float64) for name in ("latitude", "longitude")], axis=1)


def _point(row: Any) -> Point:
    return Point(latitude=float(row[0]), longitude=float(row[1]))


def _earth_centred(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """WGS-84 latitude and longitude in degrees to x, y, z in metres."""
    latitude, longitude = np.radians(degrees).T
    normal = _EQUATOR_M / np.sqrt(1 - _FLATTENING_FACTOR * np.sin(latitude) ** 2)
    ring = normal * np.cos(latitude)
    flattened = normal * (1 - _FLATTENING_FACTOR) * np.sin(latitude)
    return np.stack((ring * np.cos(longitude), ring * np.sin(longitude), flattened), axis=1)


def _degrees(position: NDArray[np.float64]) -> tuple[float, float]:
    """The latitude and longitude below a point inside or outside the earth; good to a few hundred metres."""
    x, y, z = position.tolist()
    return math.degrees(math.atan2(z, (1 - _FLATTENING_FACTOR) * math.hypot(x, y))), math.degrees(math.atan2(y, x))
