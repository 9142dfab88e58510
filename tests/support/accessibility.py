"""What a page must be for everyone: looked at as a phone, as large text, with the keyboard, and in forced colours.

Each check returns what is wrong, in words; an empty list is a pass (QUALITY 5.3).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize

from tests.support.browser import axe, sideways_overflow

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 320, "height": 640}
MOST_STOPS = 400
QUESTIONS = Path(__file__).with_suffix(".js").read_text()


@dataclass(frozen=True)
class Stop:
    """One stop of the Tab key: what has focus, whether it can be seen, and whether its ring can."""

    what: str
    text: str
    shown: bool
    ring: bool
    order: int


def _ask(page: Page, question: str, *arguments: object) -> Any:
    return page.evaluate(f"given => ({QUESTIONS.strip()}).{question}(...given)", list(arguments))


def in_every_scheme(page: Page) -> list[str]:
    """What axe finds in the light, in the dark and in forced colours."""
    found: list[str] = []
    for scheme, forced in (("light", "none"), ("dark", "none"), ("light", "active")):
        page.emulate_media(color_scheme=scheme, forced_colors=forced)  # type: ignore[arg-type]
        found += [f"{scheme}{' forced' if forced == 'active' else ''}: {told}" for told in axe(page)]
    page.emulate_media(color_scheme="light", forced_colors="none")
    return found


def on_a_phone(page: Page) -> list[str]:
    """What is lost at 320 CSS pixels, where targets must be easy to hit."""
    page.set_viewport_size(PHONE)
    found = [f"phone: {told}" for told in axe(page)]
    if over := sideways_overflow(page):
        found.append(f"phone: {over} px wider than the window")
    found += [f"phone: smaller than 44 px: {told}" for told in _ask(page, "smallTargets", 44)]
    found += [f"phone: smaller than 24 px: {told}" for told in _ask(page, "smallTargets", 24)]
    found += [f"phone: cut off: {told}" for told in _ask(page, "cutOff")]
    page.set_viewport_size(DESKTOP)
    return found


def glance(page: Page) -> list[str]:
    """The checks short enough for every page of a journey: axe in both schemes, and what a phone loses."""
    found = [f"light: {told}" for told in axe(page)]
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    found += [f"dark phone: {told}" for told in axe(page)]
    if over := sideways_overflow(page):
        found.append(f"phone: {over} px wider than the window")
    found += [f"phone: smaller than 44 px: {told}" for told in _ask(page, "smallTargets", 44)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    return found


def with_large_text(page: Page) -> list[str]:
    """What is lost with text of 200 % (WCAG 1.4.4) and with the spacing of WCAG 1.4.12."""
    _ask(page, "largeText", "200%")
    found = [f"200 %: cut off: {told}" for told in _ask(page, "cutOff")]
    if over := sideways_overflow(page):
        found.append(f"200 %: {over} px wider than the window")
    _ask(page, "largeText", "")
    _ask(page, "space")
    found += [f"spaced: cut off: {told}" for told in _ask(page, "cutOff")]
    if over := sideways_overflow(page):
        found.append(f"spaced: {over} px wider than the window")
    _ask(page, "unspace")
    return found


def in_longer_words(page: Page) -> list[str]:
    """What is lost on a phone and a desktop when every text needs 40 % more room, as in a translation.

    The page is of no other use afterwards.
    """
    _ask(page, "longer")
    found = []
    for name, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)
        found += [f"longer words, {name}: cut off: {told}" for told in _ask(page, "cutOff")]
        if over := sideways_overflow(page):
            found.append(f"longer words, {name}: {over} px wider than the window")
    return found


def tab_stops(page: Page) -> list[Stop]:
    """Every stop of the Tab key from the top of the page until it comes round."""
    _ask(page, "begin")
    stops: list[Stop] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        now = _ask(page, "focused")
        if now is None or now["seen"]:
            return stops
        stops.append(Stop(now["what"], now["text"], now["shown"], now["ring"], now["order"]))
    raise AssertionError(f"more than {MOST_STOPS} stops, or a trap at {stops[-1].what}")


def with_the_keyboard(page: Page) -> list[str]:
    """What a person without a mouse would miss: an invisible or covered focus, a jumping order, no way to skip."""
    stops = tab_stops(page)
    found = [f"keyboard: the focus cannot be seen on {stop.what}" for stop in stops if not stop.ring]
    found += [f"keyboard: {stop.what} is covered or outside the window" for stop in stops if not stop.shown]
    if [stop.order for stop in stops] != sorted(stop.order for stop in stops):
        found.append("keyboard: the order of focus is not that of the page")
    return found
