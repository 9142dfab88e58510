"""A form while it is being filled in: kept sealed on the server for a day, for the browser that holds its cookie."""

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from directory.lib import ids, sealed
from directory.referrals import queries
from directory.referrals.consent import in_force
from directory.referrals.content import answers_of, key_of, seal_answers
from directory.referrals.models import Draft, DraftKind
from directory.referrals.rules import DRAFT_LIFE

DONE = "done"
"""The answer that lists the steps that were answered; an optional question can be answered with nothing."""


def begin(
    db: Session, *, kind: DraftKind, location_id: UUID, agreed: Mapping[str, Any], at: dt.datetime, instead_of: str = ""
) -> tuple[Draft, str]:
    """A new form for one clinic, and the token for its cookie. What the browser had begun before is deleted."""
    if instead_of:
        drop(db, instead_of, kind=kind)
    versions, token, ring = in_force(kind), ids.new_token(), sealed.ring_of(db)
    key = sealed.new_data_key(ring)
    row = Draft(
        id=ids.new_id(),
        token_digest=ids.token_digest(token),
        kind=kind.value,
        location_id=location_id,
        key_wrapped=key.wrapped,
        key_ring_id=key.ring_key_id,
        consent_version=versions.consent,
        notice_version=versions.notice,
        disclosure_version=versions.disclosures,
        consented_at=at,
        idempotency_key=ids.new_token(),
        created_at=at,
        expires_at=at + DRAFT_LIFE,
    )
    row.answers_sealed = seal_answers(key.key, row, {**agreed, DONE: []})
    db.add(row)
    return row, token


def answers(db: Session, row: Draft) -> dict[str, Any]:
    """What has been answered so far; nothing once the form was sent."""
    return answers_of(sealed.ring_of(db), row) if row.answers_sealed is not None else {}


def keep(db: Session, row: Draft, *, step: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what one page asked, and note that it was answered. Returns all answers."""
    ring = sealed.ring_of(db)
    before = answers_of(ring, row)
    done = [*(name for name in before.get(DONE, []) if name != step), step]
    now = {**before, **given, DONE: done}
    row.answers_sealed = seal_answers(key_of(ring, row), row, now)
    row.version += 1
    db.add(row)
    return now


def keep_known(db: Session, row: Draft, known: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what is known of the sender beforehand; no page counts as answered by that. Returns all answers."""
    ring = sealed.ring_of(db)
    now = {**answers_of(ring, row), **known}
    row.answers_sealed = seal_answers(key_of(ring, row), row, now)
    db.add(row)
    return now


def became(db: Session, row: Draft, referral_id: UUID) -> None:
    """Note what the form became; its answers are gone from here."""
    row.referral_id, row.answers_sealed, row.key_wrapped = referral_id, None, None
    row.version += 1
    db.add(row)


def drop(db: Session, token: str, *, kind: DraftKind) -> None:
    """Delete a form at its owner's wish."""
    db.execute(delete(Draft).where(col(Draft.token_digest) == ids.token_digest(token), col(Draft.kind) == kind.value))


def drop_expired(db: Session, now: dt.datetime) -> int:
    """Delete the forms whose day is over; returns how many."""
    gone = db.execute(delete(Draft).where(col(Draft.expires_at) <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def find(db: Session, token: str, *, kind: DraftKind, now: dt.datetime) -> Draft | None:
    """The form of this browser, or None."""
    return queries.find_draft(db, token, kind=kind.value, now=now)
