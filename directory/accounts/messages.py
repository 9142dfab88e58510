"""What people who sign in are told by mail: links they asked for, and each change of what lets them in."""

import uuid

from sqlmodel import Session

from directory.accounts.models import EmergencyAccess, Invitation, MailboxChange, SignInLink, User
from directory.delivery import actions as delivery
from directory.lib.languages import current


def sign_in_link(db: Session, link: SignInLink, mailbox: str) -> None:
    """The link that was asked for. Nobody to write to: the same work, and nothing is sent."""
    delivery.queue(
        db,
        message="sign_in_link",
        mailbox=mailbox,
        ids={"sign_in": str(link.id)},
        about_id=link.id,
        expires_at=link.expires_at,
        dropped=link.user_id is None,
        language=current(),
    )


def invitation(db: Session, row: Invitation) -> None:
    """Somebody is offered a role."""
    delivery.queue(
        db,
        message="invitation",
        mailbox=row.mailbox,
        ids={"invitation": str(row.id)},
        about_id=row.id,
        expires_at=row.expires_at,
    )


def factor_changed(db: Session, user: User, what: str) -> None:
    """A way to sign in was `added` or `removed`, codes were `renewed`, one was `used`, or all were `reset`."""
    delivery.queue(
        db,
        message="factor_changed",
        mailbox=user.mailbox,
        ids={"what": what},
        about_id=user.id,
        language=current(),
    )


def role_changed(db: Session, user: User) -> None:
    """What somebody may do here was changed by somebody else, or ended."""
    delivery.queue(db, message="role_changed", mailbox=user.mailbox, ids={}, about_id=user.id)


def mailbox_changed(db: Session, change: MailboxChange) -> None:
    """To the old mailbox, with the link that undoes it."""
    delivery.queue(
        db, message="mailbox_changed", mailbox=change.old_mailbox, ids={"change": str(change.id)}, about_id=change.id
    )


def emergency(db: Session, row: EmergencyAccess, mailboxes: list[str], *, reference: str) -> None:
    """Break-glass was asked for or opened: everybody of the house who could object hears of it."""
    for mailbox in dict.fromkeys(mailboxes):
        delivery.queue(db, message="emergency_access", mailbox=mailbox, ids={"reference": reference}, about_id=row.id)


def call_off(db: Session, about_id: uuid.UUID) -> None:
    """An invitation was withdrawn before its mail left."""
    delivery.call_off(db, about_id)
