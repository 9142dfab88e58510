"""Nothing follows a reader: every public page, walked through in a real browser with the network watched.

One browser, one server. What `/privacy/nothing-follows-you` promises is what is looked for here.
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Response, expect

from directory.about.cookies import cookies
from directory.web.headers import security_headers
from tests.browser.test_accessibility import PUBLIC
from tests.support.service import Service

LEFT_BEHIND = """async () => [
  ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie,
  ...(await indexedDB.databases()).map((each) => each.name), ...(await caches.keys()),
  ...(await navigator.serviceWorker?.getRegistrations() ?? []).map((each) => each.scope),
].filter(Boolean)"""
"""Names of all that a page can leave in a browser."""
MARK = "zqplacezq"
"""Typed where a place is asked for: it must be found in no log."""
NEEDED = {name.decode(): value.decode() for name, value in security_headers(https=False)}


class Watched:
    """What a context asked for, and what was wrong with the answers."""

    def __init__(self, context: BrowserContext) -> None:
        self.wrong: list[str] = []
        self.pages = 0
        self.asked = 0
        context.on("request", self._asked)
        context.on("response", self._answered)

    def _asked(self, request: Request) -> None:
        self.asked += 1
        if request.headers.get("referer"):
            self.wrong.append(f"{request.url} is told where the reader came from")

    def _answered(self, response: Response) -> None:
        if urlsplit(response.url).scheme not in {"http", "https"}:
            return
        given = response.headers
        if "set-cookie" in given:
            self.wrong.append(f"{response.url} sets a cookie")
        if given.get("content-type", "").startswith("text/html"):
            self.pages += 1
            missing = [name for name, value in NEEDED.items() if given.get(name) != value]
            if missing:
                self.wrong.append(f"{response.url} lacks {', '.join(missing)}")


@pytest.fixture
def reader(new_page: Callable[..., Page]) -> Page:
    """A page of a browser that has never been here; asking another host fails the test (tests/support/browser.py)."""
    return new_page(viewport={"width": 1280, "height": 800})


def test_whoever_reads_and_searches_leaves_no_trace(demo_service: Service, reader: Page) -> None:
    watched = Watched(reader.context)
    with demo_service.client() as client:
        slug, other = (row["slug"] for row in client.get("/api/v1/search?near=10001&radius=100").json()["results"][:2])
        learn = re.findall(r'href="(/learn/[a-z-]+)"', client.get("/learn").text)
    paths = [path.format(slug=slug, other=other) for path in PUBLIC if not path.startswith("/dev/")]
    paths += [f"/es{path}" for path in paths if path in {"/", "/learn", "/search?near=10001&radius=100"}]
    for path in dict.fromkeys([*paths, *learn]):
        reader.goto(demo_service.url + path)
        assert reader.evaluate(LEFT_BEHIND) == [], path
    reader.goto(demo_service.url)
    reader.get_by_role("combobox", name="ZIP code, city, or state").fill(f"10001 {MARK}")
    reader.get_by_role("button", name="Find care").click()
    reader.goto(f"{demo_service.url}/search?near=10001&radius=100")
    reader.get_by_role("checkbox", name=re.compile("^Spravato")).check()
    reader.wait_for_url(re.compile("treatment=SPRAVATO"))
    expect(reader.get_by_role("group", name="Filters in force")).to_contain_text("Spravato")
    assert reader.evaluate(LEFT_BEHIND) == []
    assert reader.context.cookies() == []
    assert watched.wrong == []
    assert watched.pages > len(PUBLIC)
    log = demo_service.log()
    assert not any(word in log for word in (MARK, slug, "10001", "SPRAVATO", "/search", "/learn"))


def test_the_only_cookies_are_those_that_the_page_names(demo_service: Service, reader: Page) -> None:
    named = {name for row in cookies() for name in row.names}
    with demo_service.client() as client:
        results = client.get("/api/v1/search?near=10001&radius=100").json()["results"]
    for result in results:
        reader.goto(f"{demo_service.url}/clinics/{result['slug']}")
        if reader.get_by_role("link", name=re.compile("Ask to be seen")).count():
            break
    reader.get_by_role("link", name=re.compile("Ask to be seen")).first.click()
    for box in reader.get_by_role("checkbox").all():
        box.check()
    reader.get_by_role("button").last.click()
    found = reader.context.cookies()
    assert found
    assert {str(each.get("name")) for each in found} <= named
    assert all(each.get("httpOnly") and each.get("sameSite") == "Lax" for each in found)
    assert reader.evaluate(LEFT_BEHIND) == []


def test_whatever_a_page_leaves_behind_is_seen(demo_service: Service, reader: Page) -> None:
    reader.goto(f"{demo_service.url}/crisis")
    reader.evaluate(
        """async () => {
          localStorage.setItem("local", "1"); sessionStorage.setItem("session", "1"); document.cookie = "cookie=1";
          await caches.open("cache");
          await new Promise((done) => { indexedDB.open("database").onsuccess = done; });
        }"""
    )
    assert sorted(reader.evaluate(LEFT_BEHIND)) == ["cache", "cookie=1", "database", "local", "session"]
