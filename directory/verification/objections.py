"""Objections of contacts that are listed: one press stops a change or a claim, and a person says who was right.

What is live already, or a claim whose 72 hours are over, is not undone by a button: a person does it.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from directory.accounts.actor import Actor
from directory.accounts.queries import find_user, get_user
from directory.lib import events
from directory.lib.errors import Conflict
from directory.listings import revisions
from directory.listings.queries import find_endpoint
from directory.listings.revision import Revision, RevisionState
from directory.verification import claiming, claims, editing
from directory.verification.claim import Claim, ClaimState
from directory.verification.events import ObjectionRaised
from directory.wording.say import _

Disputed = Claim | Revision
"""What somebody objects to: a claim, or a change of how a clinic is reached."""


def get(db: Session, about_id: UUID) -> Disputed:
    """The claim or change of this id. Raises NotFound."""
    return db.get(Claim, about_id) or revisions.get(db, about_id)


def can_stop(row: Disputed, *, at: dt.datetime) -> bool:
    """Whether the old contact's button still stops it by itself."""
    if isinstance(row, Claim):
        return claiming.can_object(row, at=at)
    return row.state == RevisionState.WAITING and row.cools_until is not None


def can_tell(row: Disputed) -> bool:
    """Whether there is something that a person of ours could undo, when the button no longer does."""
    if isinstance(row, Claim):
        return row.state == ClaimState.GRANTED
    return row.state == RevisionState.LIVE and row.cools_until is not None


def raise_one(db: Session, row: Disputed, *, by: Actor, at: dt.datetime) -> bool:
    """The old contact says no. True: it is stopped. False: it is too late for that, and a person decides today.

    Raises Gone when there is nothing left to object to. Said twice, it is the same.
    """
    if not can_stop(row, at=at) and can_tell(row):
        events.record(db, ObjectionRaised(about_id=row.id, location_id=row.location_id))
        return False
    if isinstance(row, Claim):
        claims.object_to(db, row, by=by, at=at)
    else:
        editing.object_to(db, row.id, by=by, at=at)
    return True


def uphold(db: Session, row: Disputed, *, by: editing.Editor, at: dt.datetime) -> None:
    """The objection was right: what is live of it is put back at once. Raises Conflict as `put_back` does."""
    if isinstance(row, Claim):
        if row.state == ClaimState.GRANTED:
            claims.end(db, row, by=by.actor, at=at)
    elif row.state == RevisionState.LIVE:
        editing.roll_back(db, row.id, by=by, at=at)
        row.objected_at = at
        db.add(row)


def overrule(db: Session, row: Disputed) -> None:
    """The objection was wrong: what it stopped may be tried again, without the thirty days of rest."""
    row.objected_at = None
    db.add(row)


def put_back(db: Session, row: Disputed, revision_id: UUID, *, by: editing.Editor, at: dt.datetime) -> None:
    """One more change of the same person is put back at once. Raises Conflict when it is not theirs or not live."""
    if revision_id not in {each.id for each in changes_of(db, row)}:
        raise Conflict(_("This is not a live change of whoever the objection is about."))
    editing.roll_back(db, revision_id, by=by, at=at)


def changes_of(db: Session, row: Disputed, *, limit: int = 20) -> Sequence[Revision]:
    """What the same person has changed at this clinic and what is live of it, newest first."""
    user_id = row.user_id if isinstance(row, Revision) else getattr(find_user(db, row.mailbox), "id", None)
    if user_id is None:
        return []
    asked = select(Revision).where(Revision.location_id == row.location_id, Revision.user_id == user_id)
    live = asked.where(Revision.state == RevisionState.LIVE, Revision.id != row.id)
    return db.exec(live.order_by(col(Revision.at).desc(), col(Revision.id).desc()).limit(limit)).all()


def sides_of(db: Session, row: Disputed) -> list[str]:
    """The mailboxes of both sides: the contact that was listed before, and whoever claims or changes."""
    endpoint = find_endpoint(db, row.location_id)
    old = endpoint.address if endpoint is not None and endpoint.channel == "EMAIL" else ""
    if isinstance(row, Claim):
        found = [old, row.mailbox]
    else:
        author = get_user(db, row.user_id) if row.user_id else None
        old = str(row.before.get("endpoint") or old)
        found = [old, author.mailbox if author is not None and author.closed_at is None else ""]
    return [mailbox for mailbox in dict.fromkeys(found) if "@" in mailbox and not mailbox.endswith("@invalid")]
