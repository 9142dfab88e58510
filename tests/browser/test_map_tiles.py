"""Streets on the map, where the operator has a file of tiles: drawn from our host alone, and the list still in step."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.support import tiles
from tests.support.browser import Watch, axe
from tests.support.map_page import DENVER, Around, MapPage, ground, pins

PAINTED = """() => {
  const probe = document.querySelector("[data-map-view]");
  const meant = (role) => {
    probe.style.color = `var(--map-${role})`;
    const found = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
    probe.style.color = "";
    return found;
  };
  const roles = ["land", "water", "highway"].map((role) => [role, meant(role)]);
  const seen = new Set();
  for (const tile of document.querySelectorAll("canvas.leaflet-tile-loaded")) {
    const { data } = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height);
    for (let i = 0; i < data.length; i += 4) {
      const is = ([r, g, b]) => data[i] === r && data[i + 1] === g && data[i + 2] === b;
      for (const [role, colour] of roles) if (is(colour)) seen.add(role);
    }
  }
  return [...seen].sort();
}"""


def drawn(page: Page, number: int) -> None:
    """Wait until at least so many tiles are painted."""
    page.wait_for_function("least => document.querySelectorAll('.leaflet-tile-loaded').length >= least", arg=number)


def test_streets_come_from_our_host_and_the_land_stays_where_they_do_not(
    map_page: Callable[..., MapPage], tmp_path: Path, watch: Watch
) -> None:
    made = map_page(tiles=tiles.write(tmp_path / "west.pmtiles"))
    page = made.open()
    drawn(page, 4)
    assert page.evaluate(PAINTED) == ["highway", "land", "water"]
    assert axe(page) == []
    source = page.locator(".map__sources").get_by_role("link", name="© OpenStreetMap contributors")
    expect(source).to_have_attribute("href", "https://www.openstreetmap.org/copyright")
    page.locator(".result-card").nth(1).hover()
    expect(pins(page).nth(1)).to_contain_class("is-pointed")
    pins(page).nth(0).hover()
    expect(page.locator(".result-card").nth(0)).to_contain_class("is-pointed")
    made.swap(*DENVER[1:], place=Around("Kansas City, MO", 39.0997, -94.5786, 25))  # beyond the file
    expect(pins(page)).to_have_count(2)
    # A file that does not come leaves the map as it is without one.
    watch.forgive("Failed to load resource")
    watch.forgive("Failed to fetch")
    made.blocked = "/tiles/"
    page = made.open()
    expect(pins(page)).to_have_count(3)
    assert page.evaluate(PAINTED) == []
    assert ground(page) == "land"
