"""Searching the audit log: by what it was about, who acted, and when. Nothing here writes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts.models import AuditEvent, User
from directory.lib.ids import normal_reference
from directory.listings.models import Location
from directory.referrals.models import Referral, ReferralTask

ON_A_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched for. `about`: a listing's address, a request's or a person's reference, or an id; `who`: how an
    actor's label begins; both days are whole days in UTC."""

    about: str = ""
    who: str = ""
    first_on: dt.date | None = None
    last_on: dt.date | None = None
    before: int | None = None
    """Only older than this number: the next page."""


def find_events(db: Session, wanted: Wanted) -> Sequence[AuditEvent]:
    """The newest first, a hundred at a time."""
    asked = select(AuditEvent).order_by(col(AuditEvent.seq).desc()).limit(ON_A_PAGE)
    if wanted.about:
        asked = asked.where(col(AuditEvent.subject_id).in_(subjects_named(db, wanted.about)))
    if wanted.who:
        asked = asked.where(col(AuditEvent.actor_label).startswith(wanted.who, autoescape=True))
    if wanted.first_on is not None:
        asked = asked.where(col(AuditEvent.at) >= _midnight(wanted.first_on))
    if wanted.last_on is not None:
        asked = asked.where(col(AuditEvent.at) < _midnight(wanted.last_on) + dt.timedelta(days=1))
    if wanted.before is not None:
        asked = asked.where(col(AuditEvent.seq) < wanted.before)
    return db.exec(asked).all()


def subjects_named(db: Session, text: str) -> list[UUID]:
    """The ids that a person's words for an object stand for; none for something unknown."""
    text = text.strip().rstrip("/").rpartition("/")[2]
    try:
        return [UUID(text)]
    except ValueError:
        pass
    found = list(db.exec(select(Location.id).where(Location.slug == text.lower())).all())
    found += db.exec(select(User.id).where(User.reference == text.upper())).all()
    requests = db.exec(select(Referral.id).where(Referral.reference == normal_reference(text))).all()
    found += requests
    found += db.exec(select(ReferralTask.id).where(col(ReferralTask.referral_id).in_(requests))).all()
    return found


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=dt.UTC)
