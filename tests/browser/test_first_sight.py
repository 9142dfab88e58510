"""The first sight of what people come for, on a slow line: little is fetched before it, nothing jumps after it.

How long it takes is measured by `make bench paint`: a time would fail here on a busy machine.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.paint import first_sight, observe, slow
from tests.support.service import Service

MOST_BYTES = 70_000
MOST_REQUESTS = 9
MOST_MOVED = 0.02


@pytest.mark.parametrize("width", [390, 1280])
def test_little_is_fetched_before_the_first_sight_and_nothing_jumps(
    demo_service: Service, new_page: Callable[..., Page], width: int
) -> None:
    with demo_service.client() as client:
        slug = client.get("/api/v1/search?near=10001&radius=100").json()["results"][0]["slug"]
    page = new_page(viewport={"width": width, "height": 800})
    observe(page)
    slow(page)
    for path in ("/", "/search?near=10001&radius=100", "/search?near=qqqq", f"/clinics/{slug}"):
        seen = first_sight(page, demo_service.url + path)
        assert seen.largest_ms > 0, path
        assert seen.moved <= MOST_MOVED, (path, seen.movers)
        assert len(seen.fetched) <= MOST_REQUESTS, (path, seen.fetched)
        assert sum(seen.fetched.values()) <= MOST_BYTES, (path, seen.fetched)
