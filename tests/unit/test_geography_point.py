"""Points refuse what is not on the earth; miles and metres agree."""

import math

import pytest

from directory.geography.point import Point, metres_to_miles, miles_to_metres


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90.1, 0.0), (-90.1, 0.0), (0.0, 180.1), (0.0, -180.1), (math.nan, 0.0), (0.0, math.nan), (math.inf, 0.0)],
)
def test_a_point_off_the_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="degrees"):
        Point(latitude=latitude, longitude=longitude)


def test_a_point_takes_its_numbers_by_name_only() -> None:
    with pytest.raises(TypeError):
        Point(42.67, -73.85)  # type: ignore[misc]


def test_the_corners_of_the_earth_are_points() -> None:
    assert Point(latitude=-90.0, longitude=-180.0) != Point(latitude=90.0, longitude=180.0)


def test_a_rounded_point_keeps_two_decimals() -> None:
    assert Point(latitude=40.75064, longitude=-73.99718).rounded() == Point(latitude=40.75, longitude=-74.0)


def test_a_mile_is_1609_344_metres_both_ways() -> None:
    assert miles_to_metres(1) == 1609.344
    assert metres_to_miles(miles_to_metres(25)) == pytest.approx(25, abs=1e-12)
