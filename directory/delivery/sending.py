"""Sends what is queued: claim one, close the transaction, send, settle. A crash anywhere loses nothing.

It may repeat a mail, with the same Message-ID; it never repeats a change of state. Every time is the database's.
"""

import datetime as dt
import logging
import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from directory.delivery import actions, announcing, rules
from directory.delivery.channels import Channel, NotTaken
from directory.delivery.letters import Letter, NoLongerWanted, Rendered
from directory.delivery.models import AttemptOutcome, DeliveryAttempt, OutboxMessage, OutboxState
from directory.lib import events, ids
from directory.lib.db import Databases, changed, database_now, reading, unit_of_work

log = logging.getLogger("directory.delivery")

_RANDOM = secrets.SystemRandom()
_ENDS = (OutboxState.SENT, OutboxState.BOUNCED, OutboxState.DEAD)


@dataclass(frozen=True, slots=True)
class Job:
    """One message in this worker's hand until its lease ends."""

    outbox_id: uuid.UUID
    message: str
    ids: Mapping[str, str]
    about_id: uuid.UUID | None
    mailbox: str = field(repr=False)
    message_key: str
    queued_at: dt.datetime
    attempt: int
    failures: int
    expires_at: dt.datetime | None
    lease_token: str = field(repr=False)


Renderer = Callable[[Session, Job], Rendered]
"""Makes the words of a message from its template and ids, in a session that cannot write. May raise NoLongerWanted."""


@dataclass(frozen=True, slots=True)
class Result:
    """How one attempt ended. `outcome` None means that the message was no longer wanted."""

    outcome: AttemptOutcome | None
    code: int | None = None
    reason: str | None = None
    unreachable: bool = False


def deliver_due(
    databases: Databases,
    channel: Channel,
    renderer: Renderer,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
    stopping: Callable[[], bool] = lambda: False,
    lease: Callable[[int], dt.timedelta] = rules.lease_after,
) -> int:
    """One pass: sends all that is due, one message at a time, and announces what is late. Returns how many it tried.

    The pass ends early when the mail server cannot be reached: nothing else would get through, and no message should
    spend its attempts on that.
    """
    tried = 0
    while not stopping():
        job = claim(databases, channel.name, lease=lease)
        if job is None:
            break
        result = attempt(databases, channel, renderer, job)
        settle(databases, job, result, dispatch=dispatch, operator_mailbox=operator_mailbox)
        tried += 1
        if result.unreachable:
            break
    announcing.announce(databases, dispatch=dispatch, operator_mailbox=operator_mailbox)
    return tried


def claim(
    databases: Databases, channel_name: str, *, lease: Callable[[int], dt.timedelta] = rules.lease_after
) -> Job | None:
    """Takes one due message until its lease ends, or None. Two workers never hold the same one at a time."""
    with reading(databases) as db:  # asked without a lock each second; most often there is nothing
        if db.exec(select(OutboxMessage.id).where(_is_due(database_now(db))).limit(1)).first() is None:
            return None
    with unit_of_work(databases) as db:
        while True:
            now = database_now(db)
            # Somebody waits before a screen for what expires, so that goes first.
            order = (col(OutboxMessage.expires_at).is_(None), col(OutboxMessage.due_at))
            due = select(OutboxMessage).where(_is_due(now)).order_by(*order).limit(1)
            row = db.exec(due.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            if row.expires_at is not None and row.expires_at <= now:
                _close(db, row, OutboxState.DROPPED, now)
            elif row.attempts - row.failures > rules.LOST_AT_MOST:
                _close(db, row, OutboxState.DEAD, now)
            elif (job := _lease(db, row, now, channel_name, lease(row.attempts - row.failures))) is not None:
                return job


def attempt(databases: Databases, channel: Channel, renderer: Renderer, job: Job) -> Result:
    """Renders and sends one message; no transaction is open while the network is in use."""
    try:
        with reading(databases) as db:
            words = renderer(db, job)
    except NoLongerWanted:
        return Result(None)
    except Exception as error:
        log.error("cannot render %s for %s: %s", job.message, job.outbox_id, type(error).__name__)
        return Result(AttemptOutcome.TEMPORARY, reason="render")
    try:
        code = channel.send(Letter(job.mailbox, words, job.message_key, job.queued_at))
    except NotTaken as refusal:
        outcome = AttemptOutcome.PERMANENT if refusal.permanent else AttemptOutcome.TEMPORARY
        return Result(outcome, refusal.code, refusal.reason[:60], refusal.is_unreachable)
    except Exception as error:  # whatever a channel does, the outbox goes on
        log.error("channel %s failed on %s: %s", channel.name, job.outbox_id, type(error).__name__)
        return Result(AttemptOutcome.TEMPORARY, reason=type(error).__name__[:60])
    return Result(AttemptOutcome.SENT, code)


def settle(
    databases: Databases,
    job: Job,
    result: Result,
    *,
    dispatch: events.Dispatch = events.nobody,
    operator_mailbox: str = "",
) -> bool:
    """Writes down how an attempt ended. False when the lease had run out and somebody else has the message now.

    Those who wait are told in the same transaction. If telling them fails, the end is written down all the same and
    told later: a mistake elsewhere must not send a mail again.
    """
    try:
        with unit_of_work(databases, dispatch) as db:
            state = _write_down(db, job, result)
            if state in _ENDS:
                announcing.tell(db, job.outbox_id, operator_mailbox)
    except Exception as error:
        announcing.failed_to_tell(job.outbox_id, error)
        with unit_of_work(databases) as db:
            state = _write_down(db, job, result, untold=True)
    if state is None:
        log.warning("lease lost on %s after attempt %d", job.outbox_id, job.attempt)
        return False
    why = result.code or result.reason or ""
    log.info("%s %s attempt %d: %s %s", job.message, job.outbox_id, job.attempt, state, why)
    return True


def _write_down(db: Session, job: Job, result: Result, *, untold: bool = False) -> OutboxState | None:
    now = database_now(db)
    this = (col(DeliveryAttempt.message_id) == job.outbox_id, col(DeliveryAttempt.number) == job.attempt)
    ended = {"ended_at": now, "outcome": result.outcome or AttemptOutcome.UNKNOWN}
    db.execute(update(DeliveryAttempt).where(*this).values(**ended, code=result.code, reason=result.reason))
    state, values = _what_follows(job, result, now)
    mine = (col(OutboxMessage.id) == job.outbox_id, col(OutboxMessage.lease_token) == job.lease_token)
    values |= {"lease_until": None, "lease_token": None, "last_code": result.code}
    values["unannounced"] = untold and state in _ENDS
    return state if changed(db, update(OutboxMessage).where(*mine).values(state=state, **values)) else None


def _is_due(now: dt.datetime) -> Any:
    return or_(
        and_(col(OutboxMessage.state) == OutboxState.QUEUED.value, col(OutboxMessage.due_at) <= now),
        and_(col(OutboxMessage.state) == OutboxState.LEASED.value, col(OutboxMessage.lease_until) <= now),
    )


def _lease(db: Session, row: OutboxMessage, now: dt.datetime, channel_name: str, lease: dt.timedelta) -> Job | None:
    token, number = secrets.token_hex(16), row.attempts + 1
    taken = update(OutboxMessage).where(
        col(OutboxMessage.id) == row.id, _is_due(now), col(OutboxMessage.attempts) == row.attempts
    )
    values = {"state": OutboxState.LEASED.value, "lease_until": now + lease, "lease_token": token, "attempts": number}
    if not changed(db, taken.values(values)):
        return None
    db.add(DeliveryAttempt(id=ids.new_id(), message_id=row.id, number=number, channel=channel_name, began_at=now))
    return Job(
        outbox_id=row.id,
        message=row.message,
        ids=row.ids,
        about_id=row.about_id,
        mailbox=actions.mailbox_of(db, row),
        message_key=row.message_key,
        queued_at=row.queued_at,
        attempt=number,
        failures=row.failures,
        expires_at=row.expires_at,
        lease_token=token,
    )


def _what_follows(job: Job, result: Result, now: dt.datetime) -> tuple[OutboxState, dict[str, Any]]:
    if result.outcome is None:
        return OutboxState.DROPPED, {"settled_at": now, "mailbox_sealed": None}
    if result.outcome is AttemptOutcome.SENT:
        return OutboxState.SENT, {"settled_at": now, "mailbox_sealed": None}
    failures = job.failures + 1
    if result.outcome is AttemptOutcome.PERMANENT:
        return OutboxState.BOUNCED, {"settled_at": now, "failures": failures, "failed_at": now}
    wait = rules.wait_after(failures, _RANDOM.random())
    if wait is None:
        return OutboxState.DEAD, {"settled_at": now, "failures": failures, "failed_at": now}
    return OutboxState.QUEUED, {"due_at": now + wait, "failures": failures}


def _close(db: Session, row: OutboxMessage, state: OutboxState, now: dt.datetime) -> None:
    values: dict[str, Any] = {"state": state, "settled_at": now, "lease_until": None, "lease_token": None}
    if state is OutboxState.DROPPED:
        values["mailbox_sealed"] = None
    else:
        values |= {"failed_at": now, "unannounced": True}
    db.execute(update(OutboxMessage).where(col(OutboxMessage.id) == row.id, _is_due(now)).values(values))
