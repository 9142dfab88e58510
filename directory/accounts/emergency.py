"""Break-glass: an operator may look at requests for an hour, with a reason, a second person, an alert and a record.

HIPAA 45 CFR 164.312(a)(2)(ii). Without it an operator reads no request; a verifier never does.
"""

import uuid

from sqlalchemy import update
from sqlmodel import Session, col, select

from directory.accounts import audit, messages, rules
from directory.accounts.models import EmergencyAccess, User
from directory.accounts.permissions import Permission, Role
from directory.accounts.queries import get_user, house
from directory.accounts.sessions import SignedIn
from directory.lib.db import changed, database_now
from directory.lib.errors import Conflict, Forbidden, NotFound, Refused
from directory.wording.say import _

TOLD = (Role.OPERATOR.value, Role.MODERATOR.value)


def ask(db: Session, *, reason: str, by: SignedIn, operator_mailbox: str) -> EmergencyAccess:
    """An operator asks, with a reason in words. Everybody of the house who could agree or object is mailed."""
    by.require(Permission.OPERATE)
    if len(reason.strip()) < rules.REASON_LENGTH:
        raise Refused(_("Say in a sentence why you must look at requests."))
    now = database_now(db)
    _end_own(db, by.user_id)
    row = EmergencyAccess(asked_by_id=by.user_id, reason=reason.strip()[:500], asked_at=now)
    db.add(row)
    db.flush()
    _alert(db, row, by.label, operator_mailbox)
    audit.append(db, by.actor, "emergency_asked", subject_type="emergency", subject_id=row.id)
    return row


def approve(db: Session, access_id: uuid.UUID, *, by: SignedIn, operator_mailbox: str) -> None:
    """The second person agrees: an hour begins. Raises Forbidden for whoever asked, Conflict when it is over."""
    by.require(Permission.APPROVE_EMERGENCY)
    row = _open(db, access_id)
    now = database_now(db)
    if why := rules.why_not_approve(row.asked_by_id, by.user_id, row.asked_at, now):
        raise Forbidden(why)
    mine = update(EmergencyAccess).where(
        col(EmergencyAccess.id) == row.id,
        col(EmergencyAccess.approved_at).is_(None),
        col(EmergencyAccess.ended_at).is_(None),
    )
    values = {"approved_at": now, "approved_by_id": by.user_id, "expires_at": now + rules.EMERGENCY_LIFE}
    if not changed(db, mine.values(values)):
        raise Conflict(_("Somebody has answered this already."))
    _alert(db, row, get_user(db, row.asked_by_id).reference, operator_mailbox)
    audit.append(db, by.actor, "emergency_approved", subject_type="emergency", subject_id=row.id)


def end(db: Session, access_id: uuid.UUID, *, by: SignedIn) -> None:
    """Refused, or ended early: by whoever asked, or by anybody who could have agreed."""
    row = _open(db, access_id)
    if row.asked_by_id != by.user_id:
        by.require(Permission.APPROVE_EMERGENCY)
    row.ended_at = database_now(db)
    db.add(row)
    audit.append(db, by.actor, "emergency_ended", subject_type="emergency", subject_id=row.id)


def find_recent(db: Session) -> list[tuple[EmergencyAccess, User]]:
    """The newest thirty, each with who asked."""
    rows = (
        select(EmergencyAccess, User)
        .join(User, col(User.id) == col(EmergencyAccess.asked_by_id))
        .order_by(col(EmergencyAccess.asked_at).desc())
        .limit(30)
    )
    return list(db.exec(rows).all())


def _open(db: Session, access_id: uuid.UUID) -> EmergencyAccess:
    row = db.get(EmergencyAccess, access_id)
    if row is None:
        raise NotFound(_("There is no such emergency."))
    if row.ended_at is not None or (row.expires_at is not None and row.expires_at <= database_now(db)):
        raise Conflict(_("This is over."))
    return row


def _end_own(db: Session, user_id: uuid.UUID) -> None:
    open_ = update(EmergencyAccess).where(
        col(EmergencyAccess.asked_by_id) == user_id, col(EmergencyAccess.ended_at).is_(None)
    )
    db.execute(open_.values(ended_at=database_now(db)))


def _alert(db: Session, row: EmergencyAccess, label: str, operator_mailbox: str) -> None:
    people = [user.mailbox for user in house(db, *TOLD)]
    messages.emergency(db, row, [*people, *([operator_mailbox] if operator_mailbox else [])], reference=label)
