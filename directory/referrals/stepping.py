"""The one way to take a step: the step itself is recorded, then what it means for the request as a whole follows."""

import datetime as dt
from typing import Any
from uuid import UUID

from sqlmodel import Session

from directory.accounts.actor import Actor
from directory.referrals import attachments, cascade, messages, queries, rules
from directory.referrals.lifecycle import WITHDRAWN
from directory.referrals.models import ReferralTask, StatusChange
from directory.referrals.recording import record_step
from directory.terminology.referral_status import TERMINAL


def take_step(
    db: Session,
    task: ReferralTask,
    verb: str,
    *,
    by: Actor,
    at: dt.datetime,
    tell: bool = True,
    pass_to: UUID | None = None,
    moves_on: bool = False,
    **brings: Any,
) -> StatusChange:
    """Take `verb` on a task that is held for change, as `record_step` does, and all that follows from it.

    `tell` False: the caller tells sender and patient of the step itself, or nobody. `pass_to` is the clinic that takes
    it over from the one that ends it; the caller holds consent. `moves_on`: the caller asks another clinic at once, and
    the documents go along.
    """
    change = record_step(db, task, verb, by=by, at=at, **brings)
    told = after_step(db, task, change, pass_to=pass_to, moves_on=moves_on)
    if tell and not told:
        referral, words = queries.get_referral(db, task.referral_id), messages.told_of(change)
        messages.tell_both(db, referral, words.sender, patient=words.patient)
    return change


def after_step(
    db: Session, task: ReferralTask, change: StatusChange, *, pass_to: UUID | None = None, moves_on: bool = False
) -> bool:
    """The next ranked clinic is asked, or the request ends with its last task: its day of forgetting is set then.

    True when sender and patient were told of that, and need not hear of the step by itself.
    """
    if task.status in WITHDRAWN and not moves_on:  # what is left is bookkeeping, and needs no document
        attachments.forget(db, task.referral_id, at=change.at)
    if task.status not in TERMINAL:
        return False
    referral = queries.get_referral(db, task.referral_id)
    referral.closed_at, referral.purge_at = change.at, rules.purge_at(task.status, change.at)
    db.add(referral)
    told = cascade.ended(db, task, came_from=change.from_status, at=change.at, to=pass_to)
    if referral.closed_at is not None and not moves_on:
        attachments.end_with(db, task, at=change.at)
    return told
