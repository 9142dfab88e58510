"""The end of a request: six years after it closed, who asked whom when is forgotten as well (DOMAIN 6.5).

Its content went long before, with its key. Tables are found by what they refer to, so that no new one is left out.
"""

import datetime as dt
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from directory.lib.tables import metadata
from directory.referrals.models import Referral, ReferralTask

SKELETON_KEPT = dt.timedelta(days=6 * 365 + 2)
"""Six years, leap days counted."""


def forget_old(db: Session, *, at: dt.datetime, at_most: int = 100) -> int:
    """Delete all that is left of requests that closed more than six years ago; how many."""
    over = select(Referral.id).where(
        col(Referral.closed_at) <= at - SKELETON_KEPT, col(Referral.purged_at).is_not(None)
    )
    found = list(db.exec(over.order_by(col(Referral.closed_at)).limit(at_most)).all())
    if found:
        tasks = list(db.exec(select(ReferralTask.id).where(col(ReferralTask.referral_id).in_(found))).all())
        _delete_what_refers_to("referral_task", tasks, db)
        _delete_what_refers_to("referral", found, db)
        db.execute(delete(Referral).where(col(Referral.id).in_(found)))
    return len(found)


def _delete_what_refers_to(table: str, ids: list[UUID], db: Session) -> None:
    for other in reversed(metadata.sorted_tables):
        for column in other.c:
            if any(key.column.table.name == table for key in column.foreign_keys):
                db.connection().execute(delete(other).where(column.in_(ids)))
