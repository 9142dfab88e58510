"""When a clinic closes, is paused or falls silent: every open request there is listed for a person, its sender told.

The sender's page names clinics nearby and asks one of them at a press, under the same consent (`readdressing`).
"""

import datetime as dt
import logging
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from directory.delivery.queries import find_about
from directory.lib import events
from directory.lib.db import Databases, reading, unit_of_work
from directory.listings.models import Location
from directory.listings.queries import get_location
from directory.referrals import figures, messages, queries
from directory.referrals.consequences import find_steps
from directory.referrals.events import RequestWaits
from directory.referrals.lifecycle import WITHDRAWN
from directory.referrals.models import PersonWhy, ReferralTask, StatusChange, Who
from directory.terminology.listing_status import ListingState
from directory.terminology.referral_status import OPEN

log = logging.getLogger("directory.referrals")

GONE = frozenset({ListingState.CLOSED, ListingState.SUSPENDED, ListingState.UNLISTED, ListingState.NEVER_LIST})
"""A listing in one of these is no clinic that somebody can count on now."""
_ASKED = sorted(OPEN - {"draft", "held_for_sender_check", *WITHDRAWN})
AT_ONCE = 200


def look_after(databases: Databases, dispatch: events.Dispatch, *, at: dt.datetime) -> int:
    """One pass over the requests whose clinic is gone or silent; each has a transaction of its own. Gives how many."""
    with reading(databases) as db:
        left = [*find_left(db), *_find_unanswered(db, at)]
    for task_id in left[:AT_ONCE]:
        try:
            with unit_of_work(databases, dispatch) as db:
                _hand_over(db, task_id, at=at)
        except Exception as error:  # one request that cannot be seen to must not hold up the others
            log.error("request %s could not be listed: %s", task_id, type(error).__name__)
    return len(left)


def find_left(db: Session) -> list[UUID]:
    """Open requests whose clinic the public sees no more, and of which nobody was told so yet."""
    asked = (
        select(ReferralTask.id)
        .join(Location, col(Location.id) == col(ReferralTask.location_id))
        .where(col(ReferralTask.status).in_(_ASKED), col(Location.status).in_(sorted(GONE)), _unknown())
    )
    return list(db.exec(asked.order_by(col(ReferralTask.id)).limit(AT_ONCE)).all())


def _find_unanswered(db: Session, at: dt.datetime) -> list[UUID]:
    """Open requests at clinics of which nothing has been heard for 30 days."""
    long_ago, other = at - figures.SILENT_AFTER, aliased(ReferralTask)
    open_there = (col(ReferralTask.status).in_(_ASKED), _unknown())
    asked_then = select(other.id).where(
        other.location_id == ReferralTask.location_id, col(other.waiting_from_at) <= long_ago
    )
    heard = (
        select(StatusChange.id)
        .join(other, col(StatusChange.task_id) == col(other.id))
        .where(other.location_id == ReferralTask.location_id, col(StatusChange.at) > long_ago)
        .where(StatusChange.by_role == Who.CLINIC.value, StatusChange.verb != "open")
    )
    # Most clinics are told apart by the database: none that answers may stand before one that does not.
    quiet = select(ReferralTask.location_id).where(*open_there, asked_then.exists(), ~heard.exists()).distinct()
    silent = [
        location_id
        for location_id in db.exec(quiet).all()
        if figures.is_silent(figures.courses_of(find_steps(db, location_id, at=at), at=at), at=at)
    ]
    found = select(ReferralTask.id).where(*open_there, col(ReferralTask.location_id).in_(silent))
    return list(db.exec(found.order_by(col(ReferralTask.id)).limit(AT_ONCE)).all())


def is_gone(db: Session, task: ReferralTask) -> bool:
    """Whether the clinic asked is one that nobody can count on now."""
    return get_location(db, task.location_id).status in GONE


def _unknown() -> ColumnElement[bool]:
    why = col(ReferralTask.for_person_why)
    return or_(why.is_(None), why != PersonWhy.CLINIC_GONE.value)


def _hand_over(db: Session, task_id: UUID, *, at: dt.datetime) -> None:
    task = queries.get_task(db, task_id, to_change=True)
    if task.status not in _ASKED or task.for_person_why == PersonWhy.CLINIC_GONE:
        return
    task.for_person_at, task.for_person_why = at, PersonWhy.CLINIC_GONE.value
    db.add(task)
    events.record(db, RequestWaits(task_id=task.id, location_id=task.location_id, why=PersonWhy.CLINIC_GONE.value))
    referral = queries.get_referral(db, task.referral_id)
    told = [sent for sent in find_about(db, referral.id) if sent.message == messages.CLINIC_GONE]
    if not any(task.waiting_from_at is None or sent.queued_at >= task.waiting_from_at for sent in told):
        messages.tell_both(db, referral, messages.CLINIC_GONE, patient=messages.NEWS)
