"""What a reader on a slow line sees first: when the largest part is painted, what was fetched by then, what jumped."""

from dataclasses import dataclass

from playwright.sync_api import Page

LATENCY_MS = 150
DOWN_BITS = 1_600_000
UP_BITS = 750_000
OBSERVE = """window.seen = {largest_ms: 0, moved: 0, movers: []};
new PerformanceObserver((list) => list.getEntries().forEach((each) => { seen.largest_ms = each.startTime; }))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) {
    seen.moved += each.value;
    seen.movers.push(...each.sources.map(({ node }) => node?.className || node?.nodeName || "text"));
  }
}).observe({type: "layout-shift", buffered: true});"""
FETCHED = """() => performance.getEntries()
  .filter(({ entryType }) => ["navigation", "resource"].includes(entryType))
  .filter(({ startTime }) => startTime < seen.largest_ms)
  .map((each) => [each.name, each.encodedBodySize])"""


@dataclass(frozen=True)
class FirstSight:
    """Milliseconds until the largest paint, layout shift, who moved, and bytes by address asked for before it."""

    largest_ms: float
    moved: float
    movers: list[str]
    fetched: dict[str, int]


def observe(page: Page) -> None:
    """Note paints and shifts of every page this one opens from now on."""
    page.add_init_script(OBSERVE)


def slow(page: Page) -> None:
    """Put a slow line before the page: 150 ms there and back, 1.6 Mbit/s down, and nothing kept from before."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line = {"latency": LATENCY_MS, "downloadThroughput": DOWN_BITS / 8, "uploadThroughput": UP_BITS / 8}
    session.send("Network.emulateNetworkConditions", {"offline": False, **line})


def moved(page: Page) -> tuple[float, list[str]]:
    """Layout shift of the page as it stands, and what moved."""
    seen = page.evaluate("window.seen")
    return float(seen["moved"]), [str(mover) for mover in seen["movers"]]


def first_sight(page: Page, url: str) -> FirstSight:
    """Open the address and wait until the page rests; `observe` and `slow` come before."""
    page.goto(url)
    page.wait_for_load_state("networkidle")
    shift, movers = moved(page)
    largest_ms = float(page.evaluate("seen.largest_ms"))
    return FirstSight(largest_ms, shift, movers, {str(name): int(size) for name, size in page.evaluate(FETCHED)})
