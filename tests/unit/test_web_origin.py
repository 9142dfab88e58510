"""Requests from other sites are told apart by what browsers say of them."""

import pytest

from directory.web.origin import comes_from_elsewhere

BASE = "https://care.example.org"


@pytest.mark.parametrize(
    ("headers", "elsewhere"),
    [
        ({}, False),
        ({b"sec-fetch-site": b"same-origin"}, False),
        ({b"sec-fetch-site": b"none"}, False),
        ({b"sec-fetch-site": b"same-origin", b"origin": b"null"}, False),
        ({b"sec-fetch-site": b"cross-site"}, True),
        ({b"sec-fetch-site": b"same-site"}, True),
        ({b"sec-fetch-site": b"cross-site", b"origin": BASE.encode()}, True),
        ({b"origin": BASE.encode()}, False),
        ({b"origin": b"https://care.example.org.evil.example"}, True),
        ({b"origin": b"http://care.example.org"}, True),
        ({b"origin": b"null"}, False),
    ],
)
def test_the_origin_decides(headers: dict[bytes, bytes], elsewhere: bool) -> None:
    assert comes_from_elsewhere(headers, base_url=BASE) is elsewhere
