"""The browser the journeys lean on sees what it must see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browser import Watch, axe, sideways_overflow

GOOD = "<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1><p>Words</p></main>"


def test_axe_finds_nothing_on_a_good_page_and_a_nameless_button_on_a_bad_one(page: Page) -> None:
    page.set_content(GOOD)
    assert axe(page) == []
    page.set_content(GOOD.replace("<p>", "<button></button><p>"))
    assert [found.split(":")[0] for found in axe(page)] == ["button-name"]


def test_a_page_that_is_too_wide_for_a_phone_is_seen(new_page: Callable[..., Page]) -> None:
    phone = new_page(viewport={"width": 320, "height": 640})
    meta = '<meta name=viewport content="width=device-width, initial-scale=1">'
    phone.set_content(f"{meta}{GOOD}")
    assert sideways_overflow(phone) == 0
    phone.set_content(f'{meta}<div style="width:400px">too wide</div>')
    assert sideways_overflow(phone) > 0


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<script>throw new Error('broken')</script>", "a script threw"),
        ("<img src='https://example.com/pixel.gif'>", "a page asked another host"),
        ("<script>console.error('unwell')</script>", "the console says: unwell"),
    ],
)
def test_a_page_that_misbehaves_is_reported(page: Page, watch: Watch, markup: str, complaint: str) -> None:
    page.set_content(GOOD + markup)
    page.wait_for_load_state("networkidle")
    assert any(complaint in told for told in watch.remaining())
    watch.complaints.clear()
