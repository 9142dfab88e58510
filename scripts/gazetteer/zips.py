"""ZIP codes: one point each out of three sources that disagree, and whether the ZIP has an area at all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from scripts.gazetteer.counties import Counties, distance_km
from scripts.gazetteer.packages import PostalCode
from scripts.gazetteer.places import Town
from scripts.gazetteer.states import CONNECTICUT, FIPS, MILITARY_PREFIXES, STATE_OF, TERRITORIES

Coordinates = tuple[float, float]

CENSUS_IS_RIGHT = {"05076", "86443", "86544", "87375", "87539", "96769", "99565", "99726"}
"""GeoNames estimated these points from the number, 30 to 245 km from the settlement, in the right county."""

CORRECTED_COUNTIES = {"00913": "72127"}
"""The Census point of Santurce lies in the sea, next to another municipio."""

ISLANDS = {
    "60": "Pago Pago",
    "69100": "Rota",
    "69110": "Saipan",
    "69120": "Tinian",
    "78010": "St. Croix",
    "78020": "St. John",
    "78030": "St. Thomas",
}
"""County or state FIPS to the name that stands in addresses there."""

GUAM = {"96910": "Hagåtña", "96929": "Yigo"}
"""ZIPs whose post office is not the village nearest to the Census point."""

TOWN_OF_ITS_ZIP_KM = 30.0
AGREE_KM = 2.0
FAR_APART_KM = 10.0
VERY_FAR_APART_KM = 50.0


@dataclass(kw_only=True)
class Zip:
    """A ZIP code; `has_area` is false where the Census Bureau drew none: boxes, one addressee, or newer than 2020."""

    zip5: str
    city: str
    state: str
    county: str
    point: Coordinates
    has_area: bool


def is_military(zip5: str) -> bool:
    """Whether a ZIP belongs to the military post."""
    return zip5.startswith(MILITARY_PREFIXES)


def settle(
    postal: Coordinates, census: Coordinates | None, town: Coordinates | None, *, county: str, alone: bool, of: Counties
) -> Coordinates:
    """The point to keep. People live in the town, so the town speaks for a ZIP that is its only one, and for boxes in
    its post office; otherwise, where the two lists of ZIPs disagree, the point in the county that the ZIP is said to be
    in, then the middle one of three.
    """
    in_county = {point for point in (postal, census, town) if point and of.holds(county, point)}
    if town and alone and (town in in_county or distance_km(town, postal) < TOWN_OF_ITS_ZIP_KM):
        return town
    if census is None:
        return town if town and postal not in in_county else postal
    apart = distance_km(postal, census)
    if town and apart > VERY_FAR_APART_KM and town in in_county:
        return town
    if apart > FAR_APART_KM and (postal in in_county) != (census in in_county):
        return postal if postal in in_county else census
    if town and apart > AGREE_KM:
        three = (postal, census, town)
        return min(three, key=lambda point: sum(distance_km(point, other) for other in three))
    return postal


def county_code(row: PostalCode, of: Counties) -> str:
    """Five digits, as GeoNames has it; where its code is of a county that is no more, the county around the point."""
    code = FIPS[row.state] + row.county_code
    if row.county_code and code != "02232" and (row.state != "CT" or code in CONNECTICUT):
        return code
    return of.near(row.point, state=FIPS[row.state]) or ""


def build(
    postal: list[PostalCode], census: Mapping[str, Coordinates], towns: Mapping[str, Town], of: Counties
) -> list[Zip]:
    """Every ZIP of the states and DC that GeoNames lists. `towns` answers a ZIP. A point that GeoNames gives to three
    ZIPs is the middle of their county or town: an area has a better one."""
    known = [row for row in postal if row.state in FIPS and not is_military(row.zip5)]
    shared = Counter(row.point for row in known)
    areas = Counter((row.city, row.state) for row in known if row.zip5 in census)
    found = []
    for row in known:
        town = towns.get(row.zip5)
        alone = areas[row.city, row.state] == 1 and row.zip5 in census
        county = county_code(row, of)
        point, area = row.point, census.get(row.zip5)
        is_placeholder = area and shared[point] > 2 and distance_km(area, point) < VERY_FAR_APART_KM
        if area and (row.zip5 in CENSUS_IS_RIGHT or is_placeholder):
            point = area
        at = settle(point, area, town.point if town else None, county=county, alone=alone, of=of)
        city = town.name if town else row.city
        found.append(
            Zip(zip5=row.zip5, city=city, state=row.state, county=county, point=at, has_area=row.zip5 in census)
        )
    _bring_up_to_date_in_connecticut(found)
    return found


def _bring_up_to_date_in_connecticut(zips: list[Zip]) -> None:
    """A few ZIPs still carry a county abolished in 2022: give them the region of the nearest ZIP that has one."""
    connecticut = [row for row in zips if row.state == "CT"]
    current = [row for row in connecticut if row.county in CONNECTICUT]
    for row in connecticut:
        if row.county not in CONNECTICUT:
            row.county = min(current, key=lambda other: distance_km(other.point, row.point)).county


def build_territories(
    census: Mapping[str, Coordinates], postal: set[str], towns: list[Town], of: Counties
) -> list[Zip]:
    """The ZIPs of the five territories, which GeoNames' list leaves out: Census point, and the municipio or island it
    lies in, which is how the post there is addressed; on Guam the nearest village."""
    found = []
    for zip5, point in sorted(census.items()):
        if zip5 in postal:
            continue
        county = CORRECTED_COUNTIES.get(zip5) or of.near(point, within_km=60.0) or ""
        state = STATE_OF[county[:2]]
        assert state in TERRITORIES, zip5
        if state == "PR":
            city = of.name(county)
        else:
            nearest = min((t for t in towns if t.state == state), key=lambda town: distance_km(town.point, point))
            city = ISLANDS.get(county[:2]) or ISLANDS.get(county) or GUAM.get(zip5, nearest.name)
        found.append(Zip(zip5=zip5, city=city, state=state, county=county, point=point, has_area=True))
    return found
