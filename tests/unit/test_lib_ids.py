"""Identifiers: ordered ids, references that can be read out, tokens stored as digests."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from directory.lib import clock, ids


def test_ids_are_version_seven_and_ordered_by_time() -> None:
    early = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    with clock.standing_at(early):
        first = ids.new_id()
    with clock.standing_at(early + dt.timedelta(milliseconds=1)):
        second = ids.new_id()
    assert first.version == 7
    assert first.variant == "specified in RFC 4122"
    assert first < second


def test_a_reference_has_no_letter_that_is_misread() -> None:
    drawn = "".join(ids.new_reference().removeprefix("R-") for _ in range(500))
    assert not set(drawn) & set("01OILAEIU")


def test_a_reference_is_understood_however_it_is_typed() -> None:
    for typed in ("R-7F3K-92", "r7f3k92", " r 7f3k 92 ", "7f3k-92", "R–7F3K–92"):
        assert ids.normal_reference(typed) == "R-7F3K-92"


@given(st.text(max_size=300))
def test_any_text_gives_a_short_reference_and_no_error(typed: str) -> None:
    assert len(ids.normal_reference(typed)) <= 60


def test_tokens_carry_256_bits_and_are_stored_as_digests() -> None:
    token = ids.new_token()
    assert len(token) == 43
    assert token not in ids.token_digest(token)
    assert ids.token_digest(token) == ids.token_digest(token)
