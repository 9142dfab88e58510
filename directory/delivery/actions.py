"""Verbs of the outbox: queue a message in the transaction of the change it tells of, call it off, tidy up."""

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping

from sqlalchemy import delete, func, or_, update
from sqlmodel import Session, col, select

from directory.delivery import bell
from directory.delivery.catalogue import MESSAGES
from directory.delivery.models import DeliveryAttempt, Lane, OutboxMessage, OutboxState
from directory.delivery.queries import FAILED, OPEN
from directory.delivery.rules import one_mailbox
from directory.delivery.ways import Hook, packed
from directory.lib import ids as identifiers
from directory.lib import sealed
from directory.lib.db import after_commit, database_now
from directory.lib.languages import ENGLISH

MAILBOX_KEPT = dt.timedelta(days=30)
"""How long the address of an undelivered message is kept, for a person to find another way."""
ROW_KEPT = dt.timedelta(days=90)

LANGUAGE = "language"
"""The name under which the recipient's language stands among the ids of a message."""

_TABLE = "outbox_message"


def queue(
    db: Session,
    *,
    message: str,
    mailbox: str = "",
    hook: Hook | None = None,
    ids: Mapping[str, str],
    about_id: uuid.UUID | None = None,
    not_before: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    dropped: bool = False,
    language: str = ENGLISH,
) -> OutboxMessage:
    """Promises a message to one mailbox, or to a partner's `hook` instead. It only writes a row.

    The promise stands or falls with this transaction.

    `message` names a folder of templates/messages; `ids` holds what its template needs to find or derive its words
    (references and row ids, never a name or anything about health). `not_before` holds it back; after `expires_at`
    it is dropped unsent. `dropped` does the same work and promises nothing: where there is nobody to write to and the
    time it takes must not tell so. `language` is the recipient's, whoever causes the mail.

    Raises KeyError for a message that the catalogue does not know, and ValueError unless `mailbox` is exactly one
    plain mailbox and `ids` names all that the message needs.
    """
    if missing := set(MESSAGES[message].ids) - set(ids):
        raise ValueError(f"{message} must name {sorted(missing)}")
    address = one_mailbox(mailbox) if hook is None else packed(hook)
    if address is None:
        raise ValueError("not exactly one mailbox")
    now = database_now(db)
    due_at = max(now, not_before) if not_before else now
    ring = sealed.ring_of(db)
    row_id = identifiers.new_id()
    mailbox_sealed = _seal(ring, row_id, address)
    row = OutboxMessage(
        id=row_id,
        message=message,
        ids={**ids, LANGUAGE: language},
        about_id=about_id,
        lane=(Lane.MAIL if hook is None else Lane.WEBHOOK).value,
        destination=None if hook is None else hook.destination,
        mailbox_sealed=None if dropped else mailbox_sealed,
        ring_key_id=ring.active_id,
        message_key=secrets.token_hex(16),
        queued_at=now,
        wanted_at=due_at,
        due_at=due_at,
        expires_at=expires_at,
        state=(OutboxState.DROPPED if dropped else OutboxState.QUEUED).value,
        settled_at=now if dropped else None,
    )
    db.add(row)
    after_commit(db, bell.ring)
    return row


def call_off(db: Session, about_id: uuid.UUID, *, message: str | None = None) -> int:
    """Drops what is still queued about one row (one template's, or all) and returns how many.

    What a worker has in hand at this moment still leaves: its renderer may refuse it with NoLongerWanted. Such rows
    are passed over, not waited for: who calls this may hold what that worker is waiting for.
    """
    what = [col(OutboxMessage.about_id) == about_id, col(OutboxMessage.state) == OutboxState.QUEUED.value]
    if message is not None:
        what.append(col(OutboxMessage.message) == message)
    free = db.exec(select(OutboxMessage.id).where(*what).with_for_update(skip_locked=True)).all()
    gone = {"state": OutboxState.DROPPED.value, "mailbox_sealed": None, "settled_at": database_now(db)}
    db.execute(update(OutboxMessage).where(col(OutboxMessage.id).in_(free)).values(gone))
    return len(free)


def mailbox_of(db: Session, row: OutboxMessage) -> str:
    """The recipient. Raises KeyDestroyed when it is no longer kept."""
    if row.mailbox_sealed is None:
        raise sealed.KeyDestroyed("The recipient is no longer kept.")
    key = sealed.ring_of(db).sealing_key(row.ring_key_id)
    return sealed.unseal(key, _TABLE, row.id, "mailbox", row.mailbox_sealed)


def tell_operator(db: Session, operator_mailbox: str) -> None:
    """Mails the operator that something did not get through; one mail at a time, whatever number of things it is."""
    waiting = select(func.count()).where(OutboxMessage.message == "operator_alert", col(OutboxMessage.state).in_(OPEN))
    if operator_mailbox and not db.exec(waiting).one():
        queue(db, message="operator_alert", mailbox=operator_mailbox, ids={})


def reseal(db: Session, *, at_most: int = 1000) -> int:
    """Seals recipients again under the ring's newest key; returns how many were left under an older one."""
    ring = sealed.ring_of(db)
    old = select(OutboxMessage).where(
        OutboxMessage.ring_key_id != ring.active_id, col(OutboxMessage.mailbox_sealed).is_not(None)
    )
    rows = db.exec(old.limit(at_most)).all()
    for row in rows:
        row.mailbox_sealed = _seal(ring, row.id, mailbox_of(db, row))
        row.ring_key_id = ring.active_id
        db.add(row)
    return len(rows)


def purge(db: Session) -> None:
    """Forgets recipients of what failed a month ago, or has expired: no other way is looked for then. And all of what
    was settled three months ago."""
    now = database_now(db)
    forget = update(OutboxMessage).where(
        col(OutboxMessage.state).in_(FAILED),
        or_(col(OutboxMessage.settled_at) <= now - MAILBOX_KEPT, col(OutboxMessage.expires_at) <= now),
        col(OutboxMessage.mailbox_sealed).is_not(None),
    )
    db.execute(forget.values(mailbox_sealed=None))
    old = select(OutboxMessage.id).where(col(OutboxMessage.settled_at) <= now - ROW_KEPT)
    db.execute(delete(DeliveryAttempt).where(col(DeliveryAttempt.message_id).in_(old)))
    db.execute(delete(OutboxMessage).where(col(OutboxMessage.settled_at) <= now - ROW_KEPT))


def _seal(ring: sealed.KeyRing, row_id: uuid.UUID, mailbox: str) -> bytes:
    return sealed.seal(ring.sealing_key(ring.active_id), _TABLE, row_id, "mailbox", mailbox)
