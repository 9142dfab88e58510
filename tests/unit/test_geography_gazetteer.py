"""The reference data itself: complete, consistent, and with the mistakes of its sources put right."""

import csv
import gzip
from zoneinfo import available_timezones

import pytest

from directory.geography.gazetteer import gazetteer
from directory.geography.names import key
from directory.geography.places import Found, Place, county_of, find
from directory.geography.point import Point
from directory.terminology.reference import REFERENCE_FOLDER
from directory.terminology.states import STATES
from tests.support.geocoded import kilometres

BOXES = {
    "AK": (51, 72, -180, -129), "HI": (18, 23, -179, -154), "PR": (17.8, 18.6, -68, -65),
    "VI": (17.6, 18.5, -65.2, -64.5), "GU": (13.2, 13.7, 144.6, 145), "MP": (14, 19, 145, 146),
    "AS": (-14.6, -11, -171.2, -168),
}  # fmt: skip
MAINLAND = (24.4, 49.5, -124.9, -66.8)


def zip_place(zip5: str) -> Place:
    answer = find(zip5)
    assert isinstance(answer, Found), zip5
    return answer.place


@pytest.fixture(scope="module")
def every_zip() -> list[Place]:
    book = gazetteer()
    return [book.zip_place(number) for number in range(len(book.zips))]


@pytest.fixture(scope="module")
def every_town_and_state() -> list[Place]:
    book = gazetteer()
    return [book.place(number) for number in book.every_number()]


def test_every_state_has_zips_and_towns(every_zip: list[Place], every_town_and_state: list[Place]) -> None:
    codes = set(STATES.codes)
    assert {place.state for place in every_zip} == codes
    assert {place.state for place in every_town_and_state if place.kind == "city"} == codes
    assert [place.state for place in every_town_and_state if place.kind == "state"] == gazetteer().states
    assert len(every_zip) > 41_000


def test_the_territories_have_all_their_census_zips(every_zip: list[Place]) -> None:
    counts = {code: sum(place.state == code for place in every_zip) for code in ("PR", "VI", "GU", "MP", "AS")}
    assert counts == {"PR": 132, "VI": 6, "GU": 7, "MP": 3, "AS": 1}


def test_every_place_lies_in_its_part_of_the_earth(every_zip: list[Place], every_town_and_state: list[Place]) -> None:
    for place in every_zip + every_town_and_state:
        south, north, west, east = BOXES.get(place.state, MAINLAND)
        inside = south <= place.point.latitude <= north and west <= place.point.longitude <= east
        far_west = place.state == "AK" and place.point.longitude > 172  # the Aleutians cross the antimeridian
        assert inside or far_west or place.zip5 == "96898", place  # Wake Island is Hawaii to the post


def test_every_time_zone_exists_and_is_on_land(every_zip: list[Place], every_town_and_state: list[Place]) -> None:
    zones = {place.time_zone for place in every_zip + every_town_and_state}
    assert zones <= available_timezones()
    assert not [zone for zone in zones if zone.startswith("Etc/")]


def test_every_county_has_a_name_and_is_in_the_state(every_zip: list[Place], every_town_and_state: list[Place]) -> None:
    for place in every_zip + every_town_and_state:
        if place.kind == "state":
            assert place.county_fips is None
        else:
            assert gazetteer().county(place.county_fips or "").state == place.state, place


def test_the_index_of_names_is_what_the_names_say(every_town_and_state: list[Place]) -> None:
    book = gazetteer()
    for number, place in zip(book.every_number(), every_town_and_state, strict=True):
        name = STATES.label(place.state) if place.kind == "state" else place.label.split(",")[0]
        assert number in book.named(key(name)), place


def test_no_military_zip_is_in_the_data() -> None:
    assert not [zip5 for zip5 in gazetteer().zips if zip5.startswith(("09", "340", "962", "963", "964", "965", "966"))]


@pytest.mark.parametrize(
    ("zip5", "latitude", "longitude"),
    [
        pytest.param("99723", 71.29, -156.79, id="Utqiagvik, 107 km off elsewhere"),
        pytest.param("99505", 61.27, -149.65, id="Elmendorf, 513 km off in GeoNames"),
        pytest.param("99519", 61.20, -149.90, id="Anchorage boxes, 991 km off in the Census list"),
        pytest.param("99503", 61.19, -149.89, id="Anchorage, 448 km off in the Census list"),
        pytest.param("99565", 56.31, -158.53, id="Chignik Lagoon, 245 km off in GeoNames"),
        pytest.param("80840", 38.99, -104.86, id="Air Force Academy, 91 km off in GeoNames"),
        pytest.param("11249", 40.71, -73.96, id="Williamsburg, 7 km off elsewhere"),
        pytest.param("90095", 34.07, -118.44, id="UCLA, at the county's middle in GeoNames"),
        pytest.param("00601", 18.18, -66.75, id="Adjuntas"),
        pytest.param("96910", 13.46, 144.75, id="Hagåtña, east of Greenwich"),
    ],
)
def test_points_that_a_source_has_wrong_are_right(zip5: str, latitude: float, longitude: float) -> None:
    assert kilometres(zip_place(zip5).point, Point(latitude=latitude, longitude=longitude)) < 8


@pytest.mark.parametrize(
    ("zip5", "name", "fips"),
    [
        ("10001", "New York County", "36061"),
        ("06708", "Naugatuck Valley Planning Region", "09140"),
        ("70112", "Orleans Parish", "22071"),
        ("99723", "North Slope Borough", "02185"),
        ("99686", "Chugach Census Area", "02063"),
        ("00913", "San Juan Municipio", "72127"),
        ("96910", "Guam", "66010"),
    ],
)
def test_a_zip_has_todays_county(zip5: str, name: str, fips: str) -> None:
    county = county_of(zip5)
    assert county is not None
    assert (county.name, county.fips) == (name, fips)


def test_an_unknown_zip_has_no_county() -> None:
    assert county_of("00000") is None


@pytest.mark.parametrize(
    ("zip5", "zone"),
    [
        ("10001", "America/New_York"),
        ("85001", "America/Phoenix"),
        ("86515", "America/Denver"),  # Window Rock, in the Navajo Nation, keeps summer time
        ("99634", "America/Anchorage"),  # whose zone another list gives as "Napakiak"
        ("99546", "America/Adak"),
        ("32501", "America/Chicago"),
        ("96799", "Pacific/Pago_Pago"),
    ],
)
def test_a_zip_knows_its_time_zone(zip5: str, zone: str) -> None:
    number = gazetteer().zip_number(zip5)
    assert number is not None
    assert gazetteer().zip_place(number).time_zone == zone


def test_the_states_people_add_up_to_the_census_of_2020() -> None:
    with (REFERENCE_FOLDER / "states.csv").open(encoding="utf-8", newline="") as lines:
        people = {row["code"]: int(row["population_2020"]) for row in csv.DictReader(lines)}
    assert set(people) == set(STATES.codes)
    assert sum(n for code, n in people.items() if STATES[code].kind != "territory") == 331_449_281


def test_the_files_carry_no_time_and_no_name_so_that_a_rebuild_is_the_same() -> None:
    for path in REFERENCE_FOLDER.glob("*.columns.gz"):
        head = path.read_bytes()[:10]
        assert head[3] == 0, "no file name in the header"
        assert head[4:8] == bytes(4), "no time in the header"
        assert len({line.count("\t") for line in gzip.decompress(path.read_bytes()).decode().split("\n")}) == 1
    assert sum(path.stat().st_size for path in REFERENCE_FOLDER.glob("*.columns.gz")) < 3_000_000
