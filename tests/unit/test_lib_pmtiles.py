"""A file of map tiles is looked at before the service starts: what cannot be drawn is refused in words."""

from pathlib import Path

import pytest
from pmtiles.tile import TileType

from directory.lib.pmtiles import archive
from directory.settings import SettingsError, load
from tests.support import tiles


def test_a_file_says_what_it_holds_where_and_from_whom(tmp_path: Path) -> None:
    path = tiles.write(tmp_path / "area.pmtiles", bounds=(-106.5, 39.0, -103.5, 40.5))
    found = archive(path)
    assert (found.kind, found.zooms, found.bounds) == ("vector", (5, 11), (-106.5, 39.0, -103.5, 40.5))
    assert found.attribution == "© OpenStreetMap contributors"
    assert found.is_of_openstreetmap
    assert found.size_bytes == path.stat().st_size


def test_vector_tiles_that_name_nobody_are_openstreetmaps_and_pictures_are_nobodys(tmp_path: Path) -> None:
    assert "OpenStreetMap" in archive(tiles.write(tmp_path / "a.pmtiles", attribution="")).attribution
    pictures = tiles.write(tmp_path / "b.pmtiles", attribution="", kind=TileType.PNG, vector_layers=[])
    assert (archive(pictures).kind, archive(pictures).attribution) == ("raster", "")


def test_another_file_of_the_same_name_has_another_version(tmp_path: Path) -> None:
    one = archive(tiles.write(tmp_path / "one.pmtiles"))
    other = archive(tiles.write(tmp_path / "other.pmtiles", name="other"))
    assert one.version != other.version


@pytest.mark.parametrize(
    ("at", "byte", "words"),
    [
        (0, 0, "no PMTiles file"),
        (7, 2, "version 2"),
        (7, 4, "version 4"),
        (99, 6, "cannot draw"),
        (98, 3, "gzip or none"),
        (97, 4, "gzip or none"),
    ],
)
def test_what_browsers_cannot_draw_is_refused_in_words(tmp_path: Path, at: int, byte: int, words: str) -> None:
    path = tiles.write(tmp_path / "area.pmtiles")
    body = bytearray(path.read_bytes())
    body[at] = byte
    path.write_bytes(body)
    with pytest.raises(SettingsError, match=f"DIRECTORY_TILES names .*{words}"):
        archive(path)


def test_a_file_that_was_cut_off_or_is_damaged_is_refused(tmp_path: Path) -> None:
    whole = tiles.write(tmp_path / "area.pmtiles").read_bytes()
    for length, words in (
        (0, "no PMTiles"),
        (8, "copied whole"),
        (60, "copied whole"),
        (len(whole) - 1, "copied whole"),
    ):
        path = tmp_path / f"{length}.pmtiles"
        path.write_bytes(whole[:length])
        with pytest.raises(SettingsError, match=words):
            archive(path)
    at = int.from_bytes(whole[24:32], "little")
    damaged = tmp_path / "damaged.pmtiles"
    damaged.write_bytes(whole[:at] + bytes(12) + whole[at + 12 :])
    with pytest.raises(SettingsError, match="damaged"):
        archive(damaged)


def test_vector_tiles_of_another_layout_are_refused_by_their_layers(tmp_path: Path) -> None:
    path = tiles.write(tmp_path / "area.pmtiles", vector_layers=[{"id": "transportation"}, {"id": "water"}])
    with pytest.raises(SettingsError, match=r"layers: transportation, water.*docs/tiles.md"):
        archive(path)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"DIRECTORY_TILES names .* no such file"):
        load({"DIRECTORY_TILES": str(tmp_path / "none.pmtiles")})
    assert load({}).tiles is None
