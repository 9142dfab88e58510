"""Distances are those of geopy's geodesic: to a metre up to 500 km, to a ten-thousandth beyond."""

import numpy as np
from geopy.distance import geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from directory.geography.point import Point
from directory.search.distance import Origin, to_ecef

points = st.builds(
    lambda latitude, longitude: Point(latitude=latitude, longitude=longitude),
    st.floats(-90, 90),
    st.floats(-180, 180),
)


def both(one: Point, two: Point) -> tuple[float, float]:
    origin = Origin.at(one)
    latitudes, longitudes = np.array([two.latitude]), np.array([two.longitude])
    squared = origin.squared_chords(to_ecef(latitudes, longitudes))
    ours = float(origin.distances(squared, latitudes, longitudes)[0])
    theirs = float(geodesic((one.latitude, one.longitude), (two.latitude, two.longitude)).meters)
    return ours, theirs


@settings(max_examples=1000, deadline=None)
@given(points, st.floats(0, 500_000), st.floats(0, 360))
def test_up_to_500_km_within_a_metre(one: Point, away_m: float, bearing: float) -> None:
    there = geodesic(meters=away_m).destination((one.latitude, one.longitude), bearing)
    two = Point(latitude=there.latitude, longitude=there.longitude)
    ours, theirs = both(one, two)
    assert abs(ours - theirs) <= 1.0


@settings(max_examples=500, deadline=None)
@given(points, points)
def test_beyond_500_km_within_a_ten_thousandth(one: Point, two: Point) -> None:
    ours, theirs = both(one, two)
    assume(theirs < 19_900_000)  # nearly opposite points; no two places of the United States are
    assert abs(ours - theirs) <= max(1.0, theirs * 1e-4)


def test_a_place_is_at_no_distance_from_itself() -> None:
    here = Point(latitude=18.4663, longitude=-66.1057)
    assert both(here, here)[0] == 0.0


def test_the_180th_meridian_is_no_wall() -> None:
    ours, theirs = both(Point(latitude=51.5, longitude=179.99), Point(latitude=51.5, longitude=-179.99))
    assert theirs < 1_500
    assert abs(ours - theirs) < 0.01
