"""How the map looks: land and water, both schemes, crowded clinics, small screens, and what axe says of it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.browser import axe, sideways_overflow
from tests.support.map_page import Around, Clinic, MapPage, ground, pins, view

MakeMapPage = Callable[..., MapPage]

AT_ONE_DOOR = [Clinic(f"Fernhollow {n}", 40.7506, -73.9972, f"New York, NY, 0.{n} miles away") for n in range(20)]
SEEN_FROM_AFAR = {
    "Colorado": (39.20, -105.20, "land"),
    "Lake Michigan": (43.50, -87.00, "water"),
    "north of the 49th parallel": (49.30, -100.30, "abroad"),
    "south of the 49th parallel": (48.70, -100.30, "land"),
    "the North Slope": (70.90, -156.50, "land"),
    "Hawaii": (19.60, -155.50, "land"),
    "the Atlantic": (36.00, -70.00, "water"),
    "Quebec": (45.50, -74.80, "abroad"),
}
SEEN_FROM_NEARBY = SEEN_FROM_AFAR | {
    "Great Salt Lake": (41.15, -112.55, "water"),
    "Ontario south of Detroit": (42.20, -82.85, "abroad"),
    "just north of the 49th parallel": (49.02, -100.30, "abroad"),
    "just south of the 49th parallel": (48.98, -100.30, "land"),
    "Adak": (51.80, -176.70, "land"),
    "Attu, beyond the antimeridian": (52.91, 172.90 - 360, "land"),
    "Puerto Rico": (18.20, -66.40, "land"),
    "Guam": (13.35, 144.70, "land"),
    "American Samoa": (-14.33, -170.75, "land"),
}
LOOKS: list[dict[str, Any]] = [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}]


@pytest.mark.parametrize(("points", "zooms_out"), [(SEEN_FROM_NEARBY, 0), (SEEN_FROM_AFAR, 5)], ids=["near", "far"])
def test_land_is_land_and_water_is_water(
    map_page: MakeMapPage, points: dict[str, tuple[float, float, str]], zooms_out: int
) -> None:
    made = map_page(reduced_motion="reduce")
    page = made.open()
    painted = {}
    for name, (latitude, longitude, _) in points.items():
        made.swap(Clinic(name, latitude, longitude), place=Around(name, latitude, longitude, ""))
        for _ in range(zooms_out):
            page.get_by_role("button", name="Zoom out").click()
        made.rest()
        painted[name] = ground(page)
    assert painted == {name: meant for name, (_, _, meant) in points.items()}


def test_twenty_clinics_at_one_door_can_each_be_seen_and_pressed(map_page: MakeMapPage) -> None:
    page = map_page(width=320, height=640).open(*AT_ONE_DOOR, place=Around("10001", 40.7506, -73.9972, 10))
    expect(pins(page)).to_have_count(20)
    hidden = page.evaluate(
        """() => [...document.querySelectorAll(".map-pin")].filter((pin) => {
          const box = pin.getBoundingClientRect();
          const points = [[.5, .5], [.2, .5], [.8, .5], [.5, .2], [.5, .8]];
          const at = ([x, y]) => document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
          return points.some((point) => at(point) !== pin);
        }).map((pin) => pin.textContent)"""
    )
    assert hidden == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_the_map(map_page: MakeMapPage, look: dict[str, Any], width: int) -> None:
    made = map_page(width=width, **look)
    page = made.open(*AT_ONE_DOOR[:12])
    assert axe(page) == []
    pins(page).first.click()
    page.get_by_role("button", name="Arrows to move the map").click()
    made.rest()
    assert axe(page, without=("target-size",)) == []  # the card that was just opened lies over some of the pins


def test_the_map_fits_the_smallest_phone_and_its_buttons_a_thumb(map_page: MakeMapPage) -> None:
    made = map_page(width=320, height=640)
    page = made.open()
    assert sideways_overflow(page) == 0
    page.get_by_role("button", name="Arrows to move the map").click()
    for button in page.locator("[data-map-do]").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    pins(page).first.click()
    made.rest()
    card, frame = page.locator(".map-card").bounding_box(), view(page).bounding_box()
    assert card is not None
    assert frame is not None
    assert card["x"] >= frame["x"]
    assert card["x"] + card["width"] <= frame["x"] + frame["width"]
    assert sideways_overflow(page) == 0


def test_the_colours_follow_the_scheme_while_the_map_is_open(map_page: MakeMapPage) -> None:
    made = map_page(color_scheme="light")
    page = made.open(place=Around("Denver, CO", 39.7392, -104.9903, ""))
    light = view(page).screenshot()
    page.emulate_media(color_scheme="dark")
    made.rest()
    assert ground(page) == "land"
    assert view(page).screenshot() != light


def test_nothing_moves_by_itself_for_those_who_asked_for_less_motion(map_page: MakeMapPage) -> None:
    page = map_page(reduced_motion="reduce").open()
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator(".leaflet-zoom-anim").count() == 0
