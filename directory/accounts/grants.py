"""Grants: after the code, one browser may open the one row it proved its mailbox for, for 30 minutes."""

import datetime as dt
import uuid

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from directory.accounts.models import Grant
from directory.lib import ids
from directory.lib.db import database_now
from directory.lib.errors import Forbidden, Gone
from directory.wording.say import _

LIFE = dt.timedelta(minutes=30)
COOKIE = "grant"


def give(db: Session, *, purpose: str, subject_id: uuid.UUID, instead_of: str = "") -> str:
    """A new grant and its token for the cookie. What the browser held before (`instead_of`) ends with it."""
    if instead_of:
        end(db, instead_of)
    token = ids.new_token()
    now = database_now(db)
    db.add(
        Grant(
            token_digest=ids.token_digest(token),
            purpose=purpose,
            subject_id=subject_id,
            granted_at=now,
            expires_at=now + LIFE,
        )
    )
    return token


def find(db: Session, token: str, *, purpose: str) -> Grant | None:
    """The grant that a cookie's token stands for, while it lasts and if it is for this purpose."""
    if not token:
        return None
    row = db.exec(select(Grant).where(Grant.token_digest == ids.token_digest(token))).first()
    if row is None or row.purpose != purpose or row.ended_at is not None or row.expires_at <= database_now(db):
        return None
    return row


def require(db: Session, token: str, *, purpose: str) -> uuid.UUID:
    """The one row this browser may open. Raises Forbidden without a grant, Gone when it has ended."""
    if not token:
        raise Forbidden(_("To see this, prove first that the mailbox is yours: ask for a code."))
    row = find(db, token, purpose=purpose)
    if row is None:
        raise Gone(_("You have been away for a while, so this page was closed. Ask for a new code to open it again."))
    return row.subject_id


def end(db: Session, token: str) -> None:
    """Done on this computer."""
    mine = update(Grant).where(col(Grant.token_digest) == ids.token_digest(token), col(Grant.ended_at).is_(None))
    db.execute(mine.values(ended_at=database_now(db)))


def end_all(db: Session, *, purpose: str, subject_id: uuid.UUID) -> int:
    """Closes every browser's look at one row at once, as when a request is withdrawn; returns how many."""
    open_ = (col(Grant.purpose) == purpose, col(Grant.subject_id) == subject_id, col(Grant.ended_at).is_(None))
    ended = db.execute(update(Grant).where(*open_).values(ended_at=database_now(db)))
    return int(ended.rowcount)  # type: ignore[attr-defined]


def purge(db: Session) -> None:
    """Deletes grants that ended more than a day ago."""
    db.execute(delete(Grant).where(col(Grant.expires_at) <= database_now(db) - dt.timedelta(days=1)))
