"""Signed links: made by us for one purpose and one row, alive for eight days."""

import datetime as dt
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from directory.accounts import links
from directory.lib.errors import Gone, NotFound

SECRET = "a secret of forty characters, for tests."
DAY = dt.date(2026, 3, 10)
ROW = uuid.UUID("01890000-0000-7000-8000-000000000001")


def test_a_link_names_its_row_on_each_of_eight_days() -> None:
    token = links.sign(SECRET, "answer", ROW, DAY)
    assert len(token) == 51
    for days in range(9):
        assert links.read(SECRET, "answer", token, DAY + dt.timedelta(days=days)) == ROW


def test_on_the_ninth_day_it_says_that_it_is_too_old() -> None:
    with pytest.raises(Gone, match="8 days"):
        links.read(SECRET, "answer", links.sign(SECRET, "answer", ROW, DAY), DAY + dt.timedelta(days=9))


def test_a_link_for_one_thing_is_none_for_another() -> None:
    token = links.sign(SECRET, "answer", ROW, DAY)
    for secret, purpose in ((SECRET, "request"), (SECRET + "x", "answer")):
        with pytest.raises(NotFound):
            links.read(secret, purpose, token, DAY)


@settings(deadline=None)
@given(st.uuids(), st.dates(dt.date(2020, 1, 1), dt.date(2100, 1, 1)), st.data())
def test_no_changed_link_is_believed(row: uuid.UUID, day: dt.date, data: st.DataObject) -> None:
    token = links.sign(SECRET, "answer", row, day)
    assert links.read(SECRET, "answer", token, day) == row
    at = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    changed = token[:at] + other + token[at + 1 :]
    if changed != token:
        with pytest.raises(NotFound):
            links.read(SECRET, "answer", changed, day)


@settings(deadline=None)
@given(st.text(max_size=80) | st.text("ABCab01-_=", max_size=80))
def test_whatever_is_put_in_a_link_it_is_only_not_found(token: str) -> None:
    with pytest.raises(NotFound):
        links.read(SECRET, "answer", token, DAY)
