"""Sealed files: whole or not at all, at their place, under their key, in their order."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.lib import sealed_files
from directory.lib.sealed import Unreadable
from directory.lib.sealed_files import PIECE, new_key, read, write

SEALED = PIECE + 16


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 5 * 1024 * 1024])
def test_what_was_sealed_comes_back_in_pieces(tmp_path: Path, size: int) -> None:
    key, plain = new_key(), os.urandom(size)
    written = write(tmp_path / "a" / "file", key, "x|1", iter([plain[:100], plain[100:]]))
    assert written.size == size
    pieces = list(read(tmp_path / "a" / "file", key, "x|1"))
    assert b"".join(pieces) == plain
    assert max(len(piece) for piece in pieces) <= PIECE
    assert stat.S_IMODE((tmp_path / "a" / "file").stat().st_mode) == 0o600


def test_it_opens_at_its_own_place_and_under_its_own_key_alone(tmp_path: Path) -> None:
    key = new_key()
    write(tmp_path / "file", key, "x|1", [b"secret"])
    assert b"secret" not in (tmp_path / "file").read_bytes()
    for other, place in ((key, "x|2"), (new_key(), "x|1")):
        with pytest.raises(Unreadable):
            read(tmp_path / "file", other, place)
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "elsewhere", key, "x|1")


def test_pieces_cut_off_swapped_repeated_or_taken_from_another_file_are_noticed_before_the_first_is_shown(
    tmp_path: Path,
) -> None:
    key, plain = new_key(), os.urandom(3 * PIECE + 5)
    write(tmp_path / "file", key, "x|1", [plain])
    whole = (tmp_path / "file").read_bytes()
    mark, body = whole[:4], whole[4:]
    one, two, three, last = body[:SEALED], body[SEALED : 2 * SEALED], body[2 * SEALED : 3 * SEALED], body[3 * SEALED :]
    changed = [
        mark + one + two + three,
        mark + one,
        mark,
        b"",
        mark + two + one + three + last,
        mark + one + one + three + last,
        mark + one + two + last,
        mark + one + two + three + last + last,
        mark + one + two + three + last[:-1],
        b"LWF2" + body,
    ]
    for number, content in enumerate(changed):
        (tmp_path / str(number)).write_bytes(content)
        with pytest.raises(Unreadable):
            read(tmp_path / str(number), key, "x|1")


@given(place=st.integers(min_value=0), change=st.integers(min_value=1, max_value=255))
def test_no_byte_of_it_can_be_changed(tmp_path_factory: pytest.TempPathFactory, place: int, change: int) -> None:
    folder, key = tmp_path_factory.mktemp("sealed"), new_key()
    write(folder / "file", key, "x|1", [b"a few words"])
    content = bytearray((folder / "file").read_bytes())
    content[place % len(content)] ^= change
    (folder / "file").write_bytes(content)
    with pytest.raises(Unreadable):
        read(folder / "file", key, "x|1")


def test_what_fails_half_way_leaves_nothing_and_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    def breaking() -> Iterator[bytes]:
        yield os.urandom(2 * PIECE)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        write(tmp_path / "file", new_key(), "x|1", breaking())
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / "file", new_key(), "x|1", [b"first"])
    with pytest.raises(FileExistsError):
        write(tmp_path / "file", new_key(), "x|1", [b"second"])
    assert (tmp_path / "file").exists(), "what could not be written again is still there"
    assert sealed_files.PIECE == 64 * 1024
