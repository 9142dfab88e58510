"""The HTML part of a mail as a person sees it: readable, wide enough at 320 px, nothing loaded."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from directory.delivery.catalogue import MESSAGES
from tests.house.test_messages import rendered
from tests.support.browser import axe


@pytest.mark.parametrize("width", [320, 700])
def test_every_mail_is_readable_on_a_phone_and_on_a_desk(new_page: Callable[..., Page], width: int) -> None:
    page = new_page(viewport={"width": width, "height": 700})
    for message in MESSAGES:
        page.set_content(rendered(message).html)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, message
        assert page.title()
        assert page.get_by_role("heading", level=1).count() == 1
        # A mail is no page of a site: it has no landmarks.
        assert axe(page, without=("region", "landmark-one-main")) == [], message
