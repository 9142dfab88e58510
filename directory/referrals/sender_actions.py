"""The sender's verbs besides sending: reply to the clinic's question, log an answer by phone, take back a mistake."""

import datetime as dt
from uuid import UUID

from sqlmodel import Session

from directory.accounts.actor import Actor
from directory.referrals import queries
from directory.referrals.clinic_actions import Said, act
from directory.referrals.models import ReferralTask
from directory.referrals.stepping import take_step


def reply(db: Session, referral_id: UUID, text: str, *, by: Actor, at: dt.datetime, version: int) -> ReferralTask:
    """Answer the clinic's question; the clinic's clock goes on. `version` counts the steps that the sender had seen."""
    task = queries.find_task_of(db, referral_id)
    return act(db, task.id, "reply", by=by, at=at, version=version, said=Said(reply=text))


def heard_by_phone(
    db: Session, referral_id: UUID, *, accepted: bool, phone: str, by: Actor, at: dt.datetime, version: int
) -> ReferralTask:
    """The clinic said yes or no by phone. `phone` says who told whom what, and when; it counts as its answer."""
    task = queries.find_task_of(db, referral_id)
    said = Said(phone=phone)
    if accepted:
        return act(db, task.id, "accept_by_phone", by=by, at=at, version=version, said=said)
    return act(db, task.id, "decline_by_phone", by=by, at=at, version=version, said=said, reason="other")


def enter_in_error(db: Session, referral_id: UUID, *, by: Actor, at: dt.datetime) -> ReferralTask:
    """It should never have been sent (the wrong patient): the clinic's access ends at once. Twice is once."""
    task = queries.get_task(db, queries.find_task_of(db, referral_id).id, to_change=True)
    if task.status != "entered_in_error":
        take_step(db, task, "enter_in_error", by=by, at=at, reason="raised_in_error")
    return task
