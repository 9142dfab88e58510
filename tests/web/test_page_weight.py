"""What a page costs a reader to load: everything it fetches before the map, compressed, fonts and all."""

import gzip
import re

from litestar import Litestar
from litestar.testing import TestClient

from directory.web.assets import Asset, collected

MOST = 60_000
MOST_SCRIPT = 30_000
PAGE = "/search?near=10001&radius=100"


def named_in(text: str) -> set[str]:
    """Addresses of our assets in a page, a style sheet or a script; what a script imports later does not count."""
    later = set(re.findall(r"""import\(\s*["'](/assets/[^"']+)""", text))
    return set(re.findall(r"""["'(](/assets/[^"')]+)""", text)) - later


def fetched(html: str) -> dict[str, Asset]:
    """Every asset the page loads, and what those load in turn."""
    found: dict[str, Asset] = {}
    todo = named_in(html)
    while todo:
        address = todo.pop()
        asset = collected().find(address)
        assert asset is not None, address
        found[address] = asset
        if address.endswith((".css", ".js")) and "/vendor/" not in address:
            todo |= named_in(asset.body.decode()) - found.keys()
    return found


def size(asset: Asset) -> int:
    return len(asset.gzipped or asset.body)


def test_the_results_page_weighs_at_most_60_kilobytes_before_the_map(demo_client: TestClient[Litestar]) -> None:
    with demo_client.stream("GET", PAGE, headers={"accept-encoding": "gzip"}) as answer:
        sent = b"".join(answer.iter_raw())
    html = gzip.decompress(sent).decode()
    parts = {"the page": len(sent)} | {url: size(a) for url, a in fetched(html).items()}
    assert {name for name in parts if "/fonts/" in name}, "fonts are counted"
    assert not {name for name in parts if "leaflet" in name or "/map/data/" in name}
    assert sum(parts.values()) <= MOST, parts


def test_scripts_before_the_map_are_at_most_30_kilobytes(demo_client: TestClient[Litestar]) -> None:
    scripts = {url: size(a) for url, a in fetched(demo_client.get(PAGE).text).items() if url.endswith(".js")}
    assert {url for url in scripts if "htmx" in url}, "the vendored script is counted"
    assert sum(scripts.values()) <= MOST_SCRIPT, scripts
