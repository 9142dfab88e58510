"""After six years the oldest links go; what is left still proves that nobody else has cut anything off."""

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import text
from sqlmodel import select

from directory.accounts import audit
from directory.accounts.actor import system
from directory.accounts.models import AuditEvent
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Location
from directory.referrals import actions, forgetting
from directory.referrals.models import Referral, ReferralTask, StatusChange
from directory.settings import Settings
from directory.wiring import loops
from tests.support.requests import NOOR, ready_clinic, sent_request
from tests.support.time import Clock

SIX_YEARS = forgetting.SKELETON_KEPT


def fill(databases: Databases, clock: Clock, days: int) -> None:
    """A link a day."""
    for _ in range(days):
        with unit_of_work(databases) as db:
            audit.append(db, system("tests"), "viewed", subject_type="test")
        clock.advance(days=1)


def verdict(databases: Databases, known: audit.Head | None = None) -> audit.Broken | None:
    with reading(databases) as db:
        return audit.verify(db, known=known)


def numbers(databases: Databases) -> list[int]:
    with reading(databases) as db:
        return list(db.exec(select(AuditEvent.seq).order_by("seq")).all())


def test_old_links_go_and_the_rest_still_holds(databases: Databases, clock: Clock) -> None:
    begun = clock.now()
    fill(databases, clock, 5)
    with reading(databases) as db:
        known = audit.head(db)
    assert audit.forget(databases, begun) == 0
    assert audit.forget(databases, begun + dt.timedelta(days=2)) == 2
    assert numbers(databases) == [3, 4, 5]
    assert verdict(databases, known) is None
    assert audit.forget(databases, begun + dt.timedelta(days=99)) == 2
    assert numbers(databases) == [5]
    fill(databases, clock, 2)
    assert (numbers(databases), verdict(databases, known)) == ([5, 6, 7], None)


@pytest.mark.parametrize(
    "deed",
    [
        "DELETE FROM audit_event WHERE seq <= 4",
        "UPDATE audit_event SET action = 'other' WHERE seq = 4",
        "UPDATE audit_head SET start_seq = 3, start_chain = (SELECT chain FROM audit_event WHERE seq = 3)",
        "UPDATE audit_head SET start_seq = 0",
        "UPDATE audit_head SET start_chain = 'x'",
    ],
)
def test_what_somebody_else_cuts_off_is_noticed(databases: Databases, clock: Clock, deed: str) -> None:
    begun = clock.now()
    fill(databases, clock, 6)
    audit.forget(databases, begun + dt.timedelta(days=2))
    assert verdict(databases) is None
    with databases.writer.begin() as connection:
        connection.execute(text(deed))
    assert verdict(databases) is not None
    before = numbers(databases)
    assert audit.forget(databases, begun + dt.timedelta(days=5)) == 0
    assert numbers(databases) == before


def test_a_request_is_forgotten_whole_after_six_years_and_not_a_day_before(
    databases: Databases, clock: Clock, make_settings: Callable[..., Settings]
) -> None:
    location_id = ready_clinic(databases)
    referral = sent_request(databases, location_id, at=clock.now())
    with unit_of_work(databases) as db:
        actions.open_by_clinic(db, db.exec(select(ReferralTask.id)).one(), by=NOOR, at=clock.now())
        row = db.get_one(Referral, referral.id)
        row.closed_at, row.purge_at = clock.now(), clock.now() + dt.timedelta(days=90)
        db.add(row)
        db.flush()
        actions.purge(db, referral.id, at=clock.now())
    settings = make_settings()
    loops.purge(databases, settings)
    clock.advance(seconds=SIX_YEARS.total_seconds() - 60)
    loops.purge(databases, settings)
    with reading(databases) as db:
        assert len(db.exec(select(StatusChange)).all()) == 2
    clock.advance(minutes=2)
    loops.purge(databases, settings)
    loops.forget_audit(databases)
    with reading(databases) as db:
        assert [db.exec(select(table)).all() for table in (Referral, ReferralTask, StatusChange)] == [[], [], []]
        assert db.get(Location, location_id) is not None
    assert len(numbers(databases)) == 1
    assert verdict(databases) is None
