"""A page that explains, read in a browser: its measure, its notes, its contents, on paper, and on to the clinics."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.service import Service

LONGEST_LINE = """() => {
  const range = document.createRange();
  let most = 0;
  for (const p of document.querySelectorAll(".article__text > p")) {
    const texts = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
    const lines = new Map();
    while (texts.nextNode()) {
      const node = texts.currentNode;
      if (node.parentElement.closest("sup")) continue;
      for (let i = 0; i < node.length; i++) {
        range.setStart(node, i); range.setEnd(node, i + 1);
        const line = Math.round(range.getBoundingClientRect().bottom);
        lines.set(line, (lines.get(line) || 0) + 1);
      }
    }
    most = Math.max(most, ...lines.values());
  }
  return most;
}"""
PAGE = "/learn/spravato"


@pytest.mark.parametrize("width", [1280, 1920])
def test_lines_are_60_to_75_characters_and_the_contents_stand_beside(
    demo_service: Service, new_page: Callable[..., Page], width: int
) -> None:
    page = new_page(viewport={"width": width, "height": 900})
    page.goto(demo_service.url + PAGE)
    assert 60 <= page.evaluate(LONGEST_LINE) <= 75
    text, contents = page.locator(".article__text").bounding_box(), page.locator(".article__contents").bounding_box()
    assert text is not None
    assert contents is not None
    assert contents["x"] > text["x"] + text["width"]
    page.get_by_role("heading", name="Why you must stay at the clinic").scroll_into_view_if_needed()
    expect(page.get_by_role("navigation", name="On this page")).to_be_in_viewport()


def test_a_note_leads_to_its_source_and_back(demo_service: Service, page: Page) -> None:
    page.goto(demo_service.url + PAGE)
    page.get_by_role("link", name="Source 1", exact=True).first.click()
    expect(page.locator("#source-1")).to_be_in_viewport()
    page.get_by_role("link", name="Back to where source 1 is first named").click()
    expect(page.locator("#note-1")).to_be_in_viewport()


def test_the_page_leads_to_clinics_with_its_filter_set_without_scripts(
    demo_service: Service, new_page: Callable[..., Page]
) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto(demo_service.url + "/learn")
    page.get_by_role("link", name="Depression that treatment has not helped").click()
    expect(page.get_by_role("heading", name="If you are in crisis, do not wait for a reply here")).to_be_visible()
    page.get_by_label("ZIP code, city, or state").fill("10001")
    page.get_by_role("button", name="Find care").click()
    assert "condition=TRD" in page.url
    expect(page.get_by_role("group", name="Filters in force")).to_contain_text("Treatment-resistant depression")


def test_on_paper_there_is_the_text_with_its_sources_and_help(demo_service: Service, page: Page) -> None:
    page.goto(demo_service.url + PAGE)
    page.emulate_media(media="print")
    expect(page.locator("#sources")).to_be_visible()
    expect(page.get_by_role("region", name="Help in a crisis")).to_be_visible()
    for gone in (".article__contents", ".article__find", ".site-header__nav"):
        expect(page.locator(gone)).to_be_hidden()
