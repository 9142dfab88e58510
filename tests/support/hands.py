"""What people do with our forms in a browser: with the mouse, or with the keyboard alone."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playwright.sync_api import Locator, Page

FIELD = 'main [name="{name}"]'
MOST_STOPS = 80


def last_part(page: Page) -> str:
    """The last part of the address: the name of a step."""
    return re.split(r"[?#]", page.url)[0].rsplit("/", 1)[1]


def fill_in(page: Page, answers: dict[str, Any]) -> None:
    """Give each field of the page its answer, whatever kind of field it is."""
    for name, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            field = page.locator(FIELD.format(name=name))
            kind = field.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
            if kind in {"radio", "checkbox"}:
                page.locator(f'{FIELD.format(name=name)}[value="{one}"]').check()
            elif kind == "select":
                field.select_option(one)
            else:
                field.first.fill(one)


def press(page: Page, name: str) -> None:
    """Press the button (or the link that looks like one) with these words."""
    page.locator("main").get_by_role("button", name=name, exact=True).or_(
        page.locator("main").get_by_role("link", name=name, exact=True)
    ).first.click()


def go_through(
    page: Page,
    answers: dict[str, dict[str, Any]],
    *,
    until: str = "check",
    onward: str = "Continue",
    look: Callable[[Page], None] = lambda _page: None,
) -> None:
    """Answer page after page with the mouse; `look` is called on each before the button with `onward` is pressed."""
    for _step in range(30):
        name = last_part(page)
        look(page)
        if name == until:
            return
        fill_in(page, answers[name])
        press(page, onward)
    raise AssertionError(f"still at {page.url} after thirty pages")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus."""
    for _stop in range(MOST_STOPS):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


def type_in(page: Page, answers: dict[str, Any]) -> None:
    """Answer a page with the keyboard alone, then press Enter on its button."""
    for name, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            field = page.locator(FIELD.format(name=name))
            kind = field.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
            if kind == "radio":
                _to_radio(page, field, one)
            elif kind == "checkbox":
                tab_to(page, page.locator(f'{FIELD.format(name=name)}[value="{one}"]'))
                page.keyboard.press("Space")
            else:
                tab_to(page, field)
                _write(page, field, one, kind)
    tab_to(page, page.locator("main form.form button.button--primary"))
    page.keyboard.press("Enter")


def _write(page: Page, field: Locator, text: str, kind: str) -> None:
    if kind == "select":  # typing the words of an option chooses it
        text = field.evaluate("(e, value) => [...e.options].find(o => o.value === value).text", text)
    else:
        page.keyboard.press("Control+A")
    page.keyboard.type(text)


def _to_radio(page: Page, field: Locator, wanted: str) -> None:
    checked = field.locator(":scope:checked")
    tab_to(page, checked.first if checked.count() else field.first)
    page.keyboard.press("Space")
    for _choice in range(field.count()):
        if page.evaluate("document.activeElement.value") == wanted:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows do not reach {wanted}")


class Keys:
    """Hands that stay on the keyboard, and what they do counted in steps.

    A step is a field filled, with the Tab that leaves it; a line typed; a field passed over with Tab; a question
    answered by one letter or digit, which goes on by itself; or Enter. `presses` counts each Tab by itself too.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.steps, self.presses = page, 0, 0

    def at(self, name: str) -> None:
        """Wait until the focus is where the hands expect it: on the field, or the button, of this name or id."""
        self.on(f'[name="{name}"]:focus, #{name}:focus')

    def on(self, selector: str) -> None:
        """Wait until what has the focus fits a selector."""
        self.page.locator(selector).wait_for()

    def fill(self, fields: Mapping[str, str | None], *, last: bool = False) -> None:
        """Type each field in turn, None passes one over; Tab in between, and at the end unless it is the last."""
        names = list(fields)
        for name, text in fields.items():
            self.at(name)
            if text is not None:
                self._answer(text)
            self.steps += 1
            self.presses += text is not None
            if name != names[-1] or not last:
                self.page.keyboard.press("Tab")
                self.presses += 1

    def lines(self, name: str, *texts: str) -> None:
        """Type so many lines into a field of several, with Enter between them."""
        self.at(name)
        for number, text in enumerate(texts):
            if number:
                self.page.keyboard.press("Enter")
            self.page.keyboard.type(text)
        self.steps += 2 * len(texts) - 1
        self.presses += 2 * len(texts) - 1

    def choose(self, name: str, value: str) -> None:
        """Choose from a list of choices by its digit, which goes on to what has no answer yet."""
        self.at(name)
        values = self.page.locator(FIELD.format(name=name)).evaluate_all("all => all.map((one) => one.value)")
        self.letters(str(values.index(value) + 1))

    def letters(self, text: str) -> None:
        """Answer question after question, a letter each; a capital is pressed with Shift."""
        for letter in text:
            self.page.keyboard.press(f"Shift+{letter}" if letter.isupper() else letter)
            self.steps += 1
            self.presses += 1

    def tab(self, times: int = 1) -> None:
        """Pass over something."""
        for _time in range(times):
            self.page.keyboard.press("Tab")
        self.steps += times
        self.presses += times

    def enter(self, *, to: str = "", ctrl: bool = False) -> None:
        """Enter, with Ctrl from a field that keeps Enter to itself; then wait for the page that ends with `to`."""
        self.page.keyboard.press("Control+Enter" if ctrl else "Enter")
        self.steps += 1
        self.presses += 1
        if to:
            self.page.wait_for_url(f"**/{to}")

    def _answer(self, text: str) -> None:
        kind = self.page.evaluate("(e => e.tagName === 'INPUT' ? e.type : e.tagName)(document.activeElement)")
        if kind in {"radio", "checkbox"}:
            self.page.keyboard.press("Space")
            while self.page.evaluate("document.activeElement.value") != text:
                self.page.keyboard.press("ArrowDown")
        else:
            self.page.keyboard.type(text)
