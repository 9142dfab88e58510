"""Tells those who wait that a message went out, is late, or does not get through; each once, whatever fails."""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from typing import Any

from sqlalchemy import and_, update
from sqlmodel import Session, col, select

from directory.delivery import actions, rules
from directory.delivery.events import DeliveryDelayed, DeliveryFailed, DeliverySent
from directory.delivery.models import OutboxMessage, OutboxState
from directory.delivery.queries import FAILED, OPEN
from directory.lib import events
from directory.lib.db import Databases, changed, database_now, reading, unit_of_work

log = logging.getLogger("directory.delivery")


def tell(db: Session, outbox_id: uuid.UUID, operator_mailbox: str) -> None:
    """Announces where a message stands now, in the transaction that brought it there."""
    row = db.get_one(OutboxMessage, outbox_id)
    if row.state == OutboxState.SENT:
        events.record(db, DeliverySent(row.id, row.message, row.about_id))
    elif row.state in FAILED or row.failed_at is not None:
        events.record(db, DeliveryFailed(row.id, row.message, row.about_id, given_up=row.state in FAILED))
        # A code that did not arrive is its owner's typing mistake; an alert about an alert helps nobody.
        if row.expires_at is None and row.message != "operator_alert":
            actions.tell_operator(db, operator_mailbox)
    else:
        events.record(db, DeliveryDelayed(row.id, row.message, row.about_id))


def announce(databases: Databases, *, dispatch: events.Dispatch = events.nobody, operator_mailbox: str = "") -> None:
    """Announces what ended untold, what was tried in vain for half an hour, and what for an hour."""
    for is_waiting, note in _NEWS:
        with reading(databases) as db:
            found = db.exec(select(OutboxMessage.id).where(is_waiting(database_now(db)))).all()
        for outbox_id in found:
            try:
                with unit_of_work(databases, dispatch) as db:
                    now = database_now(db)
                    # Noted by whoever changes the row, so that two workers do not both tell.
                    mine = update(OutboxMessage).where(col(OutboxMessage.id) == outbox_id, is_waiting(now))
                    if changed(db, mine.values(note(now))):
                        tell(db, outbox_id, operator_mailbox)
            except Exception as error:
                failed_to_tell(outbox_id, error)


def failed_to_tell(outbox_id: uuid.UUID, error: Exception) -> None:
    """Notes in the log that it will be told later; the error's type only, its text may hold values."""
    log.error("telling of %s failed: %s", outbox_id, type(error).__name__)


def _untold(now: dt.datetime) -> Any:
    return col(OutboxMessage.unannounced)


def _late(now: dt.datetime) -> Any:
    return and_(_tried_in_vain_since(now - rules.LATE_AFTER), col(OutboxMessage.delayed_at).is_(None))


def _failing(now: dt.datetime) -> Any:
    return and_(_tried_in_vain_since(now - rules.FAILED_AFTER), col(OutboxMessage.failed_at).is_(None))


def _tried_in_vain_since(moment: dt.datetime) -> Any:
    return and_(
        col(OutboxMessage.state).in_(OPEN),
        col(OutboxMessage.attempts) > 0,
        col(OutboxMessage.expires_at).is_(None),
        col(OutboxMessage.wanted_at) <= moment,
    )


_NEWS: tuple[tuple[Callable[[dt.datetime], Any], Callable[[dt.datetime], dict[str, Any]]], ...] = (
    (_untold, lambda now: {"unannounced": False}),
    (_late, lambda now: {"delayed_at": now}),
    (_failing, lambda now: {"failed_at": now}),
)
