"""Searching in a real browser: filters apply in place, focus and address follow; all of it works without scripts."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.service import Service

START = "/search?near=10001&radius=100"


@pytest.fixture
def results(page: Page, demo_service: Service) -> Page:
    """The results round New York, with scripts."""
    page.goto(demo_service.url + START)
    return page


def test_a_filter_applies_in_place_is_announced_and_keeps_the_focus(results: Page) -> None:
    results.evaluate("window.stayed = true")
    before = results.locator("#heading").inner_text()
    box = results.get_by_role("checkbox", name=re.compile("^Spravato"))
    box.focus()
    results.keyboard.press("Space")
    results.wait_for_url(re.compile(r"treatment=SPRAVATO"))
    expect(results.locator("#announcement")).not_to_be_empty()
    assert results.evaluate("window.stayed") is True
    expect(results.get_by_role("checkbox", name=re.compile("^Spravato"))).to_be_focused()
    expect(results.get_by_role("checkbox", name=re.compile("^Spravato"))).to_be_checked()
    assert results.locator("#announcement").inner_text() == results.locator("#heading").inner_text()
    results.go_back()
    results.wait_for_url(re.compile(re.escape(START) + "$"))
    expect(results.locator("#heading")).to_have_text(before)
    expect(results.get_by_role("checkbox", name=re.compile("^Spravato"))).not_to_be_checked()


def test_nothing_of_a_search_stays_in_the_browser_s_storage(results: Page) -> None:
    results.get_by_role("checkbox", name=re.compile("^Spravato")).check()
    results.wait_for_url(re.compile("treatment=SPRAVATO"))
    assert results.evaluate("localStorage.length + sessionStorage.length") == 0
    assert results.context.cookies() == []


def test_the_list_comes_before_the_map_in_the_document(results: Page) -> None:
    order = results.evaluate(
        "() => document.querySelector('ol.results').compareDocumentPosition(document.querySelector('#map'))"
    )
    assert order & 4  # Node.DOCUMENT_POSITION_FOLLOWING


def test_places_are_suggested_and_chosen_by_keyboard(page: Page, demo_service: Service) -> None:
    page.goto(demo_service.url + "/")
    field = page.get_by_role("combobox")
    field.press_sequentially("burlington, v")
    option = page.get_by_role("option", name=re.compile("Burlington, VT"))
    expect(option.first).to_be_visible()
    assert field.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    assert field.get_attribute("aria-activedescendant") == option.first.get_attribute("id")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?near=Burlington"))


def test_without_scripts_filters_are_a_form_with_a_button(new_page: Callable[..., Page], demo_service: Service) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    page.goto(demo_service.url + START)
    page.get_by_role("checkbox", name=re.compile("^Spravato")).check()
    page.get_by_role("button", name="Show results").click()
    expect(page).to_have_url(re.compile("treatment=SPRAVATO"))
    expect(page.get_by_role("checkbox", name=re.compile("^Spravato"))).to_be_checked()


def test_one_s_own_position_is_rounded_before_it_leaves_the_browser(
    new_page: Callable[..., Page], demo_service: Service
) -> None:
    here = {"latitude": 40.750641, "longitude": -73.997183}
    page = new_page(geolocation=here, permissions=["geolocation"])
    page.goto(demo_service.url + "/")
    with page.expect_request("**/search/here") as sent:
        page.get_by_role("button", name="Use my location").click()
    assert sent.value.method == "POST"
    assert sent.value.post_data == "latitude=40.75&longitude=-74.00"
    page.wait_for_url(re.compile(r"/search\?near=\d{5}$"))
