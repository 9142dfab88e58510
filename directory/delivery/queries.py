"""Questions about the outbox: where a message stands, and what an operator has to look at."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from directory.delivery.models import OutboxMessage, OutboxState

OPEN = (OutboxState.QUEUED.value, OutboxState.LEASED.value)
FAILED = (OutboxState.BOUNCED.value, OutboxState.DEAD.value)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one message stands: its template, state, attempts begun, next try (UTC, while open), last code and ids."""

    outbox_id: uuid.UUID
    message: str
    state: OutboxState
    attempts: int
    queued_at: dt.datetime
    next_try_at: dt.datetime | None
    settled_at: dt.datetime | None
    last_code: int | None
    ids: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Backlog:
    """The outbox in figures, for readiness and `directory check`."""

    waiting: int
    late: int
    failed: int
    oldest_due_at: dt.datetime | None


def find_about(db: Session, about_id: uuid.UUID) -> list[Standing]:
    """All messages about one row, oldest first."""
    order = (col(OutboxMessage.queued_at), col(OutboxMessage.id))
    rows = db.exec(select(OutboxMessage).where(OutboxMessage.about_id == about_id).order_by(*order))
    return [
        Standing(
            outbox_id=row.id,
            message=row.message,
            state=OutboxState(row.state),
            attempts=row.attempts,
            queued_at=row.queued_at,
            next_try_at=row.due_at if row.state in OPEN else None,
            settled_at=row.settled_at,
            last_code=row.last_code,
            ids=row.ids,
        )
        for row in rows
    ]


def backlog(db: Session, now: dt.datetime) -> Backlog:
    """How much is due at `now` (the database's clock), how much is late, and how much did not get through."""
    due = (col(OutboxMessage.state).in_(OPEN), col(OutboxMessage.due_at) <= now)
    waiting, oldest = db.execute(select(func.count(), func.min(OutboxMessage.due_at)).where(*due)).one()
    late = select(func.count()).where(col(OutboxMessage.state).in_(OPEN), col(OutboxMessage.delayed_at).is_not(None))
    failed = select(func.count()).where(col(OutboxMessage.state).in_(FAILED))
    return Backlog(waiting, db.exec(late).one(), db.exec(failed).one(), oldest)
