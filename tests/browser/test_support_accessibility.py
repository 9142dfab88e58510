"""The accessibility checks see what they must see."""

import pytest
from playwright.sync_api import Page

from tests.support.accessibility import in_every_scheme, on_a_phone, with_large_text, with_the_keyboard

SHELL = (
    "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>A page</title>"
    "<style>:root { color-scheme: light dark } %s</style><main><h1>A page</h1>%s</main>"
)


def complaints(page: Page, check: object, style: str, body: str) -> str:
    page.set_content(SHELL % (style, body))
    return "\n".join(check(page))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("check", "style", "body", "told"),
    [
        (in_every_scheme, "p { color: light-dark(#000, #333); background: Canvas }", "<p>Words</p>", "dark: color"),
        (in_every_scheme, "p { color: #777; background: #fff }", "<p>Words</p>", "light: color"),
        (on_a_phone, "p { width: 400px }", "<p>Words</p>", "wider than the window"),
        (on_a_phone, "button { height: 20px; width: 90px; padding: 0 }", "<button>Go</button>", "smaller than 24"),
        (on_a_phone, ".button { height: 30px; width: 90px }", "<button class=button>Go</button>", "smaller than 44"),
        (on_a_phone, "p { width: 40px; overflow: hidden }", "<p>Incomprehensible</p>", "cut off"),
        (with_large_text, "p { height: 20px; overflow: hidden }", "<p>Words</p>", "200 %: cut off"),
        (with_large_text, "p { height: 1.2em; overflow: clip; line-height: 1.1 }", "<p>Words</p>", "spaced: cut off"),
        (with_large_text, "h1 { font-size: 16rem; width: max-content }", "", "200 %: "),
        (with_the_keyboard, ":focus { outline: none }", "<a href=#>Link</a>", "cannot be seen"),
        (with_the_keyboard, "i { position: fixed; inset: 0 }", "<a href=#>Link</a><i></i>", "covered"),
        (with_the_keyboard, "", "<a href=#>One</a><a href=# tabindex=1>Two</a>", "order of focus"),
    ],
)
def test_a_page_that_shuts_someone_out_is_noticed(page: Page, check: object, style: str, body: str, told: str) -> None:
    assert told in complaints(page, check, style, body)


@pytest.mark.parametrize("check", [in_every_scheme, on_a_phone, with_large_text, with_the_keyboard])
def test_a_plain_good_page_passes_every_check(page: Page, check: object) -> None:
    body = "<p>Words with <a href=#>a link</a> in them.</p><button style='min-height: 44px'>Go</button>"
    style = ":focus { outline: 3px solid } a { color: LinkText; background: Canvas } button { color: inherit }"
    assert complaints(page, check, style, body) == ""
