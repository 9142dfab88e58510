"""Sealing: bound to its place, rotation without touching content, and deletion that holds."""

import multiprocessing
import pickle
from pathlib import Path

import pytest

from directory.lib import sealed
from directory.lib.sealed import KeyDestroyed, KeyRing, RingRefused, Unreadable

ONE = bytes(range(32))
TWO = bytes(range(100, 132))


def test_what_was_sealed_opens_in_its_own_place() -> None:
    key = sealed.new_data_key(KeyRing({"k1": ONE})).key
    for text in ("", "Ångström \x80 \x00", "x" * 10_000):
        assert sealed.unseal(key, "referral", "r1", "note", sealed.seal(key, "referral", "r1", "note", text)) == text


@pytest.mark.parametrize("place", [("task", "r1", "note"), ("referral", "r2", "note"), ("referral", "r1", "name")])
def test_sealed_text_moved_to_another_place_does_not_open(place: tuple[str, str, str]) -> None:
    key = sealed.new_data_key(KeyRing({"k1": ONE})).key
    moved = sealed.seal(key, "referral", "r1", "note", "secret")
    with pytest.raises(Unreadable):
        sealed.unseal(key, *place, moved)


def test_another_key_does_not_open_it() -> None:
    ring = KeyRing({"k1": ONE})
    first, second = sealed.new_data_key(ring), sealed.new_data_key(ring)
    closed = sealed.seal(first.key, "referral", "r1", "note", "secret")
    with pytest.raises(Unreadable):
        sealed.unseal(second.key, "referral", "r1", "note", closed)


def test_every_changed_byte_is_noticed() -> None:
    key = sealed.new_data_key(KeyRing({"k1": ONE})).key
    closed = sealed.seal(key, "referral", "r1", "note", "secret")
    for at in range(len(closed)):
        changed = closed[:at] + bytes([closed[at] ^ 1]) + closed[at + 1 :]
        with pytest.raises(Unreadable):
            sealed.unseal(key, "referral", "r1", "note", changed)
    for length in range(len(closed)):
        with pytest.raises(Unreadable):
            sealed.unseal(key, "referral", "r1", "note", closed[:length])


def test_the_same_text_is_never_sealed_to_the_same_bytes() -> None:
    key = sealed.new_data_key(KeyRing({"k1": ONE})).key
    assert len({sealed.seal(key, "referral", "r1", "note", "same") for _ in range(200)}) == 200


def test_the_length_of_a_short_code_does_not_show() -> None:
    key = sealed.new_data_key(KeyRing({"k1": ONE})).key
    assert len({len(sealed.seal(key, "referral", "r1", "note", code)) for code in ("", "PTSD", "CHRONIC_PAIN")}) == 1


@pytest.mark.parametrize(
    "place", [("a|b", "r1", "note"), ("referral", "r|1", "note"), ("referral", "r1", "n|t"), ("referral", "", "note")]
)
def test_a_place_that_could_be_read_two_ways_is_refused(place: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="Not a place"):
        sealed.seal(ONE, *place, "text")


def test_rotation_rewraps_and_leaves_content_alone() -> None:
    old = KeyRing({"k1": ONE})
    key, wrapped, ring_key_id = sealed.new_data_key(old)
    content = sealed.seal(key, "referral", "r1", "note", "secret")
    both = KeyRing({"k2": TWO, "k1": ONE})
    wrapped, ring_key_id = sealed.rewrap(both, wrapped, ring_key_id)
    assert ring_key_id == "k2"
    only_new = KeyRing({"k2": TWO})
    assert sealed.unseal(sealed.unwrap(only_new, wrapped, ring_key_id), "referral", "r1", "note", content) == "secret"


def test_a_key_gone_from_the_ring_opens_nothing() -> None:
    _, wrapped, ring_key_id = sealed.new_data_key(KeyRing({"k1": ONE}))
    with pytest.raises(Unreadable):
        sealed.unwrap(KeyRing({"k2": TWO}), wrapped, ring_key_id)


def test_a_wrapped_key_under_another_name_does_not_open() -> None:
    _, wrapped, _ = sealed.new_data_key(KeyRing({"k1": ONE}))
    with pytest.raises(Unreadable):
        sealed.unwrap(KeyRing({"k2": ONE}), wrapped, "k2")


@pytest.mark.parametrize("gone", [None, b""])
def test_a_destroyed_data_key_says_so(gone: bytes | None) -> None:
    with pytest.raises(KeyDestroyed):
        sealed.unwrap(KeyRing({"k1": ONE}), gone, "k1")


def test_keys_for_different_purposes_differ() -> None:
    ring = KeyRing({"k1": ONE})
    assert len({ring.wrapping_key("k1"), ring.sealing_key("k1"), ring.digest_key(), ONE}) == 4


def test_a_ring_shows_and_writes_no_key() -> None:
    ring = KeyRing({"k1": ONE})
    assert repr(ring) == "KeyRing(k1)"
    with pytest.raises(TypeError):
        pickle.dumps(ring)


@pytest.mark.parametrize(
    "keys",
    [{}, {"k1": b"short"}, {"k1": b"\x00" * 32}, {"k1": ONE, "k2": ONE}, {"k 1": ONE}, {"k|1": ONE}],
)
def test_a_poor_ring_is_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(RingRefused):
        KeyRing(keys)


def test_development_makes_a_ring_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "var" / "keys"
    made = sealed.load_ring(path, create=True)
    assert path.stat().st_mode & 0o777 == 0o400
    again = sealed.load_ring(path, create=True)
    assert again.ids == made.ids
    assert again.wrapping_key(again.active_id) == made.wrapping_key(made.active_id)
    assert [each.name for each in path.parent.iterdir()] == ["keys"]


def test_production_refuses_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RingRefused, match="no key ring"):
        sealed.load_ring(tmp_path / "keys", create=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "k1\n", "k1 = !!!!\n", "k1 = AAAA\n", "ké = AAAA\n"])
def test_a_broken_ring_file_is_refused_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o400)
    with pytest.raises(RingRefused):
        sealed.load_ring(path, create=False)


def test_a_ring_everyone_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    sealed.load_ring(path, create=True)
    path.chmod(0o444)
    with pytest.raises(RingRefused, match="chmod 0400"):
        sealed.load_ring(path, create=False)


def test_rotating_the_file_keeps_the_old_keys_until_retired(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    first = sealed.load_ring(path, create=True)
    _, wrapped, ring_key_id = sealed.new_data_key(first)
    name = sealed.rotate_ring(path)
    second = sealed.load_ring(path, create=False)
    assert second.ids == (name, first.active_id)
    assert path.stat().st_mode & 0o777 == 0o400
    wrapped, ring_key_id = sealed.rewrap(second, wrapped, ring_key_id)
    with pytest.raises(RingRefused, match="in use"):
        sealed.retire_key(path, name)
    sealed.retire_key(path, first.active_id)
    third = sealed.load_ring(path, create=False)
    assert third.ids == (name,)
    assert sealed.unwrap(third, wrapped, ring_key_id)


def _ids(path: Path) -> tuple[str, ...]:
    return sealed.load_ring(path, create=True).ids


def test_processes_that_start_at_once_share_one_ring(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_ids, [tmp_path / "keys"] * 8))) == 1
