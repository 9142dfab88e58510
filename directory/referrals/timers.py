"""What time does to requests: reminders, closing, forgetting. The worker calls `run_due` again and again.

Each request has a transaction of its own, and notes up to when its timers have run: a crash repeats nothing.
"""

import datetime as dt
import logging
from collections.abc import Callable
from uuid import UUID

from sqlmodel import Session

from directory.accounts.actor import system
from directory.delivery import actions as delivery
from directory.lib import events
from directory.lib.db import Databases, database_now, reading, unit_of_work
from directory.referrals import actions, drafts, lifecycle, messages, notes, queries
from directory.referrals.lifecycle import Does, Timer
from directory.referrals.models import PersonWhy, ReferralTask
from directory.referrals.recording import FOR_A_PERSON

log = logging.getLogger("directory.referrals")

AT_ONCE = 50
PAUSE = dt.timedelta(minutes=10)
"""How long a request is left alone whose timer could not run."""


def run_due(
    databases: Databases,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
    stopping: Callable[[], bool] = lambda: False,
) -> int:
    """One pass over what is due by the database's clock; returns how many requests were seen to."""
    with reading(databases) as db:
        now = database_now(db)
        due = queries.find_due(db, now, at_most=AT_ONCE)
        forget = queries.find_to_purge(db, now, at_most=AT_ONCE)
    for task_id in due:
        if stopping():
            return 0
        try:
            _run_one(databases, task_id, dispatch, operator_mailbox)
        except Exception as error:  # one request that cannot be seen to must not hold up the others
            log.error("a timer of request %s failed: %s", task_id, type(error).__name__)
            _leave_alone(databases, task_id)
    for referral_id in forget:
        try:
            with unit_of_work(databases, dispatch) as db:
                actions.purge(db, referral_id, at=database_now(db))
        except Exception as error:  # nor must one that cannot be forgotten keep the others
            log.error("forgetting request %s failed: %s", referral_id, type(error).__name__)
    with unit_of_work(databases) as db:
        drafts.drop_expired(db, now)
    return len(due) + len(forget)


def _run_one(databases: Databases, task_id: UUID, dispatch: events.Dispatch, operator_mailbox: str) -> None:
    with unit_of_work(databases, dispatch) as db:
        task = queries.get_task(db, task_id, to_change=True)
        now = database_now(db)
        for timer in lifecycle.due(task, now):
            if task.status not in timer.states:
                break  # the one before has ended this state
            _do(db, task, timer, now, operator_mailbox)
        lifecycle.ran(task, now)
        db.add(task)


def _do(db: Session, task: ReferralTask, timer: Timer, now: dt.datetime, operator_mailbox: str) -> None:
    referral = queries.get_referral(db, task.referral_id)
    if timer.does in {Does.REMIND_CLINIC, Does.ASK_CLINIC}:
        if not messages.tell_clinic(db, referral, task, messages.REMINDER) and task.status == "sent":
            actions.not_delivered(db, task, by=system("timers"), at=now, given_up=True)
    elif timer.does is Does.TELL_SENDER:
        messages.tell_both(db, referral, messages.UNANSWERED, patient=messages.UNANSWERED)
    elif timer.does is Does.REMIND_SENDER:
        asked = notes.is_put_to_patient(db, task)
        messages.tell_both(db, referral, messages.QUESTION, patient=messages.QUESTION if asked else "")
    elif timer.does is Does.TO_A_PERSON:
        actions.hand_to_a_person(db, task, FOR_A_PERSON.get(task.status, PersonWhy.SILENCE), at=now)
        delivery.tell_operator(db, operator_mailbox)
    elif timer.does is Does.STEP:
        actions.take_system_step(db, task, timer.verb, at=now)


def _leave_alone(databases: Databases, task_id: UUID) -> None:
    with unit_of_work(databases) as db:
        task = queries.get_task(db, task_id, to_change=True)
        task.next_due_at = database_now(db) + PAUSE
        db.add(task)
