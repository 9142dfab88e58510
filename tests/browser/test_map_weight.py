"""What the map may cost, when it is fetched, and that everything is done without it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.support.browser import Watch
from tests.support.map_page import DENVER, Around, Clinic, MapPage, ground, pins, view

MakeMapPage = Callable[..., MapPage]


def test_a_phone_fetches_nothing_of_the_map_until_it_is_asked_for(map_page: MakeMapPage) -> None:
    made = map_page(width=320, height=640)
    page = made.show()
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert [path for path in made.asked if "/map/" in path or "leaflet" in path] == []
    page.get_by_role("button", name="Show the map").click()
    page.locator("#map[data-map=open]").wait_for()
    expect(view(page)).to_be_focused()
    expect(pins(page)).to_have_count(3)


def test_a_visitor_who_saves_data_is_not_sent_the_map_unasked(map_page: MakeMapPage) -> None:
    made = map_page()
    made.page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page = made.show()
    page.locator("#map").scroll_into_view_if_needed()
    page.wait_for_load_state("networkidle")
    assert [path for path in made.asked if "/map/" in path] == []
    expect(page.get_by_role("button", name="Show the map")).to_be_visible()


@pytest.mark.parametrize(
    "place",
    [
        Around("10001", 40.7506, -73.9972, 25),
        Around("Philadelphia, PA", 39.9526, -75.1652, 50),
        Around("Washington, DC", 38.9072, -77.0369, 100),
        Around("Kansas", 38.5, -98.3, ""),
    ],
    ids=lambda place: place.name,
)
def test_the_whole_map_weighs_little(map_page: MakeMapPage, served_size: Callable[[str], int], place: Around) -> None:
    made = map_page()
    clinics = [Clinic(f"Clinic {n}", place.latitude + n / 40, place.longitude - n / 40) for n in range(10)]
    made.open(*clinics, place=place)
    sizes = {path: served_size(path) for path in made.asked if path.startswith("/assets/")}
    of_map = {path: size for path, size in sizes.items() if "/map/" in path or "leaflet" in path}
    scripts = sum(size for path, size in sizes.items() if path.endswith(".js") and path not in of_map)
    assert scripts <= 30_000
    assert sum(of_map.values()) <= 330_000, of_map
    assert sum(sizes.values()) <= 400_000, sizes  # the page itself is below 50 KB


def test_everything_can_be_done_when_the_map_does_not_come(map_page: MakeMapPage, watch: Watch) -> None:
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch")
    made = map_page()
    made.blocked = "/map/"
    page = made.show()
    page.locator("#map").scroll_into_view_if_needed()
    expect(page.get_by_text("The map could not be loaded. Everything it shows is in the list.")).to_be_visible()
    expect(view(page)).to_be_hidden()
    page.get_by_role("link", name=DENVER[0].name).click()
    assert page.url.endswith("/clinics/1")


def test_the_map_can_be_asked_for_again_after_a_failure(map_page: MakeMapPage, watch: Watch) -> None:
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch")
    made = map_page(width=320, height=640)
    made.blocked = "overview"
    page = made.show()
    page.get_by_role("button", name="Show the map").click()
    expect(page.get_by_text("The map could not be loaded.")).to_be_visible()
    made.blocked = ""
    page.get_by_role("button", name="Show the map").click()
    expect(pins(page)).to_have_count(3)
    expect(page.get_by_text("The map could not be loaded.")).to_be_hidden()


def test_the_far_view_stands_in_for_a_near_one_that_does_not_come(map_page: MakeMapPage, watch: Watch) -> None:
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch")
    made = map_page()
    made.blocked = "/cells/"
    page = made.open(place=Around("Denver, CO", 39.7392, -104.9903, ""))
    assert ground(page) == "land"
