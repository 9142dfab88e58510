"""Reminders, each once: to the clinic at 75, 83 and 90 days without a confirmation; to us before a proof ends.

Run by the worker on the clock. A listing confirmed in the meantime begins a new round, and what is queued is dropped.
"""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from sqlmodel import Session, col, select

from directory.delivery import actions as delivery
from directory.lib import events
from directory.lib.db import Databases, unit_of_work
from directory.listings.models import Endpoint, Location
from directory.terminology.channels import MAILED
from directory.terminology.listing_status import PUBLIC
from directory.terminology.proofs import REMIND_AT_DAYS, UNLIST_AT_DAYS, FactGroup
from directory.verification.events import CheckDue, LicenceExpiring
from directory.verification.models import Reminder, ReminderKind
from directory.verification.work import (
    CHECK_MARKS,
    LICENCE_MARKS,
    LicenceDue,
    SiteDue,
    find_licences_due,
    find_rems_due,
    find_supervision_due,
)

CONFIRM_MESSAGE = "listing_confirm"
AT_ONCE = 200


def remind(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> tuple[int, int]:
    """Send what is due at `at`: how many clinics were reminded, and how many licences and checks were announced.

    Done again at once, it finds nothing. After a pause of the worker only the latest of the missed reminders goes out.
    """
    clinics = 0
    for days, until in zip(REMIND_AT_DAYS, (*REMIND_AT_DAYS[1:], UNLIST_AT_DAYS), strict=True):
        while True:
            with unit_of_work(databases, dispatch) as db:
                found = _unreminded(db, days, until, at)
                for location, mailbox in found:
                    _remind_clinic(db, location, mailbox, days, at)
            clinics += len(found)
            if len(found) < AT_ONCE:
                break
    with unit_of_work(databases, dispatch) as db:
        ours = sum(_announce(db, due, at) for due in find_licences_due(db, at.date()))
        ours += sum(_announce_check(db, due, FactGroup.REMS, at) for due in find_rems_due(db, at.date()))
        ours += sum(_announce_check(db, due, FactGroup.SUPERVISION, at) for due in find_supervision_due(db, at.date()))
    return clinics, ours


def is_still_wanted(db: Session, message: str, about_id: UUID | None) -> bool:
    """Whether a queued reminder still makes sense: nobody has confirmed the listing since, and it is still public."""
    if message != CONFIRM_MESSAGE or about_id is None:
        return True
    location = db.get(Location, about_id)
    if location is None or location.status not in PUBLIC or location.confirmed_at is None:
        return False
    asked = select(Reminder.id).where(Reminder.about_id == about_id, Reminder.kind == ReminderKind.CONFIRM)
    return db.exec(asked.where(Reminder.counted_from == location.confirmed_at).limit(1)).first() is not None


def mailbox_of(db: Session, location_id: UUID) -> str:
    """Where reminders of a listing go: the mailbox for its requests; empty when there is none."""
    asked = select(Endpoint.address).where(
        Endpoint.location_id == location_id, col(Endpoint.channel).in_(MAILED), col(Endpoint.active).is_(True)
    )
    return db.exec(asked).one_or_none() or ""


def _unreminded(db: Session, days: int, until: int, at: dt.datetime) -> list[tuple[Location, str]]:
    """Public listings silent for `days`, not yet for `until`, whose clinic was not told so in this round."""
    told = select(Reminder.id).where(
        Reminder.about_id == Location.id,
        Reminder.kind == ReminderKind.CONFIRM,
        Reminder.counted_from == Location.confirmed_at,
        Reminder.days == days,
    )
    asked = (
        select(Location, Endpoint.address)
        .join(Endpoint, col(Endpoint.location_id) == col(Location.id))
        .where(col(Endpoint.channel).in_(MAILED), col(Endpoint.active).is_(True))
        .where(col(Location.status).in_(sorted(PUBLIC)), col(Location.is_demo).is_(False))  # nobody reads those
        .where(col(Location.confirmed_at) <= at - dt.timedelta(days=days))
        .where(col(Location.confirmed_at) > at - dt.timedelta(days=until))
        .where(~told.exists())
        .order_by(col(Location.confirmed_at))
        .limit(AT_ONCE)
    )
    return list(db.exec(asked).all())


def _remind_clinic(db: Session, location: Location, mailbox: str, days: int, at: dt.datetime) -> None:
    assert location.confirmed_at is not None
    _note(db, location.id, ReminderKind.CONFIRM, since=location.confirmed_at, marks=[days], at=at)
    ids = {"location": str(location.id)}
    delivery.queue(db, message=CONFIRM_MESSAGE, mailbox=mailbox, ids=ids, about_id=location.id)


def _announce(db: Session, due: LicenceDue, at: dt.datetime) -> int:
    """Announce a licence at the nearest mark that it has reached, unless that was done; the farther ones go with it."""
    reached = [mark for mark in LICENCE_MARKS if (due.days_left <= mark if mark else due.days_left < 0)]
    if not reached:
        return 0
    ends_at = dt.datetime.combine(due.expires_on, dt.time(), tzinfo=dt.UTC)
    asked = select(Reminder.days).where(Reminder.about_id == due.qualification_id, Reminder.counted_from == ends_at)
    told = set(db.exec(asked.where(Reminder.kind == ReminderKind.LICENCE)).all())
    nearest = min(reached)
    if nearest in told:
        return 0
    new = [mark for mark in reached if mark not in told]
    _note(db, due.qualification_id, ReminderKind.LICENCE, since=ends_at, marks=new, at=at)
    who, what = due.practitioner_id, due.qualification_id
    events.record(db, LicenceExpiring(qualification_id=what, practitioner_id=who, days=nearest))
    return 1


def _announce_check(db: Session, due: SiteDue, group: FactGroup, at: dt.datetime) -> int:
    """Announce a check of ours 14 days before it is due, and once more when it is."""
    kind = ReminderKind.REMS if group is FactGroup.REMS else ReminderKind.SUPERVISION
    due_at = dt.datetime.combine(due.due_on, dt.time(), tzinfo=dt.UTC)
    asked = select(Reminder.days).where(Reminder.about_id == due.location_id, Reminder.counted_from == due_at)
    told = set(db.exec(asked.where(Reminder.kind == kind)).all())
    new = [mark for mark in CHECK_MARKS if (due.due_on - at.date()).days <= mark and mark not in told]
    if not new:
        return 0
    _note(db, due.location_id, kind, since=due_at, marks=new, at=at)
    events.record(db, CheckDue(location_id=due.location_id, group=group))
    return 1


def _note(
    db: Session, about_id: UUID, kind: ReminderKind, *, since: dt.datetime, marks: Iterable[int], at: dt.datetime
) -> None:
    for days in marks:
        db.add(Reminder(about_id=about_id, kind=kind, counted_from=since, days=days, at=at))
