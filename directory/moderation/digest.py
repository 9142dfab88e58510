"""The mail of the day to the moderators on duty: how much waits, how much is late. Once a day, whoever sends it."""

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from directory.lib.db import Databases, reading, unit_of_work
from directory.moderation import messages, queries
from directory.moderation.models import DigestDay
from directory.moderation.rules import HOUSE_ZONE

FROM = dt.time(8)
"""Not before this time of our own day."""


def send_when_due(databases: Databases, on_duty: Sequence[str], *, at: dt.datetime) -> bool:
    """Queue today's digest unless that was done; whether it was queued now. Nothing waits: no mail."""
    local = at.astimezone(ZoneInfo(HOUSE_ZONE))
    if not on_duty or local.time() < FROM:
        return False
    with reading(databases) as db:
        if db.get(DigestDay, local.date()) is not None:
            return False
    with unit_of_work(databases) as db:
        if db.get(DigestDay, local.date(), with_for_update=True) is not None:
            return False
        waiting, overdue = queries.count_waiting(db, at=at)
        db.add(DigestDay(day=local.date(), at=at, waiting=waiting))
        db.flush()  # another worker that is as quick fails here, on the day's key, and has sent nothing
        if waiting:
            messages.send_digest(db, list(on_duty), waiting=waiting, overdue=overdue)
    return bool(waiting)
