"""The one way to take a step: the step itself is recorded, then what it means for the request as a whole follows."""

import datetime as dt
from typing import Any

from sqlmodel import Session

from directory.accounts.actor import Actor
from directory.referrals import queries, rules
from directory.referrals.models import ReferralTask, StatusChange
from directory.referrals.recording import record_step
from directory.terminology.referral_status import TERMINAL


def take_step(
    db: Session, task: ReferralTask, verb: str, *, by: Actor, at: dt.datetime, tell: bool = True, **brings: Any
) -> StatusChange:
    """Take `verb` on a task that is held for change, as `record_step` does, and all that follows from it."""
    change = record_step(db, task, verb, by=by, at=at, tell=tell, **brings)
    after_step(db, task, at=at)
    return change


def after_step(db: Session, task: ReferralTask, *, at: dt.datetime) -> None:
    """A request ends with its last task: its day of forgetting is set then."""
    if task.status not in TERMINAL:
        return
    referral = queries.get_referral(db, task.referral_id)
    referral.closed_at, referral.purge_at = at, rules.purge_at(task.status, at)
    db.add(referral)
