"""Half-typed pages of the clinic's rooms: kept on the server for whoever typed, until saved or thrown away."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from directory.listings.fields import Section
from directory.listings.revision import EditDraft

LIFE = dt.timedelta(days=30)


def keep(
    db: Session,
    location_id: UUID,
    section: Section,
    user_id: UUID,
    typed: Mapping[str, Any],
    *,
    seen: str,
    at: dt.datetime,
) -> EditDraft:
    """Keep what somebody has typed so far; the draft they had of this page is replaced."""
    row = find(db, location_id, section, user_id) or EditDraft(
        location_id=location_id, section=section, user_id=user_id, seen=seen, at=at
    )
    row.typed, row.seen, row.at = dict(typed), seen, at
    db.add(row)
    db.flush()
    return row


def find(db: Session, location_id: UUID, section: Section, user_id: UUID) -> EditDraft | None:
    """Somebody's draft of one page."""
    return db.exec(
        select(EditDraft).where(
            EditDraft.location_id == location_id, EditDraft.section == section, EditDraft.user_id == user_id
        )
    ).one_or_none()


def find_all(db: Session, location_id: UUID, user_id: UUID) -> list[EditDraft]:
    """Somebody's drafts of one site, oldest first."""
    asked = select(EditDraft).where(EditDraft.location_id == location_id, EditDraft.user_id == user_id)
    return list(db.exec(asked.order_by(col(EditDraft.at))).all())


def drop(db: Session, location_id: UUID, section: Section, user_id: UUID) -> None:
    """Throw a draft away, or note that it was saved."""
    db.execute(
        delete(EditDraft).where(
            col(EditDraft.location_id) == location_id,
            col(EditDraft.section) == section,
            col(EditDraft.user_id) == user_id,
        )
    )


def drop_old(db: Session, *, at: dt.datetime) -> None:
    """Forget what nobody came back to."""
    db.execute(delete(EditDraft).where(col(EditDraft.at) <= at - LIFE))
