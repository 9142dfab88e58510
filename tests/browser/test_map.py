"""The map beside the list: its order, its names, its keys, and how it follows the list.

The five defects of the nearest published map-and-list service (va.gov-team issues, by number) each have a test.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.map_page import DENVER, Around, Clinic, MapPage, pins, shot, view

MakeMapPage = Callable[..., MapPage]

TWO_IN_TEXAS = (
    Clinic("Tidewell Care", 29.7600, -95.3700, "Houston, TX"),
    Clinic("Amberly Clinic", 32.7800, -96.8000, "Dallas, TX"),
)
FOCUSED = """() => {
  const at = document.activeElement;
  const label = at.getAttribute("aria-label") ?? at.textContent.trim();
  return at.closest(".result-card") ? "card: " + label : at.classList.contains("map-pin") ? "pin: " + label : label;
}"""


def where(page: Page) -> tuple[float, float, float]:
    """Where the second pin lies in the view, and how far it is from the first: changes when the map moves or zooms."""
    first, second = (pins(page).nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    return second["x"], second["y"], abs(first["x"] - second["x"]) + abs(first["y"] - second["y"])


def tab_until(page: Page, wanted: str, most: int = 60) -> list[str]:
    """Press Tab until what has focus begins with `wanted`; every stop on the way, that one included."""
    stops: list[str] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
        if stops[-1].startswith(wanted):
            return stops
    raise AssertionError(f"{most} stops without {wanted!r}: {stops}")


# The five defects.


def test_tab_goes_through_the_list_then_the_map_and_out_again(map_page: MakeMapPage) -> None:
    """va.gov-team #25857: the map broke the tab order and stopped the launch."""
    page = map_page().open()
    stops = tab_until(page, "After the map")
    cards = [i for i, stop in enumerate(stops) if stop.startswith("card:")]
    on_map = [i for i, stop in enumerate(stops) if stop.startswith("pin:")]
    assert [stop for stop in stops if stop in {f"card: {c.name}" for c in DENVER}] == [
        f"card: {c.name}" for c in DENVER
    ]
    assert [stops[i] for i in on_map] == [f"pin: {n}. {c.name}, {c.where}" for n, c in enumerate(DENVER, 1)]
    assert max(cards) < stops.index("Skip the map") < stops.index("Zoom in") < min(on_map)
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUSED) == stops[-2]


def test_the_map_can_be_skipped_by_keyboard(map_page: MakeMapPage) -> None:
    page = map_page().open()
    tab_until(page, "Skip the map")
    expect(page.get_by_role("link", name="Skip the map")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "After the map"


def test_every_pin_says_which_clinic_it_is_where_and_how_far(map_page: MakeMapPage) -> None:
    """va.gov-team #369 and #107176: pins were announced as "blank", as "div", or as a mere number."""
    page = map_page().open()
    expect(pins(page)).to_have_count(len(DENVER))
    for number, clinic in enumerate(DENVER, 1):
        name = f"{number}. {clinic.name}, {clinic.where}"
        expect(page.get_by_role("button", name=name, exact=True)).to_have_text(str(number))
    heard = view(page).aria_snapshot()
    assert "img" not in heard
    assert all(line.split('"')[1] for line in heard.splitlines() if line.strip().startswith("- button"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_on_the_map_can_be_seen(map_page: MakeMapPage, tmp_path: Path, scheme: str) -> None:
    """va.gov-team #17404: nothing showed that the canvas had focus."""
    page = map_page(color_scheme=scheme).open()
    for stop, target in (("Map. Arrow keys", view(page)), ("pin: 1", pins(page).first)):
        before = shot(page, tmp_path, "before")
        tab_until(page, stop)
        expect(target).to_be_focused()
        outline = target.evaluate("el => [getComputedStyle(el).outlineStyle, getComputedStyle(el).outlineWidth]")
        assert outline == ["solid", "3px"]
        assert shot(page, tmp_path, "after") != before


def test_the_list_says_everything_when_the_map_is_not_there(map_page: MakeMapPage) -> None:
    """va.gov-team #27452: a card read "A 3.2", which meant nothing to whoever did not see the map."""
    made = map_page()
    with_map = made.open().locator("#results").inner_text()
    for number in range(1, len(DENVER) + 1):
        assert f"\n{number}\n" not in f"\n{with_map}\n"
    alone = map_page(java_script_enabled=False)
    alone.show()
    assert alone.page.locator("#results").inner_text() == with_map
    expect(alone.page.locator("#map")).to_be_hidden()


@pytest.mark.parametrize("width", [320, 1280])
def test_the_list_comes_first_and_the_map_only_after_it(map_page: MakeMapPage, width: int) -> None:
    """va.gov-team #107176: people wanted the list; it is what the page opens with."""
    page = map_page(width=width).show()
    after = page.evaluate(
        "document.querySelector('#results').compareDocumentPosition(document.querySelector('#map')) & 4"
    )
    assert after == 4
    expect(page.locator("#results a").first).to_be_in_viewport()


# Keyboard and pointer.


def test_a_pin_opens_a_card_and_escape_comes_back_to_it(map_page: MakeMapPage) -> None:
    page = map_page().open()
    pin = pins(page).nth(1)
    pin.focus()
    page.keyboard.press("Enter")
    link = page.locator(".map-card").get_by_role("link", name=DENVER[1].name)
    expect(link).to_be_focused()
    expect(page.locator(".map-card")).to_contain_text(DENVER[1].where)
    assert str(link.get_attribute("href")).endswith("/clinics/2")
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_have_count(0)
    expect(pin).to_be_focused()


def test_from_a_pin_to_the_list_and_back_with_escape(map_page: MakeMapPage) -> None:
    page = map_page().open()
    pins(page).nth(2).focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show in the list").press("Enter")
    expect(page.locator("#results").get_by_role("link", name=DENVER[2].name)).to_be_focused()
    expect(page.locator(".result-card").nth(2)).to_have_class("result-card is-pointed")
    page.keyboard.press("Escape")
    expect(pins(page).nth(2)).to_be_focused()


def test_a_card_and_its_pin_point_at_each_other(map_page: MakeMapPage) -> None:
    page = map_page().open()
    card, pin = page.locator(".result-card").nth(1), pins(page).nth(1)
    card.locator(".result__name a").focus()
    expect(pin).to_have_class("map-pin leaflet-zoom-animated is-pointed")
    pins(page).nth(0).focus()
    expect(pin).not_to_contain_class("is-pointed")
    expect(page.locator(".result-card").nth(0)).to_contain_class("is-pointed")
    card.hover()
    expect(pin).to_contain_class("is-pointed")


def test_the_map_moves_by_keys_and_by_buttons_without_any_dragging(map_page: MakeMapPage) -> None:
    made = map_page(reduced_motion="reduce")
    page = made.open()
    view(page).focus()
    start = where(page)
    page.keyboard.press("ArrowRight")
    assert where(page)[0] < start[0] - 50
    page.keyboard.press("+")
    made.rest()
    assert where(page)[2] > start[2] * 1.3
    page.get_by_role("button", name="Show all results").click()
    assert where(page) == pytest.approx(start, abs=2)
    page.get_by_role("button", name="Arrows to move the map").click()
    page.get_by_role("button", name="Move down").click()
    assert where(page)[1] < start[1] - 50
    page.get_by_role("button", name="Zoom out").click()
    made.rest()
    assert where(page)[2] < start[2] * 0.8


def test_the_wheel_scrolls_the_page_until_the_map_has_focus(map_page: MakeMapPage) -> None:
    made = map_page(height=500)
    page = made.open()
    view(page).hover(position={"x": 60, "y": 60})
    start, scrolled = where(page)[2], page.evaluate("scrollY")
    page.mouse.wheel(0, -60)
    page.wait_for_function("scrolled => scrollY <= scrolled - 60", arg=scrolled)
    made.rest()
    assert where(page)[2] == pytest.approx(start, abs=1)
    view(page).focus()
    view(page).hover(position={"x": 60, "y": 60})
    page.mouse.wheel(0, -100)
    page.wait_for_function(
        """start => {
          const [one, two] = [...document.querySelectorAll(".map-pin")].map((pin) => pin.getBoundingClientRect());
          return Math.abs(one.x - two.x) + Math.abs(one.y - two.y) > start * 1.2;
        }""",
        arg=start,
    )


# In step with the list.


def test_the_map_follows_the_list(map_page: MakeMapPage) -> None:
    made = map_page()
    made.open()
    page = made.swap(*TWO_IN_TEXAS, place=Around("Texas", 31.4, -99.2, ""))
    expect(pins(page)).to_have_count(2)
    expect(page.get_by_role("button", name="2. Amberly Clinic, Dallas, TX", exact=True)).to_be_visible()
    page.locator(".result-card").nth(1).locator(".result__name a").focus()
    expect(pins(page).nth(1)).to_contain_class("is-pointed")


def test_an_open_card_survives_a_change_that_is_not_about_the_clinics(map_page: MakeMapPage) -> None:
    made = map_page()
    page = made.open()
    pins(page).first.click()
    page.evaluate("document.querySelector('h1').append(' (3)')")
    made.rest()
    expect(page.locator(".map-card")).to_have_count(1)
