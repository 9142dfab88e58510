"""A results page with clinics of the test's choosing: the real layout, assets, headers and map, without a server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route

from directory.lib.pmtiles import archive
from directory.settings import Settings
from directory.web import assets
from directory.web.headers import CONTENT_SECURITY_POLICY
from directory.web.templates import environment
from directory.web.tiles import byte_range

HOST = "http://127.0.0.1:9"  # nobody answers there: every request is answered below
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
STILL = "() => document.getAnimations().length === 0 && !document.querySelector('.leaflet-zoom-anim')"
SWAP = """html => {
  const next = new DOMParser().parseFromString(html, "text/html").querySelector("#results");
  document.querySelector("#results").replaceWith(next);
}"""
GROUND = """() => {
  const canvas = document.querySelector("[data-map-view] canvas");
  const probe = document.querySelector("[data-map-view]");
  const [r, g, b] = canvas.getContext("2d").getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
  for (const role of ["land", "water", "abroad", "shore"]) {
    probe.style.color = `var(--map-${role})`;
    const meant = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.style.color = "";
    if (Math.hypot(r - meant[0], g - meant[1], b - meant[2]) < 3) return role;
  }
  return `rgb(${r} ${g} ${b})`;
}"""
CARDS = """{% for clinic in clinics %}
<li class="result-card" data-lat="{{ clinic.latitude }}" data-lon="{{ clinic.longitude }}"
  data-number="{{ loop.index }}" data-name="{{ clinic.name }}" data-where="{{ clinic.where }}">
{{ result_card(clinic.name, "/clinics/" ~ loop.index, "Sampletown", clinic.where, "+13035550123",
  (("Spravato", "FDA-approved", "approved"),), "Takes new patients", "good", level=2) }}</li>
{% endfor %}"""
PAGE = f"""{{% extends "layouts/page.html" %}}{{% from "search/map.html" import results_map %}}
{{% from "components/result_card.html" import result_card %}}
{{% block title %}}Clinics{{% endblock %}}
{{% block head %}}<script type="module" src="{{{{ asset('js/map.js') }}}}"></script>{{% endblock %}}
{{% block main %}}<h1>Clinics near {{{{ place.name }}}}</h1>
<ol id="results" class="results" role="list" data-place-lat="{{{{ place.latitude }}}}"
  data-place-lon="{{{{ place.longitude }}}}" data-place-name="{{{{ place.name }}}}"
  data-place-radius="{{{{ place.radius }}}}">{CARDS}</ol>
{{{{ results_map() }}}}<p><a href="/after">After the map</a></p>{{% endblock %}}"""


@dataclass(frozen=True)
class Clinic:
    """A card of the list."""

    name: str
    latitude: float
    longitude: float
    where: str = "Sampletown, CO, 3.2 miles away"


@dataclass(frozen=True)
class Around:
    """The searched place; radius in miles, or empty for a whole state."""

    name: str = "Denver, CO"
    latitude: float = 39.7392
    longitude: float = -104.9903
    radius: float | str = 25


DENVER = (
    Clinic("Quillfeather Clinic", 39.7480, -104.9700, "Denver, CO, 1.2 miles away"),
    Clinic("Harbour Psychiatry", 39.7000, -105.0800, "Lakewood, CO, 5.5 miles away"),
    Clinic("Larkmoor Center", 39.8680, -104.9700, "Thornton, CO, 9.0 miles away"),
)


@dataclass
class MapPage:
    """A page whose every request is answered here; `asked` holds their paths, `blocked` what gets no answer."""

    page: Page
    width: int
    render: Callable[..., str]
    tiles: Path | None = None
    asked: list[str] = field(default_factory=list)
    blocked: str = ""

    def show(self, *clinics: Clinic, place: Around | None = None) -> Page:
        """Load the page; a wide one shows its map by itself, a narrow one when asked."""
        self.html = self.render(clinics=clinics or DENVER, place=place or Around())
        self.page.goto(f"{HOST}/search")
        return self.page

    def open(self, *clinics: Clinic, place: Around | None = None) -> Page:
        """Load the page, show the map, and wait until all of it is there and painted."""
        page = self.show(*clinics, place=place)
        page.locator("#map").scroll_into_view_if_needed()
        if self.width < 1024:
            page.get_by_role("button", name="Show the map").click()
        page.locator("#map[data-map=open]").wait_for()
        self.rest()
        return page

    def swap(self, *clinics: Clinic, place: Around | None = None) -> Page:
        """Put another list in the place of the one on the page, as htmx does, and wait until the map has followed."""
        html = self.render(clinics=clinics or DENVER, place=place or Around())
        self.page.evaluate(SWAP, html)
        self.rest()
        return self.page

    def rest(self) -> None:
        """Wait until everything the map asked for is there and painted."""
        self.page.evaluate(TWO_FRAMES)
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(STILL)
        self.page.evaluate(TWO_FRAMES)

    def answer(self, route: Route) -> None:
        """Answer one request of the page."""
        path = urlsplit(route.request.url).path
        self.asked.append(path)
        if self.blocked and self.blocked in path:
            route.abort()
            return
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY, "X-Content-Type-Options": "nosniff"}
        asset = assets.collected().find(path)
        if asset is not None:
            route.fulfill(body=asset.body, headers=headers | {"Content-Type": asset.media_type})
        elif self.tiles and path == archive(self.tiles).url:
            self._answer_range(route, headers)
        elif path == "/search":
            route.fulfill(body=self.html, headers=headers | {"Content-Type": "text/html; charset=utf-8"})
        else:
            route.fulfill(body=f"<!doctype html><title>{path}</title>", content_type="text/html")

    def _answer_range(self, route: Route, headers: dict[str, str]) -> None:
        assert self.tiles is not None
        body = self.tiles.read_bytes()
        first, last = byte_range(route.request.headers["range"], len(body)) or (0, len(body) - 1)
        headers = headers | {"Content-Range": f"bytes {first}-{last}/{len(body)}"}
        route.fulfill(status=206, body=body[first : last + 1], headers=headers)


@pytest.fixture
def map_page(new_page: Callable[..., Page], make_settings: Callable[..., Settings]) -> Callable[..., MapPage]:
    """`map_page(width=320, color_scheme="dark", …)`: a results page; further options are Playwright's context's.

    `tiles` is a file of map tiles, as the setting names one.
    """

    def make(*, width: int = 1280, height: int = 800, tiles: Path | None = None, **options: Any) -> MapPage:
        template = environment(make_settings(**{"tiles": tiles} if tiles else {})).from_string(PAGE)
        page = new_page(viewport={"width": width, "height": height}, **options)
        made = MapPage(page, width, template.render, tiles)
        made.page.route("**/*", made.answer)
        return made

    return make


def view(page: Page) -> Locator:
    """The part of the map that moves, takes focus and holds the pins."""
    return page.locator("[data-map-view]")


def pins(page: Page) -> Locator:
    """The clinics on the map, in the order of the document."""
    return page.locator(".map-pin")


def ground(page: Page) -> str:
    """What the middle of the map is painted with: land, water, abroad or shore."""
    return str(page.evaluate(GROUND))


def shot(page: Page, folder: Path, name: str) -> bytes:
    """What the map's view looks like now, as PNG; kept in `folder` for a person to look at."""
    return page.locator("[data-map-view]").screenshot(path=folder / f"{name}.png")


@pytest.fixture
def served_size() -> Callable[[str], int]:
    """Bytes that travel for an asset's address to a browser that takes gzip."""

    def size(path: str) -> int:
        asset = assets.collected().find(path)
        assert asset is not None, path
        return len(asset.gzipped or asset.body)

    return size
