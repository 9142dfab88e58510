"""One step of one task with all that goes with it: its row of history, who is told, whom it waits for, the audit line.

What a step means for the request as a whole follows in `stepping`.
"""

import datetime as dt
from typing import Any

from sqlmodel import Session

from directory.accounts import audit
from directory.accounts.actor import Actor, ActorKind
from directory.delivery import actions as delivery
from directory.lib import events
from directory.listings.queries import find_endpoint
from directory.referrals import consequences, lifecycle, messages, patients, queries
from directory.referrals.events import RequestAnswered, RequestWaits, RequestWaitsNoMore
from directory.referrals.models import PersonWhy, ReferralTask, StatusChange
from directory.terminology.referral_status import TERMINAL

FOR_A_PERSON = {
    "undeliverable": PersonWhy.UNDELIVERABLE,
    "held_for_sender_check": PersonWhy.SENDER_CHECK,
    "error_reported": PersonWhy.SENT_BY_MISTAKE,
}
"""States out of which only a person of ours, or time, leads."""

_CLINIC_IS_OUT = (TERMINAL | lifecycle.WITHDRAWN) - lifecycle.CLINIC_MAY_READ
"""States that end what is queued to the clinic: no mail calls it to what it may not open."""


def record_step(
    db: Session, task: ReferralTask, verb: str, *, by: Actor, at: dt.datetime, **brings: Any
) -> StatusChange:
    """Take `verb` on a task that is held for change; `brings` are the arguments of `lifecycle.step`.

    The sender is told in `stepping`, which knows what comes next. Raises what `lifecycle.step` raises.
    """
    waited = task.status in FOR_A_PERSON or task.for_person_at is not None
    unanswered, asked_at = task.answered_at is None, task.waiting_from_at
    referral = queries.get_referral(db, task.referral_id)
    change = lifecycle.step(task, verb, by=patients.side_of(by, referral), actor=str(by), at=at, **brings)
    if waited:
        events.record(db, RequestWaitsNoMore(task_id=task.id))
    if task.status in FOR_A_PERSON:
        events.record(db, RequestWaits(task_id=task.id, location_id=task.location_id, why=_why(db, task)))
    if unanswered and task.answered_at is not None and asked_at is not None and by.kind is ActorKind.CLINIC:
        _answered(db, task, asked_at, at)
    referral.version += 1
    db.add(task)
    db.add(change)
    db.add(referral)
    if task.status in _CLINIC_IS_OUT:
        delivery.call_off(db, task.id)
    told = messages.told_of(change).clinic
    if told:
        messages.tell_clinic(db, referral, task, told)
    detail = {"verb": change.verb, "from": change.from_status, "to": change.to_status, "reason": change.reason}
    audit.append(db, by, "status_changed", subject_type="referral_task", subject_id=task.id, detail=detail)
    consequences.of_step(db, task, change)
    return change


def _answered(db: Session, task: ReferralTask, asked_at: dt.datetime, at: dt.datetime) -> None:
    answered = RequestAnswered(
        task_id=task.id,
        location_id=task.location_id,
        answer=task.status,
        reason=task.reason,
        asked_at=asked_at,
        answered_at=at,
    )
    events.record(db, answered)


def _why(db: Session, task: ReferralTask) -> str:
    endpoint = find_endpoint(db, task.location_id)
    if task.status == "undeliverable" and (endpoint is None or endpoint.proved_at is None):
        return "no_route"
    return FOR_A_PERSON[task.status].value
