"""Reminders, each once: 75, 83 and 90 days to the clinic; 60, 30 days and the end of a licence to us."""

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from directory import wiring
from directory.delivery.models import OutboxMessage
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings import actions as listings
from directory.listings import queries as listing_queries
from directory.listings.models import Location
from directory.verification import actions, reminders, timers
from directory.verification.events import LicenceExpiring
from tests.support.clinics import AT
from tests.support.published import NOOR, harbour
from tests.support.time import Clock


def days(number: float) -> dt.datetime:
    return AT + dt.timedelta(days=number)


def sent(databases: Databases) -> list[OutboxMessage]:
    with reading(databases) as db:
        asked = select(OutboxMessage).where(OutboxMessage.message == "listing_confirm").order_by("queued_at")
        return list(db.exec(asked).all())


def run(databases: Databases, clock: Clock, at: dt.datetime) -> int:
    """What the worker does at an instant, twice: it must not matter."""
    clock.travel(to=at)
    count = 0
    for _ in range(2):
        count += reminders.remind(databases, wiring.dispatch, at=at)[0]
        timers.sweep(databases, wiring.dispatch, at=at)
    return count


def test_a_silent_clinic_is_reminded_at_75_83_and_90_days_each_once(databases: Databases, clock: Clock) -> None:
    location_id = harbour(databases)
    told = {number for number in range(122) if run(databases, clock, days(number))}
    assert told == {75, 83, 90}
    assert {row.about_id for row in sent(databases)} == {location_id}
    with reading(databases) as db:
        assert db.get_one(Location, location_id).status == "UNLISTED"


def test_a_worker_that_slept_sends_only_the_latest(databases: Databases, clock: Clock) -> None:
    harbour(databases)
    assert run(databases, clock, days(95)) == 1
    assert len(sent(databases)) == 1


def test_a_confirmation_begins_a_new_round_and_calls_off_what_is_queued(databases: Databases, clock: Clock) -> None:
    location_id = harbour(databases)
    run(databases, clock, days(75))
    with reading(databases) as db:
        assert reminders.is_still_wanted(db, "listing_confirm", location_id)
    with unit_of_work(databases, wiring.dispatch) as db:
        version = listing_queries.get_location(db, location_id).version
        actions.attest_all_correct(db, location_id, version=version, by=NOOR, at=days(76))
    with reading(databases) as db:
        assert not reminders.is_still_wanted(db, "listing_confirm", location_id)
        assert reminders.is_still_wanted(db, "code", location_id)
    assert run(databases, clock, days(100)) == 0
    assert run(databases, clock, days(76 + 75)) == 1


@pytest.mark.parametrize("changes", [{"is_demo": True}, {"status": "SUSPENDED"}])
def test_invented_and_paused_clinics_are_not_reminded(
    databases: Databases, clock: Clock, changes: dict[str, Any]
) -> None:
    location_id = harbour(databases)
    with unit_of_work(databases) as db:
        row = db.get_one(Location, location_id)
        for name, value in changes.items():
            setattr(row, name, value)
        db.add(row)
    assert run(databases, clock, days(75)) == 0


def test_a_licence_is_announced_at_60_and_30_days_and_when_it_has_ended_each_once(
    databases: Databases, clock: Clock
) -> None:
    location_id = harbour(databases)
    ends = dt.datetime(2027, 6, 30, 15, tzinfo=dt.UTC)
    heard: list[tuple[int, int]] = []
    left = 0

    def listen(db: Session, event: Any) -> None:
        if isinstance(event, LicenceExpiring):
            heard.append((left, event.days))

    for left in range(70, -4, -1):
        at = clock.travel(to=ends - dt.timedelta(days=left))
        with unit_of_work(databases) as db:
            listings.set_confirmed(db, location_id, by=str(NOOR), at=at)
        for _ in range(2):
            reminders.remind(databases, listen, at=at)
    assert heard == [(60, 60), (30, 30), (-1, 0)]


def test_a_licence_first_seen_late_is_announced_once(databases: Databases, clock: Clock) -> None:
    location_id: UUID = harbour(databases)
    at = clock.travel(to=dt.datetime(2027, 6, 20, 15, tzinfo=dt.UTC))
    with unit_of_work(databases) as db:
        listings.set_confirmed(db, location_id, by=str(NOOR), at=at)
    assert reminders.remind(databases, wiring.dispatch, at=at) == (0, 2), "the licence, and supervision as well"
    assert reminders.remind(databases, wiring.dispatch, at=at) == (0, 0)
