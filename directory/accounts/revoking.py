"""Takes back at once what a claim gave: the roles of one mailbox in one organization, its invitation, its sessions."""

import uuid

from sqlalchemy import update
from sqlmodel import Session, col

from directory.accounts import audit, sessions
from directory.accounts.actor import Actor
from directory.accounts.models import Invitation, Membership
from directory.accounts.queries import find_user
from directory.lib.db import database_now


def revoke(db: Session, *, mailbox: str, organization_id: uuid.UUID, by: Actor) -> None:
    """End every role of this mailbox there, also the last owner's: the claim that made it was not theirs to make."""
    now = database_now(db)
    offered = update(Invitation).where(
        col(Invitation.organization_id) == organization_id,
        col(Invitation.mailbox) == mailbox,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
    )
    db.execute(offered.values(withdrawn_at=now))
    user = find_user(db, mailbox)
    if user is None:
        return
    held = update(Membership).where(
        col(Membership.user_id) == user.id,
        col(Membership.organization_id) == organization_id,
        col(Membership.ended_at).is_(None),
    )
    db.execute(held.values(ended_at=now, ended_by=str(by)[:120]))
    sessions.end_all(db, user.id)
    audit.append(db, by, "role_revoked", subject_type="user", subject_id=user.id)
