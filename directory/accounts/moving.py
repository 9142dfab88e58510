"""Another mailbox for a person: proved by a code, told to the old one, and undone from there by one press."""

import datetime as dt
import uuid

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from directory.accounts import audit, factors, links, messages, rules, sessions
from directory.accounts.actor import Actor, ActorKind
from directory.accounts.models import MailboxChange, Passkey, RecoveryCode, TotpFactor, User
from directory.accounts.queries import get_user
from directory.accounts.sessions import SignedIn
from directory.lib.db import changed, database_now
from directory.lib.errors import Conflict, Gone, NotFound, Refused
from directory.wording.say import _

MAILBOX_CHANGE = "mailbox-change"
"""The purpose of the links; `links.read` asks for it."""
NEW_MAILBOX = "new-mailbox"
"""The purpose of the code that goes to the new mailbox, and the name of its cookie."""


def ask_new_mailbox(db: Session, user: User, mailbox: str) -> MailboxChange:
    """A new mailbox is named (already normal); nothing changes before a code was typed that is sent to it."""
    if mailbox == user.mailbox:
        raise Refused(_("This is the mailbox you have already."))
    row = MailboxChange(user_id=user.id, old_mailbox=user.mailbox, new_mailbox=mailbox, asked_at=database_now(db))
    db.add(row)
    return row


def take_new_mailbox(db: Session, change_id: uuid.UUID, *, by: SignedIn) -> None:
    """The new mailbox is proved: it counts from now on, and the old one is told with a way to object.

    Raises Conflict when another account has it; only whoever reads that mailbox learns so.
    """
    row = db.get(MailboxChange, change_id)
    if row is None or row.user_id != by.user_id or row.proved_at is not None:
        raise NotFound(_("There is no such change of mailbox."))
    user = get_user(db, by.user_id)
    row.proved_at = database_now(db)
    _set_mailbox(db, user, row.new_mailbox)
    db.add(row)
    messages.mailbox_changed(db, row)
    audit.append(db, by.actor, "mailbox_changed", subject_type="user", subject_id=user.id)


def read_mailbox_change(db: Session, secret: str, token: str, today: dt.date) -> MailboxChange:
    """The change of mailbox that a link lets one undo. Raises NotFound, or Gone when it was undone already."""
    row = db.get(MailboxChange, links.read(secret, MAILBOX_CHANGE, token, today))
    if row is None or row.proved_at is None or row.objected_at is not None:
        raise Gone(_("This change was undone already."))
    if row.proved_at + rules.OBJECTION_LIFE <= database_now(db):
        raise Gone(_("This link is more than 8 days old and no longer works. Write to us instead."))
    return row


def object_to_mailbox(db: Session, row: MailboxChange) -> bool:
    """The old mailbox objects: it counts again, everybody is signed out, and factors added since are gone.

    Whether the account stays open. When no older factor is left, nobody can tell by machine whose it is: whoever reads
    the old mailbox could enrol anew, so it is closed until an operator lets the right one enrol (`directory user`).
    """
    now = database_now(db)
    mine = update(MailboxChange).where(col(MailboxChange.id) == row.id, col(MailboxChange.objected_at).is_(None))
    if not changed(db, mine.values(objected_at=now)):
        raise Gone(_("This change was undone already."))
    user = get_user(db, row.user_id)
    _set_mailbox(db, user, row.old_mailbox)
    sessions.end_all(db, user.id)
    for table in (Passkey, TotpFactor):
        db.execute(delete(table).where(col(table.user_id) == user.id, col(table.added_at) >= row.asked_at))
    db.execute(
        delete(RecoveryCode).where(col(RecoveryCode.user_id) == user.id, col(RecoveryCode.made_at) >= row.asked_at)
    )
    stays_open = factors.has_any(db, user.id)
    user.closed_at = None if stays_open else now
    db.add(user)
    messages.factor_changed(db, user, "reset")
    audit.append(
        db,
        Actor(ActorKind.CLINIC, user.reference),
        "mailbox_change_undone",
        subject_type="user",
        subject_id=user.id,
        detail={"closed": not stays_open},
    )
    return stays_open


def _set_mailbox(db: Session, user: User, mailbox: str) -> None:
    try:
        with db.begin_nested():
            user.mailbox = mailbox
            db.add(user)
            db.flush()
    except IntegrityError:
        raise Conflict(_("Another account has this mailbox. Sign in with it, or choose another mailbox.")) from None
