"""A real Chromium, and pages in it that fail the test when they reach out, break the CSP or throw."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Watch:
    """What a page did that no page may do. `forgive(part)` lets one message pass that a test provokes."""

    complaints: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def forgive(self, part: str) -> None:
        """Let complaints that contain `part` pass."""
        self.forgiven.append(part)

    def remaining(self) -> list[str]:
        """Complaints that nobody forgave."""
        return [told for told in self.complaints if not any(part in told for part in self.forgiven)]

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("request", lambda request: self._request(request.url))
        context.on("console", lambda message: self._console(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(f"a script threw: {error.error}"))

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in LOOPBACK:
            self.complaints.append(f"a page asked another host: {url}")

    def _console(self, kind: str, text: str) -> None:
        # A page with status 404 or 422 is logged as a failed resource: that is its point.
        if kind == "error" and "Failed to load resource: the server responded" not in text:
            self.complaints.append(f"the console says: {text}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for this process. A machine without it fails here; nothing is skipped."""
    program = next((path for path in PROGRAMS if Path(path).exists()), None)
    if program is None:
        pytest.fail("Chromium is missing: `make test` installs it.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    """What the pages of this test did that no page may do."""
    return Watch()


@pytest.fixture
def new_page(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """`new_page(java_script_enabled=False, color_scheme="dark", viewport=…)`: a page in a context of its own.

    Takes Playwright's context options. At the end the test fails when any page asked another host, broke the content
    security policy, logged an error or threw.
    """
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        context = chromium.new_context(**options)
        context.set_default_timeout(15_000)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert watch.remaining() == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page with scripts on, 1280 by 800, light."""
    return new_page(viewport={"width": 1280, "height": 800})


@cache
def _axe_source() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def axe(page: Page, *, without: tuple[str, ...] = ()) -> list[str]:
    """Every accessibility violation on the page as it stands: rule, what to do and where; `without` names rules."""
    page.evaluate(f"() => {{ {_axe_source()} }}")
    options = {
        "runOnly": {"type": "tag", "values": RULES},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    result = page.evaluate(f"() => window.axe.run(document, {json.dumps(options)})")
    return [
        f"{found['id']}: {found['help']} at {', '.join(str(node['target']) for node in found['nodes'])}"
        for found in result["violations"]
    ]


def sideways_overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window: 0 on every page at 320 px (WCAG 1.4.10)."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wider
