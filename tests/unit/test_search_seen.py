"""How often a clinic's page was shown: a number for clinic and month, added up in memory, kept for two years."""

import datetime as dt
from uuid import UUID

import pytest

from directory.lib.db import Databases, reading, unit_of_work
from directory.lib.ids import new_id
from directory.search import actions, queries
from directory.search.models import ListingViews
from directory.search.seen import Seen, is_ahead_of_a_reader
from tests.support.time import Clock

MARCH, APRIL, LATER = dt.date(2026, 3, 1), dt.date(2026, 4, 1), dt.date(2030, 1, 1)


def shown(databases: Databases, location_id: UUID) -> dict[dt.date, int]:
    with reading(databases) as db:
        return dict(queries.find_views(db, location_id, before=LATER, at_most=100))


def test_views_are_added_up_by_clinic_and_month_and_written_down_once(databases: Databases, clock: Clock) -> None:
    harbour, other = new_id(), new_id()
    here, there = Seen(databases), Seen(databases)
    for _view in range(3):
        here.notice(harbour)
    here.notice(other)
    assert shown(databases, harbour) == {}, "no page writes"
    here.flush()
    here.flush()
    there.notice(harbour)
    clock.travel(to=dt.datetime(2026, 4, 1, 0, 0, tzinfo=dt.UTC))
    there.notice(harbour)
    there.flush()
    assert shown(databases, harbour) == {MARCH: 4, APRIL: 1}
    assert shown(databases, other) == {MARCH: 1}
    with reading(databases) as db:
        assert queries.find_views(db, harbour, before=APRIL, at_most=3) == [(MARCH, 4)]


def test_old_months_are_forgotten(databases: Databases, clock: Clock) -> None:
    harbour = new_id()
    with unit_of_work(databases) as db:
        actions.add_views(db, {(MARCH, harbour): 2, (APRIL, harbour): 3})
    with unit_of_work(databases) as db:
        actions.forget_views(db, before=APRIL)
    assert shown(databases, harbour) == {APRIL: 3}


def test_there_is_no_room_for_a_reader() -> None:
    assert set(ListingViews.model_fields) == {"location_id", "month_on", "seen"}


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        ({}, False),
        ({"sec-purpose": "prefetch"}, True),
        ({"sec-purpose": "prefetch;prerender"}, True),
        ({"purpose": "prefetch"}, True),
        ({"x-moz": "Prefetch"}, True),
        ({"sec-purpose": "something-else"}, False),
    ],
)
def test_what_a_browser_fetches_ahead_is_no_view(headers: dict[str, str], ahead: bool) -> None:
    assert is_ahead_of_a_reader(headers) is ahead
