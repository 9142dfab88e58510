"""The largest paint of the pages people come for, in Chromium on a slow line (150 ms, 1.6 Mbit/s) with nothing kept."""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.bench.table import Table
from tests.support.browser import ARGUMENTS, PROGRAMS
from tests.support.paint import first_sight, observe, slow
from tests.support.service import Service

ROUNDS = 5
MOST_MS = 1_200


def run(table: Table) -> None:
    """The median of five visits to each page of the demonstration, on a phone's width."""
    program = next(path for path in PROGRAMS if Path(path).exists())
    with tempfile.TemporaryDirectory(prefix="directory-bench-") as name, sync_playwright() as playwright:
        service = Service("serve --prepare", Path(name), demo="yes").wait_until_ready()
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            with service.client() as client:
                slug = client.get("/api/v1/search?near=10001&radius=100").json()["results"][0]["slug"]
            page = browser.new_page(viewport={"width": 390, "height": 800})
            observe(page)
            slow(page)
            for what, path in (
                ("home", "/"),
                ("results", "/search?near=10001&radius=100"),
                ("clinic", f"/clinics/{slug}"),
            ):
                times = sorted(first_sight(page, service.url + path).largest_ms for _ in range(ROUNDS))
                median = times[ROUNDS // 2]
                table.add(f"largest paint, {what}", f"{median:.0f} ms", "≤ 1,200 ms", reached=median <= MOST_MS)
        finally:
            browser.close()
            service.stop()
