"""Finding care on the real pages: home, results, filter, clinic, back; by keyboard, without scripts, with the map."""

import gzip
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Watch, axe, sideways_overflow
from tests.support.map_page import pins, view
from tests.support.service import Service

NewPage = Callable[..., Page]

PLACE = "New York, NY"
RESULTS = "/search?near=New+York%2C+NY&radius=100"
HEADING = re.compile(r"clinics? within \d+ miles of New York, NY")
SIZES = {"phone": {"width": 320, "height": 640}, "desk": {"width": 1280, "height": 800}}


def tab_to(page: Page, selector: str, most: int = 120) -> None:
    """Press Tab until the first element that fits has focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{most} times Tab, and never at {selector}")


def names(page: Page) -> list[str]:
    """The clinics of the list, in order."""
    return page.locator(".result-card .result__name").all_inner_texts()


def narrowing(page: Page) -> str:
    """A box of the filters that leaves some of the clinics of the list, but not all."""
    total = len(names(page))
    for option in page.locator("input[type=checkbox][name=treatment], input[type=checkbox][name=condition]").all():
        identity = str(option.get_attribute("id"))
        count = page.locator(f"label[for='{identity}'] .facet__count").text_content() or ""
        if 0 < int("".join(re.findall(r"\d", count)) or 0) < total:
            return f"#{identity}"
    raise AssertionError("no filter would narrow this list")


@pytest.mark.parametrize("size", SIZES)
def test_care_is_found_by_keyboard_alone(demo_service: Service, new_page: NewPage, size: str) -> None:
    page = new_page(viewport=SIZES[size], reduced_motion="reduce")
    page.goto(demo_service.url)
    tab_to(page, "input[name=near]")
    page.keyboard.type(PLACE)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    if size == "phone":
        tab_to(page, ".filters > summary")
        page.keyboard.press("Enter")
    tab_to(page, "input[name=radius]")
    for miles in (50, 100):
        page.keyboard.press("ArrowDown")
        expect(page.get_by_role("heading", level=1)).to_contain_text(f"within {miles} miles")
        expect(page.locator(f"#facet-radius-{miles}")).to_be_focused()
    found, box = names(page), narrowing(page)
    tab_to(page, box)
    page.keyboard.press("Space")
    expect(page.locator(".result-card")).not_to_have_count(len(found))
    expect(page.locator(box)).to_be_focused()
    fewer = names(page)
    assert len(fewer) < len(found)
    assert [name for name in found if name in fewer] == fewer
    tab_to(page, ".result__name a")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(fewer[0])
    page.go_back()
    expect(page.locator(box)).to_be_checked()
    assert names(page) == fewer
    assert sideways_overflow(page) == 0


@pytest.mark.parametrize("size", SIZES)
def test_care_is_found_without_scripts(demo_service: Service, new_page: NewPage, size: str) -> None:
    page = new_page(viewport=SIZES[size], java_script_enabled=False)
    page.goto(demo_service.url)
    page.get_by_label("ZIP code, city, or state").fill(PLACE)
    page.get_by_role("button", name="Find care").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(HEADING)
    if size == "phone":
        page.locator(".filters > summary").click()
    page.get_by_label("Within 100 miles").check()
    page.locator("input[name=treatment][value=SPRAVATO]").check()
    page.get_by_role("button", name="Show results").click()
    asked = parse_qs(urlsplit(page.url).query)
    assert (asked["radius"], asked["treatment"]) == (["100"], ["SPRAVATO"])
    expect(page.get_by_role("heading", level=1)).to_contain_text("within 100 miles")
    first = names(page)[0]
    expect(page.locator("#map")).to_be_hidden()
    page.get_by_role("link", name=first, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    page.go_back()
    assert names(page)[0] == first


def test_the_map_follows_the_filters_and_is_not_made_anew(demo_service: Service, page: Page) -> None:
    page.goto(demo_service.url + RESULTS)
    page.locator("#map[data-map=open]").wait_for()
    count = len(names(page))
    expect(pins(page)).to_have_count(count)
    view(page).evaluate("view => { view.sameAsBefore = true; }")
    page.locator(narrowing(page)).click()
    expect(page.locator(".result-card")).not_to_have_count(count)
    fewer = names(page)
    assert 0 < len(fewer) < count
    expect(pins(page)).to_have_count(len(fewer))
    assert view(page).evaluate("view => view.sameAsBefore === true")
    for number, name in enumerate(fewer, 1):
        expect(
            page.get_by_role("button", name=re.compile(rf"^{number}\. {re.escape(name)}, .+ miles? away$"))
        ).to_be_visible()


def test_a_card_tells_its_place_and_distance_without_the_map(demo_service: Service, new_page: NewPage) -> None:
    """va.gov-team #27452, on the real cards: nothing on them needs the map to mean something."""
    page = new_page(java_script_enabled=False)
    page.goto(demo_service.url + RESULTS)
    for card in page.locator(".result-card").all():
        words = card.inner_text()
        assert re.search(r"\d miles? away", words)
        assert re.search(r", [A-Z]{2} \d{5}", words)
        assert not re.match(r"(?:[A-Z]|\d+)\s*$", words, re.MULTILINE)


@pytest.mark.parametrize("size", SIZES)
def test_the_journey_ends_well_when_the_map_is_blocked(
    demo_service: Service, new_page: NewPage, watch: Watch, size: str
) -> None:
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch")
    page = new_page(viewport=SIZES[size])
    page.route("**/assets/map/**", lambda route: route.abort())
    page.goto(demo_service.url + RESULTS)
    if size == "phone":
        page.get_by_role("button", name="Show the map").click()
    expect(page.get_by_text("The map could not be loaded.")).to_be_visible()
    first = names(page)[0]
    page.get_by_role("link", name=first, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)


def test_the_results_page_weighs_little_and_nothing_jumps(demo_service: Service, new_page: NewPage) -> None:
    """30 KB of script before the map, 450 KB of all with it, layout shift at most 0.02 (QUALITY 7).

    The page itself is counted as a proxy packs it. Fonts stay with the browser and are counted apart.
    """
    page = new_page(viewport=SIZES["desk"])
    page.add_init_script(
        """window.moved = 0;
        new PerformanceObserver((seen) => { for (const shift of seen.getEntries()) window.moved += shift.value; })
          .observe({type: "layout-shift", buffered: true});"""
    )
    answer = page.goto(demo_service.url + "/search?near=10001&radius=50")
    assert answer is not None
    html = len(gzip.compress(answer.body()))
    page.locator("#map[data-map=open]").wait_for()
    page.wait_for_load_state("networkidle")
    sizes = dict(
        page.evaluate("performance.getEntriesByType('resource').map((entry) => [entry.name, entry.encodedBodySize])")
    )
    of_map = {url for url in sizes if "/assets/map/" in url or "/leaflet/" in url}
    before = {url: size for url, size in sizes.items() if url not in of_map}
    fonts = sum(size for url, size in before.items() if url.endswith(".woff2"))
    assert len(of_map) > 5
    assert sum(size for url, size in before.items() if url.endswith(".js")) <= 30_000, before
    assert html + sum(before.values()) - fonts <= 60_000, before
    assert html + sum(sizes.values()) <= 450_000, sizes
    assert page.evaluate("window.moved") <= 0.02


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_on_the_results_with_their_map(demo_service: Service, new_page: NewPage, size: str) -> None:
    page = new_page(viewport=SIZES[size], reduced_motion="reduce")
    page.goto(demo_service.url + RESULTS)
    if size == "phone":
        page.get_by_role("button", name="Show the map").click()
    page.locator("#map[data-map=open]").wait_for()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert axe(page) == [], scheme
    assert sideways_overflow(page) == 0
