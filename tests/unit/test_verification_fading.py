"""Time takes proofs away although nobody does anything: the search must follow, and follows each end once."""

import datetime as dt

from sqlmodel import select

from directory.lib.db import Databases, reading
from directory.search.entries import Entry, from_text
from directory.search.models import SearchEntry
from directory.terminology.proofs import FACT_GROUPS, FactGroup
from directory.verification import queries, timers
from directory.wiring import dispatch
from tests.support.clinics import AT
from tests.support.published import harbour
from tests.support.time import Clock


def searched(databases: Databases) -> Entry:
    with reading(databases) as db:
        return from_text(db.exec(select(SearchEntry.payload)).one())


def test_new_patients_are_no_longer_promised_once_nobody_has_confirmed_it_for_long(
    databases: Databases, clock: Clock
) -> None:
    harbour(databases)
    assert searched(databases).accepting_patients == "newpt"
    fades_at = AT + dt.timedelta(days=FACT_GROUPS[FactGroup.ACCEPTING].half_life_days + 1)
    clock.travel(to=fades_at - dt.timedelta(minutes=1))
    assert timers.fade(databases, dispatch, at=clock.now()) == 0
    clock.travel(to=fades_at + dt.timedelta(minutes=59))
    assert timers.fade(databases, dispatch, at=clock.now()) == 1
    assert searched(databases).accepting_patients == ""
    assert timers.fade(databases, dispatch, at=clock.advance(days=3)) == 0


def test_a_listing_is_announced_exactly_when_what_may_be_said_of_it_changes(databases: Databases, clock: Clock) -> None:
    location_id, minute = harbour(databases), dt.timedelta(minutes=1)
    half_lives = {group.half_life_days + 1 for group in FACT_GROUPS}
    ends = [AT + dt.timedelta(days=days * times) for days in half_lives for times in (1, 2)]
    with reading(databases) as db:
        for end in ends:
            proofs = [queries.get_verified(db, location_id, at=at).proofs for at in (end - minute, end + minute)]
            assert proofs[0] != proofs[1]
            assert queries.find_faded(db, after=end - minute, until=end + minute) == [location_id]
            assert queries.find_faded(db, after=end - 9 * minute, until=end - minute) == []
            assert queries.find_faded(db, after=end + minute, until=end + 9 * minute) == []
