"""Verbs of the queue: something waits for a person, somebody takes it, gives it back, is done with it.

Whoever takes an item is the one who decides it; what was not done in time goes to the top.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from directory.lib import ids
from directory.lib.db import Databases, changed, unit_of_work
from directory.lib.errors import Conflict
from directory.moderation import queries, rules
from directory.moderation.kinds import ESCALATED, KINDS, Kind
from directory.moderation.models import Decision, ItemState, QueueItem, Verb
from directory.moderation.rules import Worker
from directory.wording.say import _

AT_ONCE = 500


def open_item(
    db: Session,
    *,
    kind: Kind,
    about_id: UUID,
    location_id: UUID | None = None,
    due_at: dt.datetime | None = None,
    at: dt.datetime,
) -> QueueItem:
    """Put something into the queue; what waits there already stays as it is. `due_at` other than the kind's own."""
    row = KINDS[kind]
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": row.code,
        "about_id": about_id,
        "location_id": location_id,
        "priority": row.priority,
        "opened_at": at,
        "due_at": due_at or rules.due_at(row, at),
        "state": ItemState.OPEN.value,
    }
    db.flush()
    db.execute(insert(QueueItem).values(values).on_conflict_do_nothing())
    found = queries.find_open(db, row.code, about_id)
    assert found is not None
    return found


def take(db: Session, item: QueueItem, *, by: Worker, at: dt.datetime) -> QueueItem:
    """Somebody takes it in hand. Raises Conflict when somebody else has it, or when it is done."""
    free = update(QueueItem).where(
        col(QueueItem.id) == item.id,
        col(QueueItem.state) == ItemState.OPEN,
        col(QueueItem.taken_by_id).is_(None) | (col(QueueItem.taken_by_id) == by.user_id),
    )
    if not changed(db, free.values(taken_at=at, taken_by=by.actor.label, taken_by_id=by.user_id)):
        raise Conflict(_("Somebody else has this in hand, or it is done."))
    db.refresh(item)
    return item


def release(db: Session, item: QueueItem, *, by: Worker) -> None:
    """Give it back to everybody. A moderator may also free what somebody else has left lying."""
    _must_be_open(item)
    item.taken_at = item.taken_by = item.taken_by_id = None
    db.add(item)


def decide(
    db: Session,
    item: QueueItem,
    verb: Verb,
    *,
    by: Worker,
    at: dt.datetime,
    words: str = "",
    detail: dict[str, Any] | None = None,
    took_effect: bool = True,
) -> Decision:
    """Write down a decision; one that took effect ends the item, and a first yes frees it for the second person."""
    _must_be_open(item)
    if item.taken_by_id not in (None, by.user_id):
        raise Conflict(_("Somebody else has this in hand, or it is done."))
    row = Decision(
        item_id=item.id,
        location_id=item.location_id,
        verb=verb,
        words=words.strip(),
        detail=detail or {},
        took_effect=took_effect,
        by=str(by.actor),
        by_id=by.user_id,
        at=at,
    )
    db.add(row)
    if took_effect:
        close(db, item, by=str(by.actor), at=at)
    else:
        release(db, item, by=by)
    db.flush()
    return row


def close(db: Session, item: QueueItem, *, by: str, at: dt.datetime) -> None:
    """Nothing is left to do about it; said twice, it is the same."""
    if item.state != ItemState.OPEN:
        return
    item.state, item.closed_at, item.closed_by = ItemState.DONE, at, by
    db.add(item)
    db.flush()


def close_about(db: Session, kind: Kind, about_id: UUID, *, by: str, at: dt.datetime) -> None:
    """What an item was about has settled by itself or elsewhere."""
    item = queries.find_open(db, kind, about_id)
    if item is not None:
        close(db, item, by=by, at=at)


def escalate(databases: Databases, *, at: dt.datetime) -> int:
    """What should have been done by now goes to the top of the queue; how many went."""
    done = 0
    while True:
        with unit_of_work(databases) as db:
            rows = queries.find_overdue(db, at=at, limit=AT_ONCE)
            for item in rows:
                item.priority, item.escalated_at = ESCALATED, at
                db.add(item)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


def _must_be_open(item: QueueItem) -> None:
    if item.state != ItemState.OPEN:
        raise Conflict(_("This is done already."))
