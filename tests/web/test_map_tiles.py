"""The file of map tiles over HTTP: byte ranges, tags, HEAD, what is refused, and nothing at all without the setting."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from directory.lib.languages import speaking
from directory.lib.pmtiles import archive
from directory.settings import Settings
from directory.web.templates import environment
from directory.web.tiles import PIECE, Unsatisfiable, byte_range
from tests.support import tiles

Client = TestClient[Litestar]
MAP = '{% from "search/map.html" import results_map %}{{ results_map() }}'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiles.write(tmp_path / "area.pmtiles")


@pytest.fixture
def site(make_client: Callable[..., Client], tmp_path: Path, path: Path) -> Client:
    return make_client(tiles=path)


def asked(site: Client, path: Path, method: str = "GET", **headers: str) -> Any:
    return site.request(method, archive(path).url, headers={k.replace("_", "-"): v for k, v in headers.items()})


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-126", 0, 126),
        ("bytes=7-7", 7, 7),
        ("bytes=100-", 100, None),
        ("bytes=-9", -9, None),
        ("Bytes=0-999999", 0, None),
    ],
)
def test_a_range_is_answered_with_exactly_its_bytes(
    site: Client, path: Path, wanted: str, first: int, last: int | None
) -> None:
    whole = path.read_bytes()
    answer = asked(site, path, range=wanted, accept_encoding="gzip")
    part = whole[first:] if last is None else whole[first : last + 1]
    begin = first % len(whole)
    assert answer.status_code == 206
    assert answer.content == part
    assert answer.headers["content-range"] == f"bytes {begin}-{begin + len(part) - 1}/{len(whole)}"
    assert answer.headers["content-length"] == str(len(part))
    assert answer.headers["content-type"] == "application/vnd.pmtiles"
    assert "immutable" in answer.headers["cache-control"]
    assert "content-encoding" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_range_beyond_the_end_is_416_and_says_how_long_the_file_is(site: Client, path: Path) -> None:
    size = path.stat().st_size
    for wanted in (f"bytes={size}-", f"bytes={size + 5}-{size + 9}", "bytes=-0"):
        answer = asked(site, path, range=wanted)
        assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{size}")
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("wanted", ["", "lines=0-5", "bytes=9-3", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "bytes=٣-٤"])
def test_what_is_no_single_range_gets_the_whole_file(wanted: str) -> None:
    assert byte_range(wanted, 1000) is None


@given(size=st.integers(1, 5000), first=st.integers(0, 6000), length=st.integers(1, 6000))
def test_a_range_never_leaves_the_file(size: int, first: int, length: int) -> None:
    try:
        found = byte_range(f"bytes={first}-{first + length - 1}", size)
    except Unsatisfiable:
        assert first >= size
    else:
        assert found == (first, min(first + length, size) - 1)


def test_the_whole_file_flows_and_is_asked_about_without_being_read(
    make_client: Callable[..., Client], tmp_path: Path
) -> None:
    path = tiles.write(
        tmp_path / "large.pmtiles", tile=tiles.TILE + bytes([0x7A]) + tiles.number(3 * PIECE) + os.urandom(3 * PIECE)
    )
    site, whole = make_client(tiles=path), path.read_bytes()
    assert len(whole) > 3 * PIECE
    answer = asked(site, path)
    assert (answer.status_code, answer.content) == (200, whole)
    assert answer.headers["accept-ranges"] == "bytes"
    answer = asked(site, path, range=f"bytes=5-{2 * PIECE + 5}")
    assert (answer.status_code, answer.content) == (206, whole[5 : 2 * PIECE + 6])
    answer = asked(site, path, method="HEAD", range="bytes=0-5")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(whole))


def test_tags_decide_whether_a_part_still_fits(site: Client, path: Path) -> None:
    tag = asked(site, path, range="bytes=0-5").headers["etag"]
    assert not tag.startswith("W/")
    assert asked(site, path, range="bytes=0-5", if_range=tag).status_code == 206
    for other in ('"000000000000"', "Wed, 21 Oct 2026 07:28:00 GMT", f"W/{tag}"):
        assert asked(site, path, range="bytes=0-5", if_range=other).status_code == 200
    assert asked(site, path, if_none_match=f'"other", W/{tag}').status_code == 304
    assert asked(site, path, range="bytes=0-5", if_match='"other"').status_code == 412
    assert asked(site, path, range="bytes=0-5", if_match=tag).status_code == 206


def test_another_file_in_its_place_is_not_sent_as_if_it_were_the_same(site: Client, path: Path) -> None:
    url = archive(path).url
    tiles.write(path, name="of another day")
    assert site.get(url, headers={"Range": "bytes=0-5"}).status_code == 404
    path.unlink()
    assert site.get(url).status_code == 404
    assert site.get("/tiles/000000000000.pmtiles").status_code == 404


def the_map(settings: Settings, language: str) -> str:
    """The map as the page of results holds it."""
    with speaking(language):
        return environment(settings).from_string(MAP).render()


def test_the_map_names_the_file_and_whom_it_comes_from(make_settings: Callable[..., Settings], tmp_path: Path) -> None:
    path = tiles.write(tmp_path / "area.pmtiles", attribution="<b>Mappers</b> &lt;script&gt; & <i>friends</i>")
    page = the_map(make_settings(tiles=path), "es")
    assert f'data-tiles="{archive(path).url}"' in page
    assert "Calles: Mappers &lt;script&gt; &amp; friends." in page


def test_without_the_setting_nothing_of_it_is_there(
    make_client: Callable[..., Client], make_settings: Callable[..., Settings]
) -> None:
    assert "tiles" not in the_map(make_settings(), "en")
    assert make_client().get("/tiles/000000000000.pmtiles").status_code == 404
