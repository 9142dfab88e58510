"""Questions about people who sign in: one by mailbox, roles, factors, invitations. Nothing here writes."""

import uuid

from sqlmodel import Session, col, select

from directory.accounts.models import Invitation, Membership, User
from directory.delivery.rules import one_mailbox
from directory.lib.db import database_now
from directory.lib.errors import NotFound
from directory.wording.say import _


def normal_mailbox(text: str) -> str | None:
    """A mailbox as it is kept: one plain address in lower case; None when it is not exactly one."""
    address = one_mailbox(text)
    return address.lower() if address else None


def find_user(db: Session, mailbox: str) -> User | None:
    """The person with this mailbox (already normal), while they may come in."""
    return db.exec(select(User).where(User.mailbox == mailbox, col(User.closed_at).is_(None))).first()


def find_user_even_closed(db: Session, mailbox: str) -> User | None:
    """The same, also when the account was closed: for an operator who opens it again."""
    return db.exec(select(User).where(User.mailbox == mailbox)).first()


def get_user(db: Session, user_id: uuid.UUID) -> User:
    """One person. Raises NotFound."""
    row = db.get(User, user_id)
    if row is None:
        raise NotFound(_("There is no such person here."))
    return row


def find_memberships(db: Session, user_id: uuid.UUID) -> list[Membership]:
    """The roles a person has now, the oldest first."""
    mine = select(Membership).where(Membership.user_id == user_id, col(Membership.ended_at).is_(None))
    return list(db.exec(mine.order_by("since_at")).all())


def find_team(db: Session, organization_id: uuid.UUID) -> list[tuple[Membership, User]]:
    """Who has a role in an organization now, the oldest first."""
    team = (
        select(Membership, User)
        .join(User, col(User.id) == col(Membership.user_id))
        .where(Membership.organization_id == organization_id, col(Membership.ended_at).is_(None))
    )
    return list(db.exec(team.order_by("since_at")).all())


def house(db: Session, *roles: str) -> list[User]:
    """The people of the house with one of these roles, each once."""
    found = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(col(Membership.role).in_(roles), col(Membership.ended_at).is_(None), col(User.closed_at).is_(None))
    )
    return list({user.id: user for user in db.exec(found.order_by("mailbox")).all()}.values())


def find_invitations(db: Session, organization_id: uuid.UUID) -> list[Invitation]:
    """What an organization has offered and nobody has taken yet, the oldest first."""
    open_ = select(Invitation).where(
        Invitation.organization_id == organization_id,
        col(Invitation.accepted_at).is_(None),
        col(Invitation.withdrawn_at).is_(None),
        col(Invitation.expires_at) > database_now(db),
    )
    return list(db.exec(open_.order_by("invited_at")).all())
