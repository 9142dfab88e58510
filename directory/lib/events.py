"""Announcements: recorded on the session, handed to their handlers before the transaction commits."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

Dispatch = Callable[[Session, Any], None]

_KEY = "directory.events"


def record(db: Session, event: object) -> None:
    """Announce `event` (a frozen dataclass in the past tense, ids only) to whoever `wiring` names."""
    db.info.setdefault(_KEY, []).append(event)


def record_once(db: Session, event: object) -> None:
    """Announce `event` unless an equal one already waits: many changes of one thing are one announcement."""
    if event not in db.info.setdefault(_KEY, []):
        record(db, event)


def hand_out(db: Session, dispatch: Dispatch) -> None:
    """Give each recorded event to `dispatch`, also those that handlers record; in the same transaction."""
    queue: list[object] = db.info.setdefault(_KEY, [])
    handled = 0
    while queue:
        handled += 1
        if handled > 10_000:
            raise RuntimeError("events keep causing events")
        dispatch(db, queue.pop(0))


def nobody(db: Session, event: object) -> None:
    """A dispatch that tells no one: for tools and tests that change rows below the packages that listen."""
