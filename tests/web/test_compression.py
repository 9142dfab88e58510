"""Public pages leave gzipped; nothing that goes with a cookie does."""

import gzip

from litestar import Litestar
from litestar.testing import TestClient

SEARCH = "/search?near=10001&radius=100"


def sent(client: TestClient[Litestar], path: str, **headers: str) -> tuple[dict[str, str], bytes]:
    """Headers and bytes as they go over the wire."""
    with client.stream("GET", path, headers=headers) as answer:
        return dict(answer.headers), b"".join(answer.iter_raw())


def test_a_results_page_is_sent_gzipped_and_says_the_same(demo_client: TestClient[Litestar]) -> None:
    plain_headers, plain = sent(demo_client, SEARCH, **{"accept-encoding": "identity"})
    headers, body = sent(demo_client, SEARCH, **{"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain_headers
    assert headers["content-encoding"] == "gzip"
    assert headers["vary"] == "Accept-Language, Accept-Encoding"
    assert int(headers["content-length"]) == len(body)
    assert gzip.decompress(body) == plain
    assert len(body) < len(plain) / 5


def test_what_goes_with_a_cookie_is_never_compressed(demo_client: TestClient[Litestar]) -> None:
    headers, _body = sent(demo_client, SEARCH, **{"accept-encoding": "gzip", "cookie": "grant=anything"})
    assert "content-encoding" not in headers


def test_a_compressed_answer_has_a_weak_tag_that_still_saves_the_body(demo_client: TestClient[Litestar]) -> None:
    headers, _body = sent(demo_client, "/api/v1/search?near=10001", **{"accept-encoding": "gzip"})
    assert headers["etag"].startswith('W/"')
    again, body = sent(demo_client, "/api/v1/search?near=10001", **{"if-none-match": headers["etag"]})
    assert body == b""
    assert again["etag"].removeprefix("W/") == headers["etag"].removeprefix("W/")


def test_small_answers_and_packed_files_stay_as_they_are(demo_client: TestClient[Litestar]) -> None:
    headers, _body = sent(demo_client, "/healthz", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in headers
    page = demo_client.get("/").text
    font = page.split('href="/assets/fonts/')[1].split('"')[0]
    headers, _body = sent(demo_client, f"/assets/fonts/{font}", **{"accept-encoding": "gzip"})
    assert "content-encoding" not in headers


def test_an_error_page_is_compressed_with_its_headers_kept(demo_client: TestClient[Litestar]) -> None:
    headers, _body = sent(demo_client, "/no-such-page", **{"accept-encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert headers["x-content-type-options"] == "nosniff"
