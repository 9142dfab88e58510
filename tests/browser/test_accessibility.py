"""Every page can be used by everyone: WCAG 2.2 AA as far as a machine can tell (QUALITY 5.3)."""

import re
from collections.abc import Callable, Iterable

import pytest
from playwright.sync_api import Page

from directory import app as application
from directory.settings import Settings
from tests.support.accessibility import (
    DESKTOP,
    in_every_scheme,
    in_longer_words,
    on_a_phone,
    tab_stops,
    with_large_text,
    with_the_keyboard,
)
from tests.support.browser import axe
from tests.support.paint import moved, observe
from tests.support.routes import Way, ways
from tests.support.service import Service

ERRORS = (400, 403, 404, 405, 409, 410, 413, 422, 429, 500, 503)
PAGES = [
    "/",
    "/about/disclosures",
    "/about/how-it-works",
    "/accessibility",
    "/accuracy",
    "/api/docs",
    "/ask/help",
    "/ask/under-18",
    "/clinics/{slug}",
    "/claim/{slug}",
    "/clinics/{slug}/course?near=10025&plan=SPRAVATO_MDSI",
    "/clinics/{slug}/letter",
    "/clinics/{slug}/questions",
    "/clinics/{slug}/report",
    "/compare?near=10001&c={slug}",
    "/compare?near=10001&c={slug}&c={other}",
    "/compare/questions?c={slug}&c={other}",
    "/contact",
    "/crisis",
    "/dev/mail",
    "/es/learn/for-clinicians",
    "/learn",
    "/learn?q=depression",
    "/learn/depression",
    "/no-such-page",
    "/patterns",
    "/patterns/errors/500",
    "/patterns/step",
    "/privacy/consumer-health",
    "/privacy/nothing-follows-you",
    "/refer/emergency",
    "/refer/under-18",
    "/requests",
    "/requests/closed",
    "/sign-in",
    "/sign-in/lost",
    "/sign-in/sent",
    "/search?near=10001&radius=100",
    "/search?near=59001&radius=5",
    "/search?near=Springfield",
    "/search?near=qqqq",
    "/unmet-need",
    "/tell-me",
    "/tell-me/sent",
]
ERROR_PAGES = [f"/patterns/errors/{status}" for status in ERRORS]
PUBLIC = PAGES + ERROR_PAGES
IN_A_JOURNEY = {
    "/answer/{token}",
    "/channel-test/{token}",
    "/confirm/{token}",
    "/decisions/{token}",
    "/invited/{token}",
    "/objections/{token}",
    "/clinics/{slug}/ask",
    "/clinics/{slug}/refer",
    "/invitation/{token}",
    "/mailbox-change/{token}",
    "/sign-in/open/{token}",
    "/tell-me/{token}",
}
"""Pages on somebody's way, looked at there: in the journeys, and with the accounts, the portal and the moderation."""
FILES = {"/robots.txt", "/.well-known/security.txt", "/sitemap.xml", "/sitemaps/{name}", "/clinics/{slug}/contact.vcf"}
NO_PAGES = {"/unmet-need.csv", "/assets/{path}", "/healthz", "/readyz", *FILES}
"""What is fetched and not read; the JSON API is none either."""


def not_looked_at(found: Iterable[Way]) -> set[str]:
    """Public pages of the application that no test of accessibility looks at, and listed ones that are gone."""
    public = {re.sub(r":\w+}", "}", way.path) for way in found if way.method == "GET" and way.access == "anyone"}
    public = {path for path in public if not path.startswith("/api/v1/")} - NO_PAGES
    listed = {path.partition("?")[0] for path in PAGES if not path.startswith(("/dev/", "/no-such"))} | IN_A_JOURNEY
    listed = {re.sub(r"^(?:/es)?/learn/[a-z-]+", "/learn/{slug}", path) for path in listed}
    return public ^ {re.sub(r"/errors/\d+", "/errors/{status}", path) for path in listed}


def test_every_public_page_is_looked_at(make_settings: Callable[..., Settings]) -> None:
    assert not_looked_at(ways(application.litestar(make_settings(), loops=False))) == set(), "list it in PAGES"


def test_a_new_public_page_is_noticed_until_it_is_listed(make_settings: Callable[..., Settings]) -> None:
    new = Way("GET", "/about/us", "anyone", ("anyone",), "none", in_thread=False, handler="us")
    assert not_looked_at([*ways(application.litestar(make_settings(), loops=False)), new]) == {"/about/us"}


@pytest.fixture(scope="module")
def slugs(demo_service: Service) -> tuple[str, str]:
    """Two clinics of the demonstration."""
    with demo_service.client() as client:
        first, second, *_ = client.get("/api/v1/search?near=10001&radius=100").json()["results"]
        return str(first["slug"]), str(second["slug"])


@pytest.fixture
def visit(demo_service: Service, slugs: tuple[str, str], new_page: Callable[..., Page]) -> Callable[[str], Page]:
    """Open a page of the service in a window of its own."""

    def to(path: str) -> Page:
        page = new_page(viewport=DESKTOP, reduced_motion="reduce")
        observe(page)
        page.goto(demo_service.url + path.format(slug=slugs[0], other=slugs[1]))
        return page

    return to


@pytest.mark.parametrize("path", PAGES)
def test_the_page_can_be_used_by_everyone(visit: Callable[[str], Page], path: str) -> None:
    page = visit(path)
    page.wait_for_load_state("networkidle")
    shift, movers = moved(page)
    assert shift <= 0.02, movers
    found = in_every_scheme(page) + on_a_phone(page) + with_large_text(page) + with_the_keyboard(page)
    assert found == []
    assert page.evaluate("document.getAnimations().length") == 0
    assert in_longer_words(page) == []


def test_axe_finds_nothing_on_any_error_page(demo_service: Service, page: Page) -> None:
    for path in ERROR_PAGES:
        page.goto(demo_service.url + path)
        assert axe(page) == [], path


def test_the_first_stop_skips_to_the_main_content(visit: Callable[[str], Page]) -> None:
    page = visit("/crisis")
    assert tab_stops(page)[0].text == "Skip to main content"
    page.keyboard.press("Tab")
    page.get_by_role("link", name="Skip to main content").press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_form_with_errors_begins_with_a_summary_that_has_focus_and_leads_to_each_field(
    demo_service: Service, new_page: Callable[..., Page], scripts: bool
) -> None:
    page = new_page(java_script_enabled=scripts)
    page.goto(demo_service.url + "/patterns/step")
    assert page.title().startswith("Error: ")
    summary = page.locator(".error-summary")
    assert summary.evaluate("e => e === document.activeElement") is True
    assert summary.get_by_role("heading").inner_text() == "There is a problem"
    links = summary.get_by_role("link").all()
    assert len(links) == 8
    for link in links:
        field = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        assert page.evaluate("document.activeElement.id") == field
        assert link.inner_text() in page.locator(f"#{field}-error").inner_text()


def test_the_crisis_line_can_be_reached_on_every_page_without_scripts(
    demo_service: Service, slugs: tuple[str, str], new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
    for path in PUBLIC:
        page.goto(demo_service.url + path.format(slug=slugs[0], other=slugs[1]))
        help_ = page.locator(".crisis-strip")  # its words are in the language of the page
        for href in ("tel:988", "sms:988"):
            link = help_.locator(f'a[href="{href}"]')
            assert "988" in link.inner_text()
            box = link.bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["width"] >= 44
            assert box["y"] < 640, f"{path}: {href} is not on the first screen"
